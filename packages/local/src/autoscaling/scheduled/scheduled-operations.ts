import type { AccountContext, Operation } from '../../server/service.js'
import { limitExceeded, objectNotFound } from '../errors.js'
import { scheduledActionArn } from '../identifiers.js'
import { readInput } from '../input.js'
import { pageFor } from '../paging.js'
import { readResource } from '../resource.js'
import type { ScalableTargets } from '../scalable-targets.js'
import { makeScheduledAction, writeScheduledAction } from './scheduled-action.js'
import type { ScheduledAction } from './scheduled-action.js'
import {
  describeScheduledActionsSchema,
  putScheduledActionSchema,
  scheduledActionSchema,
} from './scheduled-requests.js'
import type {
  DescribeScheduledActionsRequest,
  PutScheduledActionRequest,
  ScheduledActionRequest,
} from './scheduled-requests.js'
import type { Scheduler } from './scheduler.js'

export interface ScheduledTools {
  readonly account: AccountContext
  readonly targets: ScalableTargets
  readonly scheduler: Scheduler
}

const MAX_ACTIONS = 200
const PAGE_SIZE = 50

export function scheduledOperations(tools: ScheduledTools): Readonly<Record<string, Operation>> {
  return {
    PutScheduledAction: (members) => put(readInput(putScheduledActionSchema, members), tools),
    DescribeScheduledActions: (members) =>
      describe(readInput(describeScheduledActionsSchema, members), tools),
    DeleteScheduledAction: (members) => remove(readInput(scheduledActionSchema, members), tools),
  }
}

function put(request: PutScheduledActionRequest, { account, targets, scheduler }: ScheduledTools): unknown {
  const { resourceId } = readResource(request.ResourceId)
  const { ScheduledActionName: name } = request
  const { scheduledActions } = targets.get(resourceId, 'No scalable target found')
  const existing = scheduledActions.get(name)
  const nowMs = account.controlClock.now()
  const action = makeScheduledAction(request, {
    name,
    resourceId,
    arn: existing?.arn ?? scheduledActionArn(account, resourceId, name),
    createdAtMs: existing?.createdAtMs ?? nowMs,
    existing,
    nowMs,
  })
  if (existing === undefined && scheduledActions.size >= MAX_ACTIONS) {
    throw limitExceeded(`A scalable target can have at most ${MAX_ACTIONS} scheduled actions.`)
  }
  scheduledActions.set(name, action)
  scheduler.reschedule()
  return {}
}

function describe(request: DescribeScheduledActionsRequest, { targets }: ScheduledTools): unknown {
  const { ResourceId: resourceId, ScheduledActionNames: names } = request
  const matching = targets
    .list()
    .flatMap((target) => Array.from(target.scheduledActions.values()))
    .filter(
      (action) =>
        (resourceId === undefined || action.resourceId === resourceId) &&
        (names === undefined || names.includes(action.name)),
    )
    .sort((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1))
  const page = pageFor(matching, request, { keyOf, defaultSize: PAGE_SIZE })
  return { ScheduledActions: page.items.map(writeScheduledAction), NextToken: page.nextToken }
}

/** Neither part has line breaks. */
function keyOf({ resourceId, name }: ScheduledAction): string {
  return `${resourceId}\n${name}`
}

function remove(request: ScheduledActionRequest, { targets, scheduler }: ScheduledTools): unknown {
  const { resourceId } = readResource(request.ResourceId)
  const { ScheduledActionName: name } = request
  const isGone = targets.find(resourceId)?.scheduledActions.delete(name) ?? false
  if (!isGone) {
    throw objectNotFound('No scheduled action found', resourceId, `, scheduled action name: ${name}`)
  }
  scheduler.reschedule()
  return {}
}
