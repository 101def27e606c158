import { assert, constantFrom, integer, oneof, property, string, tuple } from 'fast-check'
import { describe, expect, it } from 'vitest'

import type { Schedule, ScheduleWindow } from '../../src/index.js'
import { nextRun, parseSchedule, ScheduleError } from '../../src/index.js'
import { INVALID_SCHEDULES, scheduleCases } from '../golden/schedule-cases.js'

const cases = scheduleCases()

describe('a schedule runs when AWS says', () => {
  it.each(cases)('$rule: $name', ({ schedule, timezone, window, afterMs, runs }) => {
    const hasMore = runs.at(-1) === '…'
    const found = runsOf(parseSchedule(schedule, timezone), window, {
      afterMs,
      count: runs.length + (hasMore ? -1 : 1),
    })
    expect(found.map(written)).toEqual(hasMore ? runs.slice(0, -1) : runs)
  })
})

describe('a schedule is refused', () => {
  it.each(INVALID_SCHEDULES)('$schedule in $timezone', ({ schedule, timezone, message }) => {
    const error = errorOf(() => parseSchedule(schedule, timezone))
    expect(error.message).toBe(message)
  })
})

const instants = integer({ min: Date.UTC(2024, 0, 1) / 60_000, max: Date.UTC(2030, 0, 1) / 60_000 }).map(
  (minutes) => minutes * 60_000,
)
const zones = constantFrom(
  'UTC',
  'America/New_York',
  'Europe/Berlin',
  'Australia/Lord_Howe',
  'Asia/Kathmandu',
  'America/St_Johns',
  'Pacific/Apia',
  'America/Santiago',
)
const days = oneof(
  constantFrom('* * ?', 'L * ?', '15W * ?', '? * MON-FRI', '? * 6L', '? * 3#2', '1,15 JAN-JUN ?', '? 2/3 L'),
  integer({ min: 1, max: 28 }).map((date) => `${date} * ?`),
)
const crons = tuple(integer({ min: 0, max: 59 }), constantFrom('*', '0/3', '2', '1-2', '9-17'), days).map(
  ([minute, hours, day]) => `cron(${minute} ${hours} ${day} *)`,
)

describe('whatever the cron expression and time zone', () => {
  it('runs follow each other, each after the last, whatever instant between is asked', () => {
    assert(
      property(
        crons,
        zones,
        instants,
        integer({ min: 0, max: 1_000 }),
        (expression, zone, afterMs, share) => {
          const schedule = parseSchedule(expression, zone)
          const window = { startMs: undefined, endMs: undefined, createdMs: afterMs }
          const [first = NaN, second = NaN] = runsOf(schedule, window, { afterMs, count: 2 })
          expect(first).toBeGreaterThan(afterMs)
          expect(second).toBeGreaterThan(first)
          const betweenMs = first + Math.floor(((second - 1 - first) * share) / 1_000)
          expect(nextRun(schedule, window, betweenMs)).toBe(second)
        },
      ),
      { numRuns: 300 },
    )
  })

  it('an independent reading of the clock, minute by minute, finds the same run', () => {
    assert(
      property(
        integer({ min: 0, max: 59 }),
        integer({ min: 0, max: 23 }),
        zones,
        instants,
        (minute, hour, zone, afterMs) => {
          const schedule = parseSchedule(`cron(${minute} ${hour} * * ? *)`, zone)
          const run =
            nextRun(schedule, { startMs: undefined, endMs: undefined, createdMs: afterMs }, afterMs) ?? NaN
          const clock = new Intl.DateTimeFormat('en-GB', {
            timeZone: zone,
            hour: '2-digit',
            minute: '2-digit',
            hourCycle: 'h23',
          })
          const wanted = `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`
          expect(clock.format(run)).toBe(wanted)
          // Times that are shown before it were shown already when the clock fell back.
          for (let atMs = afterMs + 60_000; atMs < run; atMs += 60_000) {
            if (clock.format(atMs) !== wanted) continue
            const isRepeat = [0.5, 1].some((hours) => clock.format(atMs - hours * 3_600_000) === wanted)
            expect(isRepeat, new Date(atMs).toISOString()).toBe(true)
          }
        },
      ),
      { numRuns: 60 },
    )
  })
})

it('a rate keeps its beat', () => {
  assert(
    property(integer({ min: 1, max: 10_000 }), instants, instants, (minutes, createdMs, afterMs) => {
      const window = { startMs: undefined, endMs: undefined, createdMs }
      const run = nextRun(parseSchedule(`rate(${minutes} minutes)`), window, afterMs) ?? NaN
      expect(run).toBeGreaterThan(Math.max(createdMs, afterMs))
      expect((run - createdMs) % (minutes * 60_000)).toBe(0)
      expect(run - minutes * 60_000).toBeLessThanOrEqual(Math.max(createdMs, afterMs))
    }),
  )
})

it('whatever the text, it is a schedule or a ScheduleError', () => {
  const fields = constantFrom('*', '?', '0', '5/5', '1-3', 'L', '3W', '3#2', 'MON', 'x', '99')
  const scraps = tuple(fields, fields, fields, fields, fields, fields).map((all) => `cron(${all.join(' ')})`)
  assert(
    property(oneof(string(), scraps), (expression) => {
      try {
        parseSchedule(expression)
      } catch (error) {
        expect(error).toBeInstanceOf(ScheduleError)
      }
    }),
    { numRuns: 1_000 },
  )
})

function runsOf(
  schedule: Schedule,
  window: ScheduleWindow,
  { afterMs, count }: { readonly afterMs: number; readonly count: number },
): number[] {
  const runs: number[] = []
  let next = nextRun(schedule, window, afterMs)
  while (next !== undefined && runs.length < count) {
    runs.push(next)
    next = nextRun(schedule, window, next)
  }
  return runs
}

function written(instantMs: number): string {
  return new Date(instantMs).toISOString().replace('.000Z', 'Z')
}

function errorOf(run: () => unknown): ScheduleError {
  try {
    run()
  } catch (error) {
    if (error instanceof ScheduleError) return error
    throw error
  }
  throw new Error('Nothing was refused.')
}
