import type { Alarm } from './alarm.js'
import type { AlarmConfig, AlarmSource } from './alarm-config.js'
import { writeDimensions } from './metric-identity.js'
import type { MetricQuery, MetricStat } from './metric-query.js'
import { parseStat } from './stat.js'

type Members = Readonly<Record<string, unknown>>

/** The alarm as DescribeAlarms shows it. */
export function writeAlarm(alarm: Alarm): Members {
  return {
    ...writeConfig(alarm.config),
    AlarmArn: alarm.arn,
    AlarmConfigurationUpdatedTimestamp: alarm.configuredAtMs / 1_000,
    StateValue: alarm.state,
    StateReason: alarm.stateReason,
    StateReasonData: alarm.stateReasonData,
    StateUpdatedTimestamp: alarm.stateUpdatedAtMs / 1_000,
    StateTransitionedTimestamp: alarm.transitionedAtMs / 1_000,
  }
}

/** What PutMetricAlarm set, in its members. */
export function writeConfig(config: AlarmConfig): Members {
  return {
    AlarmName: config.alarmName,
    AlarmDescription: config.description,
    ActionsEnabled: config.isActionsEnabled,
    OKActions: config.actions.OK,
    AlarmActions: config.actions.ALARM,
    InsufficientDataActions: config.actions.INSUFFICIENT_DATA,
    ...writeSource(config.source),
    EvaluationPeriods: config.evaluationPeriods,
    DatapointsToAlarm: config.datapointsToAlarm,
    Threshold: config.threshold,
    ComparisonOperator: config.comparisonOperator,
    TreatMissingData: config.treatMissingData,
    EvaluateLowSampleCountPercentile: config.lowSampleTreatment,
  }
}

function writeSource(source: AlarmSource): Members {
  if (source.kind === 'math') return { Metrics: source.queries.map(writeQuery) }
  const { metric, stat, unit, periodSeconds } = source.metricStat
  return {
    MetricName: metric.metricName,
    Namespace: metric.namespace,
    Dimensions: writeDimensions(metric.dimensions),
    [parseStat(stat)?.kind === 'simple' ? 'Statistic' : 'ExtendedStatistic']: stat,
    Unit: unit,
    Period: periodSeconds,
  }
}

function writeQuery(query: MetricQuery): Members {
  return {
    Id: query.id,
    MetricStat: query.metricStat && writeMetricStat(query.metricStat),
    Expression: query.expression,
    Label: query.label,
    ReturnData: query.isReturned,
    Period: query.periodSeconds,
    AccountId: query.accountId,
  }
}

function writeMetricStat({ metric, stat, unit, periodSeconds }: MetricStat): Members {
  const { namespace, metricName, dimensions } = metric
  return {
    Metric: { Namespace: namespace, MetricName: metricName, Dimensions: writeDimensions(dimensions) },
    Period: periodSeconds,
    Stat: stat,
    Unit: unit,
  }
}
