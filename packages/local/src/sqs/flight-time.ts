import { processingTimeAt } from '@longshore/model'
import type { ProcessingTime } from '@longshore/model'

// After so many windows less than a hundredth of a processing time is left.
const FADED_AFTER_WINDOWS = 5

/** Messages in flight, and the time they have spent so of late. */
export class FlightTime {
  readonly #windowMs: number
  #count = 0
  #time: ProcessingTime

  constructor(nowMs: number, windowMs: number, count = 0) {
    this.#windowMs = windowMs
    this.#count = count
    this.#time = { valueMs: 0, atMs: nowMs }
  }

  get count(): number {
    return this.#count
  }

  add(change: 1 | -1, nowMs: number): void {
    this.#time = this.#timeAt(nowMs)
    this.#count += change
  }

  recentMs(nowMs: number): number {
    return this.#timeAt(nowMs).valueMs
  }

  /** Whether nothing is in flight, nor was of late. */
  isOver(nowMs: number): boolean {
    return this.#count === 0 && nowMs - this.#time.atMs > FADED_AFTER_WINDOWS * this.#windowMs
  }

  #timeAt(nowMs: number): ProcessingTime {
    return processingTimeAt(this.#time, { inFlight: this.#count, nowMs, windowMs: this.#windowMs })
  }
}
