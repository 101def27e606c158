/**
 * Functions that make one number of a series, or one series of an array. The average treats missing values as 0; the
 * others, of which the guide doesn't say it, look at what is there. A period in which no series of an array has a point
 * has none in the result.
 * Source: CloudWatch user guide, "Functions supported for metric math"; that AVG divides by all periods of a single series
 * too follows from its example for averages of sparse metrics, SUM(m1)/DATAPOINT_COUNT(m1).
 */
import type { PeriodGrid } from '../statistics.js'
import type { MathFunction, MathFunctions } from './math-function.js'
import { REDUCE } from './math-function.js'
import type { MathValue, Points, Series } from './math-value.js'
import { allSeries, periodsOf, scalarOf, seriesOf } from './math-value.js'

/** `values` are the points there are, of `places` where there could be one. */
type Reducer = (values: readonly number[], places: number) => number | undefined

export const REDUCERS: Readonly<Record<'AVG' | 'MAX' | 'MIN' | 'SUM', Reducer>> = {
  AVG: (values, places) => sum(values) / places,
  MAX: (values) =>
    values.reduce<number | undefined>((max, value) => Math.max(max ?? value, value), undefined),
  MIN: (values) =>
    values.reduce<number | undefined>((min, value) => Math.min(min ?? value, value), undefined),
  SUM: sum,
}

export const REDUCTIONS: MathFunctions = {
  AVG: reduction(REDUCERS.AVG),
  MAX: reduction(REDUCERS.MAX),
  MIN: reduction(REDUCERS.MIN),
  SUM: reduction(REDUCERS.SUM),
  STDDEV: reduction(standardDeviation),
  DATAPOINT_COUNT: reduction((values) => values.length),
  METRIC_COUNT: {
    signatures: [{ takes: [['TS[]']], gives: 'S' }],
    apply: ([array]) => scalarOf(allSeries(array).length),
  },
}

export function present(points: Points): number[] {
  return points.filter((point) => point !== undefined)
}

function reduction(reduce: Reducer): MathFunction {
  return {
    signatures: REDUCE,
    apply: ([value], { grid }) => {
      if (value?.kind !== 'TS') return acrossSeries(allSeries(value), reduce, grid)
      const { points } = value.series
      return scalarOf(reduce(present(points), points.length))
    },
  }
}

function acrossSeries(all: readonly Series[], reduce: Reducer, grid: PeriodGrid): MathValue {
  return seriesOf(Array.from({ length: periodsOf(grid) }, (_, index) => ofPeriod(all, index, reduce)))
}

function ofPeriod(all: readonly Series[], index: number, reduce: Reducer): number | undefined {
  const values = present(all.map(({ points }) => points[index]))
  return values.length === 0 ? undefined : reduce(values, all.length)
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

/** Of all points, not of a sample of them: the guide says "of all data points in the metric". */
function standardDeviation(values: readonly number[]): number | undefined {
  if (values.length === 0) return undefined
  const mean = sum(values) / values.length
  return Math.sqrt(sum(values.map((value) => (value - mean) ** 2)) / values.length)
}
