import type {
  CustomizedMetricSpecification,
  PredictiveScalingPolicyConfiguration,
  ScalableTarget as SdkTarget,
  ScalingActivity as SdkActivity,
  ScalingPolicy as SdkPolicy,
  ScheduledAction as SdkAction,
  StepScalingPolicyConfiguration,
  TargetTrackingScalingPolicyConfiguration,
} from '@aws-sdk/client-application-auto-scaling'
import type {
  LivePolicy,
  LivePredictive,
  LiveScheduledAction,
  LiveSteps,
  LiveTarget,
  LiveTracking,
} from '../plan/live.js'
import { readDimensions, readMath } from './metric-forms.js'
import type { ScalingActivity } from './port.js'

/** A scalable target as Application Auto Scaling describes it. */
export function readTarget(target: SdkTarget): LiveTarget {
  const { SuspendedState: suspended } = target
  return {
    arn: target.ScalableTargetARN ?? '',
    resourceId: target.ResourceId ?? '',
    minCapacity: target.MinCapacity ?? 0,
    maxCapacity: target.MaxCapacity ?? 0,
    suspended: {
      scaleOut: suspended?.DynamicScalingOutSuspended ?? false,
      scaleIn: suspended?.DynamicScalingInSuspended ?? false,
      scheduled: suspended?.ScheduledScalingSuspended ?? false,
    },
  }
}

/** A scaling policy as Application Auto Scaling describes it. */
export function readPolicy(policy: SdkPolicy): LivePolicy {
  const tracking = policy.TargetTrackingScalingPolicyConfiguration
  const steps = policy.StepScalingPolicyConfiguration
  const predictive = policy.PredictiveScalingPolicyConfiguration
  return {
    name: policy.PolicyName ?? '',
    arn: policy.PolicyARN ?? '',
    type: policy.PolicyType ?? '',
    tracking: tracking && readTracking(tracking),
    steps: steps && readSteps(steps),
    predictive: predictive && readPredictive(predictive),
    alarmNames: (policy.Alarms ?? []).flatMap(({ AlarmName }) => AlarmName ?? []),
  }
}

function readTracking(configuration: TargetTrackingScalingPolicyConfiguration): LiveTracking {
  return {
    metric: readTracked(configuration),
    unit: unitOf(configuration.CustomizedMetricSpecification),
    targetValue: configuration.TargetValue,
    scaleOutCooldownSeconds: configuration.ScaleOutCooldown,
    scaleInCooldownSeconds: configuration.ScaleInCooldown,
    disableScaleIn: configuration.DisableScaleIn ?? false,
  }
}

function unitOf(custom: CustomizedMetricSpecification | undefined): string | undefined {
  return custom?.Unit ?? custom?.Metrics?.find(({ MetricStat }) => MetricStat?.Unit)?.MetricStat?.Unit
}

function readTracked(configuration: TargetTrackingScalingPolicyConfiguration): LiveTracking['metric'] {
  const { CustomizedMetricSpecification: custom, PredefinedMetricSpecification: predefined } = configuration
  if (custom !== undefined) return readCustom(custom)
  if (predefined === undefined) return undefined
  return {
    kind: 'predefined',
    type: predefined.PredefinedMetricType ?? '',
    resourceLabel: predefined.ResourceLabel,
  }
}

function readCustom(custom: CustomizedMetricSpecification): LiveTracking['metric'] {
  if (custom.Metrics !== undefined && custom.Metrics.length > 0) return readMath(custom.Metrics)
  return {
    kind: 'metric',
    metric: {
      namespace: custom.Namespace ?? '',
      name: custom.MetricName ?? '',
      dimensions: readDimensions(custom.Dimensions),
    },
    statistic: custom.Statistic ?? 'Average',
  }
}

function readSteps(configuration: StepScalingPolicyConfiguration): LiveSteps {
  return {
    adjustment: configuration.AdjustmentType,
    minAdjustmentMagnitude: configuration.MinAdjustmentMagnitude,
    // API reference, StepScalingPolicyConfiguration: null is Average.
    aggregation: configuration.MetricAggregationType ?? 'Average',
    cooldownSeconds: configuration.Cooldown,
    steps: (configuration.StepAdjustments ?? []).map((step) => ({
      metricIntervalLowerBound: step.MetricIntervalLowerBound,
      metricIntervalUpperBound: step.MetricIntervalUpperBound,
      scalingAdjustment: step.ScalingAdjustment ?? 0,
    })),
  }
}

function readPredictive(configuration: PredictiveScalingPolicyConfiguration): LivePredictive {
  const specification = configuration.MetricSpecifications?.[0]
  const pair = specification?.PredefinedMetricPairSpecification
  return {
    metricPair: pair?.PredefinedMetricType ?? 'other metrics',
    resourceLabel: pair?.ResourceLabel,
    targetValue: specification?.TargetValue,
    mode: configuration.Mode,
    schedulingBufferSeconds: configuration.SchedulingBufferTime,
    // The buffer belongs to that behavior alone, and may be 0.
    maxCapacityBufferPercent:
      configuration.MaxCapacityBreachBehavior === 'IncreaseMaxCapacity'
        ? (configuration.MaxCapacityBuffer ?? 0)
        : undefined,
  }
}

/** A scheduled action as Application Auto Scaling describes it. */
export function readScheduledAction(action: SdkAction): LiveScheduledAction {
  return {
    name: action.ScheduledActionName ?? '',
    resourceId: action.ResourceId ?? '',
    schedule: action.Schedule ?? '',
    timezone: action.Timezone,
    minCapacity: action.ScalableTargetAction?.MinCapacity,
    maxCapacity: action.ScalableTargetAction?.MaxCapacity,
    startMs: action.StartTime?.getTime(),
    endMs: action.EndTime?.getTime(),
    createdMs: action.CreationTime?.getTime(),
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
