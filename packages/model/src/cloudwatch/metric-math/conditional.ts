/**
 * IF(condition, value when not 0, value when 0). A condition that is a series decides for every period:
 *
 *   condition has no point      no point
 *   true                        the second argument; 0 where that has no point
 *   false                       the third argument; no point where that has none or was left out
 *
 * A condition that is a number chooses one of the two for all periods; one without a value chooses neither.
 * Source: CloudWatch user guide, "Using IF expressions".
 */
import type { MathFunction, ParameterKind, Signature } from './math-function.js'
import type { Argument, MathValue } from './math-value.js'
import { dense, scalarOf, seriesOf } from './math-value.js'

const EITHER: readonly ParameterKind[] = ['S', 'TS']
// The guide lists IF(S, TS, TS). Numbers in place of the series follow from it: a number stands for a series of itself.
const SIGNATURES: readonly Signature[] = [
  { takes: [['TS'], EITHER, EITHER], optional: 1, gives: 'TS' },
  { takes: [['S'], ['S'], ['S']], gives: 'S' },
  { takes: [['S'], EITHER, EITHER], optional: 1, gives: 'TS' },
]

export const IF: MathFunction = {
  signatures: SIGNATURES,
  apply: ([condition, whenTrue, whenFalse], { grid }) => {
    if (condition?.kind === 'TS') return perPeriod({ condition, whenTrue, whenFalse })
    const decided = condition?.kind === 'S' ? condition.value : undefined
    const chosen = decided === undefined ? undefined : decided === 0 ? whenFalse : whenTrue
    if (whenTrue?.kind === 'S' && whenFalse?.kind === 'S') return scalarOf(at(chosen, 0))
    const periods = dense(grid, () => 0)
    return seriesOf(periods.map((_, index) => at(chosen, index)))
  },
}

interface Branches {
  readonly condition: Extract<MathValue, { kind: 'TS' }>
  readonly whenTrue: Argument | undefined
  readonly whenFalse: Argument | undefined
}

function perPeriod({ condition, whenTrue, whenFalse }: Branches): MathValue {
  return seriesOf(
    condition.series.points.map((point, index) => {
      if (point === undefined) return undefined
      return point === 0 ? at(whenFalse, index) : (at(whenTrue, index) ?? 0)
    }),
  )
}

function at(value: Argument | undefined, index: number): number | undefined {
  if (value?.kind === 'S') return value.value
  return value?.kind === 'TS' ? value.series.points[index] : undefined
}
