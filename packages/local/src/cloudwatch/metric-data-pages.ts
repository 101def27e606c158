import type { Input } from '../server/input.js'
import { readToken, writeToken } from '../server/paging.js'
import { invalidNextToken, invalidValue } from './errors.js'
import type { MetricPoint } from './metric-points.js'

const MAX_DATAPOINTS = 100_800

/** What a query of GetMetricData came to. */
export interface Series {
  /** Of the query. */
  readonly id: string
  readonly label: string
  /** In the order asked for. */
  readonly points: readonly MetricPoint[]
}

/** Which part of the points a call asks for. */
export interface SeriesPage {
  readonly size: number
  /** The last point of the page before, and whose it was. */
  readonly after: { readonly id: string; readonly timestampMs: number } | undefined
}

export function readSeriesPage(input: Input): SeriesPage {
  const size = input.integer('MaxDatapoints') ?? MAX_DATAPOINTS
  if (size < 1 || size > MAX_DATAPOINTS) {
    throw invalidValue(`The parameter MaxDatapoints must be between 1 and ${MAX_DATAPOINTS}; got ${size}.`)
  }
  const token = input.string('NextToken')
  if (token === undefined) return { size, after: undefined }
  const content = readToken(token, invalidNextToken)
  const [id, timestampMs]: unknown[] = Array.isArray(content) ? content : []
  if (typeof id !== 'string' || typeof timestampMs !== 'number') throw invalidNextToken()
  return { size, after: { id, timestampMs } }
}

/**
 * Pages run through the points of all queries, one query after the other; queries without points are on the first. A token
 * names the last point given, so that points which arrive between two pages shift nothing.
 */
export function pageOfSeries(
  series: readonly Series[],
  page: SeriesPage & { readonly isAscending: boolean; readonly hasMath: boolean },
): unknown {
  const { after } = page
  const startAt = after === undefined ? 0 : series.findIndex(({ id }) => id === after.id)
  if (startAt < 0) throw invalidNextToken()
  let room = page.size
  let last: readonly [string, number] | undefined
  let isCut = false
  const results: unknown[] = []
  for (const one of series.slice(startAt)) {
    const rest =
      one.id === after?.id ? one.points.filter((point) => isBehind(point, after, page)) : one.points
    const given = rest.slice(0, room)
    room -= given.length
    isCut ||= given.length < rest.length
    last = given.length > 0 ? [one.id, given.at(-1)?.timestampMs ?? 0] : last
    if (given.length > 0 || (rest.length === 0 && after === undefined)) {
      results.push(writeResult({ ...one, points: given }, given.length === rest.length))
    }
  }
  // CloudWatch gives no token where there are expressions.
  const nextToken = isCut && last !== undefined && !page.hasMath ? writeToken(last) : undefined
  return { MetricDataResults: results, NextToken: nextToken, Messages: [] }
}

function isBehind(
  { timestampMs }: MetricPoint,
  after: { readonly timestampMs: number },
  { isAscending }: { readonly isAscending: boolean },
): boolean {
  return isAscending ? timestampMs > after.timestampMs : timestampMs < after.timestampMs
}

function writeResult({ id, label, points }: Series, isComplete: boolean): unknown {
  return {
    Id: id,
    Label: label,
    Timestamps: points.map((point) => point.timestampMs / 1_000),
    Values: points.map((point) => point.value),
    StatusCode: isComplete ? 'Complete' : 'PartialData',
  }
}
