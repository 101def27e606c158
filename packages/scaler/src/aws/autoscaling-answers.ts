import type {
  CustomizedMetricSpecification,
  ScalableTarget as SdkTarget,
  ScalingActivity as SdkActivity,
  ScalingPolicy as SdkPolicy,
  TargetTrackingScalingPolicyConfiguration,
} from '@aws-sdk/client-application-auto-scaling'
import type { LivePolicy, LiveTarget, LiveTracking, ScalingActivity } from './port.js'

/** A scalable target as Application Auto Scaling describes it. */
export function readTarget(target: SdkTarget): LiveTarget {
  return {
    resourceId: target.ResourceId ?? '',
    minCapacity: target.MinCapacity ?? 0,
    maxCapacity: target.MaxCapacity ?? 0,
    suspended: {
      scaleIn: target.SuspendedState?.DynamicScalingInSuspended ?? false,
      scaleOut: target.SuspendedState?.DynamicScalingOutSuspended ?? false,
    },
  }
}

/** A scaling policy as Application Auto Scaling describes it. */
export function readPolicy(policy: SdkPolicy): LivePolicy {
  const tracking = policy.TargetTrackingScalingPolicyConfiguration
  return {
    name: policy.PolicyName ?? '',
    type: policy.PolicyType ?? '',
    tracking: tracking && readTracking(tracking),
    alarmNames: (policy.Alarms ?? []).flatMap(({ AlarmName }) => AlarmName ?? []),
  }
}

function readTracking(configuration: TargetTrackingScalingPolicyConfiguration): LiveTracking {
  const custom = configuration.CustomizedMetricSpecification
  const predefined = configuration.PredefinedMetricSpecification?.PredefinedMetricType
  return {
    metric: custom === undefined ? `predefined ${predefined}` : readMetric(custom),
    statistic: custom?.Statistic,
    unit: custom?.Unit,
    targetValue: configuration.TargetValue,
    scaleOutCooldownSeconds: configuration.ScaleOutCooldown,
    scaleInCooldownSeconds: configuration.ScaleInCooldown,
    disableScaleIn: configuration.DisableScaleIn ?? false,
  }
}

function readMetric(custom: CustomizedMetricSpecification): LiveTracking['metric'] {
  if (custom.Metrics !== undefined && custom.Metrics.length > 0) return 'metric math'
  const dimensions = (custom.Dimensions ?? []).map(({ Name, Value }) => [Name ?? '', Value ?? ''] as const)
  return {
    namespace: custom.Namespace ?? '',
    name: custom.MetricName ?? '',
    dimensions: Object.fromEntries(dimensions),
  }
}

/** One entry of the scaling history. */
export function readActivity(activity: SdkActivity): ScalingActivity {
  return {
    status: activity.StatusCode ?? '',
    description: activity.Description ?? '',
    cause: activity.Cause ?? '',
    message: activity.StatusMessage,
    startedAtMs: activity.StartTime?.getTime() ?? 0,
    endedAtMs: activity.EndTime?.getTime(),
    notScaled: (activity.NotScaledReasons ?? []).flatMap(({ Code }) => Code ?? []),
  }
}
