// A bench's own AWS: @longshore/local in a process of its own, so that its work is not counted as the client's.
import {
  CreateQueueCommand,
  DeleteQueueCommand,
  SendMessageBatchCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import { Child } from './child.js'

export type ServerRequest =
  | { readonly ask: 'environment' | 'calls' | 'memory' }
  /** Every call from now on is processed this much later. */
  | { readonly ask: 'delay'; readonly delayMs: number }

export interface ServerAnswers {
  readonly environment: Readonly<Record<string, string>>
  /** Since the start, by operation. */
  readonly calls: Readonly<Record<string, number>>
  readonly delay: null
  /** After a garbage collection; the heap with the buffers that it holds. */
  readonly memory: { readonly rssBytes: number; readonly heapBytes: number }
}

/** All of them together. */
export function sumOf(calls: ServerAnswers['calls']): number {
  return Object.values(calls).reduce((sum, each) => sum + each, 0)
}

const LIMITS = { limitMs: 20_000 }
const ENTRIES = 10

export class BenchServer {
  readonly environment: Readonly<Record<string, string>>
  readonly #child: Child<ServerRequest>
  readonly #sqs: SQSClient
  #queues = 0

  private constructor(child: Child<ServerRequest>, environment: Readonly<Record<string, string>>) {
    this.#child = child
    this.environment = environment
    const { AWS_ENDPOINT_URL: endpoint = '', AWS_REGION: region = '' } = environment
    const { AWS_ACCESS_KEY_ID: accessKeyId = '', AWS_SECRET_ACCESS_KEY: secretAccessKey = '' } = environment
    this.#sqs = new SQSClient({ endpoint, region, credentials: { accessKeyId, secretAccessKey } })
  }

  static async start(signal: AbortSignal): Promise<BenchServer> {
    const child = new Child<ServerRequest>({
      script: 'server-process.ts',
      nodeFlags: ['--expose-gc'],
      signal,
    })
    try {
      const environment = await child.ask<ServerAnswers['environment']>({ ask: 'environment' }, LIMITS)
      return new BenchServer(child, environment)
    } catch (error) {
      await child.stop()
      throw error
    }
  }

  get endpoint(): string {
    return this.environment.AWS_ENDPOINT_URL ?? ''
  }

  ask<Ask extends keyof ServerAnswers>(request: ServerRequest & { ask: Ask }): Promise<ServerAnswers[Ask]> {
    return this.#child.ask(request, LIMITS)
  }

  /** A fresh queue that holds these messages, sent in this order. */
  async queueOf(bodies: readonly string[]): Promise<string> {
    this.#queues += 1
    const QueueName = `bench-${this.#queues}`
    const { QueueUrl = '' } = await this.#sqs.send(new CreateQueueCommand({ QueueName }))
    for (let start = 0; start < bodies.length; start += ENTRIES) {
      const batch = bodies.slice(start, start + ENTRIES)
      const Entries = batch.map((MessageBody, index) => ({ Id: String(index), MessageBody }))
      await this.#sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }))
    }
    return QueueUrl
  }

  async deleteQueue(QueueUrl: string): Promise<void> {
    await this.#sqs.send(new DeleteQueueCommand({ QueueUrl }))
  }

  async stop(): Promise<void> {
    this.#sqs.destroy()
    await this.#child.stop()
  }
}
