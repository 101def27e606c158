import { GetMetricDataCommand } from '@aws-sdk/client-cloudwatch'
import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch'
import { queueMetric } from '../plan/metrics.js'
import type { Calls } from './calls.js'
import { dimensionForms } from '../plan/render/form.js'
import type { ReadingCalls } from './port.js'

/** AWS/SQS metrics are a minute late or two; older ones say nothing of now. */
const LOOK_BACK_MS = 5 * 60_000

/** What CloudWatch knows of a fair queue's groups. */
export function quietGroupCalls(client: CloudWatchClient, calls: Calls): Pick<ReadingCalls, 'noisyVisible'> {
  return {
    async noisyVisible(queue, nowMs, signal) {
      const query = (Id: string, name: string) => {
        const { namespace, ...rest } = queueMetric(queue, name)
        const Metric = {
          Namespace: namespace,
          MetricName: name,
          Dimensions: dimensionForms({ namespace, ...rest }),
        }
        return { Id, MetricStat: { Metric, Period: 60, Stat: 'Average' } }
      }
      const command = new GetMetricDataCommand({
        MetricDataQueries: [
          query('all', 'ApproximateNumberOfMessagesVisible'),
          query('quiet', 'ApproximateNumberOfMessagesVisibleInQuietGroups'),
        ],
        StartTime: new Date(nowMs - LOOK_BACK_MS),
        EndTime: new Date(nowMs),
        ScanBy: 'TimestampDescending',
      })
      const site = { action: 'cloudwatch:GetMetricData', subject: `metrics of queue "${queue}"` }
      const { MetricDataResults = [] } = await calls.run(
        site,
        (abortSignal) => client.send(command, { abortSignal }),
        signal,
      )
      const points = (id: string): Map<number, number> => {
        const { Timestamps = [], Values = [] } = MetricDataResults.find(({ Id }) => Id === id) ?? {}
        return new Map(Timestamps.map((at, index) => [at.getTime(), Values[index] ?? 0]))
      }
      // Of one minute, or one of them could be younger than the other.
      const quiet = points('quiet')
      for (const [at, all] of points('all')) {
        const ofQuiet = quiet.get(at)
        if (ofQuiet !== undefined) return Math.max(0, all - ofQuiet)
      }
      return undefined
    },
  }
}
