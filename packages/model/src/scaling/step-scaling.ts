/**
 * What Application Auto Scaling does when an alarm sets off a step scaling policy, as a pure function of what it can see.
 * Sizes are reckoned from the running tasks; a scale-out during the cooldown of another from the base of that one, so a
 * step of 3 during the cooldown of one of 2 adds 1. A scale-in waits for the cooldown of another, and target tracking does
 * not hold it back.
 * Source: Application Auto Scaling user guide, "Step scaling policies"; ECS developer guide, "Service auto scaling", for
 * the base, for counts outside the limits, and for deployments.
 */
import type { ComparisonOperator } from '../cloudwatch/alarm.js'
import type { ModelParameters } from '../parameters.js'
import { DEFAULTS } from '../parameters.js'
import type { Cooldowns } from './cooldown.js'
import { isCooling, scaleOutBase } from './cooldown.js'
import type { ScalingDecision } from './scaling-decision.js'
import { none } from './scaling-decision.js'
import type { StepAdjustment } from './step-adjustment.js'
import { adjustedCapacity, stepFor } from './step-adjustment.js'
import type { MetricAggregationType, StepScalingPolicy } from './step-policy.js'
import type { ScalableCapacity } from './target-tracking.js'

export interface StepScalingInput {
  readonly policyName: string
  readonly policy: StepScalingPolicy
  /** The alarm that acts. */
  readonly alarm: {
    readonly threshold: number
    readonly comparisonOperator: ComparisonOperator
    /** The most recent points of the metric: those that decided the alarm's state. */
    readonly points: readonly number[]
  }
  readonly capacity: ScalableCapacity
  readonly cooldowns: Cooldowns
  readonly suspended: { readonly out: boolean; readonly in: boolean }
  /** ECS is rolling out a deployment: scale-in is off, scale-out is not. */
  readonly isDeploying: boolean
  readonly nowMs: number
}

/** What to do, now that `input.alarm` acts. */
export function decideStepScaling(
  input: StepScalingInput,
  parameters: ModelParameters = DEFAULTS,
): ScalingDecision {
  const { policy, alarm } = input
  const metric = aggregateMetric(alarm.points, policy.metricAggregationType ?? 'Average')
  if (metric === undefined) return none('MissingData')
  const breach = { difference: metric - alarm.threshold, comparisonOperator: alarm.comparisonOperator }
  const step = stepFor(policy.stepAdjustments, breach)
  if (step === undefined) return none('NoStepMatches')
  const wish = wishOf(step, input)
  if (wish === 'none') return none('AlreadyAtDesiredCapacity')
  return wish === 'out' ? decideOut(input, step, parameters) : decideIn(input, step, parameters)
}

/** The metric that is compared with the steps; undefined without points. */
export function aggregateMetric(points: readonly number[], type: MetricAggregationType): number | undefined {
  if (points.length === 0) return undefined
  if (type === 'Average') return points.reduce((sum, point) => sum + point, 0) / points.length
  return points.reduce((one, other) => (type === 'Maximum' ? Math.max(one, other) : Math.min(one, other)))
}

function wishOf(step: StepAdjustment, { policy, capacity }: StepScalingInput): 'out' | 'in' | 'none' {
  const isExact = policy.adjustmentType === 'ExactCapacity'
  const change = isExact ? step.scalingAdjustment - capacity.desired : step.scalingAdjustment
  if (change === 0) return 'none'
  return change > 0 ? 'out' : 'in'
}

function decideOut(
  input: StepScalingInput,
  step: StepAdjustment,
  parameters: ModelParameters,
): ScalingDecision {
  const { running, desired, max } = input.capacity
  if (input.suspended.out) return none('ScalingSuspended')
  const base = scaleOutBase(input.cooldowns, { running, nowMs: input.nowMs }, parameters)
  const capacity = stepCapacity(base, step, input)
  if (capacity > desired) {
    return { kind: 'scale', capacity, policyName: input.policyName, baseCapacity: base }
  }
  if (desired >= max) return none('AlreadyAtMaxCapacity')
  const isNetted = isCooling(input.cooldowns.out, input.nowMs, parameters)
  return none(isNetted ? 'CooldownInEffect' : 'AlreadyAtDesiredCapacity')
}

function decideIn(
  input: StepScalingInput,
  step: StepAdjustment,
  parameters: ModelParameters,
): ScalingDecision {
  const { running, desired, min } = input.capacity
  if (input.suspended.in) return none('ScalingSuspended')
  if (input.isDeploying) return none('TargetServicePutResourceAsUnscalable')
  if (desired <= min) return none('AlreadyAtMinCapacity')
  if (isCooling(input.cooldowns.in, input.nowMs, parameters)) return none('CooldownInEffect')
  const capacity = stepCapacity(running, step, input)
  if (capacity >= desired) return none('AlreadyAtDesiredCapacity')
  return { kind: 'scale', capacity, policyName: input.policyName, baseCapacity: running }
}

function stepCapacity(base: number, step: StepAdjustment, { policy, capacity }: StepScalingInput): number {
  const { adjustmentType, minAdjustmentMagnitude } = policy
  const { scalingAdjustment } = step
  const wanted = adjustedCapacity(base, { adjustmentType, minAdjustmentMagnitude, scalingAdjustment })
  return Math.min(Math.max(wanted, capacity.min), capacity.max)
}
