import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  ApplicationAutoScalingClient,
  DescribeScalingActivitiesCommand,
} from '@aws-sdk/client-application-auto-scaling'
import {
  CreateClusterCommand,
  CreateServiceCommand,
  DescribeServicesCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
} from '@aws-sdk/client-ecs'
import { CreateQueueCommand, GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs'
import { createProducer, defineQueue } from '@longshore/core'
import type { Producer } from '@longshore/core'
import { startLocalAws } from '@longshore/local'
import type { LocalAws } from '@longshore/local'
import { documents } from '../queue.js'
import type { Document } from '../queue.js'
import { startLongshore } from './command.js'
import type { RunningCommand } from './command.js'

// What a worker logs when nothing is wrong: that it starts and stops.
const ROUTINE = /^\{"time":"[^"]*","level":"(debug|info)"/
const CLUSTER = 'quickstart'
const SERVICE = 'documents'
const worker = fileURLToPath(new URL('../worker.js', import.meta.url))
const config = fileURLToPath(new URL('../../longshore.config.ts', import.meta.url))

/** Counts of a queue at one instant. */
export interface Depth {
  readonly visible: number
  readonly inFlight: number
  readonly delayed: number
}

/** Tasks of the service at one instant. */
export interface Tasks {
  readonly desired: number
  readonly running: number
  readonly pending: number
}

/** Calls that the workers made to receive, extend and settle; and every delete that SQS confirmed. */
export interface WorkerCalls {
  readonly count: number
}

/** Everything that the demo runs on: what in an account would be AWS, and this project's own processes. */
export class Stack {
  readonly resultsFolder: string
  readonly inputFolder: string
  readonly producer: Producer<Document>
  readonly endpoint: string
  readonly #parts: Parts

  private constructor(parts: Parts) {
    this.#parts = parts
    this.resultsFolder = join(parts.folder, 'results')
    this.inputFolder = join(parts.folder, 'input')
    this.producer = parts.producer
    this.endpoint = parts.aws.endpoint
  }

  /** Starts the local AWS, creates the queues and the service with one task, applies the scaling config, starts the publisher. */
  static async start(options: { timeScale: number; onLog: (line: string) => void }): Promise<Stack> {
    const folder = await mkdtemp(join(tmpdir(), 'longshore-quickstart-'))
    const calls = { count: 0 }
    const aws = await startLocalAws({
      timeScale: options.timeScale,
      launchDelay: '23s',
      onTaskOutput: ({ line }) => {
        if (!ROUTINE.test(line)) options.onLog(`task: ${line}`)
      },
      onCall: ({ service, operation }) => {
        if (service === 'sqs' && /^(Receive|Delete|ChangeMessage)/.test(operation)) calls.count += 1
      },
    })
    // The SDK clients here, the command and the tasks all find the local AWS as they would find the real one.
    Object.assign(process.env, aws.environment)
    const stack = await createOn(aws, { folder, calls, onLog: options.onLog }).catch(
      async (error: unknown) => {
        await aws.close()
        await rm(folder, { recursive: true, force: true })
        throw error
      },
    )
    return new Stack(stack)
  }

  /** Calls to receive, extend and settle messages, all tasks together. */
  get workerCalls(): number {
    return this.#parts.calls.count
  }

  /** Ends with the publisher's error text if the publisher has ended by itself. */
  get publisherFailure(): string | undefined {
    return this.#parts.publisher.failure
  }

  depth(): Promise<Depth> {
    return readDepth(this.#parts.sqs, this.#parts.queueUrl)
  }

  async deadLettered(): Promise<number> {
    const { visible, inFlight, delayed } = await readDepth(this.#parts.sqs, this.#parts.deadLetterUrl)
    return visible + inFlight + delayed
  }

  async tasks(): Promise<Tasks> {
    const { services = [] } = await this.#parts.ecs.send(
      new DescribeServicesCommand({ cluster: CLUSTER, services: [SERVICE] }),
    )
    const [service] = services
    return {
      desired: service?.desiredCount ?? 0,
      running: service?.runningCount ?? 0,
      pending: service?.pendingCount ?? 0,
    }
  }

  /** What Application Auto Scaling has done, oldest first. */
  async activities(): Promise<readonly string[]> {
    const { ScalingActivities = [] } = await this.#parts.scaling.send(
      new DescribeScalingActivitiesCommand({
        ServiceNamespace: 'ecs',
        ResourceId: `service/${CLUSTER}/${SERVICE}`,
      }),
    )
    return ScalingActivities.map(({ Description = '' }) => Description).toReversed()
  }

  /** Ends the publisher, the tasks and the local AWS, and removes the folder. No process is left. */
  async close(): Promise<void> {
    const { publisher, producer, aws, folder, sqs, ecs, scaling } = this.#parts
    await publisher.stop()
    await producer.close()
    for (const client of [sqs, ecs, scaling]) client.destroy()
    await aws.close()
    await rm(folder, { recursive: true, force: true })
  }
}

interface Parts {
  readonly aws: LocalAws
  readonly folder: string
  readonly calls: WorkerCalls
  readonly sqs: SQSClient
  readonly ecs: ECSClient
  readonly scaling: ApplicationAutoScalingClient
  readonly queueUrl: string
  readonly deadLetterUrl: string
  readonly producer: Producer<Document>
  readonly publisher: RunningCommand
}

async function createOn(
  aws: LocalAws,
  options: { folder: string; calls: WorkerCalls; onLog: (line: string) => void },
): Promise<Parts> {
  const { folder, calls, onLog } = options
  const sqs = new SQSClient({ useQueueUrlAsEndpoint: false })
  const ecs = new ECSClient({})
  const { queueUrl, deadLetterUrl } = await createQueues(sqs)
  await createService(ecs, { queueUrl, folder })
  await (await startLongshore(['apply', '--config', config], onLog)).finished()
  const publisher = await startLongshore(['publish', '--config', config], () => {})
  const producer = createProducer(defineQueue({ url: queueUrl, message: documents.message }))
  const scaling = new ApplicationAutoScalingClient({})
  return { aws, folder, calls, sqs, ecs, scaling, queueUrl, deadLetterUrl, producer, publisher }
}

async function createQueues(sqs: SQSClient): Promise<{ queueUrl: string; deadLetterUrl: string }> {
  // 14 days: dead letters must outlive the messages that they were, which the worker's doctor checks.
  const deadLetters = await sqs.send(
    new CreateQueueCommand({
      QueueName: 'documents-dead-letters',
      Attributes: { MessageRetentionPeriod: '1209600' },
    }),
  )
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: deadLetters.QueueUrl, AttributeNames: ['QueueArn'] }),
  )
  const redrive = { deadLetterTargetArn: Attributes?.QueueArn, maxReceiveCount: 5 }
  const queue = await sqs.send(
    new CreateQueueCommand({
      QueueName: 'documents',
      Attributes: { VisibilityTimeout: '15', RedrivePolicy: JSON.stringify(redrive) },
    }),
  )
  return { queueUrl: queue.QueueUrl ?? '', deadLetterUrl: deadLetters.QueueUrl ?? '' }
}

async function createService(ecs: ECSClient, on: { queueUrl: string; folder: string }): Promise<void> {
  const results = join(on.folder, 'results')
  await mkdir(results)
  await ecs.send(new CreateClusterCommand({ clusterName: CLUSTER }))
  await ecs.send(
    new RegisterTaskDefinitionCommand({
      family: SERVICE,
      containerDefinitions: [
        {
          name: 'worker',
          image: 'quickstart',
          memory: 512,
          command: ['node', worker],
          environment: [
            { name: 'QUEUE_URL', value: on.queueUrl },
            { name: 'RESULTS_FOLDER', value: results },
            { name: 'AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED', value: 'true' },
          ],
          stopTimeout: 30,
        },
      ],
    }),
  )
  await ecs.send(
    new CreateServiceCommand({
      cluster: CLUSTER,
      serviceName: SERVICE,
      taskDefinition: SERVICE,
      desiredCount: 1,
    }),
  )
}

async function readDepth(sqs: SQSClient, queueUrl: string): Promise<Depth> {
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl: queueUrl,
      AttributeNames: [
        'ApproximateNumberOfMessages',
        'ApproximateNumberOfMessagesNotVisible',
        'ApproximateNumberOfMessagesDelayed',
      ],
    }),
  )
  return {
    visible: Number(Attributes.ApproximateNumberOfMessages),
    inFlight: Number(Attributes.ApproximateNumberOfMessagesNotVisible),
    delayed: Number(Attributes.ApproximateNumberOfMessagesDelayed),
  }
}
