/**
 * Which step of a policy an alarm's breach takes, and what the step makes of a capacity.
 *
 *   difference   the aggregated metric less the alarm's threshold
 *   above 0      a step holds its lower bound and not its upper one
 *   below 0      a step holds its upper bound and not its lower one
 *   0            as above for an alarm that breaches upwards, as below for one that breaches downwards
 *
 * A percentage that gives no whole number is rounded towards 0, but never to 0.
 * Source: Application Auto Scaling user guide, "Step adjustments" and "Scaling adjustment types".
 */
import type { ComparisonOperator } from '../cloudwatch/alarm.js'

export type AdjustmentType = 'ChangeInCapacity' | 'PercentChangeInCapacity' | 'ExactCapacity'

export interface StepAdjustment {
  /** Relative to the alarm's threshold; undefined is minus infinity. */
  readonly metricIntervalLowerBound: number | undefined
  /** Relative to the alarm's threshold; undefined is infinity. */
  readonly metricIntervalUpperBound: number | undefined
  /** Whole: tasks, or percent, or the task count itself, by the adjustment type. */
  readonly scalingAdjustment: number
}

export interface Breach {
  /** The aggregated metric less the threshold of the alarm. */
  readonly difference: number
  /** Of the alarm. */
  readonly comparisonOperator: ComparisonOperator
}

/** The step whose interval holds the breach; undefined when none does. */
export function stepFor(steps: readonly StepAdjustment[], breach: Breach): StepAdjustment | undefined {
  const { difference } = breach
  const isAbove = isUpwards(breach)
  return steps.find(
    ({ metricIntervalLowerBound: lower = -Infinity, metricIntervalUpperBound: upper = Infinity }) =>
      isAbove ? difference >= lower && difference < upper : difference > lower && difference <= upper,
  )
}

function isUpwards({ difference, comparisonOperator }: Breach): boolean {
  return difference === 0 ? comparisonOperator.startsWith('GreaterThan') : difference > 0
}

export interface Adjustment {
  readonly adjustmentType: AdjustmentType
  readonly scalingAdjustment: number
  /** How many tasks a percentage changes at least; undefined for no such limit. */
  readonly minAdjustmentMagnitude: number | undefined
}

/** The capacity that an adjustment asks for, before the limits of the scalable target. */
export function adjustedCapacity(base: number, adjustment: Adjustment): number {
  const { adjustmentType, scalingAdjustment } = adjustment
  if (adjustmentType === 'ExactCapacity') return scalingAdjustment
  const change = adjustmentType === 'ChangeInCapacity' ? scalingAdjustment : percentChange(base, adjustment)
  return Math.max(0, base + change)
}

function percentChange(
  base: number,
  { scalingAdjustment, minAdjustmentMagnitude = 0 }: Omit<Adjustment, 'adjustmentType'>,
): number {
  const exact = Math.abs((base * scalingAdjustment) / 100)
  const rounded = exact > 0 && exact < 1 ? 1 : Math.floor(exact)
  return Math.sign(scalingAdjustment) * Math.max(rounded, minAdjustmentMagnitude)
}
