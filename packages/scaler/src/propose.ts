import type { Aws } from './aws/port.js'
import type { Service } from './config/service.js'
import { NotOursError } from './errors.js'
import { readLive } from './observe/live.js'
import type { Change } from './plan/change.js'
import { changesBetween } from './plan/changes.js'
import type { Live } from './plan/live.js'
import { conflictsBetween, demolitionOf } from './plan/ownership.js'
import { planFor } from './plan/plan.js'
import type { Plan } from './plan/plan.js'

/** A service's plan, and the steps to it from what exists. */
export interface Proposal {
  readonly service: Service
  readonly plan: Plan
  /** Empty when everything is as planned. */
  readonly changes: readonly Change[]
}

/**
 * Compares what should exist for a service with what does. Changes nothing; `applyChanges` carries it out.
 *
 * @throws AwsCallError when AWS can't be asked, or the service doesn't exist.
 * @throws NotOursError when something of somebody else's stands where the plan wants its own.
 */
export async function proposeChanges(service: Service, aws: Aws, signal?: AbortSignal): Promise<Proposal> {
  const plan = planFor(service)
  // Application Auto Scaling would refuse a service that doesn't exist, but only at apply, and answers the rest as if it were new.
  const [live] = await Promise.all([readLive(plan, aws, signal), aws.serviceCounts(service, signal)])
  return { service, plan, changes: checkedChanges(plan, live) }
}

/** The steps from what exists to the plan. @throws NotOursError. */
export function checkedChanges(plan: Plan, live: Live): Change[] {
  const conflicts = conflictsBetween(plan, live)
  if (conflicts.length > 0) throw new NotOursError(conflicts, plan.tags)
  return changesBetween(plan, live)
}

/** How a service's scaling is taken away again. */
export interface Removals extends Proposal {
  /** A sentence for each thing that stays because it isn't ours. */
  readonly kept: readonly string[]
}

/**
 * The steps that remove what `apply` has made for a service, and nothing else; `applyChanges` carries them out. The
 * service and its tasks stay, and keep the count they have. The service itself may be gone.
 *
 * @throws AwsCallError when AWS can't be asked.
 */
export async function proposeRemoval(service: Service, aws: Aws, signal?: AbortSignal): Promise<Removals> {
  const plan = planFor(service)
  const live = await readLive(plan, aws, signal)
  return { service, plan, ...demolitionOf(plan, live) }
}
