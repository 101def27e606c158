import type {
  MetricMath,
  PredictiveScalingPolicy,
  ScalingPolicy,
  StepScalingPolicy,
  TargetTrackingPolicy,
} from '../resources.js'
import type { Form } from './form.js'
import { dimensionForms } from './form.js'

const TYPES = {
  targetTracking: 'TargetTrackingScaling',
  step: 'StepScaling',
  predictive: 'PredictiveScaling',
} as const satisfies Record<ScalingPolicy['kind'], string>

/** What PutScalingPolicy and AWS::ApplicationAutoScaling::ScalingPolicy say of a policy beside its name. */
export function policyForm(policy: ScalingPolicy): Form {
  const type = { PolicyType: TYPES[policy.kind] }
  if (policy.kind === 'targetTracking') {
    return { ...type, TargetTrackingScalingPolicyConfiguration: trackingForm(policy) }
  }
  return policy.kind === 'step'
    ? { ...type, StepScalingPolicyConfiguration: stepsForm(policy) }
    : { ...type, PredictiveScalingPolicyConfiguration: predictiveForm(policy) }
}

function trackingForm(policy: TargetTrackingPolicy): Form {
  return {
    TargetValue: policy.targetValue,
    ScaleOutCooldown: policy.scaleOutCooldownSeconds,
    ScaleInCooldown: policy.scaleInCooldownSeconds,
    DisableScaleIn: policy.disableScaleIn,
    ...trackedForm(policy.metric),
  }
}

function trackedForm(tracked: TargetTrackingPolicy['metric']): Form {
  if (tracked.kind === 'predefined') {
    const { type, resourceLabel } = tracked
    return {
      PredefinedMetricSpecification: {
        PredefinedMetricType: type,
        ...(resourceLabel === undefined ? {} : { ResourceLabel: resourceLabel }),
      },
    }
  }
  if (tracked.kind === 'math') return { CustomizedMetricSpecification: mathForm(tracked) }
  const { metric, statistic } = tracked
  return {
    CustomizedMetricSpecification: {
      Namespace: metric.namespace,
      MetricName: metric.name,
      Dimensions: dimensionForms(metric),
      Statistic: statistic,
    },
  }
}

function mathForm({ queries, returned }: MetricMath): Form {
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
                Dimensions: dimensionForms(query.metric),
              },
              Stat: query.statistic,
            },
          }),
    })),
  }
}

function stepsForm(policy: StepScalingPolicy): Form {
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

function predictiveForm(policy: PredictiveScalingPolicy): Form {
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
