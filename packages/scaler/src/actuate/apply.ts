import type { Aws } from '../aws/port.js'
import { ApplyError, AwsCallError } from '../errors.js'
import type { Change, Put, Removal } from '../plan/change.js'

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
  const arns = new Map<string, string>()
  for (const [index, change] of changes.entries()) {
    try {
      await (change.action === 'remove' ? remove(change, options) : put(change, { ...options, arns }))
    } catch (cause) {
      throw new ApplyError({ applied: changes.slice(0, index), failed: change, cause })
    }
    options.onApplied?.(change)
  }
}

interface Putting extends ApplyOptions {
  /** ARNs of the policies that this run has put, by resource and name. */
  readonly arns: Map<string, string>
}

async function put(change: Put, putting: Putting): Promise<void> {
  const { aws, signal, arns } = putting
  const { resourceId, name } = change
  if (change.kind === 'scalableTarget')
    return aws.registerScalableTarget(change.resource, change.tags, signal)
  if (change.kind === 'scheduledAction') return aws.putScheduledAction(change.resource, signal)
  if (change.kind === 'alarm') {
    const policyArn = await arnOf(change.resource.policy, resourceId, putting)
    return aws.putAlarm(change.resource, { policyArn, tags: change.tags }, signal)
  }
  if (change.action === 'replace') await aws.deleteScalingPolicy(resourceId, name, signal)
  arns.set(keyOf(resourceId, name), await aws.putScalingPolicy(change.resource, signal))
  return undefined
}

function remove({ kind, name, resourceId }: Removal, { aws, signal }: ApplyOptions): Promise<void> {
  const removals: Readonly<Record<Removal['kind'], () => Promise<void>>> = {
    scalableTarget: () => aws.deregisterScalableTarget(resourceId, signal),
    scalingPolicy: () => aws.deleteScalingPolicy(resourceId, name, signal),
    scheduledAction: () => aws.deleteScheduledAction(resourceId, name, signal),
    alarm: () => aws.deleteAlarm(name, signal),
  }
  return removals[kind]()
}

/** An alarm names its policy by an ARN that AWS makes: of this run's puts, or of what exists. */
async function arnOf(policy: string, resourceId: string, { aws, signal, arns }: Putting): Promise<string> {
  const key = keyOf(resourceId, policy)
  if (!arns.has(key)) {
    for (const { name, arn } of await aws.scalingPolicies(resourceId, signal)) {
      arns.set(keyOf(resourceId, name), arn)
    }
  }
  const arn = arns.get(key)
  if (arn !== undefined) return arn
  throw new AwsCallError(
    'CALL_FAILED',
    `The scaling policy ${policy}, which the alarm sets off, doesn't exist any more.`,
  )
}

function keyOf(resourceId: string, policy: string): string {
  return `${resourceId} ${policy}`
}
