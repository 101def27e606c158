import { instantText } from '../fields.js'
import type { Plan } from '../plan.js'
import type { Alarm, ScalingPolicy, ScheduledAction } from '../resources.js'
import { alarmForm } from './alarm-form.js'
import type { Form } from './form.js'
import { policyForm } from './policy-form.js'
import { targetForm } from './target-form.js'

/** A CloudFormation template. */
export interface Template {
  readonly AWSTemplateFormatVersion: '2010-09-09'
  readonly Description: string
  readonly Resources: Readonly<Record<string, TemplateResource>>
}

export interface TemplateResource {
  readonly Type: string
  readonly Properties: Form
}

/**
 * The scaling of these services as CloudFormation: what `longshore apply` would make, to be deployed with the services'
 * own stacks instead. Names are those that `apply` gives. A stack is where changes belong then: CloudFormation cannot tag
 * a scalable target, so `longshore plan` reads it as somebody else's.
 */
export function templateOf(plans: readonly Plan[]): Template {
  const resources: Record<string, TemplateResource> = {}
  for (const plan of plans) Object.assign(resources, resourcesOf(plan, prefixOf(plan, plans)))
  return {
    AWSTemplateFormatVersion: '2010-09-09',
    Description: `Scaling of ${plans.map(({ service }) => service).join(', ')}, by Longshore.`,
    Resources: resources,
  }
}

/** The resources of one service's scaling by their logical ids, which begin with `prefix`; they refer to each other alone. */
export function resourcesOf(plan: Plan, prefix = ''): Record<string, TemplateResource> {
  const targetId = `${prefix}ScalableTarget`
  const idOf = (kind: string, name: string): string => `${prefix}${pascal(name)}${kind}`
  const policyId = (name: string): string => idOf('Policy', ownPart(name))
  return {
    [targetId]: {
      Type: 'AWS::ApplicationAutoScaling::ScalableTarget',
      Properties: {
        ServiceNamespace: 'ecs',
        ScalableDimension: 'ecs:service:DesiredCount',
        ResourceId: plan.resourceId,
        ...targetForm(plan.target),
        ...(plan.scheduledActions.length === 0
          ? {}
          : { ScheduledActions: plan.scheduledActions.map(scheduledForm) }),
      },
    },
    ...Object.fromEntries(
      plan.policies.map((policy) => [policyId(policy.name), policyResource(policy, targetId)]),
    ),
    ...Object.fromEntries(
      plan.alarms.map((alarm) => [
        idOf('Alarm', alarm.name.slice(plan.alarmPrefix.length)),
        alarmResource(alarm, plan.tags, policyId(alarm.policy)),
      ]),
    ),
  }
}

function policyResource(policy: ScalingPolicy, targetId: string): TemplateResource {
  return {
    Type: 'AWS::ApplicationAutoScaling::ScalingPolicy',
    Properties: {
      PolicyName: policy.name,
      ScalingTargetId: { Ref: targetId },
      ...policyForm(policy),
    },
  }
}

function alarmResource(alarm: Alarm, tags: Plan['tags'], policyId: string): TemplateResource {
  return {
    Type: 'AWS::CloudWatch::Alarm',
    // A policy's Ref is its ARN.
    Properties: { ...alarmForm(alarm, tags), AlarmActions: [{ Ref: policyId }] },
  }
}

function scheduledForm(action: ScheduledAction): Form {
  const { name, schedule, timezone, minCapacity, maxCapacity, startMs, endMs } = action
  return {
    ScheduledActionName: name,
    Schedule: schedule,
    Timezone: timezone,
    ...(startMs === undefined ? {} : { StartTime: instantText(startMs) }),
    ...(endMs === undefined ? {} : { EndTime: instantText(endMs) }),
    ScalableTargetAction: {
      ...(minCapacity === undefined ? {} : { MinCapacity: minCapacity }),
      ...(maxCapacity === undefined ? {} : { MaxCapacity: maxCapacity }),
    },
  }
}

/** The service's name, with its cluster where several clusters have one of that name. */
function prefixOf({ cluster, service }: Plan, plans: readonly Plan[]): string {
  const isAlone = plans.every(
    (other) => other.cluster === cluster || pascal(other.service) !== pascal(service),
  )
  return isAlone ? pascal(service) : `${pascal(cluster)}${pascal(service)}`
}

function ownPart(name: string): string {
  return name.replace(/^longshore-/, '')
}

/** `backlog-per-task` → `BacklogPerTask`: logical ids have letters and digits only. */
function pascal(name: string): string {
  return name
    .split(/[^a-zA-Z0-9]+/)
    .filter((word) => word !== '')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('')
}
