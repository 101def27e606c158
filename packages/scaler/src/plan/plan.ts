import type { Service } from '../config/service.js'
import { acceptableBacklogPerTask } from '../decide/backlog.js'
import { extraPolicies } from './extra-policies.js'
import { fallbackOf } from './fallback.js'
import { mostUsefulTasks, usefulTasks } from '../config/useful-tasks.js'
import { publishedMetrics } from './metrics.js'
import { alarmPrefixOf, OWN_PREFIX, resourceIdOf, tagsOf } from './names.js'
import type { Alarm, MetricIdentity, ScalableTarget, ScalingPolicy, ScheduledAction } from './resources.js'
import { strategyPlan } from './strategy.js'

/** What should exist for the scaling of one ECS service. The one source of everything that makes it so. */
export interface Plan {
  readonly cluster: string
  readonly service: string
  /** `service/<cluster>/<service>`. */
  readonly resourceId: string
  /** Messages that may wait for each task so that the objective holds: see `acceptableBacklogPerTask`. */
  readonly acceptableBacklogPerTask: number
  readonly target: ScalableTarget
  /** The bounds that are right beside the target's own: those that schedules set, and any that a controller does. */
  readonly accepts: {
    readonly minCapacity: readonly number[] | 'any'
    readonly maxCapacity: readonly number[]
  }
  /** Names are unique, and begin with `longshore-`. */
  readonly policies: readonly ScalingPolicy[]
  /** Those that set off the step policies; target tracking has its own. Names begin with `alarmPrefix`. */
  readonly alarms: readonly Alarm[]
  /** Names are unique, and begin with `longshore-`. */
  readonly scheduledActions: readonly ScheduledAction[]
  /** What a publisher has to write for this to work; empty where none is needed. */
  readonly publishes: readonly MetricIdentity[]
  /** What names of alarms begin with: `longshore/<cluster>/<service>/`. */
  readonly alarmPrefix: string
  /** Marks target and alarms as ours. */
  readonly tags: Readonly<Record<string, string>>
}

/** What should exist for `service`. Pure. */
export function planFor(service: Service): Plan {
  const resourceId = resourceIdOf(service)
  const max = usefulTasks(service, service.tasks.max)
  const scheduledActions = scheduledActionsOf(service)
  // Ladders reach as far as any schedule lets the service grow.
  const most = mostUsefulTasks(service)
  const parts = [strategyPlan(service, most), extraPolicies(service)]
  const fallback = fallbackOf(service, most)
  return {
    cluster: service.cluster,
    service: service.service,
    resourceId,
    acceptableBacklogPerTask: acceptableBacklogPerTask(service),
    target: { resourceId, minCapacity: service.tasks.min, maxCapacity: max, suspended: service.suspended },
    accepts: {
      minCapacity: isMinControlled(service)
        ? 'any'
        : [service.tasks.min, ...scheduledActions.flatMap(({ minCapacity }) => minCapacity ?? [])],
      maxCapacity: [max, ...scheduledActions.flatMap(({ maxCapacity }) => maxCapacity ?? [])],
    },
    policies: [...parts.flatMap(({ policies }) => policies), ...(fallback ? [fallback.policy] : [])],
    alarms: [...parts.flatMap(({ alarms }) => alarms), ...(fallback ? [fallback.alarm] : [])],
    scheduledActions,
    publishes: publishedMetrics(service),
    alarmPrefix: alarmPrefixOf(service),
    tags: tagsOf(service),
  }
}

function scheduledActionsOf(service: Service): ScheduledAction[] {
  return service.schedules.map(({ name, when, timezone = 'UTC', min, max, start, end }) => ({
    name: `${OWN_PREFIX}${name}`,
    resourceId: resourceIdOf(service),
    schedule: when,
    timezone,
    minCapacity: min,
    maxCapacity: max === undefined ? undefined : usefulTasks(service, max),
    startMs: wholeSecondOf(start),
    endMs: wholeSecondOf(end),
  }))
}

/** AWS keeps no fractions of a second. */
function wholeSecondOf(instant: string | undefined): number | undefined {
  return instant === undefined ? undefined : Math.floor(Date.parse(instant) / 1_000) * 1_000
}

function isMinControlled({ strategy }: Service): boolean {
  return strategy.kind === 'controller' && strategy.sets === 'min'
}
