import type {
  Policies,
  Predictive,
  RequestsPolicy,
  Service,
  Steps,
  UtilizationPolicy,
} from '../config/service.js'
import { alarmPrefixOf, OWN_PREFIX, resourceIdOf } from './names.js'
import type { Alarm, PredictiveScalingPolicy, StepScalingPolicy, TargetTrackingPolicy } from './resources.js'
import type { StrategyPlan } from './strategy.js'

/** The policies beside the one that follows the queue, and the alarms of those by steps. */
export function extraPolicies(service: Service): StrategyPlan {
  const { cpu, memory, requests, predictive, steps } = service.policies
  return {
    policies: [
      ...(cpu ? [utilization(service, 'CPU', cpu)] : []),
      ...(memory ? [utilization(service, 'Memory', memory)] : []),
      ...(requests ? [requestsPolicy(service, requests)] : []),
      ...(predictive ? [predictivePolicy(service, predictive)] : []),
      ...steps.map((each) => stepPolicy(service, each)),
    ],
    alarms: steps.map((each) => stepAlarm(service, each)),
  }
}

function utilization(
  service: Service,
  of: 'CPU' | 'Memory',
  policy: UtilizationPolicy,
): TargetTrackingPolicy {
  const type = `ECSServiceAverage${of}Utilization${policy.highResolution ? 'HighResolution' : ''}`
  return tracking(service, policy, {
    name: `${OWN_PREFIX}${of.toLowerCase()}`,
    metric: { kind: 'predefined', type, resourceLabel: undefined },
  })
}

function requestsPolicy(service: Service, policy: RequestsPolicy): TargetTrackingPolicy {
  return tracking(service, policy, {
    name: `${OWN_PREFIX}requests`,
    metric: { kind: 'predefined', type: 'ALBRequestCountPerTarget', resourceLabel: policy.resourceLabel },
  })
}

function tracking(
  service: Service,
  policy: UtilizationPolicy | RequestsPolicy,
  of: Pick<TargetTrackingPolicy, 'name' | 'metric'>,
): TargetTrackingPolicy {
  return {
    kind: 'targetTracking',
    name: of.name,
    resourceId: resourceIdOf(service),
    metric: of.metric,
    targetValue: policy.target,
    scaleOutCooldownSeconds: policy.scaleOutSeconds,
    scaleInCooldownSeconds: policy.scaleInSeconds,
    disableScaleIn: !policy.scaleIn,
  }
}

// API reference, PredictiveScalingPredefinedMetricPairSpecification, for ecs:service:DesiredCount.
const METRIC_PAIRS: Readonly<Record<NonNullable<Policies['predictive']>['metric'], string>> = {
  cpu: 'ECSServiceCPUUtilization',
  memory: 'ECSServiceMemoryUtilization',
  requests: 'ALBRequestCount',
}

function predictivePolicy(service: Service, predictive: Predictive): PredictiveScalingPolicy {
  return {
    kind: 'predictive',
    name: `${OWN_PREFIX}predictive`,
    resourceId: resourceIdOf(service),
    metricPair: METRIC_PAIRS[predictive.metric],
    resourceLabel: predictive.resourceLabel,
    targetValue: predictive.target,
    mode: predictive.mode,
    schedulingBufferSeconds: predictive.bufferSeconds,
    maxCapacityBufferPercent: predictive.maxCapacityBufferPercent,
  }
}

const ADJUSTMENTS = {
  tasks: 'ChangeInCapacity',
  percent: 'PercentChangeInCapacity',
  exactly: 'ExactCapacity',
} as const

function stepPolicy(service: Service, config: Steps): StepScalingPolicy {
  return {
    kind: 'step',
    name: `${OWN_PREFIX}steps-${config.name}`,
    resourceId: resourceIdOf(service),
    adjustment: ADJUSTMENTS[config.change],
    minAdjustmentMagnitude: config.least,
    aggregation: 'Average',
    cooldownSeconds: config.cooldownSeconds,
    steps: config.when === 'above' ? stepsAbove(config.steps) : stepsBelow(config.steps),
  }
}

function stepsAbove(steps: Steps['steps']): StepScalingPolicy['steps'] {
  const threshold = steps[0]?.at ?? 0
  return steps.map(({ at, by }, index) => {
    const next = steps[index + 1]?.at
    return {
      metricIntervalLowerBound: at - threshold,
      metricIntervalUpperBound: next === undefined ? undefined : next - threshold,
      scalingAdjustment: by,
    }
  })
}

function stepsBelow(steps: Steps['steps']): StepScalingPolicy['steps'] {
  const threshold = steps[0]?.at ?? 0
  const descending = steps.map(({ at, by }, index) => {
    const next = steps[index + 1]?.at
    return {
      metricIntervalLowerBound: next === undefined ? undefined : next - threshold,
      metricIntervalUpperBound: at - threshold,
      scalingAdjustment: by,
    }
  })
  return descending.toReversed()
}

function stepAlarm(service: Service, config: Steps): Alarm {
  const { namespace, name, dimensions = {}, statistic } = config.metric
  return {
    name: `${alarmPrefixOf(service)}steps-${config.name}`,
    description: `Longshore: step scaling of ${service.service}, ${config.name}.`,
    watches: { kind: 'metric', metric: { namespace, name, dimensions }, statistic },
    periodSeconds: config.periodSeconds,
    comparison: config.when === 'above' ? 'GreaterThanOrEqualToThreshold' : 'LessThanOrEqualToThreshold',
    threshold: config.steps[0]?.at ?? 0,
    evaluationPeriods: config.of,
    datapointsToAlarm: config.datapoints,
    treatMissingData: config.missing,
    policy: `${OWN_PREFIX}steps-${config.name}`,
  }
}
