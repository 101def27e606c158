import { mergeSets } from '@longshore/model'
import type { StatisticSet, TimedSet } from '@longshore/model'

const SECOND_MS = 1_000
const MINUTE_MS = 60_000
const DAY_MS = 86_400_000

/** How long CloudWatch keeps points of less than a minute, and points of a minute (GetMetricStatistics). */
const HIGH_RESOLUTION_RETENTION_MS = 3 * 3_600_000
const RETENTION_MS = 15 * DAY_MS

interface Bucket {
  readonly startMs: number
  set: StatisticSet
}

/**
 * The samples of one metric in one unit, in buckets of a minute, or of a second where the metric is published in high
 * resolution; sorted by time. Seconds older than three hours become minutes, minutes older than fifteen days go.
 */
export class Series {
  readonly #buckets: Bucket[] = []
  /** Before this instant there are only minutes. */
  #coarseUntilMs = -Infinity

  get isEmpty(): boolean {
    return this.#buckets.length === 0
  }

  /** Start of the newest bucket, epoch milliseconds; `-Infinity` when there is none. */
  get newestMs(): number {
    return this.#buckets.at(-1)?.startMs ?? -Infinity
  }

  add(sample: TimedSet, resolutionSeconds: 1 | 60): void {
    const isFine = resolutionSeconds === 1 && sample.timestampMs >= this.#coarseUntilMs
    const startMs = floorTo(sample.timestampMs, isFine ? SECOND_MS : MINUTE_MS)
    const at = this.#positionOf(startMs)
    const bucket = this.#buckets[at]
    if (bucket?.startMs === startMs) bucket.set = mergeSets(bucket.set, sample.set)
    else this.#buckets.splice(at, 0, { startMs, set: sample.set })
  }

  /** The buckets that start at or after `startMs` and before `endMs`, oldest first. */
  *between(startMs: number, endMs: number): Generator<TimedSet> {
    for (let at = this.#positionOf(startMs); at < this.#buckets.length; at += 1) {
      const bucket = this.#buckets[at]
      if (bucket === undefined || bucket.startMs >= endMs) return
      yield { timestampMs: bucket.startMs, set: bucket.set }
    }
  }

  /** Lets go of what is too old to keep as it is. */
  prune(nowMs: number): void {
    this.#buckets.splice(0, this.#positionOf(nowMs - RETENTION_MS))
    const from = this.#positionOf(this.#coarseUntilMs)
    this.#coarseUntilMs = floorTo(nowMs - HIGH_RESOLUTION_RETENTION_MS, MINUTE_MS)
    const count = this.#positionOf(this.#coarseUntilMs) - from
    this.#buckets.splice(from, count, ...rollUp(this.#buckets.slice(from, from + count)))
  }

  /** Where a bucket of this start is, or belongs. */
  #positionOf(startMs: number): number {
    const newest = this.#buckets.at(-1)
    // Most samples are newer than all before.
    if (newest === undefined || newest.startMs < startMs) return this.#buckets.length
    let low = 0
    let high = this.#buckets.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#buckets[middle]?.startMs ?? Infinity) < startMs) low = middle + 1
      else high = middle
    }
    return low
  }
}

function rollUp(buckets: readonly Bucket[]): Bucket[] {
  const minutes: Bucket[] = []
  for (const { startMs, set } of buckets) {
    const minuteMs = floorTo(startMs, MINUTE_MS)
    const last = minutes.at(-1)
    if (last?.startMs === minuteMs) last.set = mergeSets(last.set, set)
    else minutes.push({ startMs: minuteMs, set })
  }
  return minutes
}

function floorTo(timestampMs: number, sizeMs: number): number {
  return Math.floor(timestampMs / sizeMs) * sizeMs
}
