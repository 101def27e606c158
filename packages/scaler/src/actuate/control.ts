import type { Aws } from '../aws/port.js'
import type { Service } from '../config/service.js'
import { decideCapacity } from '../decide/capacity.js'
import type { CapacityDecision } from '../decide/capacity.js'
import type { PublishDecision } from '../decide/decide.js'
import type { Memory } from '../decide/memory.js'
import { resourceIdOf } from '../plan/names.js'

/** What {@link control} acts on. */
export interface ControlInput {
  readonly service: Service
  readonly decision: PublishDecision
  readonly memory: Memory
  readonly lastScaleInAtMs: number | undefined
  readonly observedAtMs: number
  readonly nowMs: number
}

/**
 * Sets the service's desired count, or the minimum of its scalable target, to what follows from a decision.
 *
 * @throws AwsCallError when the target can't be read or the count can't be set; then nothing was changed.
 */
export async function control(
  input: ControlInput,
  to: { readonly aws: Aws; readonly signal?: AbortSignal | undefined },
): Promise<CapacityDecision> {
  const { service } = input
  const { aws, signal } = to
  const resourceId = resourceIdOf(service)
  const target = await aws.scalableTarget(resourceId, signal)
  const capacity = decideCapacity({ ...input, target })
  if (capacity.kind === 'keep') return capacity
  if (capacity.what === 'desired') await aws.setDesiredCount(service, capacity.to, signal)
  else if (target !== null) {
    const moved = {
      resourceId,
      minCapacity: capacity.to,
      maxCapacity: target.maxCapacity,
      suspended: undefined,
    }
    // It has its tags since it was made: naming them would ask for leave to tag.
    await aws.registerScalableTarget(moved, {}, signal)
  }
  return capacity
}
