import { array, assert, double, integer, property, record } from 'fast-check'
import { describe, expect, it } from 'vitest'

import type { WeightedValue } from '../../src/index.js'
import {
  distributionOf,
  distributionOfSet,
  extendedStatisticOf,
  mergeDistributions,
  parseExtendedStatistic,
} from '../../src/index.js'
import {
  extendedStatisticCases,
  INVALID_STATISTICS,
  statisticSetCases,
} from '../golden/extended-statistic-cases.js'

function statistic(name: string, values: Iterable<WeightedValue>): number | undefined {
  const parsed = parseExtendedStatistic(name)
  if (parsed === undefined) throw new Error(`${name} is no statistic`)
  return extendedStatisticOf(distributionOf(values), parsed)
}

describe('an extended statistic gives what the guide says', () => {
  it.each(extendedStatisticCases())('$rule: $name: $statistic is $expected', (golden) => {
    const found = statistic(golden.statistic, golden.values)
    if (golden.expected === undefined) expect(found).toBeUndefined()
    else expect(found).toBeCloseTo(golden.expected, 9)
  })
})

describe('what a statistic set tells of its values', () => {
  it.each(statisticSetCases())('$name', ({ set, expected }) => {
    expect(distributionOfSet(set)).toEqual(expected)
  })

  it('hidden values hide the values beside them', () => {
    const known = distributionOf([{ value: 1, count: 1 }])
    expect(mergeDistributions(known, undefined)).toBeUndefined()
    expect(extendedStatisticOf(undefined, { kind: 'percentile', percent: 50 })).toBeUndefined()
    expect(mergeDistributions(known, distributionOf([{ value: 1, count: 2 }]))).toEqual([
      { value: 1, count: 3 },
    ])
  })
})

it.each(INVALID_STATISTICS)('%j is no extended statistic', (name) => {
  expect(parseExtendedStatistic(name)).toBeUndefined()
})

const samples = array(
  record({ value: double({ min: 0, max: 1e6, noNaN: true }), count: integer({ min: 1, max: 20 }) }),
  { minLength: 1, maxLength: 30 },
)
const percent = integer({ min: 0, max: 1_000 }).map((tenths) => tenths / 10)

describe('whatever the samples', () => {
  it('a percentile is one of them, and grows with its percentage', () => {
    assert(
      property(samples, percent, percent, (values, one, other) => {
        const [low, high] = [Math.min(one, other), Math.max(one, other)]
        const found = [low, high].map((each) => statistic(`p${each}`, values) ?? NaN)
        expect(values.map(({ value }) => value)).toEqual(expect.arrayContaining(found))
        expect(found[0]).toBeLessThanOrEqual(found[1] ?? NaN)
      }),
    )
  })

  it('at least so many percent of them are no higher than a percentile, and fewer are lower', () => {
    assert(
      property(samples, percent, (values, each) => {
        const found = statistic(`p${each}`, values) ?? NaN
        const share = (fits: (value: number) => boolean): number => {
          const count = (some: readonly WeightedValue[]) => some.reduce((sum, { count }) => sum + count, 0)
          return (count(values.filter(({ value }) => fits(value))) / count(values)) * 100
        }
        expect(share((value) => value <= found)).toBeGreaterThanOrEqual(each - 1e-6)
        expect(share((value) => value < found)).toBeLessThanOrEqual(each + 1e-6)
      }),
    )
  })

  it('a trimmed sum is the trimmed mean times the trimmed count', () => {
    assert(
      property(samples, percent, (values, each) => {
        const mean = statistic(`tm${each}`, values) ?? 0
        const sum = statistic(`ts${each}`, values) ?? NaN
        expect(mean * (statistic(`tc${each}`, values) ?? NaN)).toBeCloseTo(sum, 3)
      }),
    )
  })

  it('the order of samples and how they are grouped make no difference', () => {
    assert(
      property(samples, percent, (values, each) => {
        const single = values.flatMap(({ value, count }) =>
          Array.from({ length: count }, () => ({ value, count: 1 })),
        )
        for (const name of [`p${each}`, `tc${each}`, 'IQM', 'WM(10%:90%)']) {
          expect(statistic(name, single.toReversed())).toBeCloseTo(statistic(name, values) ?? NaN, 3)
        }
      }),
    )
  })
})
