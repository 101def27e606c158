import type { QueueCounts, ServiceCounts } from '../aws/port.js'
import type { Service } from '../config/service.js'
import type { AwsCallCode } from '../errors.js'
import type { Observation } from '../observe/observation.js'
import { acceptableBacklogPerTask, backlogPerTask, waitEstimateMs } from './backlog.js'
import {
  busySlotsOf,
  forecastHorizonMs,
  mostRequired,
  NO_MEMORY,
  remember,
  rememberRequired,
} from './memory.js'
import type { Memory } from './memory.js'
import { requiredTasks } from './required-tasks.js'
import type { RequiredTasks } from './required-tasks.js'
import { workOf } from './work.js'

/** What follows from an observation. */
export type Decision = PublishDecision | HoldDecision

/** Publish what follows; its inputs come with it. */
export interface PublishDecision extends Signals {
  readonly kind: 'publish'
  /** The acceptable backlog per task, which target tracking holds the value at. */
  readonly target: number
  /** Where `requiredTasks` comes from. */
  readonly required: RequiredTasks
  readonly queue: QueueCounts
  readonly service: ServiceCounts
}

/** What is published. */
export interface Signals {
  /** Messages per task; never less than what in-flight work needs: see `backlogPerTask`. */
  readonly backlogPerTask: number
  /** Tasks that the objective needs. */
  readonly requiredTasks: number
  /** How many of them are missing, net of those that start. */
  readonly deficit: number
  /** How many tasks are too many, by the most that was required of late; 0 while that isn't known. */
  readonly surplus: number
  /** Milliseconds a message sent now will wait; undefined when no task runs. */
  readonly waitEstimateMs: number | undefined
  /** Percent of all slots that handle a message; undefined when no task runs. */
  readonly slotUtilization: number | undefined
}

/** Publish nothing, so that nothing changes: Application Auto Scaling never takes missing data for a low load. */
export interface HoldDecision {
  readonly kind: 'hold'
  /** One sentence per missing reading. */
  readonly reason: string
  /** Stable while the cause stays the same, whatever the wording: `queue:ACCESS_DENIED`. */
  readonly causes: readonly HoldCause[]
}

/** Which reading is missing, and why. */
export type HoldCause = `${'queue' | 'service' | 'workers'}:${AwsCallCode}`

/** A decision, and what to pass to the next one. */
export interface Decided {
  readonly decision: Decision
  readonly memory: Memory
}

/**
 * What follows from an observation and those before it. Pure: same inputs, same decision. A missing reading is a reason to
 * hold, and leaves the memory as it is.
 */
export function decideNext(service: Service, observation: Observation, memory: Memory): Decided {
  const { queue, service: counts, unheard } = observation
  const work = workOf(service, observation)
  const isIncomplete = work === undefined || unheard !== undefined
  if (queue.value === undefined || counts.value === undefined || isIncomplete) {
    return { decision: hold(observation), memory }
  }
  const now = remember(service, observation, memory)
  const offeredSlots = Math.max(now.offeredSlots, now.sustainedSlots, forecastSlots(service, now))
  const required = requiredTasks(service, observation, { work, offeredSlots })
  const kept = rememberRequired(now, required.tasks, keepMs(service))
  const { running, pending, desired, isDeploying } = counts.value
  const target = acceptableBacklogPerTask(service)
  const slots = running * service.tasks.concurrency
  const decision: PublishDecision = {
    kind: 'publish',
    backlogPerTask: backlogPerTask({ waiting: work.waitingMessages, running, target, floor: required.floor }),
    target,
    requiredTasks: required.tasks,
    deficit: Math.max(0, required.tasks - Math.max(desired, running + pending)),
    surplus: isDeploying ? 0 : surplusOf(counts.value, mostRequired(kept, surplusWindowMs(service))),
    waitEstimateMs: waitEstimateMs(work.waitingSeconds, slots),
    slotUtilization: slots === 0 ? undefined : (100 * busySlotsOf(service, observation)) / slots,
    required,
    queue: queue.value,
    service: counts.value,
  }
  return { decision, memory: kept }
}

/** Forecasts that were further off than this, as a share of the load, are not followed. */
const TRUSTED_ERROR = 0.3

/** The load when tasks started now would run, where forecasts of late have come true; else 0. */
function forecastSlots({ strategy }: Service, { readings, forecastError }: Memory): number {
  const isTrusted = forecastError !== undefined && forecastError <= TRUSTED_ERROR
  if (strategy.kind !== 'controller' || !strategy.forecast || !isTrusted) return 0
  return readings.at(-1)?.forecastSlots ?? 0
}

/** What to publish for one observation alone, or why to hold: what came before is not known. */
export function decide(service: Service, observation: Observation): Decision {
  return decideNext(service, observation, NO_MEMORY).decision
}

/**
 * Tasks that may go. Application Auto Scaling takes them from the running tasks, so while some start or stop only those
 * beyond what is required of both counts are too many.
 */
function surplusOf({ desired, running }: ServiceCounts, mostTasks: number | undefined): number {
  return mostTasks === undefined ? 0 : Math.max(0, Math.min(desired, running) - mostTasks)
}

/** A ladder's alarm waits itself; a minute more keeps one quiet reading from counting. */
const LADDER_WINDOW_MS = 60_000

/** How far back the requirement is looked at before tasks go. */
export function surplusWindowMs({ strategy }: Service): number {
  return strategy.kind === 'controller' ? strategy.surplusSeconds * 1_000 : LADDER_WINDOW_MS
}

function keepMs(service: Service): number {
  const { strategy } = service
  const idleMs = strategy.kind === 'controller' ? strategy.idleSeconds * 1_000 : 0
  return Math.max(surplusWindowMs(service), idleMs, forecastHorizonMs(service))
}

function hold({ queue, service, unheard }: Observation): HoldDecision {
  const readings = { queue, service, ...(unheard && { workers: unheard }) }
  const missing = Object.entries(readings).flatMap(([name, each]) =>
    'code' in each ? [{ reason: each.reason, cause: `${name}:${each.code}` as HoldCause }] : [],
  )
  // One unreachable endpoint fails several readings with the same words.
  const reason = [...new Set(missing.map(({ reason: each }) => each))].join(' ')
  return { kind: 'hold', reason, causes: missing.map(({ cause }) => cause) }
}
