import type {
  CustomizedMetricSpecification,
  PolicyType,
  PredictiveScalingPolicyConfiguration,
  PutScalingPolicyCommandInput,
  StepScalingPolicyConfiguration,
  TargetTrackingScalingPolicyConfiguration,
} from '@aws-sdk/client-application-auto-scaling'
import type {
  MetricMath,
  PredictiveScalingPolicy,
  ScalingPolicy,
  StepScalingPolicy,
  TargetTrackingPolicy,
} from '../plan/resources.js'
import { writeDimensions } from './metric-forms.js'

type Configuration = Pick<PutScalingPolicyCommandInput, 'PolicyType'> &
  Partial<
    Pick<
      PutScalingPolicyCommandInput,
      | 'TargetTrackingScalingPolicyConfiguration'
      | 'StepScalingPolicyConfiguration'
      | 'PredictiveScalingPolicyConfiguration'
    >
  >

/** What PutScalingPolicy says of a policy beside its name. */
export function writePolicy(policy: ScalingPolicy): Configuration {
  const PolicyType = {
    targetTracking: 'TargetTrackingScaling',
    step: 'StepScaling',
    predictive: 'PredictiveScaling',
  } as const satisfies Record<ScalingPolicy['kind'], PolicyType>
  const type = { PolicyType: PolicyType[policy.kind] }
  if (policy.kind === 'targetTracking') {
    return { ...type, TargetTrackingScalingPolicyConfiguration: writeTracking(policy) }
  }
  return policy.kind === 'step'
    ? { ...type, StepScalingPolicyConfiguration: writeSteps(policy) }
    : { ...type, PredictiveScalingPolicyConfiguration: writePredictive(policy) }
}

function writeTracking(policy: TargetTrackingPolicy): TargetTrackingScalingPolicyConfiguration {
  return {
    TargetValue: policy.targetValue,
    ScaleOutCooldown: policy.scaleOutCooldownSeconds,
    ScaleInCooldown: policy.scaleInCooldownSeconds,
    DisableScaleIn: policy.disableScaleIn,
    ...writeTracked(policy.metric),
  }
}

function writeTracked(
  tracked: TargetTrackingPolicy['metric'],
): Pick<
  TargetTrackingScalingPolicyConfiguration,
  'CustomizedMetricSpecification' | 'PredefinedMetricSpecification'
> {
  if (tracked.kind === 'predefined') {
    const { type, resourceLabel } = tracked
    return {
      PredefinedMetricSpecification: {
        PredefinedMetricType: type as never,
        ...(resourceLabel === undefined ? {} : { ResourceLabel: resourceLabel }),
      },
    }
  }
  if (tracked.kind === 'math') return { CustomizedMetricSpecification: writeTrackedMath(tracked) }
  const { metric, statistic } = tracked
  return {
    CustomizedMetricSpecification: {
      Namespace: metric.namespace,
      MetricName: metric.name,
      Dimensions: writeDimensions(metric),
      Statistic: statistic,
    },
  }
}

function writeTrackedMath({ queries, returned }: MetricMath): CustomizedMetricSpecification {
  return {
    Metrics: queries.map((query) => ({
      Id: query.id,
      ReturnData: query.id === returned,
      ...('expression' in query
        ? { Expression: query.expression }
        : {
            MetricStat: {
              Metric: {
                Namespace: query.metric.namespace,
                MetricName: query.metric.name,
                Dimensions: writeDimensions(query.metric),
              },
              Stat: query.statistic,
            },
          }),
    })),
  }
}

function writeSteps(policy: StepScalingPolicy): StepScalingPolicyConfiguration {
  return {
    AdjustmentType: policy.adjustment,
    MetricAggregationType: policy.aggregation,
    Cooldown: policy.cooldownSeconds,
    ...(policy.minAdjustmentMagnitude === undefined
      ? {}
      : { MinAdjustmentMagnitude: policy.minAdjustmentMagnitude }),
    StepAdjustments: policy.steps.map((step) => ({
      ...(step.metricIntervalLowerBound === undefined
        ? {}
        : { MetricIntervalLowerBound: step.metricIntervalLowerBound }),
      ...(step.metricIntervalUpperBound === undefined
        ? {}
        : { MetricIntervalUpperBound: step.metricIntervalUpperBound }),
      ScalingAdjustment: step.scalingAdjustment,
    })),
  }
}

function writePredictive(policy: PredictiveScalingPolicy): PredictiveScalingPolicyConfiguration {
  const { resourceLabel, maxCapacityBufferPercent: buffer } = policy
  return {
    MetricSpecifications: [
      {
        TargetValue: policy.targetValue,
        PredefinedMetricPairSpecification: {
          PredefinedMetricType: policy.metricPair,
          ...(resourceLabel === undefined ? {} : { ResourceLabel: resourceLabel }),
        },
      },
    ],
    Mode: policy.mode,
    SchedulingBufferTime: policy.schedulingBufferSeconds,
    ...(buffer === undefined
      ? { MaxCapacityBreachBehavior: 'HonorMaxCapacity' }
      : { MaxCapacityBreachBehavior: 'IncreaseMaxCapacity', MaxCapacityBuffer: buffer }),
  }
}
