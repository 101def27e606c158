import { STATISTICS, statisticOf } from '@longshore/model'
import type { Statistic, TimedSet } from '@longshore/model'

import { invalidValue, notSupported, validationError } from './errors.js'
import { checkSize } from './input.js'
import type { Input } from './input.js'
import { readDimensions } from './metric-identity.js'
import type { MetricIdentity } from './metric-identity.js'
import { gridOf, readPeriodSeconds, readTimeRange } from './metric-range.js'
import type { TimeRange } from './metric-range.js'
import type { MetricStore } from './metric-store.js'
import { positionIn, tokenAt } from './paging.js'
import { UNITS } from './units.js'

const MAX_QUERIES = 500
const MAX_DATAPOINTS = 100_800
const ID_FORM = /^[a-z][a-zA-Z0-9_]*$/

interface Query {
  readonly id: string
  readonly label: string
  readonly isReturned: boolean
  readonly identity: MetricIdentity
  readonly periodSeconds: number
  readonly statistic: Statistic
  readonly unit: string | undefined
}

interface Series {
  readonly query: Query
  readonly points: readonly TimedSet[]
}

/** GetMetricData without metric math: each query retrieves one statistic of one metric. */
export function getMetricData(input: Input, store: MetricStore): unknown {
  const queries = readQueries(input)
  const range = readTimeRange(input)
  const isAscending = input.choice('ScanBy', SCAN_ORDERS) === 'TimestampAscending'
  const series = queries
    .filter((query) => query.isReturned)
    .map((query) => ({ query, points: pointsOf(query, { store, range, isAscending }) }))
  return paged(series, readPage(input))
}

const SCAN_ORDERS = ['TimestampDescending', 'TimestampAscending'] as const

function readQueries(input: Input): Query[] {
  const members = input.objects('MetricDataQueries') ?? []
  if (members.length === 0) throw validationError('The parameter MetricDataQueries is required.')
  checkSize(members, 'MetricDataQueries', MAX_QUERIES)
  const queries = members.map(readQuery)
  const ids = new Set(queries.map((query) => query.id))
  if (ids.size < queries.length) {
    throw validationError('The values for parameter Id in MetricDataQueries are not unique.')
  }
  return queries
}

function readQuery(member: Input): Query {
  const id = member.requiredString('Id', 255)
  if (!ID_FORM.test(id)) {
    throw validationError(
      `The value ${id} for parameter ${member.pathOf('Id')} is not matching the expected pattern ^[a-z][a-zA-Z0-9_]*$.`,
    )
  }
  if (member.has('Expression')) {
    throw notSupported(
      `The Expression of query ${id} (metric math)`,
      'Query its metrics and compute from them.',
    )
  }
  const metricStat = member.object('MetricStat')
  const metric = metricStat?.object('Metric')
  if (metricStat === undefined || metric === undefined) {
    throw validationError(`Query ${id} must have either an Expression or a MetricStat with its Metric.`)
  }
  const metricName = metric.requiredString('MetricName')
  return {
    id,
    label: member.string('Label') ?? metricName,
    isReturned: member.boolean('ReturnData') ?? true,
    identity: {
      namespace: metric.requiredString('Namespace'),
      metricName,
      dimensions: readDimensions(metric),
    },
    periodSeconds: readPeriodSeconds(metricStat),
    statistic: readStatistic(metricStat),
    unit: metricStat.choice('Unit', UNITS),
  }
}

function readStatistic(metricStat: Input): Statistic {
  const name = metricStat.requiredString('Stat')
  const statistic = STATISTICS.find((candidate) => candidate === name)
  if (statistic !== undefined) return statistic
  throw notSupported(`The statistic ${name}`, `Use one of ${STATISTICS.join(', ')}.`)
}

function pointsOf(
  query: Query,
  view: { readonly store: MetricStore; readonly range: TimeRange; readonly isAscending: boolean },
): readonly TimedSet[] {
  const points = view.store.read(query.identity, query.unit, gridOf(view.range, query.periodSeconds))
  return view.isAscending ? points : points.toReversed()
}

interface PageRange {
  readonly start: number
  readonly end: number
}

function readPage(input: Input): PageRange {
  const size = input.integer('MaxDatapoints') ?? MAX_DATAPOINTS
  if (size < 1 || size > MAX_DATAPOINTS) {
    throw invalidValue(`The parameter MaxDatapoints must be between 1 and ${MAX_DATAPOINTS}; got ${size}.`)
  }
  const token = input.string('NextToken')
  const start = token === undefined ? 0 : positionIn(token)
  return { start, end: start + size }
}

/** Pages run through the points of all queries, one query after the other; queries without points are on the first. */
function paged(series: readonly Series[], { start, end }: PageRange): unknown {
  let total = 0
  const results: unknown[] = []
  for (const { query, points } of series) {
    const from = Math.max(0, start - total)
    const to = end - total
    total += points.length
    if (points.length === 0 && start === 0) results.push(writeResult(query, [], true))
    if (from < points.length && to > 0) {
      results.push(writeResult(query, points.slice(from, to), to >= points.length))
    }
  }
  return { MetricDataResults: results, NextToken: end < total ? tokenAt(end) : undefined, Messages: [] }
}

function writeResult(query: Query, points: readonly TimedSet[], isComplete: boolean): unknown {
  return {
    Id: query.id,
    Label: query.label,
    Timestamps: points.map((point) => point.timestampMs / 1_000),
    Values: points.map((point) => statisticOf(point.set, query.statistic)),
    StatusCode: isComplete ? 'Complete' : 'PartialData',
  }
}
