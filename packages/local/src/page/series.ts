import type { Entries, Point, SeriesEntry, ServiceEntry } from './browser/page-state.js'
import { SHOWN_AT_MOST } from './browser/limits.js'
import type { Operations } from './operations.js'
import { groupsOf } from './operations.js'

/** A metric that is plotted. */
export interface MetricQuery {
  readonly key: string
  readonly namespace: string
  readonly metric: string
  readonly dimensions: readonly { readonly Name: string; readonly Value: string }[]
  readonly statistic: string
  readonly periodSeconds: number
  /** An alarm's own queries, where it watches metric math. */
  readonly math?: readonly Readonly<Record<string, unknown>>[]
}

/** The span of control time that is read, epoch milliseconds. */
export interface Span {
  readonly fromMs: number
  readonly toMs: number
}

// GetMetricData takes so many queries.
const MAX_QUERIES = 500
const MINUTE_SECONDS = 60

/** A query with the key that tells it from others. */
export function metricQuery(query: Omit<MetricQuery, 'key'>): MetricQuery {
  const { namespace, metric, dimensions, statistic, periodSeconds } = query
  const key = [namespace, metric, textOf(dimensions), statistic, periodSeconds].join('|')
  return { ...query, key }
}

/**
 * How many tasks of a service ran, by the minute: ECS publishes one sample of CPUUtilization for each. Its finest period is
 * read, so that no period has two samples of one task.
 */
export function taskCountQuery({ cluster, name }: ServiceEntry): MetricQuery {
  return metricQuery({
    namespace: 'AWS/ECS',
    metric: 'CPUUtilization',
    dimensions: [
      { Name: 'ClusterName', Value: cluster },
      { Name: 'ServiceName', Value: name },
    ],
    statistic: 'SampleCount',
    periodSeconds: 20,
  })
}

/** Every metric of the account by the minute, besides those `watched`, by alarms and for services, as they are watched. */
export async function readSeries(
  operations: Operations,
  watched: readonly MetricQuery[],
  span: Span,
): Promise<Entries<SeriesEntry>> {
  const queries = new Map<string, MetricQuery>()
  for (const query of [...watched, ...(await listMetrics(operations))]) {
    if (queries.size < SHOWN_AT_MOST.series) queries.set(query.key, query)
  }
  const plain = [...queries.values()].filter(({ math }) => math === undefined)
  const entries: [string, SeriesEntry][] = []
  for (const group of groupsOf(plain, MAX_QUERIES)) {
    const found = await readPoints(operations, group.map(queryInput), span)
    for (const [at, query] of group.entries()) entries.push(entryOf(query, found.get(`q${at}`)))
  }
  for (const query of queries.values()) {
    if (query.math === undefined) continue
    const [points] = (await readPoints(operations, query.math, span)).values()
    entries.push(entryOf(query, points))
  }
  return Object.fromEntries(entries)
}

async function listMetrics(operations: Operations): Promise<readonly MetricQuery[]> {
  const { Metrics: metrics = [] } = await operations.call<{
    Metrics: { Namespace: string; MetricName: string; Dimensions: MetricQuery['dimensions'] }[]
  }>('cloudwatch', 'ListMetrics')
  return metrics
    .map(({ Namespace, MetricName, Dimensions }) =>
      metricQuery({
        namespace: Namespace,
        metric: MetricName,
        dimensions: Dimensions,
        statistic: usualStatistic(MetricName),
        periodSeconds: MINUTE_SECONDS,
      }),
    )
    .sort((one, other) => rankOf(one) - rankOf(other) || (one.key < other.key ? -1 : 1))
}

/** Metrics that users publish are fewer, and looked for more, than those of AWS's services; queues' plots come of one. */
function rankOf({ namespace, metric }: MetricQuery): number {
  if (!namespace.startsWith('AWS/')) return 0
  return metric === 'ApproximateNumberOfMessagesVisible' ? 1 : 2
}

/** Counts of events are summed, gauges averaged. */
function usualStatistic(metric: string): string {
  return /^NumberOf|Count$|Requests$/.test(metric) ? 'Sum' : 'Average'
}

async function readPoints(
  operations: Operations,
  queries: readonly Readonly<Record<string, unknown>>[],
  { fromMs, toMs }: Span,
): Promise<Map<string, Point[]>> {
  const { MetricDataResults: results = [] } = await operations.call<{
    MetricDataResults: { Id: string; Timestamps: number[]; Values: number[] }[]
  }>('cloudwatch', 'GetMetricData', {
    MetricDataQueries: queries,
    StartTime: fromMs / 1_000,
    // The minute that is not over yet is shown, too.
    EndTime: toMs / 1_000 + MINUTE_SECONDS,
    ScanBy: 'TimestampAscending',
  })
  return new Map(
    results.map(({ Id, Timestamps, Values }) => [
      Id,
      Timestamps.map((seconds, at): Point => [seconds * 1_000, rounded(Values[at] ?? 0)]),
    ]),
  )
}

function queryInput(query: MetricQuery, at: number): Readonly<Record<string, unknown>> {
  const { namespace, metric, dimensions, statistic, periodSeconds } = query
  const Metric = { Namespace: namespace, MetricName: metric, Dimensions: dimensions }
  return { Id: `q${at}`, MetricStat: { Metric, Period: periodSeconds, Stat: statistic } }
}

function entryOf(query: MetricQuery, points: readonly Point[] = []): [string, SeriesEntry] {
  const { key, namespace, metric, dimensions, statistic, periodSeconds } = query
  return [key, { namespace, metric, dimensions: textOf(dimensions), statistic, periodSeconds, points }]
}

function textOf(dimensions: MetricQuery['dimensions']): string {
  return dimensions.map(({ Name, Value }) => `${Name}=${Value}`).join(', ')
}

/** Six digits say all that a plot can. */
function rounded(value: number): number {
  return Number(value.toPrecision(6))
}
