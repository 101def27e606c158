import {
  array,
  assert,
  constantFrom,
  double,
  integer,
  letrec,
  oneof,
  option,
  property,
  record,
  string,
  tuple,
} from 'fast-check'
import type { Arbitrary } from 'fast-check'
import { describe, expect, it } from 'vitest'

import type { MathSeries, PeriodGrid } from '../../src/index.js'
import { compileMetricMath, evaluateMetricMath, MetricMathError } from '../../src/index.js'

const PERIODS = 6
const GRID: PeriodGrid = { startMs: 0, endMs: PERIODS * 60_000, periodSeconds: 60 }

type Points = readonly (number | undefined)[]

const value = double({ min: -1e6, max: 1e6, noNaN: true })
const sparse: Arbitrary<Points> = array(option(value, { nil: undefined }), {
  minLength: PERIODS,
  maxLength: PERIODS,
})

function evaluate(expression: string, metrics: Readonly<Record<string, Points>>): readonly MathSeries[] {
  const ids = Object.keys(metrics)
  const program = compileMetricMath([...ids.map((id) => ({ id })), { id: 'result', expression }])
  const points = new Map(
    ids.map((id) => [id, (metrics[id] ?? []).map((each, at) => ({ timestampMs: at * 60_000, value: each }))]),
  )
  return evaluateMetricMath(program, { grid: GRID, points }).get('result') ?? []
}

function series(expression: string, metrics: Readonly<Record<string, Points>>): Points {
  const [only, ...others] = evaluate(expression, metrics)
  expect(others).toEqual([])
  return only?.points.map((point) => point.value) ?? []
}

const WORDS =
  'm1 m2 m3 1 2.5 0 + - * / ^ ( ) [ ] , < >= == AND OR SUM( AVG( FILL( IF( METRICS() RATE( REPEAT LINEAR MAX( SORT( "m" TIME_SERIES('
/** Random text that is often an expression. */
const scraps = array(constantFrom(...WORDS.split(' ')), { maxLength: 12 }).map((words) => words.join(' '))
const operator = constantFrom('+', '-', '*', '/', '^', '<', '>=', '==', '!=', ' AND ', ' OR ')

/** Expressions that are right: of one series, of a number, of an array. */
const { one } = letrec<Record<'one' | 'number' | 'many', string>>((tie) => ({
  one: oneof(
    { maxDepth: 4 },
    constantFrom('m1', 'm2', 'm3'),
    joined('(', tie('one'), operator, tie('one'), ')'),
    joined('(', tie('one'), operator, tie('number'), ')'),
    joined(constantFrom('RATE(', 'DIFF(', 'ABS(', 'CEIL(', 'LOG(', 'RUNNING_SUM(', 'DAY('), tie('one'), ')'),
    joined('FILL(', tie('one'), ',', oneof(tie('number'), tie('one'), constantFrom('REPEAT', 'LINEAR')), ')'),
    joined(
      'IF(',
      oneof(tie('one'), tie('number')),
      ',',
      tie('one'),
      ',',
      oneof(tie('number'), tie('one')),
      ')',
    ),
    joined(constantFrom('SUM(', 'AVG(', 'MIN(', 'MAX(', 'STDDEV(', 'FIRST(', 'LAST('), tie('many'), ')'),
    joined('TIME_SERIES(', tie('number'), ')'),
  ),
  number: oneof(
    { maxDepth: 4 },
    constantFrom('0', '1', '2.5', 'PERIOD(m1)'),
    joined('(', tie('number'), operator, tie('number'), ')'),
    joined(constantFrom('SUM(', 'AVG(', 'MIN(', 'MAX(', 'STDDEV(', 'DATAPOINT_COUNT('), tie('one'), ')'),
    joined('METRIC_COUNT(', tie('many'), ')'),
  ),
  many: oneof(
    { maxDepth: 4 },
    constantFrom('METRICS()', 'METRICS("1")', '[]'),
    joined('[', tie('one'), ',', tie('many'), ']'),
    joined('(', tie('many'), constantFrom('+', '/', '^'), tie('one'), ')'),
    joined('SORT(', tie('many'), ',', constantFrom('AVG', 'MAX'), ', DESC,', tie('number'), ')'),
    joined('SLICE(', tie('many'), ',', tie('number'), ')'),
    joined('REMOVE_EMPTY(', tie('many'), ')'),
  ),
}))

function joined(...parts: readonly (string | Arbitrary<string>)[]): Arbitrary<string> {
  const arbitraries = parts.map((part) => (typeof part === 'string' ? constantFrom(part) : part))
  return tuple(...arbitraries).map((texts) => texts.join(''))
}

describe('whatever the text', () => {
  it('it compiles, or a MetricMathError names a position inside it', () => {
    let compiled = 0
    assert(
      property(oneof(scraps, string(), one), (expression) => {
        try {
          compileMetricMath([{ id: 'm1' }, { id: 'm2' }, { id: 'm3' }, { id: 'e1', expression }])
          compiled += 1
        } catch (error) {
          if (!(error instanceof MetricMathError)) throw error
          expect(error.position).toBeGreaterThanOrEqual(1)
          expect(error.position).toBeLessThanOrEqual(expression.length + 1)
        }
      }),
      { numRuns: 3_000 },
    )
    expect(compiled).toBeGreaterThan(500)
  })

  it('a thousand parentheses, or minus signs, are no danger', () => {
    const metrics = { m1: [1, 2, 3, 4, 5, 6] }
    expect(series(`${'('.repeat(1_000)}m1${')'.repeat(1_000)}`, metrics)).toEqual(metrics.m1)
    expect(series(`${'-'.repeat(2_000)}m1`, metrics)).toEqual(metrics.m1)
    expect(series(`m1${' ^ 1'.repeat(500)}`, metrics)).toEqual(metrics.m1)
    expect(() => compileMetricMath([{ id: 'e1', expression: '('.repeat(2_048) }])).toThrow(MetricMathError)
  })
})

describe('whatever the points', () => {
  it('an expression gives a finite number or nothing in every period of the grid', () => {
    assert(
      property(one, sparse, sparse, (expression, m1, m2) => {
        const points = series(expression, { m1, m2, m3: [] })
        expect(points).toHaveLength(PERIODS)
        for (const point of points) expect(point === undefined || Number.isFinite(point)).toBe(true)
      }),
      { numRuns: 2_000 },
    )
  })

  it('there is a point where either metric has one, and nowhere else', () => {
    assert(
      property(sparse, sparse, constantFrom('+', '-', '*', '<', '=='), (m1, m2, sign) => {
        const has = series(`m1 ${sign} m2`, { m1, m2 }).map((point) => point !== undefined)
        expect(has).toEqual(m1.map((point, at) => point !== undefined || m2[at] !== undefined))
      }),
    )
  })

  it('the sum of an array is the sum of its series; the average is that over their count', () => {
    assert(
      property(sparse, sparse, (m1, m2) => {
        const sum = series('m1 + m2', { m1, m2 })
        expect(series('SUM(METRICS())', { m1, m2 })).toEqual(sum)
        expect(series('AVG(METRICS())', { m1, m2 })).toEqual(
          series('(m1 + m2) / METRIC_COUNT(METRICS())', { m1, m2 }),
        )
      }),
    )
  })

  it('a fill leaves what is there, and a fill by number leaves no gap', () => {
    assert(
      property(sparse, value, constantFrom('REPEAT', 'LINEAR', 'm2', '7'), (m1, other, filler) => {
        const m2 = Array.from({ length: PERIODS }, () => other)
        const filled = series(`FILL(m1, ${filler})`, { m1, m2 })
        for (const [at, point] of m1.entries()) if (point !== undefined) expect(filled[at]).toBe(point)
        if (filler === '7' || filler === 'm2') expect(filled).not.toContain(undefined)
      }),
    )
  })

  it('a line stays between the ends of its gap', () => {
    assert(
      property(value, value, integer({ min: 0, max: PERIODS - 2 }), (from, to, gap) => {
        const m1 = [from, ...Array.from({ length: gap }, () => undefined), to]
        const filled = series('FILL(m1, LINEAR)', { m1 }).slice(0, gap + 2)
        for (const point of filled) {
          expect(point).toBeGreaterThanOrEqual(Math.min(from, to) - 1e-6)
          expect(point).toBeLessThanOrEqual(Math.max(from, to) + 1e-6)
        }
      }),
    )
  })

  it('rates add up to what changed', () => {
    assert(
      property(sparse, (m1) => {
        const present = m1.filter((point) => point !== undefined)
        const risen = series('RUNNING_SUM(RATE(m1) * DIFF_TIME(m1))', { m1 }).filter(
          (point) => point !== undefined,
        )
        const [first = 0] = present
        if (present.length > 1) expect(risen.at(-1)).toBeCloseTo((present.at(-1) ?? 0) - first, 4)
        else expect(risen).toEqual([])
      }),
    )
  })
})

type Sum = number | { readonly sign: '+' | '-' | '*' | '/' | '^'; readonly left: Sum; readonly right: Sum }

const PRECEDENCE = { '+': 1, '-': 1, '*': 2, '/': 2, '^': 3 }
const COMPUTE = {
  '+': (left: number, right: number) => left + right,
  '-': (left: number, right: number) => left - right,
  '*': (left: number, right: number) => left * right,
  '/': (left: number, right: number) => left / right,
  '^': (left: number, right: number) => left ** right,
}

/** Not a number as soon as a part is none: 1 / (1 / 0) is no data point, and not 0. */
function compute(sum: Sum): number {
  if (typeof sum === 'number') return sum
  const result = COMPUTE[sum.sign](compute(sum.left), compute(sum.right))
  return Number.isFinite(result) ? result : NaN
}

/** With as few parentheses as mathematics needs. */
function write(sum: Sum): string {
  if (typeof sum === 'number') return String(sum)
  const inside = (part: Sum, isLoose: (precedence: number) => boolean): string =>
    typeof part !== 'number' && isLoose(PRECEDENCE[part.sign]) ? `(${write(part)})` : write(part)
  const own = PRECEDENCE[sum.sign]
  const isPower = sum.sign === '^'
  const left = inside(sum.left, (precedence) => precedence < own || (isPower && precedence === own))
  const right = inside(sum.right, (precedence) => precedence < own || (!isPower && precedence === own))
  return `${left} ${sum.sign} ${right}`
}

it('operators bind as in mathematics', () => {
  const { sum } = letrec<{ sum: Sum }>((tie) => ({
    sum: oneof(
      { maxDepth: 5 },
      integer({ min: 1, max: 9 }),
      record({
        sign: constantFrom<'+' | '-' | '*' | '/' | '^'>('+', '-', '*', '/', '^'),
        left: tie('sum'),
        right: tie('sum'),
      }),
    ),
  }))
  assert(
    property(sum, (each) => {
      const expected = compute(each)
      const [found] = series(`TIME_SERIES(${write(each)})`, {})
      if (Number.isFinite(expected)) expect(found).toBe(expected)
      else expect(found).toBeUndefined()
    }),
    { numRuns: 1_000 },
  )
})
