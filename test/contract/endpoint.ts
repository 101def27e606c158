// The contract suite runs over the real SDK: against a local AWS of its own, or against whatever AWS_ENDPOINT_URL_SQS
// names. LONGSHORE_CONTRACT_TARGET says which implementation that is, so that its known differences are expected.
import { randomUUID } from 'node:crypto'

import {
  CreateQueueCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
  SQSServiceException,
} from '@aws-sdk/client-sqs'
import type {
  CreateQueueCommandInput,
  Message,
  ReceiveMessageCommandInput,
  SendMessageCommandInput,
} from '@aws-sdk/client-sqs'
import { startLocalAws } from '@longshore/local'
import type { LocalAws } from '@longshore/local'
import { afterAll, beforeAll, it } from 'vitest'

import { knownDifferences } from './known-differences.js'

const target = process.env.LONGSHORE_CONTRACT_TARGET ?? 'local'

/** Long enough for a slow server on a busy machine; a rule that holds does not wait for it. */
const EVENTUALLY_MS = 15_000
const RULE_TIMEOUT_MS = 45_000
const POLL_MS = 100

/** A rule of SQS that the worker relies on. Its name is a sentence; its queues are its own, so rules run side by side. */
export function rule(name: string, check: () => Promise<void>): void {
  const difference = knownDifferences.find((known) => known.target === target && known.rule === name)
  const skip = difference?.byChance === true
  const options = { concurrent: true, timeout: RULE_TIMEOUT_MS, fails: difference !== undefined, skip }
  const title = difference === undefined ? name : `${name} [known: ${target}: ${difference.does}]`
  it(title, options, () => untilInTime(check))
}

class TooLate extends Error {}

/**
 * What must be done before a timeout ends, which runs on while a machine or a server is slow. What came too late shows
 * nothing of the rule, which then begins anew: see {@link untilInTime}.
 */
export async function inTime<Value>(ms: number, act: () => Promise<Value>): Promise<Value> {
  const beganMs = performance.now()
  const [result] = await Promise.allSettled([act()])
  if (performance.now() - beganMs >= ms) throw new TooLate(`It took longer than ${ms} ms.`)
  if (result.status === 'rejected') throw result.reason
  return result.value
}

/** Checks a rule, and again while a step of it was not done {@link inTime}. */
export async function untilInTime(check: () => Promise<void>): Promise<void> {
  for (;;) {
    const [result] = await Promise.allSettled([check()])
    if (result.status === 'fulfilled') return
    if (!(result.reason instanceof TooLate)) throw result.reason
  }
}

export interface Counts {
  readonly visible: number
  readonly inFlight: number
  readonly delayed: number
}

/** What a refused call answers. */
export interface Refusal {
  /** The error's name as the SDK gives it. */
  readonly name: string
  readonly status: number | undefined
  readonly message: string
}

/** SQS as the rules of one file see it. */
export class Endpoint {
  #aws: LocalAws | undefined
  #client: SQSClient | undefined
  readonly #queueUrls: string[] = []

  get client(): SQSClient {
    if (this.#client === undefined)
      throw new Error('The endpoint is open only while the rules of its file run.')
    return this.#client
  }

  async open(): Promise<void> {
    const named = process.env.AWS_ENDPOINT_URL_SQS
    if (named === undefined) this.#aws = await startLocalAws()
    this.#client = this.newClient()
  }

  /** A client of its own, for rules that break connections. The caller destroys it. */
  newClient(): SQSClient {
    const endpoint = this.#aws?.endpoint ?? process.env.AWS_ENDPOINT_URL_SQS
    if (endpoint === undefined) throw new Error('No endpoint is open.')
    // Other servers write a host of their own into QueueUrls; the endpoint given is the one that is meant.
    return new SQSClient({ endpoint, region: 'us-east-1', useQueueUrlAsEndpoint: false })
  }

  async close(): Promise<void> {
    if (this.#aws === undefined) {
      // A server that goes on running is left as it was found; queues that a rule has deleted are no matter.
      await Promise.allSettled(
        this.#queueUrls.map((QueueUrl) => this.client.send(new DeleteQueueCommand({ QueueUrl }))),
      )
    }
    this.#client?.destroy()
    await this.#aws?.close()
  }

  /** Creates a queue with a name that nobody else uses; FIFO where its attributes say so. */
  async createQueue(attributes: CreateQueueCommandInput['Attributes'] = {}): Promise<string> {
    const ending = attributes.FifoQueue === 'true' ? '.fifo' : ''
    const input = { QueueName: uniqueName() + ending, Attributes: attributes }
    const { QueueUrl } = await this.client.send(new CreateQueueCommand(input))
    if (QueueUrl === undefined) throw new Error('CreateQueue gave no QueueUrl.')
    this.#queueUrls.push(QueueUrl)
    return QueueUrl
  }

  async arnOf(QueueUrl: string): Promise<string> {
    const { QueueArn } = await this.attributes(QueueUrl)
    if (QueueArn === undefined) throw new Error(`${QueueUrl} has no QueueArn.`)
    return QueueArn
  }

  async attributes(QueueUrl: string): Promise<Partial<Record<string, string>>> {
    const input = { QueueUrl, AttributeNames: ['All' as const] }
    const { Attributes } = await this.client.send(new GetQueueAttributesCommand(input))
    return Attributes ?? {}
  }

  async counts(QueueUrl: string): Promise<Counts> {
    const attributes = await this.attributes(QueueUrl)
    return {
      visible: Number(attributes.ApproximateNumberOfMessages),
      inFlight: Number(attributes.ApproximateNumberOfMessagesNotVisible),
      delayed: Number(attributes.ApproximateNumberOfMessagesDelayed),
    }
  }

  /** Sends one message; gives its MessageId. */
  async send(QueueUrl: string, body = 'body', more: Partial<SendMessageCommandInput> = {}): Promise<string> {
    const sent = await this.client.send(new SendMessageCommand({ QueueUrl, MessageBody: body, ...more }))
    return sent.MessageId ?? ''
  }

  /** One receive of up to ten messages; short unless `more` says otherwise. */
  async receive(QueueUrl: string, more: Partial<ReceiveMessageCommandInput> = {}): Promise<Message[]> {
    const input = { QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 0, ...more }
    const { Messages } = await this.client.send(new ReceiveMessageCommand(input))
    return Messages ?? []
  }

  /** Receives until one message comes; fails when none does. */
  async receiveOne(QueueUrl: string, more: Partial<ReceiveMessageCommandInput> = {}): Promise<Held> {
    const found = await eventually(async () => {
      const [message] = await this.receive(QueueUrl, { MaxNumberOfMessages: 1, WaitTimeSeconds: 1, ...more })
      return message
    })
    return { ...found, handle: found.ReceiptHandle ?? '' }
  }
}

/** A received message with its handle. */
export type Held = Message & { readonly handle: string }

/** Opens the endpoint for the rules of the calling file. */
export function useEndpoint(): Endpoint {
  const endpoint = new Endpoint()
  beforeAll(() => endpoint.open())
  afterAll(() => endpoint.close())
  return endpoint
}

export function uniqueName(): string {
  return `contract-${randomUUID()}`
}

/** Tries again until `read` gives something; fails after `mostMs`. */
export async function eventually<Value>(
  read: () => Promise<Value | undefined>,
  mostMs: number = EVENTUALLY_MS,
): Promise<Value> {
  const deadline = performance.now() + mostMs
  for (;;) {
    const value = await read()
    if (value !== undefined) return value
    if (performance.now() > deadline) throw new Error(`Nothing came within ${mostMs / 1_000} s.`)
    await pause(POLL_MS)
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

/** The error that a call must end with. */
export async function refusal(call: Promise<unknown>): Promise<Refusal> {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (error === undefined) throw new Error('The call was accepted; it should have been refused.')
  if (!(error instanceof SQSServiceException)) throw error
  return { name: error.name, status: error.$metadata.httpStatusCode, message: error.message }
}
