import type { Clock } from '../clock.js'
import type { Deleted } from './lease.js'

// Together some megabytes, and longer than it takes most leases to expire.
const MOST_REMEMBERED = 20_000
const REMEMBERED_MS = 30 * 60_000

interface Memory {
  readonly settledAtMs: number
  readonly outcome: Deleted['outcome']
}

/**
 * The messages that were handled for good, by id: SQS may hand one out again, because a delete came too late or because
 * at-least-once delivery allows it. Forgets the oldest, so that its memory has a bound.
 */
export class RecentlySettled {
  readonly #clock: Clock
  // In the order of settling, which a Map keeps.
  readonly #memories = new Map<string, Memory>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get size(): number {
    return this.#memories.size
  }

  /** How a redelivery of the message is to be deleted; undefined for one that is not remembered. */
  outcomeOf(messageId: string): Deleted['outcome'] | undefined {
    const memory = this.#memories.get(messageId)
    return memory === undefined || this.#isOver(memory) ? undefined : memory.outcome
  }

  /** `repeat` once SQS has confirmed another outcome, so that none counts twice. */
  add(messageId: string, outcome: Deleted['outcome']): void {
    this.#memories.delete(messageId)
    this.#memories.set(messageId, { settledAtMs: this.#clock.now(), outcome })
    for (const [oldest, memory] of this.#memories) {
      if (this.#memories.size <= MOST_REMEMBERED && !this.#isOver(memory)) break
      this.#memories.delete(oldest)
    }
  }

  /** It is to be handled again. */
  forget(messageId: string): void {
    this.#memories.delete(messageId)
  }

  #isOver({ settledAtMs }: Memory): boolean {
    return this.#clock.now() - settledAtMs >= REMEMBERED_MS
  }
}
