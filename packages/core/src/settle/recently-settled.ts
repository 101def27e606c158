import type { Clock } from '../clock.js'
import type { Deleted } from './lease.js'

// Two generations of so many: some megabytes at most. Longer than it takes most leases to expire.
const GENERATION = 10_000
const REMEMBERED_MS = 30 * 60_000

interface Memory {
  readonly settledAtMs: number
  readonly outcome: Deleted['outcome']
}

/**
 * The messages that were handled for good, by id: SQS may hand one out again, because a delete came too late or because
 * at-least-once delivery allows it. Remembers the last 10,000 surely and forgets the older ones a generation at a time,
 * since to take the oldest out of a large Map, one by one, costs more than all the rest.
 */
export class RecentlySettled {
  readonly #clock: Clock
  #recent = new Map<string, Memory>()
  #older = new Map<string, Memory>()
  #beganAtMs: number

  constructor(clock: Clock) {
    this.#clock = clock
    this.#beganAtMs = clock.now()
  }

  get size(): number {
    return this.#recent.size + this.#older.size
  }

  /** How a redelivery of the message is to be deleted; undefined for one that is not remembered. */
  outcomeOf(messageId: string): Deleted['outcome'] | undefined {
    const memory = this.#recent.get(messageId) ?? this.#older.get(messageId)
    const isRemembered = memory !== undefined && this.#clock.now() - memory.settledAtMs < REMEMBERED_MS
    return isRemembered ? memory.outcome : undefined
  }

  /** `repeat` once SQS has confirmed another outcome, so that none counts twice. */
  add(messageId: string, outcome: Deleted['outcome']): void {
    const nowMs = this.#clock.now()
    if (this.#recent.size >= GENERATION || nowMs - this.#beganAtMs >= REMEMBERED_MS) {
      this.#older = this.#recent
      this.#recent = new Map()
      this.#beganAtMs = nowMs
    }
    this.#recent.set(messageId, { settledAtMs: nowMs, outcome })
  }

  /** It is to be handled again. */
  forget(messageId: string): void {
    this.#recent.delete(messageId)
    this.#older.delete(messageId)
  }
}
