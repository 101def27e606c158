/**
 * How many tasks a target-tracking policy wants, before the limits of the scalable target.
 * Tracking assumes a metric that falls in proportion as tasks are added: base × metric ÷ target tasks bring it to the
 * target. Rounding is always towards more tasks ("conservatively").
 * Source: Application Auto Scaling user guide, "How target tracking scaling works"; ECS developer guide for the base
 * (running tasks, not desired) and for zero.
 */
import type { ModelParameters } from '../parameters.js'

// 10 tasks × 55 ÷ 50 is 11.000000000000002 in floating point, and must not become 12.
const ROUNDING_TOLERANCE = 1e-9

/** Undefined for a target of 0 or less, which admits no proportion. */
export function proportionalCapacity(base: number, metric: number, target: number): number | undefined {
  if (target <= 0) return undefined
  return Math.max(0, Math.ceil(((base * metric) / target) * (1 - ROUNDING_TOLERANCE)))
}

/** From zero there is no proportion: one task is the least that can be added, and the next step has a base. */
export function scaleOutCapacity(base: number, metric: number, target: number): number | undefined {
  return base === 0 ? 1 : proportionalCapacity(base, metric, target)
}

export interface ScaleInView {
  readonly running: number
  readonly desired: number
  readonly metric: number
  readonly target: number
}

export function scaleInCapacity(view: ScaleInView, parameters: ModelParameters): number | undefined {
  const wanted = proportionalCapacity(view.running, view.metric, view.target)
  if (wanted === undefined || parameters.scaleInSizing === 'proportional') return wanted
  const step = Math.max(1, Math.floor(view.desired * parameters.gradualScaleInFraction))
  return Math.max(wanted, view.desired - step)
}
