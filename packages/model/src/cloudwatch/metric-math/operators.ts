/**
 * Operators over scalars and series. Between two series, a period where neither has a point stays without one; where
 * one has, the missing value counts as 0 ("Missing values in a time series are treated as 0"), so a sum of sparse metrics
 * needs no FILL and a division by a missing value is one by zero. A division by zero gives no data point. Comparison and
 * logic give 1 or 0. An array pairs each of its series with the other operand; two arrays do not pair.
 * Source: CloudWatch user guide, "Basic arithmetic functions" and "Comparison and logical operators".
 */
import type { ModelParameters } from '../../parameters.js'
import type { MathValue, Points, Series, ValueKind } from './math-value.js'
import { arrayOf, mapPoints, scalarOf, seriesOf } from './math-value.js'
import type { ArithmeticOperator, LogicalOperator, Operator } from './syntax.js'

const ARITHMETIC: Readonly<Record<ArithmeticOperator, (left: number, right: number) => number>> = {
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
  '/': (left, right) => left / right,
  '^': (left, right) => left ** right,
}

const LOGIC: Readonly<Record<LogicalOperator, (left: number, right: number) => boolean>> = {
  '==': (left, right) => left === right,
  '!=': (left, right) => left !== right,
  '<': (left, right) => left < right,
  '<=': (left, right) => left <= right,
  '>': (left, right) => left > right,
  '>=': (left, right) => left >= right,
  AND: (left, right) => left !== 0 && right !== 0,
  OR: (left, right) => left !== 0 || right !== 0,
}

export function isArithmetic(operator: Operator): operator is ArithmeticOperator {
  return operator in ARITHMETIC
}

/** Undefined where the operator does not take these. */
export function operationKind(operator: Operator, left: ValueKind, right: ValueKind): ValueKind | undefined {
  const isArray = left === 'TS[]' || right === 'TS[]'
  if (isArray && (left === right || !isArithmetic(operator))) return undefined
  if (isArray) return 'TS[]'
  return left === 'S' && right === 'S' ? 'S' : 'TS'
}

export function negate(value: MathValue): MathValue {
  if (value.kind === 'S') return scalarOf(value.value === undefined ? undefined : -value.value)
  return mapPoints(value, (points) => points.map((point) => (point === undefined ? undefined : -point)))
}

export function operate(
  operator: Operator,
  sides: { readonly left: MathValue; readonly right: MathValue },
  parameters: ModelParameters,
): MathValue {
  const { left, right } = sides
  const apply = pairing(operator, parameters)
  if (left.kind === 'S' && right.kind === 'S') return scalarOf(bothOf(left.value, right.value, apply))
  if (left.kind === 'TS[]') return eachOf(left.all, (points) => pairUp(points, pointsOf(right), apply))
  if (right.kind === 'TS[]') return eachOf(right.all, (points) => pairUp(pointsOf(left), points, apply))
  return seriesOf(pairUp(pointsOf(left), pointsOf(right), apply))
}

interface Pairing {
  readonly compute: (left: number, right: number) => number
  /** What stands in for the point that only one of two series has. */
  readonly missing: number | undefined
}

function pairing(operator: Operator, parameters: ModelParameters): Pairing {
  if (!isArithmetic(operator)) {
    return { compute: (left, right) => Number(LOGIC[operator](left, right)), missing: 0 }
  }
  const missing = parameters.metricMathMissingOperand === 'zero' ? 0 : undefined
  return { compute: ARITHMETIC[operator], missing }
}

function eachOf(all: readonly Series[], change: (points: Points) => Points): MathValue {
  return mapPoints(arrayOf(all), change)
}

/** A scalar stands for itself in every period in which the other side has a point. */
function pointsOf(value: MathValue): Points | { readonly scalar: number | undefined } {
  if (value.kind === 'S') return { scalar: value.value }
  return value.kind === 'TS' ? value.series.points : []
}

function pairUp(
  left: Points | { readonly scalar: number | undefined },
  right: Points | { readonly scalar: number | undefined },
  pair: Pairing,
): Points {
  if ('scalar' in left) return 'scalar' in right ? [] : right.map((point) => bothOf(left.scalar, point, pair))
  if ('scalar' in right) return left.map((point) => bothOf(point, right.scalar, pair))
  return left.map((point, index) => eitherOf(point, right[index], pair))
}

function bothOf(left: number | undefined, right: number | undefined, pair: Pairing): number | undefined {
  return left === undefined || right === undefined ? undefined : pair.compute(left, right)
}

function eitherOf(left: number | undefined, right: number | undefined, pair: Pairing): number | undefined {
  if (left === undefined && right === undefined) return undefined
  return bothOf(left ?? pair.missing, right ?? pair.missing, pair)
}
