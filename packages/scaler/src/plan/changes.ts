import type { LivePolicy, LiveTarget, ScalableTarget, TargetTrackingPolicy } from '../aws/port.js'
import { livePolicyFields, policyFields, targetFields } from './fields.js'
import type { Fields, FieldValue } from './fields.js'
import type { Plan } from './plan.js'

/** What exists in Application Auto Scaling for one service. */
export interface Live {
  /** Null when none is registered. */
  readonly target: LiveTarget | null
  readonly policies: readonly LivePolicy[]
}

/** One setting that a change touches. `before` is undefined where nothing was set. */
export interface FieldChange {
  readonly field: string
  readonly before: FieldValue
  readonly after: FieldValue
}

interface ChangeOf<Kind extends string, Resource> {
  readonly action: 'create' | 'update'
  readonly kind: Kind
  /** The resource's name: the resource id of a target, the policy's name. */
  readonly name: string
  /** What the resource is to be, whole: applying it twice is applying it once. */
  readonly resource: Resource
  readonly fields: readonly FieldChange[]
}

/** One step from what exists to what should. */
export type Change =
  ChangeOf<'scalableTarget', ScalableTarget> | ChangeOf<'scalingPolicy', TargetTrackingPolicy>

/**
 * The steps from `live` to `plan`, in an order that is safe to apply and to break off anywhere: the target first,
 * because a policy needs one and must never act outside the new bounds. Empty when nothing differs.
 */
export function changesBetween(plan: Plan, live: Live): Change[] {
  const changes: Change[] = []
  const targetDiff = differing(
    targetFields(plan.target),
    live.target === null ? undefined : targetFields(live.target),
  )
  if (targetDiff.length > 0) {
    const action = live.target === null ? 'create' : 'update'
    changes.push({
      action,
      kind: 'scalableTarget',
      name: plan.resourceId,
      resource: plan.target,
      fields: targetDiff,
    })
  }
  for (const policy of plan.policies) {
    const existing = live.policies.find(({ name }) => name === policy.name)
    const fields = differing(policyFields(policy), existing && livePolicyFields(existing))
    if (fields.length === 0) continue
    const action = existing === undefined ? 'create' : 'update'
    changes.push({ action, kind: 'scalingPolicy', name: policy.name, resource: policy, fields })
  }
  return changes
}

function differing(wanted: Fields, existing: Fields | undefined): FieldChange[] {
  return Object.entries(wanted)
    .map(([field, after]) => ({ field, before: existing?.[field], after }))
    .filter(({ before, after }) => before !== after)
}
