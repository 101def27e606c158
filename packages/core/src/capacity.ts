// `@longshore/core/capacity`: the figures of workers, and of several together; nothing else is reachable from here.

import { squaredCvOf } from './squared-cv.js'

/**
 * What a worker can do and does: the figures that scaling needs. Flat, numbers alone, so that it can be published field by
 * field; {@link mergeCapacity} makes one of several tasks' without losing anything.
 *
 * Sums are of a sliding window: the last 50–60 s, less in the first minute of a worker. Rates are sums ÷ `taskSeconds` for
 * one task, × `tasks` for all. How long handlings take is remembered for longer, with a half-life of five minutes, so that
 * it is known of handlings that take longer than the window.
 */
export interface Capacity {
  /** How many tasks it is of: 1 from a worker. */
  readonly tasks: number
  /** Slots at this moment. */
  readonly slots: number
  /** How many there may be: the same, but for an adaptive concurrency. */
  readonly mostSlots: number
  /** Slots that are taken at this moment. */
  readonly busySlots: number
  /** Prefetched messages that wait for a slot at this moment. */
  readonly waiting: number
  /** The length of the window in seconds, of all tasks together. */
  readonly taskSeconds: number
  /** Slots × seconds in the window. `busySlotSeconds / slotSeconds` is the utilisation, 0–1. */
  readonly slotSeconds: number
  /** Slots that were taken × seconds in the window. */
  readonly busySlotSeconds: number
  /** Handlings that ended in the window, however. */
  readonly handled: number
  /** Those of them after which the message leaves the queue: done or dead-lettered. */
  readonly completions: number
  /** Those of them that ended in `retry({ throttled: true })`. */
  readonly throttled: number
  /** The longest that a message had waited since it was sent when its handling began in the window; seconds. */
  readonly oldestWaitSeconds: number
  /** The mean time that a handling takes, in seconds; 0 while none has ended. */
  readonly handlingMeanSeconds: number
  /** Its variance ÷ its mean squared: 0 where all take alike, 1 for exponential ones. */
  readonly handlingSquaredCv: number
  /** How many handlings both are judged by, faded ones counted in part. */
  readonly handlingWeight: number
  /** Tasks that ECS spares from scale-in. */
  readonly protectedTasks: number
  /** Tasks that take no more because a deployment blocks their protection. */
  readonly blockedTasks: number
}

const NONE: Capacity = {
  tasks: 0,
  slots: 0,
  mostSlots: 0,
  busySlots: 0,
  waiting: 0,
  taskSeconds: 0,
  slotSeconds: 0,
  busySlotSeconds: 0,
  handled: 0,
  completions: 0,
  throttled: 0,
  oldestWaitSeconds: 0,
  handlingMeanSeconds: 0,
  handlingSquaredCv: 0,
  handlingWeight: 0,
  protectedTasks: 0,
  blockedTasks: 0,
}

const NOT_ADDED: ReadonlySet<string> = new Set([
  'oldestWaitSeconds',
  'handlingMeanSeconds',
  'handlingSquaredCv',
])

const ADDED = (Object.keys(NONE) as (keyof Capacity)[]).filter((name) => !NOT_ADDED.has(name))

/** The capacity of several tasks together, in any order and grouping; of none: all zero. */
export function mergeCapacity(capacities: readonly Capacity[]): Capacity {
  return capacities.reduce(together, NONE)
}

function together(a: Capacity, b: Capacity): Capacity {
  const merged: { -readonly [Name in keyof Capacity]: number } = { ...a }
  for (const name of ADDED) merged[name] += b[name]
  merged.oldestWaitSeconds = Math.max(a.oldestWaitSeconds, b.oldestWaitSeconds)
  const weight = a.handlingWeight + b.handlingWeight
  if (weight === 0) return merged
  const mean = (a.handlingWeight * a.handlingMeanSeconds + b.handlingWeight * b.handlingMeanSeconds) / weight
  const square = (a.handlingWeight * squareOf(a) + b.handlingWeight * squareOf(b)) / weight
  merged.handlingMeanSeconds = mean
  merged.handlingSquaredCv = squaredCvOf(mean, square)
  return merged
}

/** The mean of the squares. */
function squareOf({ handlingMeanSeconds, handlingSquaredCv }: Capacity): number {
  return handlingMeanSeconds ** 2 * (1 + handlingSquaredCv)
}
