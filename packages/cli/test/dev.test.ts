import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import {
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListQueuesCommand,
  PurgeQueueCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import { describe, expect, it } from 'vitest'
import { documentedOptions, optionsOf } from './documented-options.js'
import { longshore, start } from './process.js'

/** The variables of the line that `dev` prints. */
function readExports(line: string): Record<string, string> {
  expect(line).toMatch(/^export \S+=\S+( \S+=\S+)*\n$/)
  return Object.fromEntries(
    line
      .trim()
      .replace('export ', '')
      .split(' ')
      .map((each) => each.split('=') as [string, string]),
  )
}

interface Faults {
  readonly faults: readonly { readonly seed: number }[]
}

describe('longshore dev', () => {
  it('prints one line to export when ready, with the queues created, and ends cleanly when told to', async () => {
    const dev = start([
      'dev',
      '--port',
      '0',
      '--time-scale',
      '20',
      '--account',
      '123456789012',
      '--queues',
      'thumbnails,uploads',
    ])
    const variables = readExports(await dev.untilStdout('\n'))
    expect(variables).toMatchObject({
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: '123456789012',
      LONGSHORE_TIME_SCALE: '20',
    })
    expect(variables.AWS_ENDPOINT_URL).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)

    const sqs = new SQSClient({
      endpoint: variables.AWS_ENDPOINT_URL ?? '',
      credentials: { accessKeyId: '123456789012', secretAccessKey: 'local' },
    })
    const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: 'uploads' }))
    expect(QueueUrl).toContain('/123456789012/uploads')
    await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }))
    sqs.destroy()

    dev.child.kill('SIGTERM')
    const ended = await dev.ended
    expect(ended).toMatchObject({ code: 0, signal: null })
    expect(ended.stdout.split('\n')).toHaveLength(2)
    expect(ended.stderr).toBe(`The page: ${variables.AWS_ENDPOINT_URL}/\n`)
  })

  it('ends on Ctrl-C, also when it comes twice at once', async () => {
    const dev = start(['dev', '--port', '0'])
    await dev.untilStdout('\n')
    dev.child.kill('SIGINT')
    dev.child.kill('SIGINT')
    expect(await dev.ended).toMatchObject({ code: 0, signal: null })
  })

  it('prints the same as one line of JSON', async () => {
    const dev = start(['dev', '--port', '0', '--queues', 'thumbnails', '--json'])
    const printed = JSON.parse(await dev.untilStdout('\n')) as Record<string, unknown>
    expect(printed).toMatchObject({
      endpoint: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      page: `${String(printed.endpoint)}/`,
      environment: { AWS_ENDPOINT_URL: printed.endpoint, AWS_REGION: 'us-east-1' },
      queues: { thumbnails: expect.stringContaining('/000000000000/thumbnails') },
    })
    dev.child.kill('SIGTERM')
    expect((await dev.ended).code).toBe(0)
  })

  it('passes on what it is told of rules, regions, faults and calls', async () => {
    const throttled = '{"effect":"throttling","operation":"ListQueues","count":1}'
    const options = ['--region', 'eu-west-1', '--seed', '7', '--no-strict-timing', '--queues', 'q']
    const dev = start(['dev', '--port', '0', '--json', '--calls', ...options, '--fault', throttled])
    const printed = JSON.parse(await dev.untilStdout('\n')) as { endpoint: string; environment: object }
    expect(printed.environment).toMatchObject({ AWS_REGION: 'eu-west-1' })
    const sqs = new SQSClient({
      endpoint: printed.endpoint,
      region: 'eu-west-1',
      credentials: { accessKeyId: '000000000000', secretAccessKey: 'local' },
      useQueueUrlAsEndpoint: false,
      maxAttempts: 1,
    })
    await expect(sqs.send(new ListQueuesCommand({}))).rejects.toMatchObject({ name: 'RequestThrottled' })
    const { QueueUrls = [] } = await sqs.send(new ListQueuesCommand({}))
    for (const _once of [1, 2]) await sqs.send(new PurgeQueueCommand({ QueueUrl: QueueUrls[0] }))
    sqs.destroy()
    const faults = (await (await fetch(`${printed.endpoint}/_longshore/faults`)).json()) as object
    dev.child.kill('SIGTERM')
    const { stderr } = await dev.ended
    expect(stderr.split('\n').slice(0, 2)).toEqual([
      '[sqs] CreateQueue (000000000000 eu-west-1)',
      '[sqs] ListQueues (000000000000 eu-west-1)',
    ])

    // The same seed strikes the same calls.
    const again = start(['dev', '--port', '0', '--json', '--seed', '7', '--fault', throttled])
    const other = JSON.parse(await again.untilStdout('\n')) as { endpoint: string }
    const repeated = await (await fetch(`${other.endpoint}/_longshore/faults`)).json()
    again.child.kill('SIGTERM')
    expect(repeated).toMatchObject({ faults: [{ seed: (faults as Faults).faults[0]?.seed, hits: 0 }] })
    await again.ended
  })

  it('has each of its options in the README, as its help says it', async () => {
    const told = await optionsOf('dev')
    expect(told.length).toBeGreaterThan(10)
    expect(documentedOptions('On a laptop')).toEqual(told)
  })

  it('says what to do when the port is in use', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const { code, stdout, stderr } = await longshore(['dev', '--port', String(port)])
    server.close()
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toBe(
      `longshore: Port ${port} on 127.0.0.1 is in use. Stop what listens there, or choose another port (0 takes a free one).\n`,
    )
  })
})
