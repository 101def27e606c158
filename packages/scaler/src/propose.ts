import type { Aws } from './aws/port.js'
import type { Service } from './config/service.js'
import { readLive } from './observe/live.js'
import { changesBetween } from './plan/changes.js'
import type { Change } from './plan/changes.js'
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
 */
export async function proposeChanges(service: Service, aws: Aws, signal?: AbortSignal): Promise<Proposal> {
  const plan = planFor(service)
  // Application Auto Scaling would refuse a service that doesn't exist, but only at apply, and answers the rest as if it were new.
  const [live] = await Promise.all([readLive(plan, aws, signal), aws.serviceCounts(service, signal)])
  return { service, plan, changes: changesBetween(plan, live) }
}
