import type { PeriodGrid } from '@longshore/model'

import type { Input } from '../server/input.js'
import { invalidValue } from './errors.js'
import { keptResolutionMs } from './retention.js'

const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000
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

/**
 * The periods of a query, the first of which begins at StartTime, rounded down: to the minute, to a division of the minute
 * for shorter periods, or to the resolution in which CloudWatch keeps points that are so old.
 */
export function gridOf(range: TimeRange, periodSeconds: number, nowMs: number): PeriodGrid {
  const keptMs = Math.min(keptResolutionMs(nowMs - range.startMs), HOUR_MS)
  const roundMs = periodSeconds < 60 ? periodSeconds * 1_000 : Math.max(MINUTE_MS, keptMs)
  return { startMs: Math.floor(range.startMs / roundMs) * roundMs, endMs: range.endMs, periodSeconds }
}
