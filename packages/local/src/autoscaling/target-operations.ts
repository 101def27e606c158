import { resumedDirections, withSuspension } from '@longshore/model'
import type { SuspendedState } from '@longshore/model'

import type { AccountContext, Operation } from '../server/service.js'
import { limitExceeded, validationError } from './errors.js'
import { readInput } from './input.js'
import { pageFor } from './paging.js'
import { deleteAlarms } from './policies/scaling-policy.js'
import type { CloudWatchPort, EcsPort } from './ports.js'
import type { ResourceRequest } from './request-members.js'
import { readResource } from './resource.js'
import { newTarget, writeTarget } from './scalable-target.js'
import type { Limits, ScalableTarget } from './scalable-target.js'
import type { ScalableTargets } from './scalable-targets.js'
import type { Scaling } from './scaling.js'
import { describeTargetsSchema, registerSchema, resourceSchema } from './requests.js'
import type { DescribeTargetsRequest, RegisterRequest } from './requests.js'
import type { Scheduler } from './scheduled/scheduler.js'

export interface TargetTools {
  readonly account: AccountContext
  readonly targets: ScalableTargets
  readonly scaling: Scaling
  readonly scheduler: Scheduler
  readonly ecs: EcsPort
  readonly cloudWatch: CloudWatchPort
}

/** Of ECS services in a region; AWS raises it on request. */
const MAX_TARGETS = 3_000
const PAGE_SIZE = 50

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
  if (existing === undefined && tools.targets.list().length >= MAX_TARGETS) {
    throw limitExceeded(`There can be at most ${MAX_TARGETS} scalable targets for ECS services.`)
  }
  const target = existing ?? newTarget(tools.account, resource, limits)
  // Tags given with an update are ignored: TagResource changes those of an existing target.
  if (existing === undefined) {
    for (const [key, value] of Object.entries(request.Tags ?? {})) target.tags.set(key, value)
    tools.targets.add(target)
  }
  target.min = limits.min
  target.max = limits.max
  tools.scaling.enforceLimits(target)
  suspend(target, readSuspension(request), tools)
  return { ScalableTargetARN: target.arn }
}

function suspend(
  target: ScalableTarget,
  given: ReturnType<typeof readSuspension>,
  { scaling }: TargetTools,
): void {
  const before = target.suspended
  target.suspended = withSuspension(before, given)
  if (resumedDirections(before, target.suspended).length > 0) scaling.resume(target)
}

function readLimits(request: RegisterRequest, existing: ScalableTarget | undefined): Limits {
  const min = request.MinCapacity ?? existing?.min
  const max = request.MaxCapacity ?? existing?.max
  if (min === undefined || max === undefined) {
    throw validationError(
      'MinCapacity and MaxCapacity are required when a scalable target is registered for the first time.',
    )
  }
  if (max < min) throw validationError('Maximum capacity cannot be less than minimum capacity')
  return { min, max }
}

function readSuspension({ SuspendedState: given }: RegisterRequest): {
  readonly [Part in keyof SuspendedState]: boolean | undefined
} {
  return {
    in: given?.DynamicScalingInSuspended,
    out: given?.DynamicScalingOutSuspended,
    scheduled: given?.ScheduledScalingSuspended,
  }
}

function describe(request: DescribeTargetsRequest, tools: TargetTools): unknown {
  const wanted = request.ResourceIds
  const matching = tools.targets
    .list()
    .filter((target) => wanted === undefined || wanted.includes(target.resource.resourceId))
  const page = pageFor(matching, request, {
    keyOf: ({ resource }) => resource.resourceId,
    defaultSize: PAGE_SIZE,
  })
  return { ScalableTargets: page.items.map(writeTarget), NextToken: page.nextToken }
}

/** The target's policies, their alarms and its scheduled actions go with it. */
function deregister(request: ResourceRequest, tools: TargetTools): unknown {
  const { resourceId } = readResource(request.ResourceId)
  const target = tools.targets.get(resourceId, 'No scalable target found')
  for (const policy of target.policies.values()) deleteAlarms(policy, tools.cloudWatch)
  tools.targets.remove(target)
  tools.scheduler.reschedule()
  return {}
}
