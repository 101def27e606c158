/**
 * How long messages waited: counted in buckets a hundredth apart, so that millions of them take no room. Percentiles are
 * exact to one percent, the rest exactly.
 */
const RATIO = 1.01
const LEAST_MS = 1
const BUCKETS = Math.ceil(Math.log(1e10 / LEAST_MS) / Math.log(RATIO))

export class Waits {
  readonly #counts = new Float64Array(BUCKETS + 2)
  #count = 0
  #sumMs = 0
  #maxMs = 0
  #late = 0
  readonly #objectiveMs: number

  constructor(objectiveMs: number) {
    this.#objectiveMs = objectiveMs
  }

  get count(): number {
    return this.#count
  }

  get meanMs(): number {
    return this.#count === 0 ? 0 : this.#sumMs / this.#count
  }

  get maxMs(): number {
    return this.#maxMs
  }

  /** Those that waited longer than the objective. */
  get late(): number {
    return this.#late
  }

  add(waitedMs: number): void {
    this.#count += 1
    this.#sumMs += waitedMs
    if (waitedMs > this.#maxMs) this.#maxMs = waitedMs
    if (waitedMs > this.#objectiveMs) this.#late += 1
    const bucket =
      waitedMs < LEAST_MS
        ? 0
        : Math.min(BUCKETS, 1 + Math.floor(Math.log(waitedMs / LEAST_MS) / Math.log(RATIO)))
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1
  }

  /** The same, and those that wait still, with what they have waited so far. */
  with(waiting: (visit: (waitedMs: number) => void) => void): Waits {
    const all = new Waits(this.#objectiveMs)
    all.#counts.set(this.#counts)
    all.#count = this.#count
    all.#sumMs = this.#sumMs
    all.#maxMs = this.#maxMs
    all.#late = this.#late
    waiting((waitedMs) => all.add(waitedMs))
    return all
  }

  /** The least wait that this share of the messages does not exceed. */
  percentileMs(share: number): number {
    const wanted = share * this.#count
    let upTo = 0
    for (let bucket = 0; bucket < this.#counts.length; bucket += 1) {
      upTo += this.#counts[bucket] ?? 0
      if (upTo >= wanted && upTo > 0)
        return bucket === 0 ? 0 : Math.min(this.#maxMs, LEAST_MS * RATIO ** bucket)
    }
    return 0
  }
}
