import { describe, expect, it } from 'vitest'

import type { MathSeries } from '../../src/index.js'
import { compileMetricMath, evaluateMetricMath, MetricMathError, withParameters } from '../../src/index.js'
import type { ExpectedResult } from '../golden/metric-math-cases.js'
import { metricMathCases } from '../golden/metric-math-cases.js'

const cases = metricMathCases()

describe('an expression gives what the guide says', () => {
  it.each(cases.filter(({ expected }) => expected !== undefined))('$rule: $name', (golden) => {
    const program = compileMetricMath(golden.queries)
    const results = evaluateMetricMath(program, golden, withParameters(golden.parameters))
    const written = Object.entries(golden.expected ?? {}).map(([id, expected]) => ({
      expected: inOrder(expected),
      found: inOrder(writeAs(expected, results.get(id) ?? [])),
    }))
    expect(written.map(({ found }) => found)).toEqual(written.map(({ expected }) => expected))
    expect(results.size).toBe(written.length)
  })
})

describe('an error names the expression and the position', () => {
  it.each(cases.filter(({ message }) => message !== undefined))('$rule: $name', (golden) => {
    const error = errorOf(() => compileMetricMath(golden.queries))
    expect(error.message).toBe(golden.message)
    expect(error.unsupportedFunction).toBe(golden.unsupported)
    expect(golden.message).toContain(`'${error.expressionId}'`)
    expect(golden.message).toContain(`(at position ${error.position})`)
  })
})

it('a result has the timestamps of its periods', () => {
  const grid = { startMs: 1_000_000, endMs: 1_020_000, periodSeconds: 10 }
  const points = new Map([['m1', [{ timestampMs: 1_010_000, value: 2 }]]])
  const program = compileMetricMath([{ id: 'm1' }, { id: 'e1', expression: 'm1 * 2' }])
  expect(evaluateMetricMath(program, { grid, points }).get('e1')).toEqual([
    {
      sourceId: undefined,
      points: [
        { timestampMs: 1_000_000, value: undefined },
        { timestampMs: 1_010_000, value: 4 },
      ],
    },
  ])
})

it('says beforehand whether an expression gives one series, which an alarm needs, or an array', () => {
  const { expressions } = compileMetricMath([
    { id: 'm1' },
    { id: 'one', expression: 'm1 / 2' },
    { id: 'many', expression: 'METRICS() / 2' },
  ])
  expect(expressions.map(({ id, kind }) => [id, kind])).toEqual([
    ['one', 'TS'],
    ['many', 'TS[]'],
  ])
})

it('says beforehand which metrics an expression comes from', () => {
  const { expressions } = compileMetricMath([
    { id: 'm1' },
    { id: 'm2' },
    { id: 'n1' },
    { id: 'sum', expression: 'n1 + m1' },
    { id: 'rate', expression: 'sum / PERIOD(m1)' },
    { id: 'named', expression: 'SUM(METRICS("m"))' },
    { id: 'all', expression: 'SUM(METRICS())' },
    { id: 'none', expression: 'SUM([TIME_SERIES(1)])' },
  ])
  expect(expressions.map(({ id, metricIds }) => [id, metricIds])).toEqual([
    ['sum', ['m1', 'n1']],
    ['rate', ['m1', 'n1']],
    ['named', ['m1', 'm2']],
    ['all', ['m1', 'm2', 'n1']],
    ['none', []],
  ])
})

it('an expression has at most 2048 characters', () => {
  const queries = (expression: string) => [{ id: 'm1' }, { id: 'e1', expression }]
  expect(() => compileMetricMath(queries(`m1${' '.repeat(2_046)}`))).not.toThrow()
  expect(errorOf(() => compileMetricMath(queries(`m1${' '.repeat(2_047)}`))).message).toBe(
    "Error in expression 'e1': The expression is longer than 2048 characters (at position 2049)",
  )
})

/** The order of an array's series is part of the result. */
function inOrder(result: ExpectedResult): unknown {
  return typeof result === 'string' ? result : Object.entries(result)
}

function writeAs(expected: ExpectedResult, all: readonly MathSeries[]): ExpectedResult {
  if (typeof expected !== 'string')
    return Object.fromEntries(all.map((series) => [series.sourceId, write(series)]))
  expect(all).toHaveLength(1)
  return all.map(write).join()
}

function write({ points }: MathSeries): string {
  return points.map(({ value }) => value ?? '-').join(' ')
}

function errorOf(run: () => unknown): MetricMathError {
  try {
    run()
  } catch (error) {
    if (error instanceof MetricMathError) return error
    throw error
  }
  throw new Error('Nothing was refused.')
}
