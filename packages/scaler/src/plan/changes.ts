import type { Change, FieldChange, Put, Removal, Resources } from './change.js'
import { alarmDrift } from './drift.js'
import {
  alarmFields,
  liveAlarmFields,
  livePolicyFields,
  policyFields,
  scheduledFields,
  targetFields,
} from './fields.js'
import type { Fields } from './fields.js'
import type { Live, LivePolicy } from './live.js'
import { OWN_PREFIX } from './names.js'
import type { Plan } from './plan.js'

/**
 * The steps from `live` to `plan`, in an order that is safe to apply and to break off anywhere. Empty when nothing
 * differs.
 *
 *   1. the target, because policies need one and must never act outside the new bounds
 *   2. policies, then the alarms that set them off, then schedules: what replaces something works before that goes
 *   3. what is ours and no longer planned: alarms before the policies that they set off
 */
export function changesBetween(plan: Plan, live: Live): Change[] {
  const policies = policyChanges(plan, live)
  return [
    ...targetChanges(plan, live),
    ...policies,
    ...alarmChanges(plan, live, policies),
    ...scheduleChanges(plan, live),
    ...removals(live, {
      alarms: new Set(plan.alarms.map(({ name }) => name)),
      scheduledActions: new Set(plan.scheduledActions.map(({ name }) => name)),
      policies: new Set(plan.policies.map(({ name }) => name)),
      plan,
    }),
  ]
}

/** What {@link removals} keeps, by name, and whose it is. */
interface Kept {
  readonly alarms: ReadonlySet<string>
  readonly scheduledActions: ReadonlySet<string>
  readonly policies: ReadonlySet<string>
  readonly plan: Pick<Plan, 'resourceId' | 'tags'>
}

/** Removes everything of ours that is not kept, and nothing else: see `isOurs`. */
export function removals(live: Live, kept: Kept): Removal[] {
  const { resourceId } = kept.plan
  const policyName = nameOfPolicyIn(live.policies)
  const alarms = live.alarms
    .filter(({ name, tags }) => isOurs(tags, kept.plan) && !kept.alarms.has(name))
    .map((alarm): Removal => removal('alarm', alarm.name, resourceId, liveAlarmFields(alarm, policyName)))
  const actions = live.scheduledActions
    .filter(({ name }) => name.startsWith(OWN_PREFIX) && !kept.scheduledActions.has(name))
    .map((action): Removal => removal('scheduledAction', action.name, resourceId, scheduledFields(action)))
  const policies = live.policies
    .filter(({ name }) => name.startsWith(OWN_PREFIX) && !kept.policies.has(name))
    .map((policy): Removal => removal('scalingPolicy', policy.name, resourceId, livePolicyFields(policy)))
  return [...alarms, ...actions, ...policies]
}

/** Whether the tags are those that we give to this service's target and alarms. */
export function isOurs(tags: Readonly<Record<string, string>>, { tags: own }: Pick<Plan, 'tags'>): boolean {
  return Object.entries(own).every(([key, value]) => tags[key] === value)
}

function targetChanges(plan: Plan, { target }: Live): Put[] {
  const wanted = targetFields(plan.target, plan.target)
  const fields = differing(wanted, target === null ? undefined : targetFields(target, plan.target)).filter(
    ({ field, before }) => target === null || !isAccepted(plan, field, before),
  )
  if (fields.length === 0) return []
  const action = target === null ? 'create' : 'update'
  const { resourceId, tags } = plan
  // A bound that a schedule or the controller has set stays when something else changes.
  const resource =
    target === null
      ? plan.target
      : {
          ...plan.target,
          minCapacity: isAccepted(plan, 'minCapacity', target.minCapacity)
            ? target.minCapacity
            : plan.target.minCapacity,
          maxCapacity: isAccepted(plan, 'maxCapacity', target.maxCapacity)
            ? target.maxCapacity
            : plan.target.maxCapacity,
        }
  return [{ action, kind: 'scalableTarget', name: resourceId, resourceId, resource, tags, fields }]
}

function isAccepted({ accepts }: Plan, field: string, value: unknown): boolean {
  if (field !== 'minCapacity' && field !== 'maxCapacity') return false
  const accepted = accepts[field]
  return accepted === 'any' || (typeof value === 'number' && accepted.includes(value))
}

function policyChanges(plan: Plan, live: Live): Put[] {
  return plan.policies.flatMap((policy): Put[] => {
    const existing = live.policies.find(({ name }) => name === policy.name)
    const wanted = policyFields(policy)
    const fields = differing(wanted, existing && livePolicyFields(existing))
    const put = {
      kind: 'scalingPolicy',
      name: policy.name,
      resourceId: plan.resourceId,
      resource: policy,
      tags: {},
    } as const
    if (existing === undefined) return [{ ...put, action: 'create', fields: differing(wanted, undefined) }]
    const drift = policy.kind === 'targetTracking' ? alarmDrift(policy, existing, live.trackingAlarms) : []
    // A policy of another type is not updated but replaced; so is one whose alarms are not as AWS made them.
    const isReplaced =
      fields.some(({ field }) => field === 'policyType') || (fields.length === 0 && drift.length > 0)
    const all = fields.length === 0 ? drift : fields
    return all.length === 0 ? [] : [{ ...put, action: isReplaced ? 'replace' : 'update', fields: all }]
  })
}

function alarmChanges(plan: Plan, live: Live, policies: readonly Put[]): Put[] {
  // An alarm names its policy by an ARN that a policy made anew doesn't have.
  const replaced = new Set(policies.flatMap(({ action, name }) => (action === 'replace' ? [name] : [])))
  const policyName = nameOfPolicyIn(live.policies.filter(({ name }) => !replaced.has(name)))
  return plan.alarms.flatMap((alarm): Put[] => {
    const existing = live.alarms.find(({ name }) => name === alarm.name)
    const fields = differing(alarmFields(alarm), existing && liveAlarmFields(existing, policyName))
    if (fields.length === 0) return []
    const action = existing === undefined ? 'create' : 'update'
    const { resourceId, tags } = plan
    return [{ action, kind: 'alarm', name: alarm.name, resourceId, resource: alarm, tags, fields }]
  })
}

function scheduleChanges(plan: Plan, live: Live): Put[] {
  return plan.scheduledActions.flatMap((action): Put[] => {
    const existing = live.scheduledActions.find(({ name }) => name === action.name)
    const fields = differing(scheduledFields(action), existing && scheduledFields(existing))
    if (fields.length === 0) return []
    const change = existing === undefined ? 'create' : 'update'
    const { resourceId } = plan
    return [
      {
        action: change,
        kind: 'scheduledAction',
        name: action.name,
        resourceId,
        resource: action,
        tags: {},
        fields,
      },
    ]
  })
}

function removal<Kind extends keyof Resources>(
  kind: Kind,
  name: string,
  resourceId: string,
  fields: Fields,
): { action: 'remove'; kind: Kind; name: string; resourceId: string; fields: FieldChange[] } {
  const changes = Object.entries(fields)
    .filter(([, before]) => before !== undefined)
    .map(([field, before]) => ({ field, before, after: undefined }))
  return { action: 'remove', kind, name, resourceId, fields: changes }
}

function nameOfPolicyIn(policies: readonly LivePolicy[]): (arn: string) => string | undefined {
  return (arn) => policies.find((policy) => policy.arn === arn)?.name
}

/** What differs; also settings that exist and are not planned. */
function differing(wanted: Fields, existing: Fields | undefined): FieldChange[] {
  const names = new Set([...Object.keys(wanted), ...Object.keys(existing ?? {})])
  return [...names]
    .map((field) => ({ field, before: existing?.[field], after: wanted[field] }))
    .filter(({ before, after }) => before !== after)
}
