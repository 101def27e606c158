/**
 * Cron expressions of Application Auto Scaling: Minutes, Hours, Day-of-month, Month, Day-of-week, Year; with seven fields
 * the first are Seconds, and with five there is no Year.
 * Source: Application Auto Scaling user guide, "Schedule recurring scaling actions using cron expressions", with its
 * exception for seven fields; that five are taken is measured by badmintoncryer/cdk-preflight.
 */
import type { DayTest } from './cron-days.js'
import { parseDays } from './cron-days.js'
import { FIELDS, invalidField, parseField } from './cron-field.js'
import { ScheduleError } from './schedule-error.js'
import type { TimeZone } from './time-zone.js'

export interface CronExpression {
  readonly years: ReadonlySet<number>
  readonly months: ReadonlySet<number>
  readonly isDay: DayTest
  /** Milliseconds since midnight, ascending. */
  readonly timesMs: readonly number[]
}

const DAY_MS = 86_400_000

/** Throws a ScheduleError. */
export function parseCron(text: string): CronExpression {
  const fields = text.trim().split(/\s+/)
  if (fields.length < 5 || fields.length > 7) {
    throw new ScheduleError(
      `Invalid CRON expression: expected the fields Minutes Hours Day-of-month Month Day-of-week Year, found '${text}'`,
    )
  }
  const second = fields.length === 7 ? parseSecond(fields.shift() ?? '') : 0
  const [minutes = '', hours = '', dayOfMonth = '', month = '', dayOfWeek = '', year = '*'] = fields
  const minutesOfHour = parseField(minutes, FIELDS.minutes)
  return {
    timesMs: parseField(hours, FIELDS.hours).flatMap((hour) =>
      minutesOfHour.map((minute) => ((hour * 60 + minute) * 60 + second) * 1_000),
    ),
    isDay: parseDays(dayOfMonth, dayOfWeek),
    months: new Set(parseField(month, FIELDS.month)),
    years: new Set(parseField(year, FIELDS.year)),
  }
}

/** The first instant after `afterMs` at which the zone's clock shows what the expression holds; undefined for none. */
export function nextCronMs(cron: CronExpression, zone: TimeZone, afterMs: number): number | undefined {
  // What the clock has shown before is in the past, even where it shows it a second time.
  const shownMs = zone.localMs(afterMs)
  for (const dayMs of daysFrom(cron, Math.floor(shownMs / DAY_MS) * DAY_MS)) {
    for (const timeMs of cron.timesMs) {
      const instantMs = dayMs + timeMs > shownMs ? zone.instantMs(dayMs + timeMs) : undefined
      if (instantMs !== undefined && instantMs > afterMs) return instantMs
    }
  }
  return undefined
}

/** Midnights of the days that the expression holds, ascending, to the last year it can name. */
function* daysFrom({ years, months, isDay }: CronExpression, firstMs: number): Generator<number> {
  const first = new Date(firstMs)
  let year = first.getUTCFullYear()
  let month = first.getUTCMonth()
  for (; year <= FIELDS.year.max; month += 1) {
    if (month === 12) [year, month] = [year + 1, 0]
    if (!years.has(year) || !months.has(month + 1)) continue
    const daysInMonth = new Date(Date.UTC(year, month + 1, 0)).getUTCDate()
    for (let date = 1; date <= daysInMonth; date += 1) {
      const dayMs = Date.UTC(year, month, date)
      const weekday = new Date(dayMs).getUTCDay() + 1
      if (dayMs >= firstMs && isDay({ date, weekday, daysInMonth })) yield dayMs
    }
  }
}

// Several seconds of a minute would be runs less than a minute apart.
function parseSecond(text: string): number {
  const [second = 0, ...others] = parseField(text, FIELDS.seconds)
  if (others.length === 0) return second
  throw invalidField(text, FIELDS.seconds, 'runs must be at least 60 seconds apart')
}
