import { resourcesOf } from '@longshore/scaler'
import type { Form, FormValue, Plan } from '@longshore/scaler'
import { CfnScalableTarget, CfnScalingPolicy } from 'aws-cdk-lib/aws-applicationautoscaling'
import type { CfnScalableTargetProps, CfnScalingPolicyProps } from 'aws-cdk-lib/aws-applicationautoscaling'
import { CfnAlarm } from 'aws-cdk-lib/aws-cloudwatch'
import type { CfnAlarmProps } from 'aws-cdk-lib/aws-cloudwatch'
import type { Construct } from 'constructs'

/** A plan as resources of a stack. */
export interface ScalingResources {
  readonly target: CfnScalableTarget
  readonly policies: readonly CfnScalingPolicy[]
  readonly alarms: readonly CfnAlarm[]
}

/** Makes what `longshore template` writes for the plan, resource by resource, with references for its `Ref`s. */
export function addResources(scope: Construct, plan: Plan): ScalingResources {
  const made = new Map<string, CfnScalableTarget | CfnScalingPolicy | CfnAlarm>()
  // A resource comes after those that it refers to.
  for (const [id, { Type, Properties }] of Object.entries(resourcesOf(plan)))
    made.set(id, make(scope, { id, type: Type, props: propsOf(Properties, (ref) => made.get(ref)?.ref) }))
  const all = [...made.values()]
  const target = all.find((each) => each instanceof CfnScalableTarget)
  if (target === undefined) throw new Error('A plan without a scalable target: a bug of Longshore.')
  return {
    target,
    policies: all.filter((each) => each instanceof CfnScalingPolicy),
    alarms: all.filter((each) => each instanceof CfnAlarm),
  }
}

interface Blueprint {
  readonly id: string
  readonly type: string
  readonly props: unknown
}

// The forms have CloudFormation's own members, which the props of these classes are made from.
function make(
  scope: Construct,
  { id, type, props }: Blueprint,
): CfnScalableTarget | CfnScalingPolicy | CfnAlarm {
  if (type === CfnScalableTarget.CFN_RESOURCE_TYPE_NAME)
    return new CfnScalableTarget(scope, id, props as CfnScalableTargetProps)
  if (type === CfnScalingPolicy.CFN_RESOURCE_TYPE_NAME)
    return new CfnScalingPolicy(scope, id, props as CfnScalingPolicyProps)
  if (type === CfnAlarm.CFN_RESOURCE_TYPE_NAME) return new CfnAlarm(scope, id, props as CfnAlarmProps)
  throw new Error(`A plan with a ${type}: a bug of Longshore.`)
}

type Resolve = (ref: string) => string | undefined

/** `{ AlarmName, Dimensions: [{ Name, Value }] }` → `{ alarmName, dimensions: [{ name, value }] }`. */
function propsOf(form: Form, resolve: Resolve): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(form).map(([member, value]) => [
      member.charAt(0).toLowerCase() + member.slice(1),
      // Of scheduled actions: the props have dates where templates have text.
      member === 'StartTime' || member === 'EndTime' ? dateOf(value) : valueOf(value, resolve),
    ]),
  )
}

function valueOf(value: FormValue, resolve: Resolve): unknown {
  if (typeof value !== 'object') return value
  if (isList(value)) return value.map((each) => valueOf(each, resolve))
  return typeof value.Ref === 'string' ? resolve(value.Ref) : propsOf(value, resolve)
}

function dateOf(value: FormValue): Date | undefined {
  return typeof value === 'string' ? new Date(value) : undefined
}

function isList(value: object): value is readonly FormValue[] {
  return Array.isArray(value)
}
