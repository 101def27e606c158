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

/**
 * What runs next after `nowMs`; null when nothing does. When an action was made is not read: a rate without start time is
 * left out, since it counts from there.
 */
export function nextAction(actions: readonly LiveScheduledAction[], nowMs: number): NextAction | null {
  const runs = actions.flatMap((action): NextAction[] => {
    const { name, timezone = 'UTC', minCapacity, maxCapacity } = action
    const atMs = runOf(action, nowMs)
    return atMs === undefined ? [] : [{ name, atMs, timezone, minCapacity, maxCapacity }]
  })
  return runs.toSorted((one, other) => one.atMs - other.atMs)[0] ?? null
}

function runOf(
  { schedule, timezone, startMs, endMs }: LiveScheduledAction,
  nowMs: number,
): number | undefined {
  try {
    const parsed = parseSchedule(schedule, timezone)
    if (parsed.kind === 'rate' && startMs === undefined) return undefined
    return nextRun(parsed, { startMs, endMs, createdMs: nowMs }, nowMs)
  } catch (error) {
    // Somebody else's, of a form that is not known here.
    if (error instanceof ScheduleError) return undefined
    throw error
  }
}
