import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import { startLocalAws } from '@longshore/local'
import { describe, expect, it, onTestFinished } from 'vitest'
import { folderWith, longshore, start } from './process.js'
import { runHere } from './run-here.js'

interface DeadStage {
  readonly env: Readonly<Record<string, string>>
  readonly bodiesOf: (queue: string) => Promise<string[]>
  readonly counts: (queue: string) => Promise<string>
}

/** A queue `orders`, and its dead-letter queue with these messages. */
async function startDead(bodies: readonly string[]): Promise<DeadStage> {
  const aws = await startLocalAws()
  onTestFinished(() => aws.close())
  const sqs = new SQSClient({
    endpoint: aws.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: '000000000000', secretAccessKey: 'local' },
    useQueueUrlAsEndpoint: false,
  })
  onTestFinished(() => sqs.destroy())
  const RedrivePolicy = JSON.stringify({
    deadLetterTargetArn: 'arn:aws:sqs:us-east-1:000000000000:orders-dead',
    maxReceiveCount: 1,
  })
  await sqs.send(new CreateQueueCommand({ QueueName: 'orders-dead' }))
  await sqs.send(new CreateQueueCommand({ QueueName: 'orders', Attributes: { RedrivePolicy } }))
  const urlOf = (queue: string): string => `${aws.endpoint}/000000000000/${queue}`
  const QueueUrl = urlOf('orders')
  for (const MessageBody of bodies) {
    await sqs.send(
      new SendMessageCommand({
        QueueUrl,
        MessageBody,
        MessageAttributes: { tenant: { DataType: 'String', StringValue: 'blue' } },
      }),
    )
  }
  // Received once and given back, each is dead at its second receive.
  const request = { QueueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 0 }
  for (let taken = 0; taken < bodies.length;) {
    taken += (await sqs.send(new ReceiveMessageCommand(request))).Messages?.length ?? 0
  }
  while ((await countsOf(sqs, urlOf('orders-dead'))) !== `${bodies.length} 0`) {
    await sqs.send(new ReceiveMessageCommand(request))
  }
  return {
    env: { ...aws.environment },
    counts: (queue) => countsOf(sqs, urlOf(queue)),
    bodiesOf: async (queue) => {
      const all = { QueueUrl: urlOf(queue), MaxNumberOfMessages: 10, MessageAttributeNames: ['All'] }
      const { Messages = [] } = await sqs.send(new ReceiveMessageCommand(all))
      return Messages.map(
        ({ Body, MessageAttributes }) => `${Body} ${MessageAttributes?.tenant?.StringValue}`,
      )
    },
  }
}

async function countsOf(sqs: SQSClient, QueueUrl: string): Promise<string> {
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }),
  )
  const { ApproximateNumberOfMessages, ApproximateNumberOfMessagesNotVisible } = Attributes
  return `${ApproximateNumberOfMessages} ${ApproximateNumberOfMessagesNotVisible}`
}

const body = (id: number): string => JSON.stringify({ id, order: { country: id % 2 === 0 ? 'DE' : 'FR' } })

/** A slow machine sees some of the progress that is told every five seconds. */
const PROGRESS_ALONE: unknown = expect.stringMatching(
  /^(\d+ messages? looked at of about \d+, \d+ moved\n)*$/,
)

describe('longshore redrive', () => {
  it('lists in a dry run what it would move, moves what matches, and leaves the rest', async () => {
    const { env, bodiesOf, counts } = await startDead([1, 2, 3, 4].map(body))
    const cwd = folderWith({})

    const dry = await runHere(['redrive', 'orders', '--where', 'order.country=DE', '--dry-run', '--bodies'], {
      cwd,
      env,
    })
    expect(dry).toMatchObject({ code: 0, stderr: PROGRESS_ALONE })
    expect(dry.stdout).toContain('Dry run: 2 messages would be moved.')
    expect(dry.stdout).toContain(body(2))
    expect(dry.stdout).not.toContain(body(1))
    expect(await counts('orders-dead')).toBe('4 0')

    const done = await longshore(['redrive', 'orders', '--where', 'order.country=DE', '--json'], { cwd, env })
    expect(done).toMatchObject({ code: 0, stderr: PROGRESS_ALONE })
    expect(JSON.parse(done.stdout)).toMatchObject({
      endedBy: 'empty',
      looked: 4,
      moved: 2,
      kept: 2,
      failed: [],
    })
    expect((await bodiesOf('orders')).sort()).toEqual([`${body(2)} blue`, `${body(4)} blue`])
    expect(await counts('orders-dead')).toBe('2 0')
  })

  it('hands back what it holds when it is interrupted', async () => {
    const { env, counts } = await startDead(Array.from({ length: 30 }, (_, id) => body(id)))
    const run = start(['redrive', 'orders', '--rate', '1', '--bodies'], { env })
    await run.untilStdout('country')
    run.child.kill('SIGINT')
    const { code, stdout } = await run.ended
    expect(code).toBe(130)
    expect(stdout).toContain('Interrupted: ')
    const moved = Number(/moved +(\d+)/.exec(stdout)?.[1])
    expect(await counts('orders-dead')).toBe(`${30 - moved} 0`)
  })

  it('says what is wrong with a queue that has no dead-letter queue, or that is not there', async () => {
    const { env } = await startDead([])
    const none = await runHere(['redrive', 'orders-dead'], { env })
    expect(none).toMatchObject({ code: 2, stdout: '' })
    expect(none.stderr).toContain('expected a queue with a RedrivePolicy, which names its dead-letter queue')
    const gone = await longshore(['redrive', 'nowhere'], { env })
    expect(gone).toMatchObject({ code: 1, stdout: '' })
    expect(gone.stderr).toContain('GetQueueUrl on queue nowhere')
  })
})
