import { TIERS } from './retention.js'
import { agedSamples, mergeSamples } from './sample-values.js'
import type { Samples } from './sample-values.js'

/** Samples of one instant or one stretch of time, from its start in epoch milliseconds. */
export interface TimedSamples extends Samples {
  readonly timestampMs: number
}

/**
 * The samples of one metric in one unit, in buckets of a minute, or of a second where the metric is published in high
 * resolution; sorted by time. Pruning moves old ones into coarser buckets.
 */
export class Series {
  readonly #buckets: TimedSamples[] = []
  /** Per tier: before this instant there are only buckets of the tiers after it. */
  readonly #endsMs: number[] = TIERS.map(() => -Infinity)

  get isEmpty(): boolean {
    return this.#buckets.length === 0
  }

  /** Start of the newest bucket, epoch milliseconds; `-Infinity` when there is none. */
  get newestMs(): number {
    return this.#buckets.at(-1)?.timestampMs ?? -Infinity
  }

  add(samples: TimedSamples, resolutionSeconds: 1 | 60): void {
    const bucketMs = Math.max(resolutionSeconds * 1_000, this.#bucketMsAt(samples.timestampMs))
    const timestampMs = floorTo(samples.timestampMs, bucketMs)
    const at = this.#positionOf(timestampMs)
    const bucket = this.#buckets[at]
    if (bucket?.timestampMs === timestampMs) {
      this.#buckets[at] = { timestampMs, ...mergeSamples(bucket, samples, bucketMs) }
    } else this.#buckets.splice(at, 0, { ...samples, timestampMs })
  }

  /** The buckets that start at or after `startMs` and before `endMs`, oldest first. */
  *between(startMs: number, endMs: number): Generator<TimedSamples> {
    for (let at = this.#positionOf(startMs); at < this.#buckets.length; at += 1) {
      const bucket = this.#buckets[at]
      if (bucket === undefined || bucket.timestampMs >= endMs) return
      yield bucket
    }
  }

  /** Lets go of what is too old to keep, or to keep as it is. */
  prune(nowMs: number): void {
    for (const [at, { maxAgeMs }] of TIERS.entries()) {
      const next = TIERS[at + 1]
      const endMs = floorTo(nowMs - maxAgeMs, next?.bucketMs ?? 1)
      if (next === undefined) this.#buckets.splice(0, this.#positionOf(endMs))
      else this.#rollUp(this.#endsMs[at] ?? -Infinity, endMs, next.bucketMs)
      this.#endsMs[at] = endMs
    }
  }

  #rollUp(fromMs: number, toMs: number, bucketMs: number): void {
    const from = this.#positionOf(fromMs)
    const count = this.#positionOf(toMs) - from
    if (count > 0)
      this.#buckets.splice(from, count, ...rolledUp(this.#buckets.slice(from, from + count), bucketMs))
  }

  #bucketMsAt(timestampMs: number): number {
    const tier = this.#endsMs.findIndex((endMs) => timestampMs >= endMs)
    return (TIERS[tier] ?? TIERS.at(-1))?.bucketMs ?? 0
  }

  /** Where a bucket of this start is, or belongs. */
  #positionOf(startMs: number): number {
    const newest = this.#buckets.at(-1)
    // Most samples are newer than all before.
    if (newest === undefined || newest.timestampMs < startMs) return this.#buckets.length
    let low = 0
    let high = this.#buckets.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#buckets[middle]?.timestampMs ?? Infinity) < startMs) low = middle + 1
      else high = middle
    }
    return low
  }
}

function rolledUp(buckets: readonly TimedSamples[], bucketMs: number): TimedSamples[] {
  const coarse = new Map<number, Samples>()
  for (const bucket of buckets) {
    const timestampMs = floorTo(bucket.timestampMs, bucketMs)
    const before = coarse.get(timestampMs)
    coarse.set(timestampMs, before === undefined ? bucket : mergeSamples(before, bucket, bucketMs))
  }
  return Array.from(coarse, ([timestampMs, samples]) => ({ timestampMs, ...agedSamples(samples) }))
}

function floorTo(timestampMs: number, sizeMs: number): number {
  return Math.floor(timestampMs / sizeMs) * sizeMs
}
