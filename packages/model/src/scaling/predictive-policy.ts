/**
 * Predictive scaling policies: what PutScalingPolicy checks of one. Such a policy is stored and described; no forecast is
 * made of it. Members are named as in the API.
 */

export interface PredictiveMetricSpecification {
  readonly TargetValue?: number | undefined
  readonly PredefinedMetricPairSpecification?:
    { readonly PredefinedMetricType?: string | undefined } | undefined
  readonly PredefinedScalingMetricSpecification?: unknown
  readonly PredefinedLoadMetricSpecification?: unknown
  readonly CustomizedScalingMetricSpecification?: unknown
  readonly CustomizedLoadMetricSpecification?: unknown
  /** Goes with either form. */
  readonly CustomizedCapacityMetricSpecification?: unknown
}

export type PredictiveScalingMode = 'ForecastOnly' | 'ForecastAndScale'
export type MaxCapacityBreachBehavior = 'HonorMaxCapacity' | 'IncreaseMaxCapacity'

export interface PredictiveScalingPolicy {
  readonly MetricSpecifications?: readonly PredictiveMetricSpecification[] | undefined
  readonly Mode?: PredictiveScalingMode | undefined
  /** Seconds by which a scheduled start is brought forward. */
  readonly SchedulingBufferTime?: number | undefined
  readonly MaxCapacityBreachBehavior?: MaxCapacityBreachBehavior | undefined
  /** Percent of the forecast capacity. */
  readonly MaxCapacityBuffer?: number | undefined
}

/** What a policy means that leaves these out. Source: API reference, PredictiveScalingPolicyConfiguration. */
export const PREDICTIVE_DEFAULTS: {
  readonly Mode: PredictiveScalingMode
  readonly SchedulingBufferTime: number
  readonly MaxCapacityBreachBehavior: MaxCapacityBreachBehavior
} = { Mode: 'ForecastOnly', SchedulingBufferTime: 300, MaxCapacityBreachBehavior: 'HonorMaxCapacity' }

/** SchedulingBufferTime stays below the interval of the forecast. Source: the same. */
const FORECAST_INTERVAL_SECONDS = 3_600
const ECS_PAIRS = ['ECSServiceMemoryUtilization', 'ALBRequestCount', 'ECSServiceCPUUtilization']

/**
 * The text of the ValidationException with which PutScalingPolicy refuses a policy for an ECS service; undefined when it
 * takes it. The texts are those that AWS was seen to give (badmintoncryer/cdk-preflight), but for SchedulingBufferTime's.
 */
export function predictivePolicyProblem(policy: PredictiveScalingPolicy): string | undefined {
  const [specification, ...others] = policy.MetricSpecifications ?? []
  if (specification === undefined || others.length > 0) return 'You must specify one metric specification.'
  return specificationProblem(specification) ?? bufferProblem(policy)
}

function specificationProblem(specification: PredictiveMetricSpecification): string | undefined {
  const pair = specification.PredefinedMetricPairSpecification
  if (!isPairOrTwo(specification)) {
    return 'The metric specification is invalid. A policy must have either one scaling metric and one load metric or one metric pair.'
  }
  if (pair === undefined || ECS_PAIRS.includes(pair.PredefinedMetricType ?? '')) return undefined
  const [memory, requests, cpu] = ECS_PAIRS
  return `The predefined metric pair type for scalable dimension ecs:service:DesiredCount isn't valid. The supported values are: ${memory}, ${requests} and ${cpu}.`
}

function isPairOrTwo(specification: PredictiveMetricSpecification): boolean {
  const given = (...metrics: readonly unknown[]): number =>
    metrics.filter((each) => each !== undefined).length
  const scaling = given(
    specification.PredefinedScalingMetricSpecification,
    specification.CustomizedScalingMetricSpecification,
  )
  const load = given(
    specification.PredefinedLoadMetricSpecification,
    specification.CustomizedLoadMetricSpecification,
  )
  const isPair = specification.PredefinedMetricPairSpecification !== undefined
  return isPair ? scaling + load === 0 : scaling === 1 && load === 1
}

function bufferProblem(policy: PredictiveScalingPolicy): string | undefined {
  const buffer = policy.MaxCapacityBuffer
  const behavior = policy.MaxCapacityBreachBehavior ?? PREDICTIVE_DEFAULTS.MaxCapacityBreachBehavior
  if (behavior === 'IncreaseMaxCapacity' && buffer === undefined) {
    return 'You must specify MaxCapacityBuffer when using IncreaseMaxCapacity.'
  }
  if (behavior === 'HonorMaxCapacity' && buffer !== undefined) {
    return 'You cannot specify MaxCapacityBuffer when using HonorMaxCapacity.'
  }
  const seconds = policy.SchedulingBufferTime ?? PREDICTIVE_DEFAULTS.SchedulingBufferTime
  if (seconds >= 0 && seconds < FORECAST_INTERVAL_SECONDS) return undefined
  return `SchedulingBufferTime must be from 0 to ${FORECAST_INTERVAL_SECONDS - 1} seconds; got ${seconds}.`
}
