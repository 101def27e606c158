/**
 * A time zone's clock: what it shows at an instant, and at which instant it shows a time. A time on the clock is written
 * as the epoch milliseconds at which UTC shows it.
 *
 *   spring forward   the clock never shows the times in the gap: no instant
 *   fall back        the clock shows the hour twice: the first time counts
 *
 * The rules come from the IANA data of the JavaScript engine.
 */
import { ScheduleError } from './schedule-error.js'

export interface TimeZone {
  /** What the clock shows at an instant. */
  readonly localMs: (instantMs: number) => number
  /** The first instant at which the clock shows this; undefined in a gap. */
  readonly instantMs: (localMs: number) => number | undefined
}

const DAY_MS = 86_400_000
const UTC: TimeZone = { localMs: (instantMs) => instantMs, instantMs: (localMs) => localMs }

/** Throws a ScheduleError for what is no IANA name, offsets such as `+09:00` among them. */
export function timeZone(name: string): TimeZone {
  if (name === 'UTC') return UTC
  const format = formatOf(name)
  const localMs = (instantMs: number): number => readClock(format, instantMs)
  return { localMs, instantMs: (local) => firstInstant(localMs, local) }
}

function formatOf(name: string): Intl.DateTimeFormat {
  const problem = `Invalid timezone '${name}': expected the name of an IANA time zone, such as America/New_York`
  if (!/^[A-Za-z]/.test(name)) throw new ScheduleError(problem)
  try {
    return new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
  } catch (error) {
    throw new ScheduleError(problem, { cause: error })
  }
}

function readClock(format: Intl.DateTimeFormat, instantMs: number): number {
  const parts = new Map(format.formatToParts(instantMs).map(({ type, value }) => [type, Number(value)]))
  const read = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0
  const seconds = Date.UTC(
    read('year'),
    read('month') - 1,
    read('day'),
    read('hour'),
    read('minute'),
    read('second'),
  )
  return seconds + (((instantMs % 1_000) + 1_000) % 1_000)
}

// Offsets lie within a day of UTC, so the ones a day before and after are all that a time can have around a change.
function firstInstant(localMs: (instantMs: number) => number, local: number): number | undefined {
  const offsets = [local - DAY_MS, local + DAY_MS].map((instantMs) => localMs(instantMs) - instantMs)
  const instants = offsets.map((offset) => local - offset).filter((instantMs) => localMs(instantMs) === local)
  return instants.length === 0 ? undefined : Math.min(...instants)
}
