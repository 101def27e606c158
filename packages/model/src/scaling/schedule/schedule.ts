/**
 * When scheduled actions run, as a function of time alone.
 *
 *   at(yyyy-MM-ddTHH:mm:ss)    once, by the clock of the time zone
 *   rate(n minutes|hours|days) every n units from the start time, from the action's creation where there is none; a day is
 *                              24 hours, whatever the clock does
 *   cron(fields)               whenever the clock of the time zone shows it
 *
 * A run that falls into the hour that a clock skips in spring doesn't happen, one in the hour that it shows twice happens
 * once. Application Auto Scaling says that it adjusts for daylight saving time and no more; this is what EventBridge
 * Scheduler says. When a rate without start time first runs is not published: here after the first interval.
 * Source: Application Auto Scaling user guide, "Scheduled scaling"; AWS re:Post, "How can I adjust my Amazon EventBridge
 * schedule for daylight saving?"
 */
import type { CronExpression } from './cron.js'
import { nextCronMs, parseCron } from './cron.js'
import { ScheduleError } from './schedule-error.js'
import type { TimeZone } from './time-zone.js'
import { timeZone } from './time-zone.js'

export type Schedule =
  | { readonly kind: 'at'; readonly instantMs: number }
  | { readonly kind: 'rate'; readonly intervalMs: number }
  | { readonly kind: 'cron'; readonly cron: CronExpression; readonly zone: TimeZone }

export interface ScheduleWindow {
  /** StartTime, epoch milliseconds: a recurring action runs then, and from then on as its schedule says. */
  readonly startMs: number | undefined
  /** EndTime, epoch milliseconds: the last instant at which a recurring action may run. */
  readonly endMs: number | undefined
  /** When the action was put, epoch milliseconds: from where a rate without start time counts. */
  readonly createdMs: number
}

const UNIT_MS = { minute: 60_000, hour: 3_600_000, day: 86_400_000 }
const SYNTAX = String.raw`Schedule expressions must have the following syntax: rate(<number>\s?(minutes?|hours?|days?)), cron(<cron_expression>) or at(yyyy-MM-dd'T'HH:mm:ss).`

/** Throws a ScheduleError for what PutScheduledAction refuses. The time zone matters to `at` and `cron`. */
export function parseSchedule(expression: string, timeZoneName = 'UTC'): Schedule {
  const zone = timeZone(timeZoneName)
  const [, kind, text = ''] = /^(at|rate|cron)\((.*)\)$/s.exec(expression) ?? []
  if (kind === 'at') return { kind, instantMs: parseAt(text, zone) }
  if (kind === 'cron') return { kind, cron: parseCron(text), zone }
  const [, value, unit] = (kind === 'rate' && /^(\d+)\s?(minute|hour|day)s?$/.exec(text)) || []
  if (value === undefined) throw new ScheduleError(`Invalid schedule expression. Details: ${SYNTAX}`)
  if (Number(value) === 0) {
    throw new ScheduleError('Invalid schedule frequency. Runs must be at least 60 seconds apart.')
  }
  return { kind: 'rate', intervalMs: Number(value) * UNIT_MS[unit as keyof typeof UNIT_MS] }
}

/** The first run after `afterMs`, epoch milliseconds; undefined when there is none left. */
export function nextRun(schedule: Schedule, window: ScheduleWindow, afterMs: number): number | undefined {
  if (schedule.kind === 'at') return schedule.instantMs > afterMs ? schedule.instantMs : undefined
  const { startMs, endMs = Infinity } = window
  const runMs = startMs !== undefined && startMs > afterMs ? startMs : recurrence(schedule, window, afterMs)
  return runMs !== undefined && runMs <= endMs ? runMs : undefined
}

function recurrence(
  schedule: Exclude<Schedule, { kind: 'at' }>,
  { startMs, createdMs }: ScheduleWindow,
  afterMs: number,
): number | undefined {
  if (schedule.kind === 'cron') return nextCronMs(schedule.cron, schedule.zone, afterMs)
  const originMs = startMs ?? createdMs
  const runs = Math.max(1, Math.floor((afterMs - originMs) / schedule.intervalMs) + 1)
  return originMs + runs * schedule.intervalMs
}

function parseAt(text: string, zone: TimeZone): number {
  const localMs = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(text) ? Date.parse(`${text}Z`) : NaN
  // Date.parse takes February 30 for March 2.
  const isDate = !Number.isNaN(localMs) && new Date(localMs).toISOString().startsWith(text)
  if (!isDate) {
    throw new ScheduleError(
      `Invalid schedule at DateTime expression: '${text}' is not a date and time of the form yyyy-MM-ddTHH:mm:ss`,
    )
  }
  const instantMs = zone.instantMs(localMs)
  if (instantMs !== undefined) return instantMs
  throw new ScheduleError(
    `Invalid schedule at DateTime expression: '${text}' is in the gap of a daylight saving time change`,
  )
}
