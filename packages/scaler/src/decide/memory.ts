import { DEFAULT_BEAT_SECONDS } from '../config/limits.js'
import type { Service } from '../config/service.js'
import type { Observation } from '../observe/observation.js'
import { workOf } from './work.js'

/** What is kept from beat to beat. It starts empty, and a scaler that starts anew shrinks nothing until it knows. */
export interface Memory {
  /** Readings without a gap, oldest first, as far back as anything asks for. */
  readonly readings: readonly Remembered[]
  /** Offered load in slots, averaged with a time constant of a minute; see `remember`. */
  readonly offeredSlots: number
  /** How that changes, in slots a second, averaged alike. */
  readonly trend: number
  /** The lower of the last two readings of the offered load. */
  readonly sustainedSlots: number
  /** How far off forecasts were of late, as a share of the load; undefined before the first could be judged. */
  readonly forecastError: number | undefined
}

/** One complete reading. */
export interface Remembered {
  readonly atMs: number
  /** Slot-seconds of all messages that wait or are handled. */
  readonly workSeconds: number
  /** Offered load since the reading before; undefined for the first. */
  readonly offeredSlots: number | undefined
  readonly isEmpty: boolean
  /** The load that was forecast for `forecastHorizonMs` later. */
  readonly forecastSlots: number
  /** Set once it was decided: see `decide`. */
  readonly requiredTasks: number
}

export const NO_MEMORY: Memory = {
  readings: [],
  offeredSlots: 0,
  trend: 0,
  sustainedSlots: 0,
  forecastError: undefined,
}

/** Time constant of the averages: some six beats, so that a burst of one beat is a backlog and not a rate. */
const AVERAGING_MS = 60_000
/** And while every queue is empty, which is no noise: the average of what was before ends within a minute or so. */
const EMPTY_AVERAGING_MS = 20_000

/** A pause between readings as long as this is a gap: what was before says nothing of now. */
export const GAP_MS = 30_000

/**
 * Takes an observation in. Offered load is what came: by how much work there is more than before, and what the busy
 * slots have done of it meanwhile, a slot-second each second. A missing reading is forgotten at once.
 */
export function remember(service: Service, observation: Observation, memory: Memory): Memory {
  const work = workOf(service, observation)
  const counts = observation.service.value
  if (work === undefined || counts === undefined) return memory
  const busySlots = busySlotsOf(service, observation)
  const workSeconds = work.waitingSeconds + work.inFlightSeconds
  const { atMs } = observation
  const last = memory.readings.at(-1)
  const isEmpty = work.waitingMessages === 0 && work.inFlight === 0 && work.delayed === 0
  const reading = { atMs, workSeconds, isEmpty, forecastSlots: busySlots, requiredTasks: 0 }
  if (last === undefined || atMs - last.atMs > GAP_MS || atMs <= last.atMs) {
    const first = { ...reading, offeredSlots: undefined }
    return { ...NO_MEMORY, readings: [first], offeredSlots: busySlots, sustainedSlots: busySlots }
  }
  const elapsedSeconds = (atMs - last.atMs) / 1_000
  const offered = (workSeconds - last.workSeconds) / elapsedSeconds + busySlots
  const weight = 1 - Math.exp((last.atMs - atMs) / (isEmpty ? EMPTY_AVERAGING_MS : AVERAGING_MS))
  const average = Math.max(0, memory.offeredSlots + weight * (offered - memory.offeredSlots))
  const slope = (average - memory.offeredSlots) / elapsedSeconds
  const trend = memory.trend + weight * (slope - memory.trend)
  const forecastSlots = forecastOf(average, trend, service)
  return {
    readings: [...memory.readings, { ...reading, offeredSlots: offered, forecastSlots }],
    offeredSlots: average,
    trend,
    forecastError: judged(service, memory, { atMs, actual: average, weight }),
    sustainedSlots: Math.max(0, Math.min(offered, last.offeredSlots ?? busySlots)),
  }
}

/** How far ahead to look: tasks started now take messages then, and the beat after would have to know. */
export function forecastHorizonMs({ launchTimeMs }: Service): number {
  return launchTimeMs + DEFAULT_BEAT_SECONDS * 1_000
}

/** No forecast goes beyond twice of what is. */
const MOST_GROWTH = 2

/** The load at the horizon if it goes on growing as it does; what falls is not forecast. */
function forecastOf(offeredSlots: number, trend: number, service: Service): number {
  const growth = Math.max(0, trend) * (forecastHorizonMs(service) / 1_000)
  return Math.min(offeredSlots + growth, offeredSlots * MOST_GROWTH)
}

/** The error of forecasts, with that of the one that was made for now. */
function judged(
  service: Service,
  { readings, forecastError }: Memory,
  now: { readonly atMs: number; readonly actual: number; readonly weight: number },
): number | undefined {
  const madeMs = now.atMs - forecastHorizonMs(service)
  const made = readings.findLast(({ atMs }) => atMs <= madeMs)
  if (made === undefined) return forecastError
  // Of less than a slot, any share would be large.
  const error = Math.abs(made.forecastSlots - now.actual) / Math.max(1, now.actual)
  return forecastError === undefined ? error : forecastError + now.weight * (error - forecastError)
}

/** Writes down what was decided for the latest reading, and forgets what is older than `keepMs`. */
export function rememberRequired(memory: Memory, requiredTasks: number, keepMs: number): Memory {
  const last = memory.readings.at(-1)
  if (last === undefined) return memory
  const decided = [...memory.readings.slice(0, -1), { ...last, requiredTasks }]
  // One beyond the window stays, which shows that the window is covered.
  const within = decided.findIndex(({ atMs }) => atMs > last.atMs - keepMs)
  return { ...memory, readings: decided.slice(Math.max(0, within - 1)) }
}

/** The most tasks that were required in the last `windowMs`; undefined while it is not known for so long. */
export function mostRequired(memory: Memory, windowMs: number): number | undefined {
  const last = memory.readings.at(-1)
  const first = memory.readings[0]
  if (last === undefined || first === undefined || last.atMs - first.atMs < windowMs) return undefined
  const within = memory.readings.filter(({ atMs }) => atMs >= last.atMs - windowMs)
  return Math.max(...within.map(({ requiredTasks }) => requiredTasks))
}

/** For how long, without a gap, every queue was seen empty. */
export function emptyForMs({ readings }: Memory): number {
  const last = readings.at(-1)
  if (last === undefined || !last.isEmpty) return 0
  const lastBusy = readings.findLastIndex(({ isEmpty }) => !isEmpty)
  return last.atMs - (readings[lastBusy + 1]?.atMs ?? last.atMs)
}

/** Slots that handle a message: as told, or as many messages as are in flight, of those that there are. */
export function busySlotsOf(service: Service, { queue, service: counts, telemetry }: Observation): number {
  const slots = (counts.value?.running ?? 0) * service.tasks.concurrency
  return Math.min(slots, telemetry?.busySlots ?? queue.value?.inFlight ?? 0)
}
