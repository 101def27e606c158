import type { AlarmRule, AlarmState, ComparisonOperator, TreatMissingData } from '@longshore/model'

import type { MetricQuery, MetricStat } from './metric-query.js'

/** What an alarm watches. */
export type AlarmSource =
  | { readonly kind: 'metric'; readonly metricStat: MetricStat }
  /** Exactly one query is returned: the alarm watches that. */
  | { readonly kind: 'math'; readonly queries: readonly MetricQuery[] }

/** What PutMetricAlarm sets; a later call replaces all of it. */
export interface AlarmConfig {
  readonly alarmName: string
  readonly description: string | undefined
  readonly isActionsEnabled: boolean
  readonly actions: Readonly<Record<AlarmState, readonly string[]>>
  readonly source: AlarmSource
  readonly evaluationPeriods: number
  /** Undefined means all of `evaluationPeriods`. */
  readonly datapointsToAlarm: number | undefined
  readonly threshold: number
  readonly comparisonOperator: ComparisonOperator
  /** Undefined means `missing`. */
  readonly treatMissingData: TreatMissingData | undefined
  /** EvaluateLowSampleCountPercentile; undefined means `evaluate`. */
  readonly lowSampleTreatment?: 'evaluate' | 'ignore' | undefined
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
