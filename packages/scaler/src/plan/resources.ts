// What a plan is made of: the resources of one ECS service's scaling, in our words and AWS's values. Every renderer
// (calls to AWS, templates, statements) reads these and nothing else.
import type { StepAdjustment, TreatMissingData } from '@longshore/model'

/** Where a metric lives in CloudWatch. */
export interface MetricIdentity {
  readonly namespace: string
  readonly name: string
  readonly dimensions: Readonly<Record<string, string>>
}

export type Statistic = 'Average' | 'Maximum' | 'Minimum' | 'Sum' | 'SampleCount'

/** A member of metric math: a metric with its statistic, or an expression over the others. */
export type MetricQuery =
  | { readonly id: string; readonly metric: MetricIdentity; readonly statistic: Statistic }
  | { readonly id: string; readonly expression: string }

/** Several metrics and what is computed of them: `returned` names the member that is watched. */
export interface MetricMath {
  readonly kind: 'math'
  readonly queries: readonly MetricQuery[]
  readonly returned: string
}

export interface SingleMetric {
  readonly kind: 'metric'
  readonly metric: MetricIdentity
  readonly statistic: Statistic
}

/** A metric that Application Auto Scaling knows by a name of its own. */
export interface PredefinedMetric {
  readonly kind: 'predefined'
  readonly type: string
  /** For ALBRequestCountPerTarget alone. */
  readonly resourceLabel: string | undefined
}

/** Bounds within which a service is scaled. */
export interface ScalableTarget {
  /** `service/<cluster>/<service>`. */
  readonly resourceId: string
  readonly minCapacity: number
  readonly maxCapacity: number
  /** What is switched off; undefined leaves whatever is switched off in the account as it is. */
  readonly suspended: Suspensions | undefined
}

/** What is switched off on a scalable target. */
export interface Suspensions {
  readonly scaleOut: boolean
  readonly scaleIn: boolean
  readonly scheduled: boolean
}

interface PolicyOf<Kind extends string> {
  readonly kind: Kind
  readonly name: string
  /** `service/<cluster>/<service>`. */
  readonly resourceId: string
}

/** Holds a metric at a target; Application Auto Scaling keeps its two alarms itself. */
export interface TargetTrackingPolicy extends PolicyOf<'targetTracking'> {
  readonly metric: SingleMetric | MetricMath | PredefinedMetric
  readonly targetValue: number
  readonly scaleOutCooldownSeconds: number
  readonly scaleInCooldownSeconds: number
  readonly disableScaleIn: boolean
}

/** Changes the number of tasks by steps when an {@link Alarm} of the plan sets it off. */
export interface StepScalingPolicy extends PolicyOf<'step'> {
  readonly adjustment: 'ChangeInCapacity' | 'PercentChangeInCapacity' | 'ExactCapacity'
  /** For PercentChangeInCapacity alone. */
  readonly minAdjustmentMagnitude: number | undefined
  readonly aggregation: 'Average' | 'Minimum' | 'Maximum'
  readonly cooldownSeconds: number
  /** Bounds relative to the alarm's threshold, ascending, without gaps; at most 20. */
  readonly steps: readonly StepAdjustment[]
}

/** Scales out ahead of a forecast that AWS makes each hour. */
export interface PredictiveScalingPolicy extends PolicyOf<'predictive'> {
  /** PredefinedMetricPairSpecification. */
  readonly metricPair: string
  readonly resourceLabel: string | undefined
  readonly targetValue: number
  readonly mode: 'ForecastOnly' | 'ForecastAndScale'
  readonly schedulingBufferSeconds: number
  /** Percent; undefined: the maximum holds. */
  readonly maxCapacityBufferPercent: number | undefined
}

export type ScalingPolicy = TargetTrackingPolicy | StepScalingPolicy | PredictiveScalingPolicy

/** A CloudWatch alarm of ours; it sets off one step policy of the plan. */
export interface Alarm {
  readonly name: string
  readonly description: string
  readonly watches: SingleMetric | MetricMath
  readonly periodSeconds: number
  readonly comparison: 'GreaterThanOrEqualToThreshold' | 'LessThanOrEqualToThreshold'
  readonly threshold: number
  readonly evaluationPeriods: number
  readonly datapointsToAlarm: number
  readonly treatMissingData: TreatMissingData
  /** Name of the policy that it sets off. */
  readonly policy: string
}

/** New bounds at certain times. */
export interface ScheduledAction {
  readonly name: string
  /** `service/<cluster>/<service>`. */
  readonly resourceId: string
  /** `cron(…)`, `rate(…)` or `at(…)`. */
  readonly schedule: string
  readonly timezone: string
  readonly minCapacity: number | undefined
  readonly maxCapacity: number | undefined
  /** Epoch milliseconds of a whole second; no run is before the one, nor after the other. */
  readonly startMs: number | undefined
  readonly endMs: number | undefined
}
