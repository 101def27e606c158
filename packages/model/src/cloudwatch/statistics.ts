/** What CloudWatch keeps of a metric's samples: enough for every statistic but percentiles. */
export interface StatisticSet {
  readonly sampleCount: number
  readonly sum: number
  readonly minimum: number
  readonly maximum: number
}

export type Statistic = 'SampleCount' | 'Average' | 'Sum' | 'Minimum' | 'Maximum'

export const STATISTICS: readonly Statistic[] = ['SampleCount', 'Average', 'Sum', 'Minimum', 'Maximum']

/** Samples of one instant or one stretch of time. */
export interface TimedSet {
  /** Epoch milliseconds. */
  readonly timestampMs: number
  readonly set: StatisticSet
}

/** `count` samples of one value. */
export function samples(value: number, count = 1): StatisticSet {
  return { sampleCount: count, sum: value * count, minimum: value, maximum: value }
}

export function mergeSets(one: StatisticSet, other: StatisticSet): StatisticSet {
  return {
    sampleCount: one.sampleCount + other.sampleCount,
    sum: one.sum + other.sum,
    minimum: Math.min(one.minimum, other.minimum),
    maximum: Math.max(one.maximum, other.maximum),
  }
}

const VALUE_OF: Readonly<Record<Statistic, (set: StatisticSet) => number>> = {
  SampleCount: (set) => set.sampleCount,
  Average: (set) => set.sum / set.sampleCount,
  Sum: (set) => set.sum,
  Minimum: (set) => set.minimum,
  Maximum: (set) => set.maximum,
}

export function statisticOf(set: StatisticSet, statistic: Statistic): number {
  return VALUE_OF[statistic](set)
}

/** Where the periods to aggregate by lie: they follow each other from `startMs`; the last begins before `endMs`. */
export interface PeriodGrid {
  readonly startMs: number
  readonly endMs: number
  readonly periodSeconds: number
}

/**
 * Aggregates samples into periods, oldest first. A period carries the timestamp of its start and holds the samples at
 * or after it and before the next; periods without samples do not appear: CloudWatch has no zeros of its own.
 */
export function aggregate(timed: Iterable<TimedSet>, grid: PeriodGrid): TimedSet[] {
  const periodMs = grid.periodSeconds * 1_000
  const periods = Math.ceil((grid.endMs - grid.startMs) / periodMs)
  const bins = new Map<number, StatisticSet>()
  for (const { timestampMs, set } of timed) {
    const index = Math.floor((timestampMs - grid.startMs) / periodMs)
    if (index < 0 || index >= periods) continue
    const before = bins.get(index)
    bins.set(index, before === undefined ? set : mergeSets(before, set))
  }
  return [...bins]
    .sort(([one], [other]) => one - other)
    .map(([index, set]) => ({ timestampMs: grid.startMs + index * periodMs, set }))
}
