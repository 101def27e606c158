import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs'
import { startLocalAws } from '@longshore/local'
import { describe, expect, it, onTestFinished } from 'vitest'
import { configText, folderWith, longshore } from './process.js'
import { runHere } from './run-here.js'

/** A local AWS with these queues and their attributes; the environment that leads to it. */
async function startWith(
  queues: Readonly<Record<string, Record<string, string>>>,
): Promise<Readonly<Record<string, string>>> {
  const aws = await startLocalAws()
  onTestFinished(() => aws.close())
  const sqs = new SQSClient({
    endpoint: aws.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: '000000000000', secretAccessKey: 'local' },
  })
  onTestFinished(() => sqs.destroy())
  for (const [QueueName, Attributes] of Object.entries(queues)) {
    await sqs.send(new CreateQueueCommand({ QueueName, Attributes }))
  }
  return { ...aws.environment }
}

const deadLettersTo = (name: string): Record<string, string> => ({
  RedrivePolicy: JSON.stringify({
    deadLetterTargetArn: `arn:aws:sqs:us-east-1:000000000000:${name}`,
    maxReceiveCount: 5,
  }),
})

describe('longshore doctor', () => {
  it('names each problem of the configured queues with its fix, and exits with 1', async () => {
    const env = await startWith({ thumbnails: { VisibilityTimeout: '5' } })
    const cwd = folderWith({ 'longshore.config.ts': configText() })
    const text = await runHere(['doctor'], { cwd, env })
    expect(text).toMatchObject({ code: 1, stderr: '' })
    expect(text.stdout).toContain('! problem  dead-letters-none')
    expect(text.stdout).toContain('Raise the queue’s VisibilityTimeout')

    const json = await runHere(['doctor', '--json'], { cwd, env })
    const { queues } = JSON.parse(json.stdout) as { queues: { findings: { code: string }[] }[] }
    expect(queues.map(({ findings }) => findings.map(({ code }) => code))).toEqual([
      ['visibility-short', 'dead-letters-none'],
    ])
  })

  it('finds nothing to mend in a queue that is as it should be', async () => {
    const env = await startWith({
      dead: { MessageRetentionPeriod: '1209600' },
      orders: deadLettersTo('dead'),
    })
    expect(await longshore(['doctor', 'orders'], { env })).toEqual({
      code: 0,
      signal: null,
      stdout: 'orders  nothing to mend\n',
      stderr: '',
    })
  })

  it('says which queue cannot be read', async () => {
    const env = await startWith({})
    const { code, stderr } = await longshore(['doctor', 'orders'], { env })
    expect(code).toBe(1)
    expect(stderr).toContain('GetQueueUrl on queue orders')
    expect(stderr).toContain('Check its URL or name')
  })
})
