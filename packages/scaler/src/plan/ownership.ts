import type { Removal } from './change.js'
import { isOurs, removals } from './changes.js'
import { targetFields } from './fields.js'
import type { Live } from './live.js'
import { OWN_PREFIX } from './names.js'
import type { Plan } from './plan.js'

/** Something that stands where the plan wants its own, and that somebody else made. */
export interface Conflict {
  readonly kind: 'scalableTarget' | 'alarm'
  readonly name: string
  readonly arn: string
}

/** What would have to be taken over to apply the plan, which is never done: it lacks our tag. */
export function conflictsBetween(plan: Plan, live: Live): Conflict[] {
  const { target } = live
  const ofTarget: Conflict[] =
    target === null || isOurs(target.tags, plan)
      ? []
      : [{ kind: 'scalableTarget', name: plan.resourceId, arn: target.arn }]
  const ofAlarms = live.alarms
    .filter(({ name, tags }) => !isOurs(tags, plan) && plan.alarms.some((alarm) => alarm.name === name))
    .map(({ name, arn }): Conflict => ({ kind: 'alarm', name, arn }))
  return [...ofTarget, ...ofAlarms]
}

/** What undoes a plan, and what stays because it isn't ours. */
export interface Demolition {
  readonly changes: readonly Removal[]
  /** Sentences. */
  readonly kept: readonly string[]
}

/**
 * Removes everything of ours, the target last: while it stands it marks what is left as ours. A target takes the
 * policies and schedules on it along, so one that others use stays.
 */
export function demolitionOf(plan: Plan, live: Live): Demolition {
  const nothing: ReadonlySet<string> = new Set()
  const own = removals(live, { alarms: nothing, scheduledActions: nothing, policies: nothing, plan })
  const { target } = live
  const alarmsKept = live.alarms
    .filter(({ tags }) => !isOurs(tags, plan))
    .map(({ name }) => `The alarm ${name} stays: it lacks our tag.`)
  if (target === null) return { changes: own, kept: alarmsKept }
  const others = [...live.policies, ...live.scheduledActions]
    .map(({ name }) => name)
    .filter((name) => !name.startsWith(OWN_PREFIX))
  const reason = !isOurs(target.tags, plan)
    ? 'it lacks our tag'
    : others.length > 0
      ? `others use it (${others.join(', ')})`
      : undefined
  if (reason !== undefined) {
    return { changes: own, kept: [...alarmsKept, `The scalable target ${plan.resourceId} stays: ${reason}.`] }
  }
  const { resourceId } = plan
  const fields = Object.entries(targetFields(target, plan.target)).map(([field, before]) => ({
    field,
    before,
    after: undefined,
  }))
  const last: Removal = { action: 'remove', kind: 'scalableTarget', name: resourceId, resourceId, fields }
  return { changes: [...own, last], kept: alarmsKept }
}
