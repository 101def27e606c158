import type { Distribution, StatisticSet, WeightedValue } from '../../src/index.js'
import { distributionOf } from '../../src/index.js'
import { readGolden } from './read-golden.js'

interface Table {
  readonly groups: readonly {
    readonly rule: string
    readonly cases: readonly {
      readonly name: string
      readonly values: string
      readonly statistics: Readonly<Record<string, number | null>>
    }[]
  }[]
  readonly sets: readonly (StatisticSet & { readonly name: string; readonly values: string | null })[]
  readonly invalid: readonly string[]
}

const TABLE = readGolden('extended-statistics.json') as Table

export interface StatisticCase {
  readonly rule: string
  readonly name: string
  readonly statistic: string
  readonly values: readonly WeightedValue[]
  readonly expected: number | undefined
}

export function extendedStatisticCases(): StatisticCase[] {
  return TABLE.groups.flatMap(({ rule, cases }) =>
    cases.flatMap(({ name, values, statistics }) =>
      Object.entries(statistics).map(([statistic, expected]) => ({
        rule,
        name,
        statistic,
        values: readValues(values),
        expected: expected ?? undefined,
      })),
    ),
  )
}

export function statisticSetCases(): readonly {
  readonly name: string
  readonly set: StatisticSet
  readonly expected: Distribution | undefined
}[] {
  return TABLE.sets.map(({ name, values, ...set }) => ({
    name,
    set,
    expected: values === null ? undefined : distributionOf(readValues(values)),
  }))
}

export const INVALID_STATISTICS: readonly string[] = TABLE.invalid

/** `5×90 100` or `1to100`. */
function readValues(text: string): WeightedValue[] {
  const range = /^1to(\d+)$/.exec(text)
  if (range !== null)
    return Array.from({ length: Number(range[1]) }, (_, index) => ({ value: index + 1, count: 1 }))
  return text
    .split(' ')
    .filter((entry) => entry !== '')
    .map((entry) => {
      const [value, count = '1'] = entry.split('×')
      return { value: Number(value), count: Number(count) }
    })
}
