import type { PeriodGrid } from '@longshore/model'

import { invalidValue } from './errors.js'
import type { Input } from './input.js'

const MINUTE_MS = 60_000
const SUB_MINUTE_PERIODS: ReadonlySet<number> = new Set([1, 5, 10, 20, 30])

/** `StartTime` and `EndTime` of a query, epoch milliseconds. */
export interface TimeRange {
  readonly startMs: number
  readonly endMs: number
}

export function readTimeRange(input: Input): TimeRange {
  const startMs = input.requiredTimestampMs('StartTime')
  const endMs = input.requiredTimestampMs('EndTime')
  if (startMs < endMs) return { startMs, endMs }
  throw invalidValue('The parameter StartTime must be less than the parameter EndTime.')
}

export function readPeriodSeconds(input: Input): number {
  const period = input.requiredInteger('Period')
  if (SUB_MINUTE_PERIODS.has(period) || (period >= 60 && period % 60 === 0)) return period
  throw invalidValue(`The parameter ${input.pathOf('Period')} must be 1, 5, 10, 20, 30, or a multiple of 60.`)
}

/** Periods begin at StartTime, rounded down to the minute, or to a division of the minute for shorter periods. */
export function gridOf(range: TimeRange, periodSeconds: number): PeriodGrid {
  const roundMs = periodSeconds < 60 ? periodSeconds * 1_000 : MINUTE_MS
  return { startMs: Math.floor(range.startMs / roundMs) * roundMs, endMs: range.endMs, periodSeconds }
}
