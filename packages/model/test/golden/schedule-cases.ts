import type { ScheduleWindow } from '../../src/index.js'
import { readGolden } from './read-golden.js'

interface Row {
  readonly name: string
  readonly schedule: string
  readonly timezone?: string
  readonly start?: string
  readonly end?: string
  readonly created?: string
  readonly after: string
  readonly runs: readonly string[]
}

interface Table {
  readonly groups: readonly { readonly rule: string; readonly cases: readonly Row[] }[]
  readonly invalid: readonly {
    readonly schedule: string
    readonly timezone?: string
    readonly message: string
  }[]
}

export interface ScheduleCase {
  readonly rule: string
  readonly name: string
  readonly schedule: string
  readonly timezone: string | undefined
  readonly window: ScheduleWindow
  readonly afterMs: number
  /** ISO 8601 in UTC, and `…` where more follow. */
  readonly runs: readonly string[]
}

const TABLE = readGolden('schedules.json') as Table

export const INVALID_SCHEDULES: Table['invalid'] = TABLE.invalid

export function scheduleCases(): ScheduleCase[] {
  return TABLE.groups.flatMap(({ rule, cases }) =>
    cases.map((row) => ({
      rule,
      name: row.name,
      schedule: row.schedule,
      timezone: row.timezone,
      window: {
        startMs: instantOf(row.start),
        endMs: instantOf(row.end),
        createdMs: Date.parse(row.created ?? row.after),
      },
      afterMs: Date.parse(row.after),
      runs: row.runs,
    })),
  )
}

function instantOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Date.parse(text)
}
