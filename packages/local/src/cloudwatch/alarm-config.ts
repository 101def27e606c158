import type { AlarmRule, AlarmState, ComparisonOperator, Statistic, TreatMissingData } from '@longshore/model'

import type { MetricIdentity } from './metric-identity.js'
import { writeDimensions } from './metric-identity.js'

/** What PutMetricAlarm sets; a later call replaces all of it. */
export interface AlarmConfig {
  readonly alarmName: string
  readonly description: string | undefined
  readonly isActionsEnabled: boolean
  readonly actions: Readonly<Record<AlarmState, readonly string[]>>
  readonly metric: MetricIdentity
  readonly statistic: Statistic
  readonly unit: string | undefined
  readonly periodSeconds: number
  readonly evaluationPeriods: number
  /** Undefined means all of `evaluationPeriods`. */
  readonly datapointsToAlarm: number | undefined
  readonly threshold: number
  readonly comparisonOperator: ComparisonOperator
  /** Undefined means `missing`. */
  readonly treatMissingData: TreatMissingData | undefined
}

/** An alarm as it stands. Times are epoch milliseconds. */
export interface Alarm {
  config: AlarmConfig
  readonly arn: string
  configuredAtMs: number
  state: AlarmState
  stateReason: string
  stateReasonData: string | undefined
  stateUpdatedAtMs: number
  transitionedAtMs: number
  /** When its Auto Scaling actions last ran in this state. */
  actedAtMs: number
  /** When it is evaluated next. */
  dueMs: number
  readonly tags: Map<string, string>
  /** The newest point of the metric that its last evaluation saw. */
  newest: { readonly value: number; readonly timestampMs: number } | undefined
}

/** An alarm that has not been evaluated. */
export function newAlarm(config: AlarmConfig, arn: string, nowMs: number): Alarm {
  return {
    config,
    arn,
    configuredAtMs: nowMs,
    state: 'INSUFFICIENT_DATA',
    stateReason: 'Unchecked: Initial alarm creation',
    stateReasonData: undefined,
    stateUpdatedAtMs: nowMs,
    transitionedAtMs: nowMs,
    actedAtMs: -Infinity,
    dueMs: nowMs,
    tags: new Map(),
    newest: undefined,
  }
}

export function ruleOf(config: AlarmConfig): AlarmRule {
  return {
    comparisonOperator: config.comparisonOperator,
    threshold: config.threshold,
    evaluationPeriods: config.evaluationPeriods,
    datapointsToAlarm: config.datapointsToAlarm ?? config.evaluationPeriods,
    treatMissingData: config.treatMissingData ?? 'missing',
  }
}

/** The alarm as DescribeAlarms shows it. */
export function writeAlarm(alarm: Alarm): Readonly<Record<string, unknown>> {
  const { config } = alarm
  return {
    AlarmName: config.alarmName,
    AlarmArn: alarm.arn,
    AlarmDescription: config.description,
    AlarmConfigurationUpdatedTimestamp: alarm.configuredAtMs / 1_000,
    ActionsEnabled: config.isActionsEnabled,
    OKActions: config.actions.OK,
    AlarmActions: config.actions.ALARM,
    InsufficientDataActions: config.actions.INSUFFICIENT_DATA,
    StateValue: alarm.state,
    StateReason: alarm.stateReason,
    StateReasonData: alarm.stateReasonData,
    StateUpdatedTimestamp: alarm.stateUpdatedAtMs / 1_000,
    StateTransitionedTimestamp: alarm.transitionedAtMs / 1_000,
    MetricName: config.metric.metricName,
    Namespace: config.metric.namespace,
    Dimensions: writeDimensions(config.metric.dimensions),
    Statistic: config.statistic,
    Unit: config.unit,
    Period: config.periodSeconds,
    EvaluationPeriods: config.evaluationPeriods,
    DatapointsToAlarm: config.datapointsToAlarm,
    Threshold: config.threshold,
    ComparisonOperator: config.comparisonOperator,
    TreatMissingData: config.treatMissingData,
  }
}
