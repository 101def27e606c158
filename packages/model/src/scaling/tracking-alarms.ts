import type { ComparisonOperator, TreatMissingData } from '../cloudwatch/alarm.js'
import type { ModelParameters } from '../parameters.js'
import { DEFAULTS } from '../parameters.js'

/** One of the two alarms that Application Auto Scaling keeps for a target-tracking policy. */
export interface TrackingAlarm {
  readonly alarmName: string
  readonly description: string
  readonly comparisonOperator: ComparisonOperator
  readonly threshold: number
  readonly periodSeconds: number
  readonly evaluationPeriods: number
  readonly datapointsToAlarm: number
  readonly treatMissingData: TreatMissingData
}

export interface TrackedPolicy {
  /** `service/<cluster>/<service>`. */
  readonly resourceId: string
  readonly policyArn: string
  readonly targetValue: number
  /** 60; 20 for the high-resolution metrics of ECS. */
  readonly periodSeconds: number
  /** The UUIDs that end the alarms' names. */
  readonly ids: { readonly high: string; readonly low: string }
}

/**
 * The alarms of a policy: above the target for three periods scales out, below nine tenths of it for fifteen minutes
 * scales in. Both compare strictly and both let missing data be missing.
 */
export function trackingAlarms(
  policy: TrackedPolicy,
  parameters: ModelParameters = DEFAULTS,
): { readonly high: TrackingAlarm; readonly low: TrackingAlarm } {
  const shared = {
    description: `DO NOT EDIT OR DELETE. For TargetTrackingScaling policy ${policy.policyArn}.`,
    periodSeconds: policy.periodSeconds,
    treatMissingData: 'missing',
  } as const
  const high = parameters.trackingHighDatapoints
  const low =
    policy.periodSeconds < 60
      ? parameters.trackingHighResolutionLowDatapoints
      : parameters.trackingLowDatapoints
  return {
    high: {
      ...shared,
      alarmName: `TargetTracking-${policy.resourceId}-AlarmHigh-${policy.ids.high}`,
      comparisonOperator: 'GreaterThanThreshold',
      threshold: policy.targetValue,
      evaluationPeriods: high,
      datapointsToAlarm: high,
    },
    low: {
      ...shared,
      alarmName: `TargetTracking-${policy.resourceId}-AlarmLow-${policy.ids.low}`,
      comparisonOperator: 'LessThanThreshold',
      threshold: lowThreshold(policy.targetValue, parameters),
      evaluationPeriods: low,
      datapointsToAlarm: low,
    },
  }
}

// 0.9 × 70 is 63.00000000000001 in floating point; live alarms say 63.
function lowThreshold(targetValue: number, parameters: ModelParameters): number {
  return Number((targetValue * parameters.trackingLowThresholdFraction).toPrecision(15))
}
