import type { Clock } from '../clock.js'
import { systemClock } from '../clock.js'
import type { MessageAttribute, ReceivedMessage } from '../delivery.js'
import type { Duration } from '../duration.js'
import { durationMs } from '../duration.js'
import { QueueCallError } from '../errors.js'
import type {
  EntryFailure,
  QueueFacts,
  QueuePort,
  ReceiveRequest,
  SendBatchResult,
  SendEntry,
  VisibilityChange,
} from '../queue/port.js'
import type { Call, Intercept } from './faults.js'
import { Wire } from './faults.js'
import type { Stored } from './message-store.js'
import { MessageStore } from './message-store.js'

/** Options of {@link memoryQueue}. */
export interface MemoryQueueOptions {
  /** Default `memory`, with `.fifo` for a FIFO queue. */
  name?: string
  /** A FIFO queue, without content-based deduplication; default false. */
  fifo?: boolean
  /** Default: the machine's clock. */
  clock?: Clock
  /** The queue's default; default '30s', as in SQS. */
  visibilityTimeout?: Duration
  /** Where a message goes that was received `maxReceiveCount` times, at its next receive. */
  redrive?: { to: MemoryQueue; maxReceiveCount: number }
  /** How long each call takes, there and back; default '0ms'. */
  latency?: Duration
}

/** A message as it was sent, for assertions. */
export interface StoredMessage {
  readonly messageId: string
  readonly body: string
  readonly receiveCount: number
  readonly attributes: Readonly<Record<string, MessageAttribute>>
}

/** Options of {@link MemoryQueue.put}. */
export interface PutOptions {
  delay?: Duration
  attributes?: Record<string, MessageAttribute>
  /** Its MessageGroupId. Default: none; on a FIFO queue `default`. */
  group?: string | undefined
}

/**
 * A queue in memory that keeps SQS's rules: visibility timeouts, receive counts, delay, redrive, receipts that expire,
 * long polling; as a FIFO queue, the order of the groups, deduplication, and receives made again by their id. Hand it to `createWorker` or `createProducer` as `port`.
 */
export interface MemoryQueue extends QueuePort {
  /** Puts a message in: as JSON, unless it is a string. Returns its id. */
  put(message: unknown, options?: PutOptions): string
  /** SQS's three counts, exact. */
  counts(): { visible: number; inFlight: number; delayed: number }
  /** Everything that is not deleted. */
  messages(): StoredMessage[]
  /** Makes everything in flight visible although it is held: at-least-once delivery, as standard queues know it. */
  redeliver(): void
  /** Decides from now on what befalls each call. */
  intercept(intercept: Intercept): void
  /** Every call so far. */
  readonly calls: readonly Call[]
}

/** Creates a {@link MemoryQueue}. */
export function memoryQueue(options: MemoryQueueOptions = {}): MemoryQueue {
  return new QueueInMemory(options)
}

const ARN_PREFIX = 'arn:aws:sqs:local:000000000000:'

class QueueInMemory implements MemoryQueue {
  readonly name: string
  readonly #clock: Clock
  readonly #visibilityMs: number
  readonly #redrive: MemoryQueueOptions['redrive']
  readonly #isFifo: boolean
  readonly #store: MessageStore
  readonly #wire: Wire

  constructor(options: MemoryQueueOptions) {
    const {
      fifo = false,
      name = fifo ? 'memory.fifo' : 'memory',
      clock = systemClock,
      visibilityTimeout = '30s',
      redrive,
      latency = '0ms',
    } = options
    this.name = name
    this.#clock = clock
    this.#isFifo = fifo
    this.#visibilityMs = durationMs(visibilityTimeout)
    this.#redrive = redrive
    const deadLetters = redrive && {
      maxReceiveCount: redrive.maxReceiveCount,
      move: ({ body, attributes, groupId: group }: Stored) =>
        void redrive.to.put(body, { attributes, group }),
    }
    this.#store = new MessageStore(clock, { redrive: deadLetters, isFifo: fifo })
    this.#wire = new Wire({ clock, latencyMs: durationMs(latency), queue: name })
  }

  get calls(): readonly Call[] {
    return this.#wire.calls
  }

  put(message: unknown, options: PutOptions = {}): string {
    const { delay = '0s', attributes = {}, group = this.#isFifo ? 'default' : undefined } = options
    const body = typeof message === 'string' ? message : JSON.stringify(message)
    return this.#store.add({ body, attributes, delayMs: durationMs(delay), groupId: group })
  }

  counts(): { visible: number; inFlight: number; delayed: number } {
    return this.#store.counts()
  }

  messages(): StoredMessage[] {
    return this.#store.list().map(({ id, body, receiveCount, attributes }) => ({
      messageId: id,
      body,
      receiveCount,
      attributes,
    }))
  }

  redeliver(): void {
    this.#store.redeliver()
  }

  intercept(intercept: Intercept): void {
    this.#wire.intercept = intercept
  }

  describe(signal: AbortSignal): Promise<QueueFacts> {
    const redrive = this.#redrive && {
      deadLetterQueueArn: `${ARN_PREFIX}${this.#redrive.to.name}`,
      maxReceiveCount: this.#redrive.maxReceiveCount,
    }
    return this.#wire.carry({ operation: 'GetQueueAttributes', entries: 1 }, signal, () => ({
      url: this.name,
      visibilityTimeoutMs: this.#visibilityMs,
      isFifo: this.#isFifo,
      redrive,
    }))
  }

  receive(request: ReceiveRequest, signal: AbortSignal): Promise<ReceivedMessage[]> {
    const { maxMessages, waitSeconds, visibilityTimeoutSeconds, attemptId } = request
    const take = (): ReceivedMessage[] =>
      this.#store.receive(maxMessages, visibilityTimeoutSeconds * 1_000, attemptId)
    return this.#wire.carry({ operation: 'ReceiveMessage', entries: maxMessages }, signal, () =>
      this.#poll(take, this.#clock.now() + waitSeconds * 1_000, signal),
    )
  }

  deleteBatch(receiptHandles: readonly string[], signal: AbortSignal): Promise<EntryFailure[]> {
    return this.#wire.carry(
      { operation: 'DeleteMessageBatch', entries: receiptHandles.length },
      signal,
      (failing) => failures(receiptHandles, failing, (handle) => this.#store.delete(handle)),
    )
  }

  changeVisibilityBatch(changes: readonly VisibilityChange[], signal: AbortSignal): Promise<EntryFailure[]> {
    const call = { operation: 'ChangeMessageVisibilityBatch', entries: changes.length } as const
    return this.#wire.carry(call, signal, (failing) =>
      failures(changes, failing, ({ receiptHandle, visibilityTimeoutSeconds }) =>
        this.#store.changeVisibility(receiptHandle, visibilityTimeoutSeconds * 1_000),
      ),
    )
  }

  sendBatch(entries: readonly SendEntry[], signal: AbortSignal): Promise<SendBatchResult> {
    return this.#wire.carry({ operation: 'SendMessageBatch', entries: entries.length }, signal, (failing) => {
      const sent: { index: number; messageId: string }[] = []
      const failed = failures([...entries.entries()], failing, ([index, entry]) => {
        const refusal = this.#isFifo ? fifoRefusal(entry) : undefined
        if (refusal !== undefined) return refusal
        const { attributes = {}, delaySeconds = 0 } = entry
        const messageId = this.#store.add({ ...entry, attributes, delayMs: delaySeconds * 1_000 })
        sent.push({ index, messageId })
        return undefined
      })
      return { sent, failures: failed }
    })
  }

  async open(queueArn: string, signal: AbortSignal): Promise<QueuePort> {
    const target = this.#redrive?.to
    return await this.#wire.carry({ operation: 'GetQueueUrl', entries: 1 }, signal, () => {
      if (target !== undefined && queueArn === `${ARN_PREFIX}${target.name}`) return target
      const detail = `There is no queue ${queueArn}.`
      throw new QueueCallError({ operation: 'GetQueueUrl', queue: this.name, reason: 'notFound', detail })
    })
  }

  close(): void {}

  // Long polling: answers with the first messages there are, or with none when the wait is over.
  async #poll(
    take: () => ReceivedMessage[],
    untilMs: number,
    signal: AbortSignal,
  ): Promise<ReceivedMessage[]> {
    for (;;) {
      if (signal.aborted) {
        const detail = 'The receive was aborted.'
        throw new QueueCallError({ operation: 'ReceiveMessage', queue: this.name, reason: 'aborted', detail })
      }
      const messages = take()
      if (messages.length > 0 || this.#clock.now() >= untilMs) return messages
      await this.#store.change(untilMs, signal)
    }
  }
}

function fifoRefusal(entry: SendEntry): { code: string; message: string } | undefined {
  const { groupId, deduplicationId, delaySeconds = 0 } = entry
  if (groupId === undefined) {
    return { code: 'MissingParameter', message: 'The request must contain the parameter MessageGroupId.' }
  }
  if (deduplicationId === undefined) {
    const message =
      'A message of this queue needs a MessageDeduplicationId: the queue makes none from its body.'
    return { code: 'InvalidParameterValue', message }
  }
  if (delaySeconds === 0) return undefined
  return {
    code: 'InvalidParameterValue',
    message: 'A message of a FIFO queue has no DelaySeconds of its own.',
  }
}

function failures<Entry>(
  entries: readonly Entry[],
  failing: { indexes: readonly number[]; code: string } | undefined,
  apply: (entry: Entry) => { code: string; message: string } | undefined,
): EntryFailure[] {
  const failed: EntryFailure[] = []
  for (const [index, entry] of entries.entries()) {
    const isFaulty = failing?.indexes.includes(index) === true
    const failure = isFaulty ? { code: failing.code, message: 'A fault.' } : apply(entry)
    if (failure !== undefined) failed.push({ index, ...failure })
  }
  return failed
}
