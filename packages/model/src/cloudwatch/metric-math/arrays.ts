/**
 * Functions of arrays of time series.
 * Source: CloudWatch user guide, "Functions supported for metric math". Series without a number to sort by come last.
 */
import type { MathFunction, MathFunctions, ParameterKind } from './math-function.js'
import type { Argument, MathValue, Series } from './math-value.js'
import { allSeries, arrayOf, dense, seriesOf } from './math-value.js'
import { present, REDUCERS } from './reductions.js'

const ORDERS: readonly ParameterKind[] = ['ASC', 'DESC']
const SORT_KEYS: readonly ParameterKind[] = ['AVG', 'MIN', 'MAX', 'SUM']

export const ARRAYS: MathFunctions = {
  FIRST: pick(0),
  LAST: pick(-1),
  METRICS: {
    signatures: [{ takes: [['text']], optional: 1, gives: 'TS[]' }],
    apply: ([filter], { metrics }) => arrayOf(metrics.filter(({ sourceId }) => isNamed(sourceId, filter))),
  },
  REMOVE_EMPTY: {
    signatures: [{ takes: [['TS[]']], gives: 'TS[]' }],
    apply: ([array]) => arrayOf(allSeries(array).filter(({ points }) => present(points).length > 0)),
  },
  SLICE: {
    signatures: [{ takes: [['TS[]'], ['S'], ['S']], optional: 1, gives: 'TS[]' }],
    apply: ([array, start, end]) => arrayOf(allSeries(array).slice(numberOf(start) ?? 0, numberOf(end))),
  },
  SORT: {
    signatures: [{ takes: [['TS[]'], SORT_KEYS, ORDERS, ['S']], optional: 1, gives: 'TS[]' }],
    apply: ([array, key, order, limit]) =>
      arrayOf(sorted(allSeries(array), wordOf(key), wordOf(order)).slice(0, numberOf(limit))),
  },
}

function pick(index: number): MathFunction {
  return {
    signatures: [{ takes: [['TS[]']], gives: 'TS' }],
    apply: ([array], { grid }): MathValue => {
      const series = allSeries(array).at(index)
      return series === undefined ? seriesOf(dense(grid, () => undefined)) : { kind: 'TS', series }
    },
  }
}

function isNamed(id: string | undefined, filter: Argument | undefined): boolean {
  return filter === undefined || (id ?? '').includes(wordOf(filter))
}

function sorted(all: readonly Series[], key: string, order: string): Series[] {
  const reduce = REDUCERS[key as keyof typeof REDUCERS]
  const ranked = all.map((series) => {
    const rank = reduce(present(series.points), series.points.length)
    return { series, rank: present(series.points).length === 0 ? undefined : rank }
  })
  const sign = order === 'DESC' ? -1 : 1
  ranked.sort((one, other) => {
    if (one.rank === undefined || other.rank === undefined) {
      return Number(one.rank === undefined) - Number(other.rank === undefined)
    }
    return sign * (one.rank - other.rank)
  })
  return ranked.map(({ series }) => series)
}

function wordOf(argument: Argument | undefined): string {
  return argument?.kind === 'word' ? argument.text : ''
}

function numberOf(argument: Argument | undefined): number | undefined {
  return argument?.kind === 'S' ? argument.value : undefined
}
