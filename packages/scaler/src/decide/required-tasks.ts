import type { Service } from '../config/service.js'
import { mostUsefulTasks } from '../config/useful-tasks.js'
import type { Observation } from '../observe/observation.js'
import { busySlotsOf } from './memory.js'
import { staffedSlots } from './staffing.js'
import type { Work } from './work.js'

/** How many tasks the objective needs, and what it comes from. */
export interface RequiredTasks {
  readonly tasks: number
  /** For what arrives: see `staffedSlots`. */
  readonly staffing: number
  /** For what has piled up. */
  readonly drain: number
  /** Fewest, for the messages that are being handled. */
  readonly floor: number
  /** Most that are of use, whatever the time of day. */
  readonly cap: number
}

/** 99 of 100 messages. */
const PERCENTILE = 0.99
/** That share of what arrives within the objective may stand: at less, waits are far below it (a tenth; a rule of thumb). */
const STANDING_SHARE = 0.1
/** A backlog is never planned to be gone sooner: two readings, and the shortest that launches can follow. */
const LEAST_DRAIN_MS = 10_000

/**
 * Tasks that the objective needs now:
 *
 *     R        offered load in slots: what arrives each second × the time to handle it
 *     staffing slots for it, so that waits stay within the objective, ÷ slots of a task
 *     drain    what waits beyond a tenth of R × objective, ÷ what a task does until the objective is over
 *              (objective − launch − what the messages have waited already; 10 s at least)
 *     tasks    ⌈staffing + drain⌉, 1 at least while there is work
 *     floor    ⌈busy slots ÷ slots of a task⌉: what is handled now is not taken away
 *     cap      the highest maximum, message groups and budgets; the one in force now is for whoever acts to keep
 */
export function requiredTasks(
  service: Service,
  observation: Observation,
  of: { readonly work: Work; readonly offeredSlots: number },
): RequiredTasks {
  const { tasks, handling, objective, launchTimeMs } = service
  const { telemetry } = observation
  const { concurrency } = tasks
  const waitMs = objective.wait.p99Ms
  const staffing =
    staffedSlots({
      offeredSlots: of.offeredSlots,
      meanHandlingMs: telemetry?.meanHandlingMs ?? handling.meanMs,
      variation: telemetry?.variation ?? handling.variation,
      waitMs,
      percentile: PERCENTILE,
    }) / concurrency
  const standingSeconds = of.offeredSlots * (waitMs / 1_000) * STANDING_SHARE
  const drainMs = Math.max(LEAST_DRAIN_MS, waitMs - launchTimeMs - (telemetry?.waitedMs ?? 0))
  const drain = Math.max(0, of.work.waitingSeconds - standingSeconds) / (concurrency * (drainMs / 1_000))
  const floor = floorTasks(service, observation)
  const cap = mostUsefulTasks(service)
  const isWork = of.work.waitingSeconds > 0 || of.work.inFlight > 0
  const wanted = Math.max(isWork ? 1 : 0, floor, Math.ceil(staffing + drain - ROUNDING))
  return { tasks: Math.min(Math.max(wanted, tasks.min), cap), staffing, drain, floor, cap }
}

// A twentieth of a task is less than readings are exact, and what an average that fades away comes to at last.
const ROUNDING = 0.05

/**
 * The fewest tasks that what goes on now needs: those whose slots are busy, and the last one while messages are delayed,
 * which may be due any moment.
 */
export function floorTasks(service: Service, observation: Observation): number {
  const busy = Math.ceil(busySlotsOf(service, observation) / service.tasks.concurrency)
  const isRunning = (observation.service.value?.running ?? 0) > 0
  return isRunning && (observation.queue.value?.delayed ?? 0) > 0 ? Math.max(1, busy) : busy
}
