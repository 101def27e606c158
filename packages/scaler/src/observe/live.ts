import type { Aws } from '../aws/port.js'
import type { Live } from '../plan/changes.js'
import type { Plan } from '../plan/plan.js'

/**
 * Reads what exists in Application Auto Scaling for a plan's service.
 *
 * @throws AwsCallError when it cannot be read.
 */
export async function readLive(plan: Plan, aws: Aws, signal?: AbortSignal): Promise<Live> {
  const [target, policies] = await Promise.all([
    aws.scalableTarget(plan.resourceId, signal),
    aws.scalingPolicies(plan.resourceId, signal),
  ])
  return { target, policies }
}
