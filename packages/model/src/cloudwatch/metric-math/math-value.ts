/**
 * What expressions are made of, in the words of CloudWatch's user guide: a scalar number (S), a time series (TS), an
 * array of time series (TS[]). All series of an evaluation lie on one grid: a place in `points` is a period of it.
 */
import type { PeriodGrid } from '../statistics.js'

/** One value per period of the grid, oldest first; undefined where there is no data point. */
export type Points = readonly (number | undefined)[]

export interface Series {
  /** The metric or expression that an array took it from; its label follows the expression's. */
  readonly sourceId: string | undefined
  readonly points: Points
}

export interface Scalar {
  readonly kind: 'S'
  /** Undefined where there is none: the maximum of a series without points, a division by zero. */
  readonly value: number | undefined
}

export type MathValue =
  | Scalar
  | { readonly kind: 'TS'; readonly series: Series }
  | { readonly kind: 'TS[]'; readonly all: readonly Series[] }

export type ValueKind = MathValue['kind']

/** What a function is given: values, and texts and keywords as they stand in the expression. */
export type Argument = MathValue | { readonly kind: 'word'; readonly text: string }

export function scalarOf(value: number | undefined): MathValue {
  return { kind: 'S', value: finite(value) }
}

export function seriesOf(points: Points, sourceId?: string): MathValue {
  return { kind: 'TS', series: { sourceId, points: points.map(finite) } }
}

export function arrayOf(all: readonly Series[]): MathValue {
  return { kind: 'TS[]', all }
}

/** The series of a value; none of a scalar. */
export function allSeries(value: Argument | undefined): readonly Series[] {
  if (value?.kind === 'TS') return [value.series]
  return value?.kind === 'TS[]' ? value.all : []
}

/** Applies to each data point of a series, or of every series of an array. */
export function mapPoints(
  value: Argument | undefined,
  change: (points: Points) => readonly (number | undefined)[],
): MathValue {
  const changed = allSeries(value).map(({ sourceId, points }) => ({
    sourceId,
    points: change(points).map(finite),
  }))
  const [first] = changed
  return value?.kind === 'TS' && first !== undefined ? { kind: 'TS', series: first } : arrayOf(changed)
}

export function periodsOf({ startMs, endMs, periodSeconds }: PeriodGrid): number {
  return Math.max(0, Math.ceil((endMs - startMs) / (periodSeconds * 1_000)))
}

/** A series without gaps. */
export function dense(grid: PeriodGrid, valueAt: (timestampMs: number) => number | undefined): Points {
  const periodMs = grid.periodSeconds * 1_000
  return Array.from({ length: periodsOf(grid) }, (_, index) => valueAt(grid.startMs + index * periodMs))
}

/** CloudWatch has no infinities: what a division by zero or an overflow leaves is no data point. */
function finite(value: number | undefined): number | undefined {
  return value !== undefined && Number.isFinite(value) ? value : undefined
}
