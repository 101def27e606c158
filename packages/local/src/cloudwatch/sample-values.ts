/**
 * The values of a bucket's samples, as far as they are known: percentiles need them. What a statistic set says by itself
 * is not kept twice: where all samples are equal, and where a publisher hid them, there are no counts.
 *
 * Memory is bounded as CloudWatch bounds its own: where a bucket has more than so many different values, they are kept in
 * classes of 10 %, each by its middle, which is off by 5 % at most (the CloudWatch agent's distribution "SEH1").
 */
import { distributionOf, distributionOfSet, mergeSets } from '@longshore/model'
import type { Distribution, StatisticSet, WeightedValue } from '@longshore/model'

/** How many samples have a value. */
export type ValueCounts = Map<number, number>

export interface Samples {
  readonly set: StatisticSet
  /** Undefined where `set` says all that is known. */
  readonly values: ValueCounts | undefined
}

/** Of a bucket of a minute: more than a PutMetricData's 150, so that what some publishers send together is exact. */
const MAX_VALUES = 1_000
/** Of a bucket of a second, of which there are many, and of one that has grown old. */
const MAX_FEW_VALUES = 100
const MINUTE_MS = 60_000

const CLASS_RATIO = 1.1

/** The known values of samples; undefined where some are hidden. */
export function distributionOfSamples({ set, values }: Samples): Distribution | undefined {
  if (values === undefined) return distributionOfSet(set)
  return distributionOf(Array.from(values, ([value, count]) => ({ value, count })))
}

/** What two lots of samples are together. The counts of the first are used up. */
export function mergeSamples(one: Samples, other: Samples, bucketMs: number): Samples {
  const set = mergeSets(one.set, other.set)
  const maxValues = bucketMs < MINUTE_MS ? MAX_FEW_VALUES : MAX_VALUES
  return { set, values: limited(mergeValues(one, other, set), set, maxValues) }
}

function mergeValues(one: Samples, other: Samples, set: StatisticSet): ValueCounts | undefined {
  const counts = one.values ?? countsOf(distributionOfSet(one.set))
  const added = other.values ?? countsOf(distributionOfSet(other.set))
  if (counts === undefined || added === undefined || set.minimum === set.maximum) return undefined
  for (const [value, count] of added) counts.set(value, (counts.get(value) ?? 0) + count)
  return counts
}

/** Counts of PutMetricData's Values; undefined where the set says as much. */
export function valuesOf(values: readonly WeightedValue[], set: StatisticSet): ValueCounts | undefined {
  return set.minimum === set.maximum ? undefined : countsOf(distributionOf(values))
}

/** What is kept of samples that have grown old. */
export function agedSamples({ set, values }: Samples): Samples {
  return { set, values: limited(values, set, MAX_FEW_VALUES) }
}

function limited(
  values: ValueCounts | undefined,
  set: StatisticSet,
  maxValues: number,
): ValueCounts | undefined {
  return values === undefined || values.size <= maxValues ? values : inClasses(values, set)
}

function countsOf(distribution: Distribution | undefined): ValueCounts | undefined {
  return distribution && new Map(distribution.map(({ value, count }) => [value, count]))
}

/** The extremes stay what they are. */
function inClasses(counts: ValueCounts, { minimum, maximum }: StatisticSet): ValueCounts {
  const classes: ValueCounts = new Map()
  for (const [value, count] of counts) {
    const middle = value === minimum || value === maximum ? value : classMiddle(value)
    const kept = Math.min(Math.max(middle, minimum), maximum)
    classes.set(kept, (classes.get(kept) ?? 0) + count)
  }
  return classes
}

function classMiddle(value: number): number {
  if (value === 0) return 0
  const position = Math.round(Math.log(Math.abs(value)) / Math.log(CLASS_RATIO))
  return Math.sign(value) * CLASS_RATIO ** position
}
