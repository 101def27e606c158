/**
 * Cooldowns of scaling policies, and the netting that they bring. One record per direction:
 *
 *   in progress   tasks are starting or stopping; the cooldown has not begun
 *   cooling       completed less than `cooldownSeconds` ago
 *   over          forgotten by the rules
 *
 * Out: while one is in effect, the next scale-out is reckoned from the count that the first was reckoned from, so that
 * what was added already counts as part of it; it happens only if it is larger. A chain of such scale-outs keeps the
 * base of its first. In: while one is in effect, no other scale-in; a scale-out ends it.
 * Source: Application Auto Scaling user guide, "Define cooldown periods".
 */
import type { ModelParameters } from '../parameters.js'
import { DEFAULTS } from '../parameters.js'

/** A scaling activity of a policy, as far as cooldowns need it. */
export interface CoolingActivity {
  /** Running tasks that its size was reckoned from; inside a chain, those of the first scale-out. */
  readonly baseCapacity: number
  readonly cooldownSeconds: number
  /** Epoch milliseconds; undefined while it is in progress. */
  readonly completedAtMs: number | undefined
}

export interface Cooldowns {
  readonly out: CoolingActivity | undefined
  readonly in: CoolingActivity | undefined
}

export const NO_COOLDOWNS: Cooldowns = { out: undefined, in: undefined }

/** Whether an activity still nets or blocks the next of its direction. */
export function isCooling(
  activity: CoolingActivity | undefined,
  nowMs: number,
  parameters: ModelParameters = DEFAULTS,
): activity is CoolingActivity {
  if (activity === undefined) return false
  if (activity.completedAtMs === undefined) return parameters.isActivityPartOfCooldown
  return nowMs < activity.completedAtMs + activity.cooldownSeconds * 1_000
}

/** The task count that a scale-out now is reckoned from. */
export function scaleOutBase(
  cooldowns: Cooldowns,
  now: { readonly running: number; readonly nowMs: number },
  parameters: ModelParameters = DEFAULTS,
): number {
  return isCooling(cooldowns.out, now.nowMs, parameters) ? cooldowns.out.baseCapacity : now.running
}

/** A scale-out has begun: it takes the place of the last and ends the cooldown of a scale-in. */
export function afterScaleOut(activity: Omit<CoolingActivity, 'completedAtMs'>): Cooldowns {
  return { out: { ...activity, completedAtMs: undefined }, in: undefined }
}

/** A scale-in has begun. */
export function afterScaleIn(
  cooldowns: Cooldowns,
  activity: Omit<CoolingActivity, 'completedAtMs'>,
): Cooldowns {
  return { out: cooldowns.out, in: { ...activity, completedAtMs: undefined } }
}

/** The activity of this direction has completed at `nowMs`: its cooldown begins. */
export function afterCompletion(cooldowns: Cooldowns, direction: 'out' | 'in', nowMs: number): Cooldowns {
  const activity = cooldowns[direction]
  if (activity === undefined) return cooldowns
  return { ...cooldowns, [direction]: { ...activity, completedAtMs: nowMs } }
}

/** The activity of this direction ended without success: it has no cooldown. */
export function afterFailure(cooldowns: Cooldowns, direction: 'out' | 'in'): Cooldowns {
  return { ...cooldowns, [direction]: undefined }
}
