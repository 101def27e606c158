import { DescribeAlarmsCommand, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch'
import type { CloudWatchClient, MetricAlarm } from '@aws-sdk/client-cloudwatch'
import type { Calls } from './calls.js'
import type { AlarmReading, Aws } from './port.js'

/** CloudWatch's part of {@link Aws}. */
export function metricCalls(client: CloudWatchClient, calls: Calls): Pick<Aws, 'publishMetric' | 'alarms'> {
  return {
    async publishMetric({ metric, value }, signal) {
      const site = {
        action: 'cloudwatch:PutMetricData',
        subject: `metric "${metric.name}" in namespace "${metric.namespace}"`,
      }
      const command = new PutMetricDataCommand({
        Namespace: metric.namespace,
        MetricData: [
          {
            MetricName: metric.name,
            Dimensions: Object.entries(metric.dimensions).map(([Name, Value]) => ({ Name, Value })),
            Value: value,
            Unit: 'Count',
            StorageResolution: 1,
            // No Timestamp: CloudWatch stamps it on arrival, so a machine's wrong clock puts no value in another minute.
          },
        ],
      })
      await calls.run(site, (abortSignal) => client.send(command, { abortSignal }), signal)
    },

    async alarms(names, signal) {
      if (names.length === 0) return []
      const site = { action: 'cloudwatch:DescribeAlarms', subject: `the policy's alarms` }
      const command = new DescribeAlarmsCommand({ AlarmNames: [...names] })
      const { MetricAlarms = [] } = await calls.run(
        site,
        (abortSignal) => client.send(command, { abortSignal }),
        signal,
      )
      return MetricAlarms.map(readAlarm)
    },
  }
}

function readAlarm(alarm: MetricAlarm): AlarmReading {
  return {
    name: alarm.AlarmName ?? '',
    // An alarm without a state has not been evaluated.
    state: alarm.StateValue ?? 'INSUFFICIENT_DATA',
    reason: alarm.StateReason ?? '',
    changedAtMs: alarm.StateUpdatedTimestamp?.getTime(),
    direction: alarm.ComparisonOperator?.startsWith('Less') ? 'below' : 'above',
    threshold: alarm.Threshold,
    periodSeconds: alarm.Period,
    datapointsToAlarm: alarm.DatapointsToAlarm ?? alarm.EvaluationPeriods,
  }
}
