import type { Backoff } from '../backoff.js'
import { backoffMs } from '../backoff.js'
import type { Clock } from '../clock.js'
import { sleep } from '../clock.js'
import { QueueCallError, SendError } from '../errors.js'
import type { Entry } from './entry.js'
import { MAX_BYTES } from './entry.js'

const MAX_BATCH = 10
const SEND_BACKOFF: Backoff = { baseMs: 100, capMs: 5_000 }

// What SQS answers for an entry that it could not take just now, whoever it blames; others are tried again only where it
// blames itself.
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

// An answer that says nothing of a message is a damaged one.
const UNNAMED: Failure = {
  index: -1,
  code: 'Unnamed',
  message: 'SQS said nothing of it.',
  isSenderFault: false,
}

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
  /** How many places there are; who finds none waits in {@link Outbox.reserve}. */
  readonly maxPending: number
  readonly sendBatch: (entries: readonly Entry[], stop: AbortSignal) => Promise<SendResult>
}

interface SendResult {
  readonly sent: readonly ({ readonly index: number } & Sent)[]
  readonly failures: readonly Failure[]
}

interface Failure {
  readonly index: number
  readonly code: string
  readonly message: string
  readonly isSenderFault?: boolean | undefined
}

interface Pending {
  readonly entry: Entry
  readonly untilMs: number
  resolve(sent: Sent): void
  reject(error: Error): void
}

/**
 * Sends messages in tens of at most 1 MiB, a batch when it is full or has lingered; retries what may pass. Who wants to
 * send takes a place first, in the order of asking, and has it until SQS has the message.
 */
export class Outbox {
  readonly #parts: OutboxParts
  readonly #waiting: Pending[] = []
  readonly #unconfirmed = new Set<Pending>()
  readonly #stop = new AbortController()
  #taken = 0
  #calls = 0
  #cancelLinger: (() => void) | undefined
  #hasLingered = false
  #flushes = 0
  readonly #onPlace: (() => void)[] = []

  constructor(parts: OutboxParts) {
    this.#parts = parts
  }

  /** Messages that have a place and that SQS has not confirmed. */
  get pending(): number {
    return this.#taken
  }

  /** True when whoever reserves a place must wait for it. */
  get isFull(): boolean {
    return this.#taken >= this.#parts.maxPending
  }

  /** Takes a place; undefined when there is one at once. */
  reserve(): Promise<void> | undefined {
    if (this.isFull) return new Promise((resolve) => this.#onPlace.push(resolve))
    this.#taken += 1
    return undefined
  }

  /** Gives a place back, to whoever waits for one. */
  release(): void {
    const next = this.#onPlace.shift()
    if (next === undefined) this.#taken -= 1
    else next()
    if (this.#isFlushing()) this.#pump()
  }

  /** Resolves when SQS has the message. Its place is given back then, or when it failed for good. */
  add(entry: Entry): Promise<Sent> {
    const { clock, timeoutMs, lingerMs } = this.#parts
    return new Promise((resolve, reject) => {
      if (this.#stop.signal.aborted) {
        this.release()
        return reject(this.#stop.signal.reason as Error)
      }
      const pending: Pending = { entry, untilMs: clock.now() + timeoutMs, resolve, reject }
      this.#unconfirmed.add(pending)
      this.#waiting.push(pending)
      this.#cancelLinger ??= clock.schedule(lingerMs, () => {
        this.#hasLingered = true
        this.#pump()
      })
      this.#pump()
    })
  }

  /** Gives up everything that SQS has not confirmed; what is in a call may have arrived all the same. */
  abandon(error: Error): void {
    this.#waiting.length = 0
    this.#stop.abort(error)
    for (const pending of this.#unconfirmed) this.#fail(pending, error)
    this.#pump()
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
      if (size === 0 || !(isFull || this.#hasLingered || this.#isFlushing())) break
      void this.#deliver(this.#waiting.splice(0, size))
    }
    if (this.#waiting.length > 0) return
    this.#hasLingered = false
    this.#cancelLinger?.()
    this.#cancelLinger = undefined
  }

  // Those that have a place and are not here yet are certain to come, or to give it back.
  #isFlushing(): boolean {
    return this.#flushes > 0 && this.#taken === this.#unconfirmed.size
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
      await sleep(clock, backoffMs(SEND_BACKOFF, attempt, random()), this.#stop.signal)
    }
    this.#calls -= 1
    this.#pump()
  }

  /** Those that should be tried again. */
  async #attempt(batch: Pending[]): Promise<Pending[]> {
    const { sendBatch } = this.#parts
    try {
      const { sent, failures } = await sendBatch(
        batch.map(({ entry }) => entry),
        this.#stop.signal,
      )
      for (const { index, messageId, sequenceNumber } of sent)
        this.#confirm(batch[index], { messageId, sequenceNumber })
      const refused = new Map(failures.map((failure) => [failure.index, failure]))
      return batch.filter((pending, index) => {
        if (!this.#unconfirmed.has(pending)) return false
        const { code, message, isSenderFault } = refused.get(index) ?? UNNAMED
        const error = new SendError(`SQS refused the message: ${code}: ${message}`)
        return this.#isTriedAgain(pending, error, PASSING.has(code) || isSenderFault === false)
      })
    } catch (error) {
      const isHopeless = error instanceof QueueCallError && error.isConfiguration
      const thrown = error instanceof Error ? error : new SendError(String(error))
      return batch.filter((pending) => this.#isTriedAgain(pending, thrown, !isHopeless))
    }
  }

  #isTriedAgain(pending: Pending, error: Error, mayPass: boolean): boolean {
    if (!this.#unconfirmed.has(pending)) return false
    if (mayPass && this.#parts.clock.now() < pending.untilMs) return true
    this.#fail(pending, error)
    return false
  }

  #confirm(pending: Pending | undefined, sent: Sent): void {
    if (pending === undefined || !this.#unconfirmed.delete(pending)) return
    pending.resolve(sent)
    this.release()
  }

  #fail(pending: Pending, error: Error): void {
    if (!this.#unconfirmed.delete(pending)) return
    pending.reject(error)
    this.release()
  }
}
