import type { Aws } from '../aws/port.js'
import { ApplyError } from '../errors.js'
import type { Change } from '../plan/changes.js'

/** What {@link applyChanges} needs. */
export interface ApplyOptions {
  readonly aws: Aws
  /** Called after each change that AWS has taken. */
  readonly onApplied?: (change: Change) => void
  readonly signal?: AbortSignal | undefined
}

/**
 * Applies changes one after another, in their order. Each sets its resource whole, so a change applied twice is
 * applied once, and after a failure the same call, or a fresh plan, goes on from where it broke off.
 *
 * @throws ApplyError at the first change that AWS refuses; it says what was applied and what was not.
 */
export async function applyChanges(changes: readonly Change[], options: ApplyOptions): Promise<void> {
  for (const [index, change] of changes.entries()) {
    try {
      await applyChange(change, options)
    } catch (cause) {
      throw new ApplyError({ applied: changes.slice(0, index), failed: change, cause })
    }
    options.onApplied?.(change)
  }
}

function applyChange(change: Change, { aws, signal }: ApplyOptions): Promise<void> {
  return change.kind === 'scalableTarget'
    ? aws.registerScalableTarget(change.resource, signal)
    : aws.putScalingPolicy(change.resource, signal)
}
