import { array, assert, constant, constantFrom, integer, pre, property, record } from 'fast-check'
import { describe, expect, it } from 'vitest'

import type { AlarmDatapoint, AlarmRule, AlarmState, TreatMissingData } from '../../src/index.js'
import { evaluateAlarm, isBreaching } from '../../src/index.js'
import { alarmCases } from '../golden/alarm-truth-tables.js'

const START_MS = Date.UTC(2026, 10, 22, 16)
const THRESHOLD = 10

function rule(overrides: Partial<AlarmRule> = {}): AlarmRule {
  return {
    comparisonOperator: 'GreaterThanThreshold',
    threshold: THRESHOLD,
    evaluationPeriods: 3,
    datapointsToAlarm: 3,
    treatMissingData: 'missing',
    ...overrides,
  }
}

function points(symbols: readonly string[]): AlarmDatapoint[] {
  const values: Record<string, number | undefined> = { X: THRESHOLD + 1, '0': THRESHOLD - 1 }
  return symbols.map((symbol, index) => ({ timestampMs: START_MS + index * 60_000, value: values[symbol] }))
}

describe("an alarm follows CloudWatch's truth tables", () => {
  it.each(alarmCases())('$title gives $expected', (golden) => {
    for (const state of ['OK', 'ALARM', 'INSUFFICIENT_DATA'] as const) {
      const evaluation = evaluateAlarm(rule(golden), { points: points(golden.symbols), state })
      expect(evaluation.state).toBe(golden.expected === 'retain' ? state : golden.expected)
      expect(evaluation.reason === undefined).toBe(golden.expected === 'retain')
    }
  })
})

describe('comparison with the threshold', () => {
  it.each([
    ['GreaterThanOrEqualToThreshold', [false, true, true]],
    ['GreaterThanThreshold', [false, false, true]],
    ['LessThanThreshold', [true, false, false]],
    ['LessThanOrEqualToThreshold', [true, true, false]],
  ] as const)('%s of 9, 10 and 11 against 10', (comparisonOperator, expected) => {
    const compared = [9, 10, 11].map((value) => isBreaching(value, { comparisonOperator, threshold: 10 }))
    expect(compared).toEqual(expected)
  })
})

describe('the reason is worded as CloudWatch words it', () => {
  const reason = (symbols: string, overrides: Partial<AlarmRule> = {}, state: AlarmState = 'OK') =>
    evaluateAlarm(rule(overrides), { points: points(symbols.split(' ')), state }).reason

  it('names the points that crossed the threshold, newest first', () => {
    expect(reason('0 0 X X X')).toBe(
      'Threshold Crossed: 3 out of the last 3 datapoints [11.0 (22/11/26 16:04:00), 11.0 (22/11/26 16:03:00), ' +
        '11.0 (22/11/26 16:02:00)] were greater than the threshold (10.0) (minimum 3 datapoints for OK -> ALARM transition).',
    )
  })

  it('names the points that brought it back', () => {
    const oneOfOne = { evaluationPeriods: 1, datapointsToAlarm: 1, threshold: 10.5 }
    expect(reason('X X 0', oneOfOne, 'ALARM')).toBe(
      'Threshold Crossed: 1 out of the last 1 datapoint [9.0 (22/11/26 16:02:00)] was not greater than the threshold (10.5) ' +
        '(minimum 1 datapoint for ALARM -> OK transition).',
    )
  })

  it('says what missing points were taken for', () => {
    expect(reason('- - - - -', { treatMissingData: 'breaching' })).toBe(
      'Threshold Crossed: no datapoints were received for 3 periods and 3 missing datapoints were treated as [Breaching].',
    )
    expect(reason('- - - - X', { treatMissingData: 'breaching' })).toContain(
      'greater than the threshold (10.0) and 2 missing datapoints were treated as [Breaching] (minimum 3',
    )
    expect(reason('- - - - -')).toBe('Insufficient Data: 3 datapoints were unknown.')
  })
})

describe('whatever the points', () => {
  const anyAlarm = integer({ min: 1, max: 15 }).chain((evaluationPeriods) =>
    record({
      evaluationPeriods: constant(evaluationPeriods),
      datapointsToAlarm: integer({ min: 1, max: evaluationPeriods }),
      treatMissingData: constantFrom<TreatMissingData>('missing', 'ignore', 'breaching', 'notBreaching'),
      symbols: array(constantFrom('X', '0', '-'), {
        minLength: evaluationPeriods + 2,
        maxLength: evaluationPeriods + 2,
      }),
      state: constantFrom<AlarmState>('OK', 'ALARM', 'INSUFFICIENT_DATA'),
    }),
  )

  it('treatment of missing data matters only where fewer than N points are real', () => {
    assert(
      property(anyAlarm, ({ symbols, state, ...overrides }) => {
        const real = symbols.filter((symbol) => symbol !== '-').length
        pre(real >= overrides.evaluationPeriods)
        const states = (['missing', 'ignore', 'breaching', 'notBreaching'] as const).map(
          (treatMissingData) =>
            evaluateAlarm(rule({ ...overrides, treatMissingData }), { points: points(symbols), state }).state,
        )
        expect(new Set(states).size).toBe(1)
      }),
    )
  })

  it('never alarms without a breaching point unless told that missing is breaching', () => {
    assert(
      property(anyAlarm, ({ symbols, state, ...overrides }) => {
        pre(!symbols.includes('X') && overrides.treatMissingData !== 'breaching' && state !== 'ALARM')
        expect(evaluateAlarm(rule(overrides), { points: points(symbols), state }).state).not.toBe('ALARM')
      }),
    )
  })

  it('considers at most N points, all real, the newest ones', () => {
    assert(
      property(anyAlarm, ({ symbols, state, ...overrides }) => {
        const all = points(symbols)
        const { considered } = evaluateAlarm(rule(overrides), { points: all, state })
        const real = all.filter((point) => point.value !== undefined)
        expect(considered.toReversed()).toEqual(real.slice(-overrides.evaluationPeriods))
      }),
    )
  })
})
