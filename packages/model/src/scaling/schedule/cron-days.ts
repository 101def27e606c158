/**
 * The days that Day-of-month and Day-of-week hold together; one of the two is `?`.
 *
 *   L in Day-of-month    the last day of the month          3W     the weekday nearest to the 3rd, inside its month
 *   L in Day-of-week     the last day of the week, 7        6L     the last Friday of the month
 *   3#2 in Day-of-week   the second Tuesday of the month
 *
 * Each of these stands alone in its field.
 * Source: EventBridge user guide, "Cron expressions reference"; which combinations of `?` Application Auto Scaling takes is
 * measured by badmintoncryer/cdk-preflight.
 */
import { FIELDS, invalidField, numberOf, parseField } from './cron-field.js'
import { ScheduleError } from './schedule-error.js'

/** A date, with what decides whether a cron expression holds it. */
export interface CalendarDay {
  readonly date: number
  /** 1 is Sunday. */
  readonly weekday: number
  readonly daysInMonth: number
}

export type DayTest = (day: CalendarDay) => boolean

export function parseDays(dayOfMonth: string, dayOfWeek: string): DayTest {
  if ((dayOfMonth === '?') === (dayOfWeek === '?')) {
    throw new ScheduleError(
      `Invalid CRON expression: Day-of-month '${dayOfMonth}' and Day-of-week '${dayOfWeek}': exactly one of them must be ?`,
    )
  }
  return dayOfMonth === '?' ? parseDayOfWeek(dayOfWeek) : parseDayOfMonth(dayOfMonth)
}

function parseDayOfMonth(text: string): DayTest {
  if (text === 'L') return ({ date, daysInMonth }) => date === daysInMonth
  const nearest = /^(\d+)W$/.exec(text)?.[1]
  if (nearest !== undefined) {
    const wanted = numberOf(nearest, text, FIELDS.dayOfMonth)
    return (day) => day.date === nearestWeekday(wanted, day)
  }
  const dates = new Set(parseField(text, FIELDS.dayOfMonth))
  return ({ date }) => dates.has(date)
}

function parseDayOfWeek(text: string): DayTest {
  if (text === 'L') return ({ weekday }) => weekday === FIELDS.dayOfWeek.max
  const last = /^(\w+)L$/.exec(text)?.[1]
  if (last !== undefined) {
    const wanted = numberOf(last, text, FIELDS.dayOfWeek)
    return ({ weekday, date, daysInMonth }) => weekday === wanted && date > daysInMonth - 7
  }
  const [, nth, count] = /^(\w+)#(\d+)$/.exec(text) ?? []
  if (nth !== undefined && count !== undefined) {
    const wanted = numberOf(nth, text, FIELDS.dayOfWeek)
    if (Number(count) < 1 || Number(count) > 5)
      throw invalidField(text, FIELDS.dayOfWeek, '# counts from 1 to 5')
    return ({ weekday, date }) => weekday === wanted && Math.ceil(date / 7) === Number(count)
  }
  const weekdays = new Set(parseField(text, FIELDS.dayOfWeek))
  return ({ weekday }) => weekdays.has(weekday)
}

/** Undefined in a month without that day. */
function nearestWeekday(wanted: number, { date, weekday, daysInMonth }: CalendarDay): number | undefined {
  if (wanted > daysInMonth) return undefined
  // The weekday of `wanted`, with 0 for Sunday and 6 for Saturday.
  const on = (((weekday - 1 + wanted - date) % 7) + 7) % 7
  if (on === 6) return wanted > 1 ? wanted - 1 : wanted + 2
  if (on === 0) return wanted < daysInMonth ? wanted + 1 : wanted - 2
  return wanted
}
