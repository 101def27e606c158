/**
 * Suspended scaling of a scalable target.
 *
 *   out, in     policies set off by alarms don't add, or don't remove, capacity. When one is resumed, the policies whose
 *               alarms are in breach at that moment are evaluated at once.
 *   scheduled   scheduled actions don't run. When it is resumed, the runs that were missed stay missed: the next is the
 *               first after the moment of resuming.
 *
 * Source: Application Auto Scaling user guide, "Suspend and resume scaling".
 */
export interface SuspendedState {
  /** DynamicScalingOutSuspended. */
  readonly out: boolean
  /** DynamicScalingInSuspended. */
  readonly in: boolean
  /** ScheduledScalingSuspended. */
  readonly scheduled: boolean
}

export const NOT_SUSPENDED: SuspendedState = { out: false, in: false, scheduled: false }

/** RegisterScalableTarget with a SuspendedState: what it doesn't name stays. */
export function withSuspension(
  before: SuspendedState,
  given: { readonly [Part in keyof SuspendedState]?: boolean | undefined },
): SuspendedState {
  return {
    out: given.out ?? before.out,
    in: given.in ?? before.in,
    scheduled: given.scheduled ?? before.scheduled,
  }
}

/** The directions whose policies are to be evaluated now, if their alarms are in breach. */
export function resumedDirections(before: SuspendedState, after: SuspendedState): readonly ('out' | 'in')[] {
  return (['out', 'in'] as const).filter((direction) => before[direction] && !after[direction])
}
