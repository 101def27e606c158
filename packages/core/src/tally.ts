import type { Delivery } from './delivery.js'
import type { HandlerTimeoutError, LeaseLostError, PayloadError, PayloadStoreError } from './errors.js'
import type { Events } from './events.js'
import type { Outcome } from './outcome.js'
import type { Counts } from './stats.js'
import { newCounts } from './stats.js'

const COUNTED_AS = {
  done: 'done',
  retry: 'retried',
  deadLetter: 'deadLettered',
  release: 'released',
} as const

/** Counts what happens to deliveries, and tells whoever listens. */
export class Tally {
  readonly counts: Counts = newCounts()
  /** Messages handed back unstarted. */
  handedBackCount = 0
  readonly #events: Events
  readonly #queue: string
  readonly #maxReceiveCount: number | undefined

  constructor(events: Events, queue: string, maxReceiveCount?: number) {
    this.#events = events
    this.#queue = queue
    this.#maxReceiveCount = maxReceiveCount
  }

  polled(asked: number, received: number, elapsedMs: number): void {
    if (received === 0) this.counts.emptyReceives += 1
    if (this.#events.has('receive:completed')) {
      this.#events.emit('receive:completed', { queue: this.#queue, asked, received, elapsedMs })
    }
  }

  received(delivery: Delivery): void {
    this.counts.received += 1
    if (this.#events.has('delivery:received'))
      this.#events.emit('delivery:received', { queue: this.#queue, delivery })
  }

  repeated(delivery: Delivery): void {
    this.counts.repeated += 1
    if (this.#events.has('delivery:repeated'))
      this.#events.emit('delivery:repeated', { queue: this.#queue, delivery })
  }

  started(delivery: Delivery): void {
    this.counts.started += 1
    if (this.#events.has('delivery:started'))
      this.#events.emit('delivery:started', { queue: this.#queue, delivery })
  }

  /** One of so many that were handled together: the time of a batch counts once. */
  handled(delivery: Delivery, outcome: Outcome, elapsedMs: number, of = 1): void {
    this.counts.handled += 1
    this.counts.handlingMs += elapsedMs / of
    if (outcome.kind === 'retry' && outcome.isThrottled === true) this.counts.throttled += 1
    if (this.#events.has('delivery:handled')) {
      this.#events.emit('delivery:handled', { queue: this.#queue, delivery, outcome, elapsedMs })
    }
  }

  settled(delivery: Delivery, outcome: Outcome['kind']): void {
    this.counts[COUNTED_AS[outcome]] += 1
    if (this.#events.has('delivery:settled'))
      this.#events.emit('delivery:settled', { queue: this.#queue, delivery, outcome })
  }

  handedBack(delivery: Delivery): void {
    this.handedBackCount += 1
    if (this.#events.has('delivery:released'))
      this.#events.emit('delivery:released', { queue: this.#queue, delivery })
  }

  rejected(delivery: Delivery, error: PayloadError): void {
    const maxReceiveCount = this.#maxReceiveCount
    this.counts.rejected += 1
    const fate =
      maxReceiveCount === undefined
        ? 'It is retried until it expires: the queue has no dead-letter queue.'
        : `It is retried until SQS moves it to the dead-letter queue, after ${maxReceiveCount} receives.`
    this.#events.emit('payload:rejected', { queue: this.#queue, delivery, error, fate })
  }

  skipped(delivery: Delivery): void {
    this.#events.emit('payload:skipped', { queue: this.#queue, delivery })
  }

  unfetched(delivery: Delivery, error: PayloadStoreError): void {
    this.counts.failed += 1
    this.#events.emit('payload:failed', { queue: this.#queue, delivery, error })
  }

  failed(delivery: Delivery, error: unknown): void {
    this.counts.failed += 1
    this.#events.emit('handler:failed', { queue: this.#queue, delivery, error })
  }

  timedOut(delivery: Delivery, error: HandlerTimeoutError): void {
    this.counts.timedOut += 1
    this.#events.emit('handler:timed-out', { queue: this.#queue, delivery, error })
  }

  stuck(delivery: Delivery): void {
    this.counts.stuck += 1
    this.#events.emit('handler:stuck', { queue: this.#queue, delivery })
  }

  lost(delivery: Delivery, error: LeaseLostError): void {
    this.counts.lost += 1
    this.#events.emit('lease:lost', { queue: this.#queue, delivery, error })
  }
}
