const REMEMBERED = 100

/** The round trips of recent calls, for the question how long the slowest take. */
export class RoundTrips {
  readonly #recentMs: number[] = []
  #next = 0
  #p99Ms = 0

  /** The 99th percentile of the last hundred calls, in milliseconds; 0 before the first. */
  get p99Ms(): number {
    return this.#p99Ms
  }

  record(elapsedMs: number): void {
    this.#recentMs[this.#next] = elapsedMs
    this.#next = (this.#next + 1) % REMEMBERED
    let largest = 0
    let second = 0
    for (const each of this.#recentMs) {
      if (each > largest) [largest, second] = [each, largest]
      else if (each > second) second = each
    }
    // Of a hundred all but the largest are at or below it; of fewer, all.
    this.#p99Ms = this.#recentMs.length < REMEMBERED ? largest : second
  }
}
