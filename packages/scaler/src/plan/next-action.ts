import { nextRun, parseSchedule, ScheduleError } from '@longshore/model'
import type { LiveScheduledAction } from './live.js'

/** A run that a scheduled action has ahead. */
export interface NextAction {
  readonly name: string
  readonly atMs: number
  readonly timezone: string
  /** Undefined: left as it is then. */
  readonly minCapacity: number | undefined
  readonly maxCapacity: number | undefined
}

/** A scheduled action as it exists, and its next run. */
export interface ScheduledRun extends LiveScheduledAction {
  /** Epoch milliseconds; undefined where it has no run ahead, or is of a form that is not known here. */
  readonly nextMs: number | undefined
}

/** Each action with its next run after `nowMs`, in the order of those. */
export function scheduledRuns(actions: readonly LiveScheduledAction[], nowMs: number): ScheduledRun[] {
  return actions
    .map((action) => ({ ...action, nextMs: runOf(action, nowMs) }))
    .toSorted((one, other) => (one.nextMs ?? Infinity) - (other.nextMs ?? Infinity) || 0)
}

/** What runs next after `nowMs`; null when nothing does. */
export function nextAction(actions: readonly LiveScheduledAction[], nowMs: number): NextAction | null {
  const [first] = scheduledRuns(actions, nowMs)
  if (first?.nextMs === undefined) return null
  const { name, nextMs: atMs, timezone = 'UTC', minCapacity, maxCapacity } = first
  return { name, atMs, timezone, minCapacity, maxCapacity }
}

function runOf(action: LiveScheduledAction, nowMs: number): number | undefined {
  const { schedule, timezone, startMs, endMs, createdMs } = action
  try {
    const parsed = parseSchedule(schedule, timezone)
    // A rate counts from its first time, or else from when it was made.
    if (parsed.kind === 'rate' && startMs === undefined && createdMs === undefined) return undefined
    return nextRun(parsed, { startMs, endMs, createdMs: createdMs ?? nowMs }, nowMs)
  } catch (error) {
    // Somebody else's, of a form that is not known here.
    if (error instanceof ScheduleError) return undefined
    throw error
  }
}
