import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import {
  CreateClusterCommand,
  CreateServiceCommand,
  DescribeServicesCommand,
  DescribeTasksCommand,
  ECSClient,
  ListTasksCommand,
  RegisterTaskDefinitionCommand,
} from '@aws-sdk/client-ecs'
import type { Service, Task } from '@aws-sdk/client-ecs'
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  SendMessageBatchCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import { startLocalAws } from '@longshore/local'
import type { LocalAws, LocalAwsOptions } from '@longshore/local'

const CLUSTER = 'system'
const SERVICE = 'records'
// Built beside the packages: a task that compiled its own source would take twice as long to start.
const worker = fileURLToPath(new URL('fixtures/dist/recording-worker.js', import.meta.url))
const command = fileURLToPath(new URL('../../packages/cli/dist/main.js', import.meta.url))

/** What a handling wrote down. */
export interface HandlingRecord {
  readonly event: 'started' | 'ended'
  readonly id: string
  readonly receiveCount: number
  readonly pid: number
}

/** A `longshore` process. */
export interface RunningCommand {
  /** Interrupts it and reads what it said. */
  end(): Promise<string>
  /** Waits until it has ended by itself. */
  finished(): Promise<string>
  /** Waits until it has said this. */
  said(text: string): Promise<void>
  /** Gives it no chance to clean up. */
  kill(): Promise<void>
}

/** A local AWS with one queue, and one service whose tasks are real worker processes. */
export class Stage {
  readonly aws: LocalAws
  readonly ecs: ECSClient
  readonly sqs: SQSClient
  readonly queueUrl: string
  readonly folder: string
  readonly #commands: ChildProcess[] = []

  private constructor(parts: {
    aws: LocalAws
    ecs: ECSClient
    sqs: SQSClient
    queueUrl: string
    folder: string
  }) {
    this.aws = parts.aws
    this.ecs = parts.ecs
    this.sqs = parts.sqs
    this.queueUrl = parts.queueUrl
    this.folder = parts.folder
  }

  static async open(options: {
    local: LocalAwsOptions
    desiredCount: number
    handlingMs: number
    visibilityTimeoutSeconds: number
  }): Promise<Stage> {
    const folder = await mkdtemp(join(tmpdir(), 'longshore-system-'))
    const aws = await startLocalAws(options.local)
    const client = { endpoint: aws.endpoint, region: 'us-east-1', credentials: CREDENTIALS }
    const sqs = new SQSClient({ ...client, useQueueUrlAsEndpoint: false })
    const ecs = new ECSClient(client)
    const { QueueUrl: queueUrl = '' } = await sqs.send(
      new CreateQueueCommand({
        QueueName: SERVICE,
        Attributes: { VisibilityTimeout: String(options.visibilityTimeoutSeconds) },
      }),
    )
    await ecs.send(new CreateClusterCommand({ clusterName: CLUSTER }))
    const environment = {
      QUEUE_URL: queueUrl,
      RECORDS_FOLDER: folder,
      HANDLING_MS: String(options.handlingMs),
    }
    await ecs.send(
      new RegisterTaskDefinitionCommand({
        family: SERVICE,
        containerDefinitions: [
          {
            name: 'worker',
            image: 'none',
            memory: 512,
            command: ['node', worker],
            environment: Object.entries(environment).map(([name, value]) => ({ name, value })),
          },
        ],
      }),
    )
    await ecs.send(
      new CreateServiceCommand({
        cluster: CLUSTER,
        serviceName: SERVICE,
        taskDefinition: SERVICE,
        desiredCount: options.desiredCount,
      }),
    )
    return new Stage({ aws, ecs, sqs, queueUrl, folder })
  }

  /** Sends messages whose ids run from `from`; returns the ids. */
  async send(count: number, from = 0): Promise<string[]> {
    const ids = Array.from({ length: count }, (_, n) => `message-${from + n}`)
    for (let start = 0; start < ids.length; start += 10) {
      const Entries = ids
        .slice(start, start + 10)
        .map((id, n) => ({ Id: String(n), MessageBody: JSON.stringify({ id }) }))
      await this.sqs.send(new SendMessageBatchCommand({ QueueUrl: this.queueUrl, Entries }))
    }
    return ids
  }

  async service(): Promise<Service> {
    const { services = [] } = await this.ecs.send(
      new DescribeServicesCommand({ cluster: CLUSTER, services: [SERVICE] }),
    )
    return services[0] ?? {}
  }

  async tasks(desiredStatus: 'RUNNING' | 'STOPPED'): Promise<Task[]> {
    const { taskArns = [] } = await this.ecs.send(
      new ListTasksCommand({ cluster: CLUSTER, serviceName: SERVICE, desiredStatus }),
    )
    if (taskArns.length === 0) return []
    const { tasks = [] } = await this.ecs.send(
      new DescribeTasksCommand({ cluster: CLUSTER, tasks: taskArns }),
    )
    return tasks
  }

  /** Messages in the queue, whatever their state. */
  async depth(): Promise<number> {
    const { Attributes = {} } = await this.sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: this.queueUrl, AttributeNames: ['All'] }),
    )
    return (
      Number(Attributes.ApproximateNumberOfMessages) +
      Number(Attributes.ApproximateNumberOfMessagesNotVisible) +
      Number(Attributes.ApproximateNumberOfMessagesDelayed)
    )
  }

  /** What the handlings of all tasks have written so far, in each task's order. */
  async records(): Promise<HandlingRecord[]> {
    const names = (await readdir(this.folder)).filter((name) => name.endsWith('.jsonl'))
    const texts = await Promise.all(names.map((name) => readFile(join(this.folder, name), 'utf8')))
    return texts.flatMap((text) =>
      text
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as HandlingRecord),
    )
  }

  /** Runs `longshore <args>` against this AWS as a process; call `end` to interrupt it and read what it said. */
  longshore(args: readonly string[]): RunningCommand {
    const child = spawn(process.execPath, [command, ...args], {
      env: { ...process.env, ...this.aws.environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#commands.push(child)
    let said = ''
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (said += chunk.toString()))
    const finished = async (): Promise<string> => {
      const [code] = (await closed) as [number | null]
      if (code !== 0) throw new Error(`longshore ${args.join(' ')} ended with ${code}: ${said}`)
      return said
    }
    const closed = once(child, 'close')
    return {
      finished,
      said: async (text) => {
        await until(`longshore ${args.join(' ')} says "${text}"`, async () => said, {
          isSo: (all) => all.includes(text),
          seconds: 60,
        })
      },
      kill: async () => {
        child.kill('SIGKILL')
        await closed
      },
      end: async () => {
        child.kill('SIGINT')
        return finished()
      },
    }
  }

  async close(): Promise<void> {
    // Of a test that failed half-way: a publisher would go on for ever.
    for (const command of this.#commands) command.kill('SIGKILL')
    this.ecs.destroy()
    this.sqs.destroy()
    await this.aws.close()
    await rm(this.folder, { recursive: true, force: true })
  }
}

const CREDENTIALS = { accessKeyId: 'test', secretAccessKey: 'test' }
const LOOK_EVERY_MS = 200

/** Looks until `isSo` answers true; fails with `what` and the last look after `seconds`. */
export async function until<T>(
  what: string,
  look: () => Promise<T>,
  options: { isSo: (seen: T) => boolean; seconds: number; meanwhile?: () => Promise<void> },
): Promise<T> {
  const deadline = performance.now() + options.seconds * 1000
  for (;;) {
    const seen = await look()
    await options.meanwhile?.()
    if (options.isSo(seen)) return seen
    if (performance.now() > deadline) {
      throw new Error(
        `Not within ${options.seconds} s: ${what}. Last seen: ${JSON.stringify(seen).slice(0, 2_000)}`,
      )
    }
    await wait(LOOK_EVERY_MS)
  }
}
