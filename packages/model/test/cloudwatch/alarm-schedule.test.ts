import { describe, expect, it } from 'vitest'

import {
  alarmPoints,
  evaluationRange,
  isActionRepeatDue,
  nextAlarmEvaluationMs,
  samples,
  withParameters,
} from '../../src/index.js'

const at = (time: string): number => Date.parse(`2026-11-22T${time}Z`)
const clock = (timestampMs: number): string => new Date(timestampMs).toISOString().slice(11, 19)

describe('an alarm is evaluated', () => {
  it('every minute when its period is a minute or more, at the same second', () => {
    for (const periodSeconds of [60, 300, 3_600]) {
      const first = nextAlarmEvaluationMs(periodSeconds, at('12:00:00'))
      expect(clock(first)).toBe('12:00:30')
      expect(clock(nextAlarmEvaluationMs(periodSeconds, first))).toBe('12:01:30')
    }
  })

  it('every ten seconds when its period is 10, 20 or 30 s', () => {
    for (const periodSeconds of [10, 20, 30]) {
      const first = nextAlarmEvaluationMs(periodSeconds, at('12:00:00'))
      expect(clock(first)).toBe('12:00:05')
      expect(clock(nextAlarmEvaluationMs(periodSeconds, first))).toBe('12:00:15')
    }
  })

  it('at the phase that a parameter says', () => {
    const parameters = withParameters({ alarmEvaluationPhaseSeconds: 0 })
    expect(clock(nextAlarmEvaluationMs(60, at('12:00:00'), parameters))).toBe('12:01:00')
  })
})

describe('the evaluation range', () => {
  it('ends with the newest whole minute and reaches two periods beyond N', () => {
    const range = evaluationRange({ evaluationPeriods: 3, periodSeconds: 60 }, at('12:10:30'))
    expect([clock(range.startMs), clock(range.endMs)]).toEqual(['12:05:00', '12:10:00'])
  })

  it('slides by the minute even where the period is longer', () => {
    const range = evaluationRange({ evaluationPeriods: 1, periodSeconds: 300 }, at('12:11:30'))
    expect([clock(range.startMs), clock(range.endMs)]).toEqual(['11:56:00', '12:11:00'])
  })

  it('slides by ten seconds for a period of twenty', () => {
    const range = evaluationRange({ evaluationPeriods: 1, periodSeconds: 20 }, at('12:00:35'))
    expect([clock(range.startMs), clock(range.endMs)]).toEqual(['11:59:30', '12:00:30'])
  })

  it('has a point for each period, without a value where nothing was reported', () => {
    const grid = evaluationRange({ evaluationPeriods: 1, periodSeconds: 60 }, at('12:10:30'))
    const sets = [{ timestampMs: at('12:08:00'), set: samples(7) }]
    const points = alarmPoints(grid, sets, 'Average').map((point) => [clock(point.timestampMs), point.value])
    expect(points).toEqual([
      ['12:07:00', undefined],
      ['12:08:00', 7],
      ['12:09:00', undefined],
    ])
  })
})

it('an Auto Scaling action repeats after a minute', () => {
  expect(isActionRepeatDue(at('12:00:00'), at('12:00:59'))).toBe(false)
  expect(isActionRepeatDue(at('12:00:00'), at('12:01:00'))).toBe(true)
})
