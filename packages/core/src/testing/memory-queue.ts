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
import { MessageStore } from './message-store.js'

/** Options of {@link memoryQueue}. */
export interface MemoryQueueOptions {
  /** Default `memory`. */
  name?: string
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

/**
 * A standard queue in memory that keeps SQS's rules: visibility timeouts, receive counts, delay, redrive, receipts that
 * expire, long polling. Hand it to `createWorker` or `createProducer` as `port`.
 */
export interface MemoryQueue extends QueuePort {
  /** Puts a message in: as JSON, unless it is a string. Returns its id. */
  put(message: unknown, options?: { delay?: Duration; attributes?: Record<string, MessageAttribute> }): string
  /** SQS's three counts, exact. */
  counts(): { visible: number; inFlight: number; delayed: number }
  /** Everything that is not deleted. */
  messages(): StoredMessage[]
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
  readonly #store: MessageStore
  readonly #wire: Wire

  constructor(options: MemoryQueueOptions) {
    const {
      name = 'memory',
      clock = systemClock,
      visibilityTimeout = '30s',
      redrive,
      latency = '0ms',
    } = options
    this.name = name
    this.#clock = clock
    this.#visibilityMs = durationMs(visibilityTimeout)
    this.#redrive = redrive
    const deadLetters = redrive && {
      maxReceiveCount: redrive.maxReceiveCount,
      move: (body: string, attributes: Record<string, MessageAttribute>) =>
        void redrive.to.put(body, { attributes }),
    }
    this.#store = new MessageStore(clock, deadLetters)
    this.#wire = new Wire({ clock, latencyMs: durationMs(latency), queue: name })
  }

  get calls(): readonly Call[] {
    return this.#wire.calls
  }

  put(
    message: unknown,
    options: { delay?: Duration; attributes?: Record<string, MessageAttribute> } = {},
  ): string {
    const { delay = '0s', attributes = {} } = options
    const body = typeof message === 'string' ? message : JSON.stringify(message)
    return this.#store.add({ body, attributes, delayMs: durationMs(delay) })
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
      isFifo: false,
      redrive,
    }))
  }

  receive(request: ReceiveRequest, signal: AbortSignal): Promise<ReceivedMessage[]> {
    const { maxMessages, waitSeconds, visibilityTimeoutSeconds } = request
    const take = (): ReceivedMessage[] => this.#store.receive(maxMessages, visibilityTimeoutSeconds * 1_000)
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
        const { body, attributes = {}, delaySeconds = 0 } = entry
        sent.push({ index, messageId: this.#store.add({ body, attributes, delayMs: delaySeconds * 1_000 }) })
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
