/**
 * Functions that give a series without gaps from the timestamps of the grid, all in UTC, and PERIOD.
 * Source: CloudWatch user guide, "Functions supported for metric math"; the ranges are those of the guide's table.
 */
import type { MathFunction, MathFunctions } from './math-function.js'
import { dense, scalarOf, seriesOf } from './math-value.js'

export const FROM_TIME: MathFunctions = {
  MINUTE: ofTimestamp((date) => date.getUTCMinutes()),
  HOUR: ofTimestamp((date) => date.getUTCHours()),
  /** 1 is Monday, 7 is Sunday. */
  DAY: ofTimestamp((date) => date.getUTCDay() || 7),
  DATE: ofTimestamp((date) => date.getUTCDate()),
  MONTH: ofTimestamp((date) => date.getUTCMonth() + 1),
  YEAR: ofTimestamp((date) => date.getUTCFullYear()),
  /** Seconds since 1970. */
  EPOCH: ofTimestamp((date) => date.getTime() / 1_000),
  PERIOD: {
    signatures: [{ takes: [['metric']], gives: 'S' }],
    apply: (_, { grid }) => scalarOf(grid.periodSeconds),
  },
  TIME_SERIES: {
    signatures: [{ takes: [['S']], gives: 'TS' }],
    apply: ([scalar], { grid }) =>
      seriesOf(dense(grid, () => (scalar?.kind === 'S' ? scalar.value : undefined))),
  },
}

function ofTimestamp(read: (date: Date) => number): MathFunction {
  return {
    signatures: [{ takes: [['TS']], gives: 'TS' }],
    apply: (_, { grid }) => seriesOf(dense(grid, (timestampMs) => read(new Date(timestampMs)))),
  }
}
