/** How often something may start: no more than `limit` times in any stretch of `perMs`. */
export interface Rate {
  readonly limit: number
  readonly perMs: number
}

/** The starts of one key that still count, oldest first from `from` on. */
interface Starts {
  readonly atMs: number[]
  from: number
}

// Keys are forgotten when so many are known, or twice as many as were left the last time.
const FIRST_SWEEP = 1_000

/**
 * Counts starts by key in a window that slides: an exact log, since a bucket that refills would let twice the limit
 * through in some stretches, and whoever sets a limit has it from somebody who counts.
 */
export class Rates {
  readonly #rate: Rate
  readonly #starts = new Map<string, Starts>()
  #sweepAt = FIRST_SWEEP

  constructor(rate: Rate) {
    this.#rate = rate
  }

  /** How many keys are known. */
  get size(): number {
    return this.#starts.size
  }

  /** How many of the key may start now. */
  free(key: string, nowMs: number): number {
    const starts = this.#starts.get(key)
    if (starts === undefined) return this.#rate.limit
    this.#forgetOld(starts, nowMs)
    return this.#rate.limit - (starts.atMs.length - starts.from)
  }

  /** When one of the key may start; epoch milliseconds, in the past when it may at once. */
  freeAtMs(key: string, nowMs: number): number {
    if (this.free(key, nowMs) > 0) return 0
    const { atMs, from } = this.#starts.get(key) ?? { atMs: [], from: 0 }
    return (atMs[from] ?? 0) + this.#rate.perMs
  }

  /** One of the key starts. */
  take(key: string, nowMs: number): void {
    const known = this.#starts.get(key)
    if (known !== undefined) return void known.atMs.push(nowMs)
    if (this.#starts.size >= this.#sweepAt) this.#sweep(nowMs)
    this.#starts.set(key, { atMs: [nowMs], from: 0 })
  }

  #forgetOld(starts: Starts, nowMs: number): void {
    const { limit, perMs } = this.#rate
    while (starts.from < starts.atMs.length && (starts.atMs[starts.from] ?? 0) <= nowMs - perMs)
      starts.from += 1
    if (starts.from <= limit) return
    starts.atMs.splice(0, starts.from)
    starts.from = 0
  }

  #sweep(nowMs: number): void {
    for (const [key, { atMs }] of this.#starts) {
      if ((atMs.at(-1) ?? 0) <= nowMs - this.#rate.perMs) this.#starts.delete(key)
    }
    this.#sweepAt = Math.max(FIRST_SWEEP, 2 * this.#starts.size)
  }
}
