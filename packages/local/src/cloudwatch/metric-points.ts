import { evaluateMetricMath } from '@longshore/model'
import type { MathProgram, MathSeries, ModelParameters, PeriodGrid } from '@longshore/model'

import type { MetricQuery, MetricStat } from './metric-query.js'
import type { MetricStore } from './metric-store.js'
import { parseStat, statOf } from './stat.js'

/** One data point. */
export interface MetricPoint {
  /** Start of its period, epoch milliseconds. */
  readonly timestampMs: number
  readonly value: number
  /** Undefined for the result of an expression. */
  readonly sampleCount: number | undefined
}

/** The points of one statistic of one metric, oldest first; periods without any are left out. */
export function metricPoints(of: MetricStat, grid: PeriodGrid, store: MetricStore): MetricPoint[] {
  const stat = parseStat(of.stat)
  if (stat === undefined) return []
  return store.read(of.metric, of.unit, grid).flatMap((samples) => {
    const value = statOf(samples, stat)
    if (value === undefined) return []
    return [{ timestampMs: samples.timestampMs, value, sampleCount: samples.set.sampleCount }]
  })
}

export interface MathView {
  readonly program: MathProgram
  readonly queries: readonly MetricQuery[]
  readonly grid: PeriodGrid
  readonly store: MetricStore
  readonly parameters: ModelParameters
}

/** The series of a program's expressions, by id. Metrics of another period than the grid's have no points. */
export function mathSeries(view: MathView): ReadonlyMap<string, readonly MathSeries[]> {
  const { program, queries, grid, store, parameters } = view
  const ofPeriod = queries.flatMap(({ id, metricStat }) =>
    metricStat?.periodSeconds === grid.periodSeconds ? [{ id, metricStat }] : [],
  )
  const points = new Map(ofPeriod.map(({ id, metricStat }) => [id, metricPoints(metricStat, grid, store)]))
  return evaluateMetricMath(program, { grid, points }, parameters)
}

/** The points of a series that are there, oldest first. */
export function pointsOfSeries({ points }: MathSeries): MetricPoint[] {
  return points.flatMap(({ timestampMs, value }) =>
    value === undefined ? [] : [{ timestampMs, value, sampleCount: undefined }],
  )
}
