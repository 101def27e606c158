import { describe, expect, it } from 'vitest'

import type { AlarmDatapoint, AlarmRule, AlarmState } from '../../src/index.js'
import { compileMetricMath, evaluateAlarm, evaluateMetricMath, evaluationRange } from '../../src/index.js'
import { alarmCases } from '../golden/alarm-truth-tables.js'
import { pointsOf } from '../golden/metric-math-cases.js'

const NOW_MS = Date.UTC(2026, 10, 22, 16, 5, 30)
const RULE: AlarmRule = {
  comparisonOperator: 'GreaterThanThreshold',
  threshold: 10,
  evaluationPeriods: 3,
  datapointsToAlarm: 3,
  treatMissingData: 'missing',
}

function alarmOn(expression: string, metrics: Readonly<Record<string, string>>, rule = RULE): AlarmState {
  const grid = evaluationRange({ ...rule, periodSeconds: 60 }, NOW_MS)
  const ids = Object.keys(metrics)
  const points = new Map(ids.map((id): [string, AlarmDatapoint[]] => [id, pointsOf(metrics[id] ?? '', grid)]))
  const program = compileMetricMath([...ids.map((id) => ({ id })), { id: 'e1', expression }])
  const [result] = evaluateMetricMath(program, { grid, points }).get('e1') ?? []
  return evaluateAlarm(rule, { points: result?.points ?? [], state: 'OK' }).state
}

describe('an alarm on an expression', () => {
  it('watches backlog per task', () => {
    const metrics = { visible: '10 10 100 100 100', running: '2 2 2 2 2' }
    expect(alarmOn('visible / running', metrics)).toBe('ALARM')
    expect(alarmOn('visible / running', { ...metrics, running: '2 2 2 20 20' })).toBe('OK')
  })

  it('has no data while nothing runs: a division by zero is a missing point', () => {
    const metrics = { visible: '100 100 100 100 100', running: '0 0 0 0 0' }
    expect(alarmOn('visible / running', metrics)).toBe('INSUFFICIENT_DATA')
    expect(alarmOn('IF(running > 0, visible / running, visible)', metrics)).toBe('ALARM')
  })

  it('stays where a fill of the newest, delayed point holds it, as the guide warns', () => {
    const metrics = { m1: '100 100 100 100 -' }
    expect(alarmOn('m1', metrics)).toBe('ALARM')
    expect(alarmOn('FILL(m1, 0)', metrics)).toBe('OK')
    expect(alarmOn('FILL(m1, 0)', metrics, { ...RULE, datapointsToAlarm: 2 })).toBe('ALARM')
  })
})

describe("an expression that is a metric's name follows the same truth tables as the metric", () => {
  it.each(alarmCases())('$title gives $expected', (golden) => {
    const values: Record<string, string> = { X: '11', '0': '9', '-': '-' }
    const m1 = golden.symbols.map((symbol) => values[symbol]).join(' ')
    const rule = { ...RULE, ...golden }
    expect(alarmOn('m1', { m1 }, rule)).toBe(golden.expected === 'retain' ? 'OK' : golden.expected)
  })
})
