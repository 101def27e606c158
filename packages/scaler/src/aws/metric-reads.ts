import { GetMetricDataCommand } from '@aws-sdk/client-cloudwatch'
import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch'
import { queueMetric, queueNameOf } from '../plan/metrics.js'
import { dimensionForms } from '../plan/render/form.js'
import type { MetricIdentity, Statistic } from '../plan/resources.js'
import type { Calls } from './calls.js'
import type { ReadingCalls } from './port.js'

/** AWS/SQS metrics are a minute late or two; older ones say nothing of now. */
const QUEUE_LOOK_BACK_MS = 5 * 60_000
/** Workers publish once a minute: ten of them are enough for a mean, and few enough to follow a change. */
const WORKER_LOOK_BACK_MS = 10 * 60_000

/** Some metrics of one statistic, a minute a point. */
interface Query {
  readonly metrics: Readonly<Record<string, MetricIdentity>>
  readonly statistic: Statistic
  readonly fromMs: number
  readonly toMs: number
  /** For the message of a failure. */
  readonly subject: string
}

/** Values by the instant at which their minute began, newest first. */
type Points = ReadonlyMap<number, number>

/** What is read of metrics. */
export function metricReads(
  client: CloudWatchClient,
  calls: Calls,
): Pick<ReadingCalls, 'noisyVisible' | 'handled'> {
  const read = async (query: Query, signal?: AbortSignal): Promise<(id: string) => Points> => {
    const command = new GetMetricDataCommand({
      MetricDataQueries: Object.entries(query.metrics).map(([Id, metric]) => ({
        Id,
        MetricStat: {
          Metric: {
            Namespace: metric.namespace,
            MetricName: metric.name,
            Dimensions: dimensionForms(metric),
          },
          Period: 60,
          Stat: query.statistic,
        },
      })),
      StartTime: new Date(query.fromMs),
      EndTime: new Date(query.toMs),
      ScanBy: 'TimestampDescending',
    })
    const site = { action: 'cloudwatch:GetMetricData', subject: query.subject }
    const { MetricDataResults = [] } = await calls.run(
      site,
      (abortSignal) => client.send(command, { abortSignal }),
      signal,
    )
    return (id) => {
      const { Timestamps = [], Values = [] } = MetricDataResults.find(({ Id }) => Id === id) ?? {}
      return new Map(Timestamps.map((at, index) => [at.getTime(), Values[index] ?? 0]))
    }
  }
  return {
    async noisyVisible(queue, nowMs, signal) {
      const metrics = {
        all: queueMetric(queue, 'ApproximateNumberOfMessagesVisible'),
        quiet: queueMetric(queue, 'ApproximateNumberOfMessagesVisibleInQuietGroups'),
      }
      const span = { fromMs: nowMs - QUEUE_LOOK_BACK_MS, toMs: nowMs }
      const subject = `metrics of queue "${queue}"`
      const points = await read({ metrics, statistic: 'Average', ...span, subject }, signal)
      // Of one minute, or one of them could be younger than the other.
      const quiet = points('quiet')
      for (const [at, all] of points('all')) {
        const ofQuiet = quiet.get(at)
        if (ofQuiet !== undefined) return Math.max(0, all - ofQuiet)
      }
      return undefined
    },

    async handled({ namespace, service, queue, dimensions: others }, nowMs, signal) {
      const dimensions = { ...others, Service: service, Queue: queueNameOf(queue) }
      const metrics = {
        count: { namespace, name: 'Handled', dimensions },
        busy: { namespace, name: 'BusyTime', dimensions },
      }
      const span = { fromMs: nowMs - WORKER_LOOK_BACK_MS, toMs: nowMs }
      const subject = `metrics of the workers on "${queue}"`
      const points = await read({ metrics, statistic: 'Sum', ...span, subject }, signal)
      return { count: sumOf(points('count')), busyMs: sumOf(points('busy')) }
    },
  }
}

function sumOf(points: Points): number {
  return [...points.values()].reduce((sum, value) => sum + value, 0)
}
