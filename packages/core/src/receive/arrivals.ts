// A receive that brings at least so many costs little per message; waiting longer for more would cost them time.
const WORTH_WAITING_FOR = 4
// The last ten receives or so decide.
const WEIGHT = 0.2

/**
 * How fast messages come in, for the question how long the next receive should wait for them. A long poll answers with the
 * first message: where one comes every 10 ms, that is a call for each. Only a trickle is waited for, that is where receives
 * bring less than half of what they ask for, though messages are not so rare that none would come in that time.
 */
export class Arrivals {
  readonly #mostMs: number
  /** Between two messages, on average. */
  #gapMs: number | undefined
  #lastMs: number | undefined

  /** `mostMs`: the longest wait; 0 for none. */
  constructor(mostMs: number) {
    this.#mostMs = mostMs
  }

  /** After a receive that brought `received` of `asked`: how long to wait before the next one, in milliseconds. */
  waitMs({ received, asked, nowMs }: { received: number; asked: number; nowMs: number }): number {
    const sinceMs = this.#lastMs === undefined ? undefined : nowMs - this.#lastMs
    if (received > 0) this.#lastMs = nowMs
    if (received === 0 || sinceMs === undefined) return 0
    const gapMs = sinceMs / received
    this.#gapMs = this.#gapMs === undefined ? gapMs : this.#gapMs + WEIGHT * (gapMs - this.#gapMs)
    if (received * 2 > asked || this.#gapMs > this.#mostMs) return 0
    return Math.min(this.#mostMs, WORTH_WAITING_FOR * this.#gapMs)
  }
}
