import type { ModelParameters } from '@longshore/model'

import type { Input } from '../server/input.js'
import { validationError } from './errors.js'
import { checkSize } from './input.js'
import { pageOfSeries, readSeriesPage } from './metric-data-pages.js'
import type { Series } from './metric-data-pages.js'
import { mathSeries, metricPoints, pointsOfSeries } from './metric-points.js'
import type { MetricPoint } from './metric-points.js'
import { readQueries } from './metric-query.js'
import type { MetricQuery } from './metric-query.js'
import { gridOf, readPeriodSeconds, readTimeRange } from './metric-range.js'
import type { TimeRange } from './metric-range.js'
import type { MetricStore } from './metric-store.js'
import { compileQueries, expressionPeriod } from './query-math.js'

const MAX_QUERIES = 500

/** What a query is answered from. */
export interface MetricView {
  readonly store: MetricStore
  readonly nowMs: number
  readonly parameters: ModelParameters
}

interface Request {
  readonly queries: readonly MetricQuery[]
  readonly range: TimeRange
  readonly isAscending: boolean
}

/** GetMetricData: statistics of metrics, and the results of expressions over them, in the order of the queries. */
export function getMetricData(input: Input, view: MetricView): unknown {
  const request = readRequest(input)
  const seriesById = new Map([...seriesOfMetrics(request, view), ...seriesOfExpressions(request, view)])
  const returned = request.queries
    .filter((query) => query.isReturned)
    .flatMap(({ id }) => seriesById.get(id) ?? [])
  const hasMath = request.queries.some(({ expression }) => expression !== undefined)
  return pageOfSeries(returned, { ...readSeriesPage(input), isAscending: request.isAscending, hasMath })
}

const SCAN_ORDERS = ['TimestampDescending', 'TimestampAscending'] as const

function readRequest(input: Input): Request {
  const path = 'MetricDataQueries'
  const members = input.objects(path) ?? []
  if (members.length === 0) throw validationError(`The parameter ${path} is required.`)
  checkSize(members, path, MAX_QUERIES)
  return {
    queries: readQueries(members, { path, readPeriodSeconds }),
    range: readTimeRange(input),
    isAscending: input.choice('ScanBy', SCAN_ORDERS) === 'TimestampAscending',
  }
}

function seriesOfMetrics(request: Request, { store, nowMs }: MetricView): [string, Series[]][] {
  return request.queries.flatMap((query): [string, Series[]][] => {
    const { id, metricStat, isReturned } = query
    // An expression reads its metrics itself.
    if (metricStat === undefined || !isReturned) return []
    const points = metricPoints(metricStat, gridOf(request.range, metricStat.periodSeconds, nowMs), store)
    return [[id, [{ id, label: labelOf(query), points: inScanOrder(points, request) }]]]
  })
}

function seriesOfExpressions(request: Request, view: MetricView): [string, Series[]][] {
  const { queries, range } = request
  const program = compileQueries(queries)
  const periods = new Map(program.expressions.map((one) => [one, expressionPeriod(one, queries)]))
  return [...new Set(periods.values())].flatMap((periodSeconds) => {
    const expressions = program.expressions.filter((one) => periods.get(one) === periodSeconds)
    const metricIds = program.metricIds.filter((id) =>
      queries.some((query) => query.id === id && query.metricStat?.periodSeconds === periodSeconds),
    )
    const results = mathSeries({
      ...view,
      program: { metricIds, expressions },
      queries,
      grid: gridOf(range, periodSeconds, view.nowMs),
    })
    return Array.from(results, ([id, all]): [string, Series[]] => [
      id,
      all.map((series) => ({
        id,
        label: labelOfResult(id, series.sourceId, queries),
        points: inScanOrder(pointsOfSeries(series), request),
      })),
    ])
  })
}

/** The series of an array are told apart by the labels of what they come from. */
function labelOfResult(id: string, sourceId: string | undefined, queries: readonly MetricQuery[]): string {
  const labels = [id, sourceId].map((one) => queries.find((query) => query.id === one))
  return labels.flatMap((query) => (query === undefined ? [] : [labelOf(query)])).join(' ')
}

function labelOf({ id, label, metricStat }: MetricQuery): string {
  return label ?? metricStat?.metric.metricName ?? id
}

function inScanOrder(points: readonly MetricPoint[], { isAscending }: Request): readonly MetricPoint[] {
  return isAscending ? points : points.toReversed()
}
