// Stands in for an account: queues with their dead-letter queues, an ECS cluster whose tasks are processes.
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import {
  CreateClusterCommand,
  CreateServiceCommand,
  DescribeTasksCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
} from '@aws-sdk/client-ecs'
import { CreateQueueCommand, GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs'
import { startLocalAws } from '@longshore/local'

/** How long an example waits for what it says before it says that it did not come. */
const PATIENCE_MS = 60_000

/** A process as a task: its file, as a URL, and its environment. */
export interface TaskOptions {
  readonly file: URL
  readonly environment?: Readonly<Record<string, string>>
}

export interface Stage {
  readonly queueUrl: string
  readonly deadLetterUrl: string
  /** Tells a line to whoever watches. */
  say(line: string): void
  /** Keeps one task running. */
  startService(task: TaskOptions): Promise<void>
  /** Runs one task to its end, and tells its exit code. */
  runTask(task: TaskOptions): Promise<number>
  /** Messages in a queue: visible, in flight and delayed. */
  count(queueUrl: string): Promise<number>
  /** Waits until `check` holds; rejects after a minute, or when the example is interrupted. */
  until(what: string, check: () => boolean | Promise<boolean>): Promise<void>
}

interface Play {
  /** Of the queue; its dead-letter queue is named after it. One that ends in `.fifo` is a FIFO queue. */
  readonly queue: string
  readonly attributes?: Readonly<Record<string, string>>
}

/** Runs an example: starts the local AWS with its queues, plays, and leaves no process behind. Exit code 1 when it fails. */
export async function onThisMachine(options: Play, play: (stage: Stage) => Promise<void>): Promise<void> {
  // The SDK tells of the Node releases it will drop; that is for those who keep the lockfile, not for those who watch.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true'
  const interrupted = new AbortController()
  process.once('SIGINT', () => interrupted.abort(new Error('Interrupted.')))
  const aws = await startLocalAws({
    launchDelay: '0s',
    onTaskOutput: ({ line }) => {
      const said = warningOf(line)
      if (said !== undefined) process.stdout.write(`task: ${said}\n`)
    },
  })
  Object.assign(process.env, aws.environment)
  const sqs = new SQSClient({ useQueueUrlAsEndpoint: false })
  const ecs = new ECSClient({})
  try {
    await play(await createStage({ sqs, ecs, signal: interrupted.signal }, options))
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    process.exitCode = 1
  } finally {
    sqs.destroy()
    ecs.destroy()
    await aws.close()
  }
}

interface Parts {
  readonly sqs: SQSClient
  readonly ecs: ECSClient
  readonly signal: AbortSignal
}

async function createStage(parts: Parts, options: Play): Promise<Stage> {
  const { sqs, ecs, signal } = parts
  const deadLetterUrl = await createQueue(sqs, deadLettersOf(options.queue), {
    MessageRetentionPeriod: '1209600',
  })
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: deadLetterUrl, AttributeNames: ['QueueArn'] }),
  )
  const redrive = { deadLetterTargetArn: Attributes?.QueueArn, maxReceiveCount: 5 }
  const queueUrl = await createQueue(sqs, options.queue, {
    RedrivePolicy: JSON.stringify(redrive),
    ...options.attributes,
  })
  await ecs.send(new CreateClusterCommand({}))

  const until: Stage['until'] = async (what, check) => {
    const deadline = performance.now() + PATIENCE_MS
    while (!(await check())) {
      if (performance.now() > deadline) throw new Error(`Not within ${PATIENCE_MS / 1_000} s: ${what}.`)
      await wait(50, undefined, { signal })
    }
  }
  return {
    queueUrl,
    deadLetterUrl,
    until,
    say: (line) => void process.stdout.write(`${line}\n`),
    count: (url) => count(sqs, url),
    async startService(task) {
      const taskDefinition = await register(ecs, task, queueUrl)
      await ecs.send(new CreateServiceCommand({ serviceName: 'worker', taskDefinition, desiredCount: 1 }))
    },
    async runTask(task) {
      const { tasks = [] } = await ecs.send(
        new RunTaskCommand({ taskDefinition: await register(ecs, task, queueUrl) }),
      )
      const arns = tasks.flatMap(({ taskArn = [] }) => taskArn)
      let exitCode: number | undefined
      await until('the task has stopped', async () => {
        const [described] = (await ecs.send(new DescribeTasksCommand({ tasks: arns }))).tasks ?? []
        if (described?.lastStatus === 'STOPPED') exitCode = described.containers?.[0]?.exitCode ?? 1
        return exitCode !== undefined
      })
      return exitCode ?? 1
    },
  }
}

/** What a task warns of: not that it starts and stops, and no stack. What is no line of its log is told as it is. */
function warningOf(line: string): string | undefined {
  if (!line.startsWith('{"time":')) return line
  const { level, text, err } = JSON.parse(line) as { level: string; text: string; err?: { message: string } }
  if (level === 'debug' || level === 'info') return undefined
  return err === undefined ? text : `${text} (${err.message})`
}

const deadLettersOf = (queue: string): string =>
  queue.endsWith('.fifo') ? `${queue.slice(0, -'.fifo'.length)}-dead-letters.fifo` : `${queue}-dead-letters`

async function createQueue(
  sqs: SQSClient,
  name: string,
  attributes: Readonly<Record<string, string>>,
): Promise<string> {
  const Attributes = { ...(name.endsWith('.fifo') ? { FifoQueue: 'true' } : {}), ...attributes }
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: name, Attributes }))
  return QueueUrl ?? ''
}

async function register(ecs: ECSClient, task: TaskOptions, queueUrl: string): Promise<string> {
  const environment = Object.entries({
    QUEUE_URL: queueUrl,
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    ...task.environment,
  }).map(([name, value]) => ({ name, value }))
  await ecs.send(
    new RegisterTaskDefinitionCommand({
      family: 'worker',
      containerDefinitions: [
        {
          name: 'worker',
          image: 'example',
          memory: 512,
          command: ['node', fileURLToPath(task.file)],
          environment,
          stopTimeout: 30,
        },
      ],
    }),
  )
  return 'worker'
}

async function count(sqs: SQSClient, queueUrl: string): Promise<number> {
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ['All'] }),
  )
  const { ApproximateNumberOfMessages: visible, ApproximateNumberOfMessagesNotVisible: inFlight } = Attributes
  return Number(visible) + Number(inFlight) + Number(Attributes.ApproximateNumberOfMessagesDelayed)
}
