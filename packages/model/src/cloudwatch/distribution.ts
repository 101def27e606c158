/**
 * The values of a metric in a period, as far as they are known. Percentiles and their kin need the values themselves: a
 * statistic set hides them unless all of them must be equal, and negative values rule these statistics out.
 * Source: CloudWatch user guide, "Requirements to use percentiles, trimmed mean, and some other statistics".
 */
import type { StatisticSet } from './statistics.js'

/** One entry of PutMetricData's Values and Counts. */
export interface WeightedValue {
  readonly value: number
  /** How often; positive. */
  readonly count: number
}

/** Ascending, each value once; undefined when a statistic set hides values. */
export type Distribution = readonly WeightedValue[]

export function distributionOf(values: Iterable<WeightedValue>): Distribution {
  const counts = new Map<number, number>()
  for (const { value, count } of values) counts.set(value, (counts.get(value) ?? 0) + count)
  return [...counts].map(([value, count]) => ({ value, count })).sort((one, other) => one.value - other.value)
}

/** The values of a statistic set whose samples must all be equal; undefined for every other. */
export function distributionOfSet(set: StatisticSet): Distribution | undefined {
  const { sampleCount, sum, minimum, maximum } = set
  if (minimum !== maximum || sum !== minimum * sampleCount) return undefined
  return [{ value: minimum, count: sampleCount }]
}

/** What is known of two sets of samples together: nothing, if one of them is hidden. */
export function mergeDistributions(
  one: Distribution | undefined,
  other: Distribution | undefined,
): Distribution | undefined {
  return one && other && distributionOf([...one, ...other])
}
