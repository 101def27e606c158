/** What Application Auto Scaling needs of the other services of its account. */
import type { AlarmState, ComparisonOperator, Statistic, TreatMissingData } from '@longshore/model'

export interface EcsPort {
  /** Undefined when there is no such service. */
  serviceCounts(
    cluster: string,
    service: string,
  ):
    | {
        readonly desired: number
        readonly running: number
        readonly pending: number
        readonly isDeploying: boolean
      }
    | undefined
  /** Throws when the service cannot be scaled. */
  setDesiredCount(cluster: string, service: string, desired: number): void
}

export interface MetricAlarm {
  readonly alarmName: string
  readonly description: string | undefined
  readonly isActionsEnabled: boolean
  /** ARNs by the state that sets them off. */
  readonly actions: Readonly<Record<AlarmState, readonly string[]>>
  readonly metric: {
    readonly namespace: string
    readonly metricName: string
    readonly dimensions: readonly { readonly name: string; readonly value: string }[]
  }
  readonly statistic: Statistic
  readonly unit: string | undefined
  readonly periodSeconds: number
  readonly evaluationPeriods: number
  readonly datapointsToAlarm: number | undefined
  readonly threshold: number
  readonly comparisonOperator: ComparisonOperator
  readonly treatMissingData: TreatMissingData | undefined
}

export interface AlarmReading {
  readonly state: AlarmState
  /** The newest point that the alarm has seen. */
  readonly metric: { readonly value: number; readonly timestampMs: number } | undefined
}

export interface CloudWatchPort {
  /** Creates or replaces an alarm; answers its ARN. */
  putAlarm(alarm: MetricAlarm): string
  deleteAlarms(alarmNames: readonly string[]): void
  alarmReading(alarmName: string): AlarmReading | undefined
}

/** An alarm's action that names a scaling policy. */
export interface AlarmNotice {
  readonly alarmName: string
  /** The policy's ARN. */
  readonly actionArn: string
  readonly state: AlarmState
}
