import type { AlarmDatapoint, ModelParameters, PeriodGrid } from '@longshore/model'

import type { AlarmSource } from './alarm-config.js'
import { mathSeries, metricPoints, pointsOfSeries } from './metric-points.js'
import type { MetricPoint } from './metric-points.js'
import type { MetricQuery, MetricStat } from './metric-query.js'
import type { MetricStore } from './metric-store.js'
import { compileQueries, expressionPeriod } from './query-math.js'

export interface WatchView {
  readonly grid: PeriodGrid
  readonly store: MetricStore
  readonly parameters: ModelParameters
}

/** What an alarm watches, ready to be read at each evaluation. */
export interface AlarmWatch {
  readonly periodSeconds: number
  /** Oldest first; periods without any are left out. */
  readonly points: (view: WatchView) => readonly MetricPoint[]
}

/** @throws AwsError for metric math that CloudWatch refuses. */
export function watchOf(source: AlarmSource): AlarmWatch {
  if (source.kind === 'metric') return watchOfMetric(source.metricStat)
  const watched = source.queries.find((query) => query.isReturned)
  return watched?.metricStat === undefined
    ? watchOfExpression(watched?.id, source.queries)
    : watchOfMetric(watched.metricStat)
}

function watchOfMetric(metricStat: MetricStat): AlarmWatch {
  return {
    periodSeconds: metricStat.periodSeconds,
    points: ({ grid, store }) => metricPoints(metricStat, grid, store),
  }
}

function watchOfExpression(watchedId: string | undefined, queries: readonly MetricQuery[]): AlarmWatch {
  const program = compileQueries(queries)
  const expression = program.expressions.find(({ id }) => id === watchedId)
  if (expression === undefined) throw new Error('An alarm on metric math watches one of its queries.')
  return {
    periodSeconds: expressionPeriod(expression, queries),
    points: (view) => {
      const [series] = mathSeries({ ...view, program, queries }).get(expression.id) ?? []
      return series === undefined ? [] : pointsOfSeries(series)
    },
  }
}

/** One point per period of the grid, as alarms are evaluated. */
export function densePoints(points: readonly MetricPoint[], grid: PeriodGrid): AlarmDatapoint[] {
  const values = new Map(points.map(({ timestampMs, value }) => [timestampMs, value]))
  const dense: AlarmDatapoint[] = []
  for (let timestampMs = grid.startMs; timestampMs < grid.endMs; timestampMs += grid.periodSeconds * 1_000) {
    dense.push({ timestampMs, value: values.get(timestampMs) })
  }
  return dense
}
