import type { AccountContext, Operation } from '../server/service.js'
import { validationError } from './errors.js'
import { readInput } from './input.js'
import { pageOf } from './paging.js'
import type { CloudWatchPort, EcsPort } from './ports.js'
import { readResource } from './resource.js'
import { newTarget, writeTarget } from './scalable-target.js'
import type { Limits, ScalableTarget, SuspendedState } from './scalable-target.js'
import type { ScalableTargets } from './scalable-targets.js'
import { alarmNamesOf } from './scaling-policy.js'
import type { Scaling } from './scaling.js'
import { describeTargetsSchema, registerSchema, resourceSchema } from './requests.js'
import type { DescribeTargetsRequest, RegisterRequest, ResourceRequest } from './requests.js'

export interface TargetTools {
  readonly account: AccountContext
  readonly targets: ScalableTargets
  readonly scaling: Scaling
  readonly ecs: EcsPort
  readonly cloudWatch: CloudWatchPort
}

export function targetOperations(tools: TargetTools): Readonly<Record<string, Operation>> {
  return {
    RegisterScalableTarget: (members) => register(readInput(registerSchema, members), tools),
    DescribeScalableTargets: (members) => describe(readInput(describeTargetsSchema, members), tools),
    DeregisterScalableTarget: (members) => deregister(readInput(resourceSchema, members), tools),
  }
}

/** Creates a target, or changes what the call names of an existing one; then the limits hold at once. */
function register(request: RegisterRequest, tools: TargetTools): unknown {
  const resource = readResource(request.ResourceId)
  const existing = tools.targets.find(resource.resourceId)
  const limits = readLimits(request, existing)
  if (tools.ecs.serviceCounts(resource.cluster, resource.service) === undefined) {
    throw validationError(`ECS service doesn't exist: ${resource.resourceId}`)
  }
  const target = existing ?? newTarget(tools.account, resource, limits)
  target.min = limits.min
  target.max = limits.max
  target.suspended = suspendedState(request.SuspendedState, target.suspended)
  // Tags given with an update are ignored: TagResource changes those of an existing target.
  if (existing === undefined) {
    for (const [key, value] of Object.entries(request.Tags ?? {})) target.tags.set(key, value)
    tools.targets.add(target)
  }
  tools.scaling.enforceLimits(target)
  return { ScalableTargetARN: target.arn }
}

function readLimits(request: RegisterRequest, existing: ScalableTarget | undefined): Limits {
  const min = request.MinCapacity ?? existing?.min
  const max = request.MaxCapacity ?? existing?.max
  if (min === undefined || max === undefined) {
    throw validationError(
      'MinCapacity and MaxCapacity are required when a scalable target is registered for the first time.',
    )
  }
  if (max < min) {
    throw validationError(
      `Maximum capacity cannot be less than minimum capacity: ${max} is less than ${min}.`,
    )
  }
  return { min, max }
}

function suspendedState(request: RegisterRequest['SuspendedState'], before: SuspendedState): SuspendedState {
  return {
    in: request?.DynamicScalingInSuspended ?? before.in,
    out: request?.DynamicScalingOutSuspended ?? before.out,
    scheduled: request?.ScheduledScalingSuspended ?? before.scheduled,
  }
}

function describe(request: DescribeTargetsRequest, tools: TargetTools): unknown {
  const wanted = request.ResourceIds
  const matching = tools.targets
    .list()
    .filter((target) => wanted === undefined || wanted.includes(target.resource.resourceId))
  const page = pageOf(matching, request)
  return { ScalableTargets: page.items.map(writeTarget), NextToken: page.nextToken }
}

/** The target's policies and their alarms go with it. */
function deregister(request: ResourceRequest, tools: TargetTools): unknown {
  const { resourceId } = readResource(request.ResourceId)
  const target = tools.targets.get(resourceId, 'No scalable target found')
  tools.cloudWatch.deleteAlarms([...target.policies.values()].flatMap(alarmNamesOf))
  tools.targets.remove(target)
  return {}
}
