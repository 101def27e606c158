// What exists in the account for one service, as it was read: ours and others'.
import type { TreatMissingData } from '@longshore/model'
import type {
  MetricMath,
  PredefinedMetric,
  PredictiveScalingPolicy,
  ScheduledAction,
  SingleMetric,
  StepScalingPolicy,
  Suspensions,
  TargetTrackingPolicy,
} from './resources.js'

/** What exists for the scaling of one service. */
export interface Live {
  /** Null when none is registered. */
  readonly target: (LiveTarget & { readonly tags: Tags }) | null
  /** All of the service, also those that others made. */
  readonly policies: readonly LivePolicy[]
  readonly scheduledActions: readonly LiveScheduledAction[]
  /** Those whose names begin with the plan's prefix. */
  readonly alarms: readonly (LiveAlarm & { readonly tags: Tags })[]
  /** Those that Application Auto Scaling keeps for our target-tracking policies. */
  readonly trackingAlarms: readonly LiveAlarm[]
  /** Those that set off the policies of others. */
  readonly othersAlarms?: readonly LiveAlarm[] | undefined
}

export type Tags = Readonly<Record<string, string>>

/** A scalable target as registered. */
export interface LiveTarget {
  readonly arn: string
  readonly resourceId: string
  readonly minCapacity: number
  readonly maxCapacity: number
  readonly suspended: Suspensions
}

/** A scaling policy as it exists; ours or anyone's. Undefined settings: AWS's default is in force. */
export interface LivePolicy {
  readonly name: string
  readonly arn: string
  /** AWS's word, such as `TargetTrackingScaling`. */
  readonly type: string
  /** How it tracks its target; undefined for other kinds of policy. */
  readonly tracking: LiveTracking | undefined
  readonly steps: LiveSteps | undefined
  readonly predictive: LivePredictive | undefined
  /** Names of the alarms that Application Auto Scaling lists for it. */
  readonly alarmNames: readonly string[]
}

type Loose<T> = { readonly [Key in keyof T]: T[Key] | undefined }

export interface LiveTracking extends Omit<
  Loose<Omit<TargetTrackingPolicy, 'kind' | 'name' | 'resourceId'>>,
  'metric' | 'disableScaleIn'
> {
  readonly metric: SingleMetric | MetricMath | PredefinedMetric | undefined
  readonly unit: string | undefined
  readonly disableScaleIn: boolean
}

export interface LiveSteps extends Omit<
  Loose<Omit<StepScalingPolicy, 'kind' | 'name' | 'resourceId'>>,
  'adjustment' | 'steps'
> {
  readonly adjustment: string | undefined
  readonly steps: StepScalingPolicy['steps']
}

export interface LivePredictive extends Loose<
  Omit<PredictiveScalingPolicy, 'kind' | 'name' | 'resourceId' | 'metricPair'>
> {
  /** A few words for what is not one metric pair. */
  readonly metricPair: string | undefined
}

export interface LiveScheduledAction extends Omit<ScheduledAction, 'timezone'> {
  readonly timezone: string | undefined
  /** Epoch milliseconds; a rate without a first time counts from there. */
  readonly createdMs?: number | undefined
}

/** An alarm's settings as CloudWatch describes them. */
export interface LiveAlarm {
  readonly name: string
  readonly arn: string
  readonly description: string | undefined
  readonly watches: SingleMetric | MetricMath | undefined
  readonly unit: string | undefined
  readonly periodSeconds: number | undefined
  readonly comparison: string
  readonly threshold: number | undefined
  readonly evaluationPeriods: number | undefined
  readonly datapointsToAlarm: number | undefined
  readonly treatMissingData: TreatMissingData | undefined
  readonly isActionsEnabled: boolean
  /** ARNs that going to ALARM, OK and INSUFFICIENT_DATA sets off. */
  readonly actions: { readonly alarm: readonly string[]; readonly others: readonly string[] }
}

/** The type of policy whose alarms are Application Auto Scaling's own. */
export const POLICY_TYPE_WITH_ALARMS = 'TargetTrackingScaling'
