/** What a scheduled action does to its scalable target, and what PutScheduledAction checks of it. */

/** ScalableTargetAction: one of the two at least. */
export interface ScalableTargetAction {
  readonly minCapacity: number | undefined
  readonly maxCapacity: number | undefined
}

export interface ScheduledTarget {
  readonly min: number
  readonly max: number
  readonly desired: number
}

export type ScheduledOutcome =
  | {
      readonly kind: 'applied'
      /** Limits from now on; when the action ends they do not revert. */
      readonly min: number
      readonly max: number
      /** Undefined when the desired count lies within the limits. */
      readonly capacity: number | undefined
    }
  | { readonly kind: 'failed'; readonly problem: string }

const WRONG_ORDER = 'Maximum capacity cannot be less than minimum capacity'

/**
 * A run of the action: it sets the limits and, without regard to cooldowns, brings a count that lies outside them to the
 * nearer one. An action that sets one limit past the other one, which it leaves, fails.
 * Source: Application Auto Scaling user guide, "Scheduled scaling" and its examples.
 */
export function applyScheduledAction(
  target: ScheduledTarget,
  { minCapacity, maxCapacity }: ScalableTargetAction,
): ScheduledOutcome {
  const min = minCapacity ?? target.min
  const max = maxCapacity ?? target.max
  if (min > max) return { kind: 'failed', problem: WRONG_ORDER }
  const capacity = Math.min(Math.max(target.desired, min), max)
  return { kind: 'applied', min, max, capacity: capacity === target.desired ? undefined : capacity }
}

/**
 * The text of the ValidationException with which PutScheduledAction refuses an action, beside those of its schedule;
 * undefined when it takes it. The texts are those that AWS was seen to give (badmintoncryer/cdk-preflight).
 */
export function scheduledActionProblem(action: {
  readonly targetAction: ScalableTargetAction | undefined
  /** Epoch milliseconds. */
  readonly startMs: number | undefined
  readonly endMs: number | undefined
}): string | undefined {
  const { targetAction, startMs, endMs } = action
  if (targetAction === undefined) return 'ScalableTargetAction must be set'
  const { minCapacity, maxCapacity } = targetAction
  if (minCapacity === undefined && maxCapacity === undefined) {
    return 'At least one of minimum capacity and maximum capacity should be provided'
  }
  if (minCapacity !== undefined && maxCapacity !== undefined && minCapacity > maxCapacity) return WRONG_ORDER
  const isReversed = startMs !== undefined && endMs !== undefined && startMs > endMs
  return isReversed ? 'StartTime must be before EndTime' : undefined
}
