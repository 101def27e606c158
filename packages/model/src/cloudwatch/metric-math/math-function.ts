import type { PeriodGrid } from '../statistics.js'
import type { Argument, MathValue, Series, ValueKind } from './math-value.js'

/** `metric` is a time series that is no expression's result; `text` is quoted; a keyword is given by its name. */
export type ParameterKind = ValueKind | 'metric' | 'text' | Keyword

export type Keyword = 'REPEAT' | 'LINEAR' | 'ASC' | 'DESC' | 'AVG' | 'MIN' | 'MAX' | 'SUM'

/** One row of "Arguments" and "Return type" in the user guide's table of functions. */
export interface Signature {
  /** What each argument may be. */
  readonly takes: readonly (readonly ParameterKind[])[]
  /** How many of them may be left out, from the end. */
  readonly optional?: number
  readonly gives: ValueKind
}

/** What an evaluation knows beside the arguments. */
export interface MathView {
  readonly grid: PeriodGrid
  /** The metrics of the request, in its order: expressions are not among them. */
  readonly metrics: readonly Series[]
}

export interface MathFunction {
  readonly signatures: readonly Signature[]
  /** The arguments fit one of the signatures. */
  readonly apply: (args: readonly Argument[], view: MathView) => MathValue
}

export type MathFunctions = Readonly<Record<string, MathFunction>>

/** Takes a series or an array and gives its like. */
export const EACH: readonly Signature[] = [
  { takes: [['TS']], gives: 'TS' },
  { takes: [['TS[]']], gives: 'TS[]' },
]

/** Takes a series and gives a number, or an array and gives a series. */
export const REDUCE: readonly Signature[] = [
  { takes: [['TS']], gives: 'S' },
  { takes: [['TS[]']], gives: 'TS' },
]
