import type { AlarmEntry, AlarmValue, Entries } from './browser/page-state.js'
import { SHOWN_AT_MOST } from './browser/limits.js'
import type { Operations } from './operations.js'
import type { MetricQuery } from './series.js'
import { metricQuery } from './series.js'

const PAGE_SIZE = 100

/** A metric alarm as DescribeAlarms answers it. */
interface MetricAlarm {
  readonly AlarmName: string
  readonly StateValue: AlarmValue
  readonly StateReason?: string
  readonly StateUpdatedTimestamp: number
  readonly ActionsEnabled?: boolean
  readonly AlarmActions?: readonly string[]
  readonly OKActions?: readonly string[]
  readonly Namespace?: string
  readonly MetricName?: string
  readonly Dimensions?: readonly { readonly Name: string; readonly Value: string }[]
  readonly Statistic?: string
  readonly ExtendedStatistic?: string
  readonly Period?: number
  readonly EvaluationPeriods: number
  readonly DatapointsToAlarm?: number
  readonly Threshold?: number
  readonly ComparisonOperator: string
  readonly TreatMissingData?: string
  /** Metric math, in place of a metric. */
  readonly Metrics?: readonly Readonly<Record<string, unknown>>[]
}

const COMPARISONS: Readonly<Record<string, string>> = {
  GreaterThanOrEqualToThreshold: '≥',
  GreaterThanThreshold: '>',
  LessThanThreshold: '<',
  LessThanOrEqualToThreshold: '≤',
}

/** The alarms by name, and what to read to plot each. */
export async function readAlarms(
  operations: Operations,
): Promise<{ readonly alarms: Entries<AlarmEntry>; readonly queries: readonly MetricQuery[] }> {
  const found = await operations.list<MetricAlarm>('cloudwatch', 'DescribeAlarms', {
    items: 'MetricAlarms',
    token: 'NextToken',
    input: { MaxRecords: PAGE_SIZE },
    limit: SHOWN_AT_MOST.alarms,
  })
  const queries = found.map(queryOf)
  const alarms = found.map((alarm, at): [string, AlarmEntry] => [
    alarm.AlarmName,
    alarmEntry(alarm, queries[at]?.key ?? ''),
  ])
  return { alarms: Object.fromEntries(alarms), queries }
}

function alarmEntry(alarm: MetricAlarm, series: string): AlarmEntry {
  return {
    name: alarm.AlarmName,
    state: alarm.StateValue,
    reason: alarm.StateReason ?? '',
    changedAtMs: alarm.StateUpdatedTimestamp * 1_000,
    metric: alarm.MetricName ?? 'math',
    statistic: statisticOf(alarm),
    comparison: COMPARISONS[alarm.ComparisonOperator] ?? alarm.ComparisonOperator,
    threshold: alarm.Threshold,
    periodSeconds: alarm.Period ?? 60,
    evaluationPeriods: alarm.EvaluationPeriods,
    datapointsToAlarm: alarm.DatapointsToAlarm ?? alarm.EvaluationPeriods,
    treatMissingData: alarm.TreatMissingData ?? 'missing',
    hasActions: [...(alarm.AlarmActions ?? []), ...(alarm.OKActions ?? [])].length > 0,
    isActionsEnabled: alarm.ActionsEnabled ?? true,
    series,
  }
}

function queryOf(alarm: MetricAlarm): MetricQuery {
  const { Namespace: namespace = '', MetricName: metric, Dimensions: dimensions = [], Metrics: math } = alarm
  if (metric === undefined && math !== undefined) {
    const key = `math of ${alarm.AlarmName}`
    return { key, namespace, metric: 'math', dimensions: [], statistic: '', periodSeconds: 60, math }
  }
  return metricQuery({
    namespace,
    metric: metric ?? '',
    dimensions,
    statistic: statisticOf(alarm) ?? 'Average',
    periodSeconds: alarm.Period ?? 60,
  })
}

function statisticOf(alarm: MetricAlarm): string | undefined {
  return alarm.Statistic ?? alarm.ExtendedStatistic
}
