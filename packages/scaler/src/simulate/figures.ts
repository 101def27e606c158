import type { Service } from '../config/service.js'
import { taskHourPrice } from './price.js'
import type { TaskSize } from './price.js'
import type { Waits } from './waits.js'
import type { Fleet } from './work/fleet.js'

/** What a run came to. Messages that still waited at the end count with what they had waited by then. */
export interface Figures {
  readonly messages: {
    readonly arrived: number
    readonly handled: number
    readonly waiting: number
    readonly inFlight: number
    /** Handed back by tasks that had to end, and handled again. */
    readonly handedBack: number
  }
  readonly waitSeconds: {
    readonly mean: number
    readonly p50: number
    readonly p90: number
    readonly p99: number
    readonly max: number
  }
  /** Of all messages, percent that waited longer than the objective. */
  readonly latePercent: number
  /** Minutes in which some message waited longer than the objective. */
  readonly lateMinutes: number
  /** Most messages that were visible at once. */
  readonly largestBacklog: number
  /** From then until a hundredth of it was left; null where that did not come. */
  readonly drainSeconds: number | null
  /** Of a service that began at zero: from the first message until a task ran; null where none did, or some ran before. */
  readonly firstTaskSeconds: number | null
  /** As billed: from the pull of the image to the end of the task, a minute at least. */
  readonly taskHours: number
  /** Of tasks that had no message. */
  readonly idleTaskHours: number
  /** Task hours that the messages themselves took, every slot busy. */
  readonly leastTaskHours: number
  /** Of the slots that there were, percent that handled a message. */
  readonly utilizationPercent: number
  /** US dollars. */
  readonly cost: number
  readonly costPerDay: number
  readonly scalingActions: number
  /** Changes from out to in and back, an hour. */
  readonly turnsPerHour: number
}

export interface FiguresInput {
  readonly service: Service
  readonly size: TaskSize
  readonly durationMs: number
  readonly waits: Waits
  readonly fleet: Fleet
  readonly billedMs: number
  readonly changes: readonly { readonly from: number; readonly to: number }[]
  readonly lateMs: number
  readonly firstTaskMs: number | undefined
  readonly peak: { readonly backlog: number; readonly atMs: number }
  readonly drainedMs: number | undefined
}

const HOUR_MS = 3_600_000

export function figuresOf(input: FiguresInput): Figures {
  const { service, size, durationMs, fleet, billedMs, peak, drainedMs, firstTaskMs } = input
  const waits = input.waits.with((visit) => fleet.forEachWaiting(visit))
  const { arrived, handled, handedBack, busyMs, taskMs, idleTaskMs } = fleet.totals
  const { concurrency } = service.tasks
  const hours = durationMs / HOUR_MS
  const cost = (billedMs / HOUR_MS) * taskHourPrice(size)
  const seconds = (ms: number): number => round(ms / 1_000, 3)
  return {
    messages: { arrived, handled, waiting: fleet.visible, inFlight: fleet.busySlots, handedBack },
    waitSeconds: {
      mean: seconds(waits.meanMs),
      p50: seconds(waits.percentileMs(0.5)),
      p90: seconds(waits.percentileMs(0.9)),
      p99: seconds(waits.percentileMs(0.99)),
      max: seconds(waits.maxMs),
    },
    latePercent: waits.count === 0 ? 0 : round((100 * waits.late) / waits.count, 4),
    lateMinutes: round(input.lateMs / 60_000, 2),
    largestBacklog: peak.backlog,
    drainSeconds: drainedMs === undefined ? null : seconds(drainedMs - peak.atMs),
    firstTaskSeconds: firstTaskMs === undefined ? null : seconds(firstTaskMs),
    taskHours: round(billedMs / HOUR_MS, 3),
    idleTaskHours: round(idleTaskMs / HOUR_MS, 3),
    leastTaskHours: round(busyMs / HOUR_MS / concurrency, 3),
    utilizationPercent: taskMs === 0 ? 0 : round(Math.min(100, (100 * busyMs) / (taskMs * concurrency)), 2),
    cost: round(cost, 4),
    costPerDay: hours === 0 ? 0 : round((cost * 24) / hours, 4),
    scalingActions: input.changes.length,
    turnsPerHour: hours === 0 ? 0 : round(turnsOf(input.changes) / hours, 3),
  }
}

function turnsOf(changes: FiguresInput['changes']): number {
  let turns = 0
  for (let at = 1; at < changes.length; at += 1) {
    const [before, now] = [changes[at - 1], changes[at]]
    if (before && now && Math.sign(before.to - before.from) !== Math.sign(now.to - now.from)) turns += 1
  }
  return turns
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits))
}
