/**
 * How long CloudWatch keeps points, and at which resolution; older ones go into coarser ones. A query sees those whose
 * resolution its period is a multiple of, and no others.
 * Source: API reference, GetMetricStatistics.
 */
const SECOND_MS = 1_000
const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

export interface Tier {
  readonly bucketMs: number
  /** Older buckets are in the next tier; those of the last are gone. */
  readonly maxAgeMs: number
}

export const TIERS: readonly Tier[] = [
  { bucketMs: SECOND_MS, maxAgeMs: 3 * HOUR_MS },
  { bucketMs: MINUTE_MS, maxAgeMs: 15 * DAY_MS },
  { bucketMs: 5 * MINUTE_MS, maxAgeMs: 63 * DAY_MS },
  { bucketMs: HOUR_MS, maxAgeMs: 455 * DAY_MS },
]

/** ListMetrics shows metrics that had a point in the last two weeks. */
export const LISTED_MS: number = 14 * DAY_MS

/** The resolution of points of this age; Infinity for those that are gone. */
export function keptResolutionMs(ageMs: number): number {
  return TIERS.find(({ maxAgeMs }) => ageMs <= maxAgeMs)?.bucketMs ?? Infinity
}

/** Whether a query of this period sees a point of this age. */
export function isVisible(ageMs: number, periodSeconds: number): boolean {
  return (periodSeconds * 1_000) % keptResolutionMs(ageMs) === 0
}
