import type { Clock } from '@longshore/core/time'
import { systemClock } from '@longshore/core/time'
import type { AlarmReading, Aws, ScalingActivity, ServiceEvent } from './aws/port.js'
import type { Service } from './config/service.js'
import { decide } from './decide/decide.js'
import type { Decision } from './decide/decide.js'
import { explain } from './decide/explain.js'
import { policyStatuses } from './decide/policy-status.js'
import type { PolicyStatus } from './decide/policy-status.js'
import type { Situation } from './decide/explain.js'
import type { Observation, Reading } from './observe/observation.js'
import { observe, reading } from './observe/observe.js'
import { readLive } from './observe/live.js'
import type { Change } from './plan/change.js'
import type { LivePolicy, LiveTarget } from './plan/live.js'
import { nextAction, scheduledRuns } from './plan/next-action.js'
import type { NextAction, ScheduledRun } from './plan/next-action.js'
import { QUEUE_POLICIES } from './plan/names.js'
import { planFor } from './plan/plan.js'
import { checkedChanges } from './propose.js'

/** A service, its queue and its scaling at one moment. What could not be read is undefined, and `problems` says why. */
export interface ServiceStatus {
  readonly atMs: number
  readonly resourceId: string
  readonly observation: Observation
  /** What a beat would do now. */
  readonly decision: Decision
  /** Null when the service is not registered. */
  readonly target: LiveTarget | null | undefined
  /** The first policy that follows the queue; null when none does. */
  readonly policy: LivePolicy | null | undefined
  /** All that do: a ladder has two, and a controller that sets the desired count none. */
  readonly policies: readonly LivePolicy[] | undefined
  /** Every policy of the service, ours and others', with its alarms and what it did last. */
  readonly everyPolicy: readonly PolicyStatus[] | undefined
  /** The alarms of the policies that follow the queue. */
  readonly alarms: readonly AlarmReading[] | undefined
  /** Newest first. */
  readonly activities: readonly ScalingActivity[] | undefined
  /** Every scheduled action of the service, ours and others', the next to run first. */
  readonly schedules: readonly ScheduledRun[] | undefined
  /** What a schedule does next; null when nothing, undefined when that could not be read. */
  readonly nextAction: NextAction | null | undefined
  /** How many of the running tasks are protected from scale-in; undefined while as many run as are desired. */
  readonly protectedTasks: number | undefined
  /** What ECS said last of the service; undefined while as many tasks run as are desired. */
  readonly lastEvent: ServiceEvent | undefined
  /** What `longshore apply` would do; undefined when that could not be read. */
  readonly changes: readonly Change[] | undefined
  /** What scaling does now, or why it does nothing. */
  readonly explanation: string
  /** One sentence per kind of reading that failed. */
  readonly problems: readonly string[]
}

/** What {@link readStatus} needs. */
export interface StatusOptions {
  readonly aws: Aws
  /** Default: the machine's clock. */
  readonly clock?: Clock | undefined
  readonly signal?: AbortSignal | undefined
}

/** Reads everything about a service's scaling, changes nothing. Never rejects: what fails is a problem in the answer. */
export async function readStatus(service: Service, options: StatusOptions): Promise<ServiceStatus> {
  const { aws, clock = systemClock, signal } = options
  const plan = planFor(service)
  const [observation, target, policies, activities, account] = await Promise.all([
    observe(service, { aws, clock, signal }),
    reading(aws.scalableTarget(plan.resourceId, signal)),
    reading(aws.scalingPolicies(plan.resourceId, signal)),
    reading(aws.scalingActivities(plan.resourceId, signal)),
    reading(
      readLive(plan, aws, signal).then((live) => ({
        changes: checkedChanges(plan, live),
        actions: live.scheduledActions,
      })),
    ),
  ])
  const transit = await readTransit(service, observation, options)
  const wanted = plan.policies.map(({ name }) => name).filter((name) => QUEUE_POLICIES.includes(name))
  const own = policies.value?.filter(({ name }) => wanted.includes(name))
  const everyAlarm = await reading(
    aws.alarms(
      (policies.value ?? []).flatMap(({ alarmNames }) => alarmNames),
      signal,
    ),
  )
  const alarms = everyAlarm.value?.filter(({ name }) =>
    own?.some(({ alarmNames }) => alarmNames.includes(name)),
  )
  const everyPolicy = policies.value && policyStatuses(policies.value, everyAlarm.value, activities.value)
  const decision = decide(service, observation)
  const situation: Situation = {
    nowMs: observation.atMs,
    service,
    decision,
    target: target.value,
    policies: own,
    missingPolicies:
      own === undefined ? [] : wanted.filter((name) => !own.some((each) => each.name === name)),
    alarms,
    activities: activities.value,
    everyPolicy,
    planned: plan.target,
    protectedTasks: transit.protectedTasks.value,
    lastEvent: transit.events.value?.[0],
  }
  return {
    atMs: observation.atMs,
    resourceId: plan.resourceId,
    observation,
    decision,
    target: situation.target,
    policy: own && (own[0] ?? null),
    policies: own,
    everyPolicy,
    alarms: situation.alarms,
    activities: situation.activities,
    schedules: account.value && scheduledRuns(account.value.actions, observation.atMs),
    nextAction: account.value && nextAction(account.value.actions, observation.atMs),
    protectedTasks: situation.protectedTasks,
    lastEvent: situation.lastEvent,
    changes: account.value?.changes,
    explanation: explain(situation),
    problems: problemsOf([
      observation.queue,
      observation.service,
      target,
      policies,
      activities,
      everyAlarm,
      account,
      transit.protectedTasks,
      transit.events,
    ]),
  }
}

interface Transit {
  readonly protectedTasks: Reading<number | undefined>
  readonly events: Reading<readonly ServiceEvent[]>
}

/** Why a service has not got to where it is to be; asked only while it has not. */
async function readTransit(
  service: Service,
  { service: counts }: Observation,
  { aws, signal }: StatusOptions,
): Promise<Transit> {
  const { desired = 0, running = 0 } = counts.value ?? {}
  const [protectedTasks, events] = await Promise.all([
    desired < running
      ? reading(aws.serviceTasks(service, signal).then((arns) => aws.protectedTasks(service, arns, signal)))
      : { value: undefined },
    desired > running ? reading(aws.serviceEvents(service, signal)) : { value: [] },
  ])
  return { protectedTasks, events }
}

function problemsOf(readings: readonly Reading<unknown>[]): string[] {
  return [...new Set(readings.flatMap((each) => ('reason' in each ? [each.reason] : [])))]
}
