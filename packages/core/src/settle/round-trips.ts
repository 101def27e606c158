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
    const sorted = [...this.#recentMs].sort((a, b) => a - b)
    this.#p99Ms = sorted[Math.ceil(sorted.length * 0.99) - 1] ?? 0
  }
}
