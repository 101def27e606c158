import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { GetQueueAttributesCommand, GetQueueUrlCommand, SQSClient } from '@aws-sdk/client-sqs'
import { describe, expect, it } from 'vitest'
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
    expect(ended).toMatchObject({ code: 0, signal: null, stderr: '' })
    expect(ended.stdout.split('\n')).toHaveLength(2)
  })

  it('ends on Ctrl-C, also when it comes twice at once', async () => {
    const dev = start(['dev', '--port', '0'])
    await dev.untilStdout('\n')
    dev.child.kill('SIGINT')
    dev.child.kill('SIGINT')
    expect(await dev.ended).toMatchObject({ code: 0, signal: null, stderr: '' })
  })

  it('prints the same as one line of JSON', async () => {
    const dev = start(['dev', '--port', '0', '--queues', 'thumbnails', '--json'])
    const printed = JSON.parse(await dev.untilStdout('\n')) as Record<string, unknown>
    expect(printed).toMatchObject({
      endpoint: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      environment: { AWS_ENDPOINT_URL: printed.endpoint, AWS_REGION: 'us-east-1' },
      queues: { thumbnails: expect.stringContaining('/000000000000/thumbnails') },
    })
    dev.child.kill('SIGTERM')
    expect((await dev.ended).code).toBe(0)
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
