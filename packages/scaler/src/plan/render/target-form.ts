import type { ScalableTarget } from '../resources.js'

/** A scalable target's bounds, and what is switched off on it, as RegisterScalableTarget and templates have them. */
export interface TargetForm {
  readonly MinCapacity: number
  readonly MaxCapacity: number
  readonly SuspendedState?: {
    readonly DynamicScalingOutSuspended: boolean
    readonly DynamicScalingInSuspended: boolean
    readonly ScheduledScalingSuspended: boolean
  }
}

export function targetForm({ minCapacity, maxCapacity, suspended }: ScalableTarget): TargetForm {
  const bounds = { MinCapacity: minCapacity, MaxCapacity: maxCapacity }
  if (suspended === undefined) return bounds
  return {
    ...bounds,
    SuspendedState: {
      DynamicScalingOutSuspended: suspended.scaleOut,
      DynamicScalingInSuspended: suspended.scaleIn,
      ScheduledScalingSuspended: suspended.scheduled,
    },
  }
}
