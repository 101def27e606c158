/** What Application Auto Scaling checks of a step scaling policy, in its words. */
import type { AdjustmentType, StepAdjustment } from './step-adjustment.js'

export type MetricAggregationType = 'Average' | 'Minimum' | 'Maximum'

/** StepScalingPolicyConfiguration. */
export interface StepScalingPolicy {
  readonly adjustmentType: AdjustmentType
  readonly stepAdjustments: readonly StepAdjustment[]
  readonly minAdjustmentMagnitude: number | undefined
  /** Undefined: the average. */
  readonly metricAggregationType: MetricAggregationType | undefined
}

/** Source: Application Auto Scaling quotas. */
const MAX_STEPS = 20

type Draft = Omit<StepScalingPolicy, 'adjustmentType'> & {
  readonly adjustmentType: AdjustmentType | undefined
}

/**
 * The text of the ValidationException with which PutScalingPolicy refuses a policy; undefined when it takes it. The texts
 * are those that AWS was seen to give (badmintoncryer/cdk-preflight measures them, aws-cdk#27020); which comes first when
 * several apply is not known.
 */
export function stepPolicyProblem(policy: Draft): string | undefined {
  const { adjustmentType, stepAdjustments, minAdjustmentMagnitude } = policy
  if (adjustmentType === undefined) return 'Adjustment type must be specified'
  if (stepAdjustments.length === 0) return 'There must be at least one step adjustment'
  if (stepAdjustments.length > MAX_STEPS) {
    return `There can be at most ${MAX_STEPS} step adjustments per scaling policy`
  }
  if (minAdjustmentMagnitude !== undefined && adjustmentType !== 'PercentChangeInCapacity') {
    return 'Minimum adjustment magnitude is only allowed for adjustment type PercentChangeInCapacity'
  }
  const isNegative = stepAdjustments.some(({ scalingAdjustment }) => scalingAdjustment < 0)
  if (isNegative && adjustmentType === 'ExactCapacity') {
    return 'Scaling adjustment cannot be less than 0 when adjustment type is ExactCapacity'
  }
  return (
    boundsProblem(stepAdjustments) ?? openEndsProblem(stepAdjustments) ?? intervalsProblem(stepAdjustments)
  )
}

function boundsProblem(steps: readonly StepAdjustment[]): string | undefined {
  for (const { metricIntervalLowerBound: lower, metricIntervalUpperBound: upper } of steps) {
    if (lower === undefined && upper === undefined) {
      return 'Both lower and upper bounds of a step adjustment cannot be left unspecified'
    }
    if (lower !== undefined && upper !== undefined && lower >= upper) {
      return 'Lower bound must be less than upper bound for a step adjustment'
    }
  }
  return undefined
}

function openEndsProblem(steps: readonly StepAdjustment[]): string | undefined {
  const lowers = steps.map(({ metricIntervalLowerBound }) => metricIntervalLowerBound)
  const uppers = steps.map(({ metricIntervalUpperBound }) => metricIntervalUpperBound)
  const openBelow = lowers.filter((lower) => lower === undefined).length
  const openAbove = uppers.filter((upper) => upper === undefined).length
  if (openBelow > 1) return 'At most one step adjustment may have an unspecified lower bound'
  if (openAbove > 1) return 'At most one step adjustment may have an unspecified upper bound'
  if (openBelow === 0 && lowers.some((lower = 0) => lower < 0)) {
    return 'There must be a step adjustment with an unspecified lower bound when one step adjustment has a negative lower bound'
  }
  if (openAbove === 0 && uppers.some((upper = 0) => upper > 0)) {
    return 'There must be a step adjustment with an unspecified upper bound when one step adjustment has a positive upper bound'
  }
  return undefined
}

function intervalsProblem(steps: readonly StepAdjustment[]): string | undefined {
  const intervals = steps
    .map(({ metricIntervalLowerBound: lower = -Infinity, metricIntervalUpperBound: upper = Infinity }) => ({
      lower,
      upper,
    }))
    .sort((one, other) => one.lower - other.lower)
  const pairs = intervals.slice(1).map((next, index) => ({ end: intervals[index]?.upper ?? -Infinity, next }))
  if (pairs.some(({ end, next }) => next.lower < end)) return 'Step adjustment intervals cannot overlap'
  if (pairs.some(({ end, next }) => next.lower > end)) {
    return 'Step adjustment intervals cannot have gaps between them'
  }
  return undefined
}
