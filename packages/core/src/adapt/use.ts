import type { Load } from './load.js'

// Twice what is used leaves room for a burst; what is beyond that for so long nobody needs.
const SPARE = 2
const UNUSED_MS = 30_000

/** How many slots are of use to what there is to do. */
export class Use {
  #peak = 0
  #unusedMs = 0

  /** Infinity as long as the limit may be. */
  useful({ elapsedMs, peak }: Load, limit: number): number {
    const isNeeded = SPARE * peak >= limit
    this.#peak = isNeeded ? 0 : Math.max(this.#peak, peak)
    this.#unusedMs = isNeeded ? 0 : this.#unusedMs + elapsedMs
    if (this.#unusedMs < UNUSED_MS) return Infinity
    const useful = SPARE * this.#peak
    this.#peak = 0
    this.#unusedMs = 0
    return useful
  }
}
