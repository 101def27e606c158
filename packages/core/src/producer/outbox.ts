import type { Backoff } from '../backoff.js'
import { backoffMs } from '../backoff.js'
import type { Clock } from '../clock.js'
import { sleep } from '../clock.js'
import { QueueCallError, SendError } from '../errors.js'
import type { Entry } from './entry.js'
import { MAX_BYTES } from './entry.js'

const MAX_BATCH = 10
const SEND_BACKOFF: Backoff = { baseMs: 100, capMs: 5_000 }

// What SQS answers for an entry that it could not take just now; any other code is about the message itself.
const PASSING = new Set([
  'InternalError',
  'InternalFailure',
  'ServiceUnavailable',
  'Throttling',
  'RequestThrottled',
  'TooManyRequests',
  'KmsThrottled',
  'OverLimit',
])

/** What SQS said of a message that it took. */
export interface Sent {
  readonly messageId: string
  /** FIFO queues only. */
  readonly sequenceNumber?: string | undefined
}

/** What the outbox is given by its owner. */
export interface OutboxParts {
  readonly clock: Clock
  readonly random: () => number
  /** How long the first message of a batch waits for company. */
  readonly lingerMs: number
  /** How long a message is tried before its send rejects. */
  readonly timeoutMs: number
  /** Calls at a time; 1 keeps the order. */
  readonly maxCalls: number
  /** How many messages may be on their way; more wait in {@link Outbox.room}. */
  readonly maxPending: number
  readonly sendBatch: (entries: readonly Entry[]) => Promise<SendResult>
}

interface SendResult {
  readonly sent: readonly ({ readonly index: number } & Sent)[]
  readonly failures: readonly { readonly index: number; readonly code: string; readonly message: string }[]
}

interface Pending {
  readonly entry: Entry
  readonly untilMs: number
  resolve(sent: Sent): void
  reject(error: Error): void
}

/** Sends messages in tens of at most 1 MiB, a batch when it is full or has lingered; retries what may pass. */
export class Outbox {
  readonly #parts: OutboxParts
  readonly #waiting: Pending[] = []
  #pending = 0
  #calls = 0
  #cancelLinger: (() => void) | undefined
  #hasLingered = false
  #flushes = 0
  readonly #onRoom: (() => void)[] = []

  constructor(parts: OutboxParts) {
    this.#parts = parts
  }

  /** Messages that SQS has not confirmed. */
  get pending(): number {
    return this.#pending
  }

  /** True when another message may be added. */
  get hasRoom(): boolean {
    return this.#pending < this.#parts.maxPending
  }

  /** Resolves when another message may be added. */
  async room(): Promise<void> {
    while (!this.hasRoom) await new Promise<void>((resolve) => this.#onRoom.push(resolve))
  }

  /** Resolves when SQS has the message. */
  add(entry: Entry): Promise<Sent> {
    const { clock, timeoutMs, lingerMs } = this.#parts
    this.#pending += 1
    return new Promise((resolve, reject) => {
      this.#waiting.push({ entry, untilMs: clock.now() + timeoutMs, resolve, reject })
      this.#cancelLinger ??= clock.schedule(lingerMs, () => {
        this.#hasLingered = true
        this.#pump()
      })
      this.#pump()
    })
  }

  /** Lets nothing linger until `done` is. */
  async flushUntil(done: Promise<unknown>): Promise<void> {
    this.#flushes += 1
    this.#pump()
    await done
    this.#flushes -= 1
  }

  #pump(): void {
    while (this.#calls < this.#parts.maxCalls) {
      const size = this.#batchSize()
      const isFull = size === MAX_BATCH || size < this.#waiting.length
      if (size === 0 || !(isFull || this.#hasLingered || this.#flushes > 0)) break
      void this.#deliver(this.#waiting.splice(0, size))
    }
    if (this.#waiting.length > 0) return
    this.#hasLingered = false
    this.#cancelLinger?.()
    this.#cancelLinger = undefined
  }

  #batchSize(): number {
    let bytes = 0
    let size = 0
    for (const { entry } of this.#waiting) {
      bytes += entry.bytes
      if (size === MAX_BATCH || bytes > MAX_BYTES) break
      size += 1
    }
    return size
  }

  async #deliver(batch: Pending[]): Promise<void> {
    const { clock, random } = this.#parts
    this.#calls += 1
    let left = batch
    for (let attempt = 1; ; attempt += 1) {
      left = await this.#attempt(left)
      if (left.length === 0) break
      await sleep(clock, backoffMs(SEND_BACKOFF, attempt, random()))
    }
    this.#calls -= 1
    this.#pump()
  }

  /** Those that should be tried again. */
  async #attempt(batch: Pending[]): Promise<Pending[]> {
    try {
      const { sent, failures } = await this.#parts.sendBatch(batch.map(({ entry }) => entry))
      for (const { index, messageId, sequenceNumber } of sent)
        this.#done(batch[index], { messageId, sequenceNumber })
      return failures.flatMap(({ index, code, message }) => {
        const pending = batch[index]
        const error = new SendError(`SQS refused the message: ${code}: ${message}`)
        return pending === undefined ? [] : this.#failed([pending], error, PASSING.has(code))
      })
    } catch (error) {
      const mayPass = !(error instanceof QueueCallError && error.isConfiguration)
      return this.#failed(batch, error instanceof Error ? error : new SendError(String(error)), mayPass)
    }
  }

  #failed(batch: readonly Pending[], error: Error, mayPass: boolean): Pending[] {
    const nowMs = this.#parts.clock.now()
    const again: Pending[] = []
    for (const pending of batch) {
      if (mayPass && nowMs < pending.untilMs) again.push(pending)
      else {
        pending.reject(error)
        this.#left()
      }
    }
    return again
  }

  #done(pending: Pending | undefined, sent: Sent): void {
    pending?.resolve(sent)
    this.#left()
  }

  #left(): void {
    this.#pending -= 1
    this.#onRoom.shift()?.()
  }
}
