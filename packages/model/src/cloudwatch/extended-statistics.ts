/**
 * Percentiles and trimmed statistics of a period's values. CloudWatch defines them by whole samples ("p99 is the maximum
 * value of the remaining 99%, tm99 is the average of the remaining 99%") and computes them from a compressed
 * distribution, hence approximately; this is the definition, exactly:
 *
 *   percentile p     the lowest value that p % of the N samples do not exceed
 *   by percentiles   what is left without the ⌊lower % × N⌋ lowest and the ⌊(100 − upper) % × N⌋ highest samples
 *   by values        what is above the lower bound, which is excluded, and up to the upper, which is included; PR alike,
 *                    so that the guide's bins PR(:1), PR(1:5), PR(5:10) count every sample once
 *
 * How CloudWatch splits a sample that a percentile falls into is not published; here it stays in.
 * Source: CloudWatch user guide, "CloudWatch statistics definitions".
 */
import type { Distribution, WeightedValue } from './distribution.js'
import type { Bounds, ExtendedStatistic, TrimmedStatistic } from './extended-statistic.js'

// 57 % of 100 samples are 56.99999999999999 in floating point, and must not lose one.
const ROUNDING_TOLERANCE = 1e-12

/** Undefined where CloudWatch has no such data point: no samples, hidden ones, negative ones, or none within the bounds. */
export function extendedStatisticOf(
  distribution: Distribution | undefined,
  statistic: ExtendedStatistic,
): number | undefined {
  const [lowest] = distribution ?? []
  if (distribution === undefined || lowest === undefined || lowest.value < 0) return undefined
  if (statistic.kind === 'percentile') return percentile(distribution, statistic.percent)
  const { kind, bounds } = statistic
  if (kind === 'WM') return winsorizedMean(distribution, bounds)
  const kept = within(distribution, bounds)
  return kind === 'PR' ? (countOf(kept) / countOf(distribution)) * 100 : TRIMMED[kind](kept)
}

const TRIMMED: Readonly<Record<Exclude<TrimmedStatistic, 'WM'>, (kept: Distribution) => number | undefined>> =
  {
    TM: mean,
    TC: countOf,
    TS: sumOf,
  }

function percentile(distribution: Distribution, percent: number): number | undefined {
  const share = (percent / 100) * countOf(distribution) * (1 - ROUNDING_TOLERANCE)
  return valueWhere(distribution, (upTo) => upTo >= share)
}

function winsorizedMean(distribution: Distribution, bounds: Bounds): number | undefined {
  const { low, high } = edges(distribution, bounds)
  const moved = distribution.map(({ value, count }) => ({
    value: Math.min(Math.max(value, low), high),
    count,
  }))
  return mean(moved)
}

/** The values that samples outside the bounds are taken for. */
function edges(
  distribution: Distribution,
  { unit, lower = 0, upper = Infinity }: Bounds,
): { readonly low: number; readonly high: number } {
  if (unit === 'value') return { low: lower, high: upper }
  const dropped = droppedBelow(distribution, lower)
  return {
    low: valueWhere(distribution, (upTo) => upTo > dropped) ?? 0,
    high: percentile(distribution, Math.min(100, upper)) ?? Infinity,
  }
}

function within(distribution: Distribution, { unit, lower, upper }: Bounds): Distribution {
  if (unit === 'percent') return betweenPercentiles(distribution, lower ?? 0, upper ?? 100)
  return distribution.filter(({ value }) => value > (lower ?? -Infinity) && value <= (upper ?? Infinity))
}

function betweenPercentiles(distribution: Distribution, lower: number, upper: number): WeightedValue[] {
  const first = droppedBelow(distribution, lower)
  const last = Math.ceil((upper / 100) * countOf(distribution) * (1 - ROUNDING_TOLERANCE))
  let upTo = 0
  const kept = distribution.map(({ value, count }) => {
    const from = Math.max(first, upTo)
    upTo += count
    return { value, count: Math.min(last, upTo) - from }
  })
  return kept.filter(({ count }) => count > 0)
}

/** How many of the lowest samples a percentile leaves out. */
function droppedBelow(distribution: Distribution, lower: number): number {
  return Math.floor((lower / 100) * countOf(distribution) * (1 + ROUNDING_TOLERANCE))
}

/** The lowest value for which the count of the samples up to it fits. */
function valueWhere(distribution: Distribution, fits: (upTo: number) => boolean): number | undefined {
  let upTo = 0
  const found = distribution.find(({ count }) => {
    upTo += count
    return fits(upTo)
  })
  return found?.value
}

function countOf(distribution: Distribution): number {
  return distribution.reduce((total, { count }) => total + count, 0)
}

function sumOf(distribution: Distribution): number {
  return distribution.reduce((total, { value, count }) => total + value * count, 0)
}

function mean(distribution: Distribution): number | undefined {
  return distribution.length === 0 ? undefined : sumOf(distribution) / countOf(distribution)
}
