import type { AlarmDatapoint, MathQuery, ModelParameters, PeriodGrid } from '../../src/index.js'
import { readGolden } from './read-golden.js'

/** Points of a series, `-` where there is none; of an array of series by their ids. */
export type ExpectedResult = string | Readonly<Record<string, string>>

interface Row {
  readonly name: string
  readonly periodSeconds?: number
  readonly metrics: Readonly<Record<string, string>>
  readonly expression?: string
  readonly expressions?: Readonly<Record<string, string>>
  readonly parameters?: Partial<ModelParameters>
  readonly expect?: ExpectedResult | Readonly<Record<string, ExpectedResult>>
  readonly message?: string
  readonly unsupported?: string
}

interface Table {
  readonly groups: readonly { readonly rule: string; readonly cases: readonly Row[] }[]
}

export interface MathCase {
  readonly rule: string
  readonly name: string
  /** Metrics first. */
  readonly queries: readonly MathQuery[]
  readonly grid: PeriodGrid
  readonly points: ReadonlyMap<string, readonly AlarmDatapoint[]>
  readonly parameters: Partial<ModelParameters>
  /** By id of the expression; undefined for what is refused. */
  readonly expected: Readonly<Record<string, ExpectedResult>> | undefined
  readonly message: string | undefined
  readonly unsupported: string | undefined
}

const START_MS = Date.UTC(2026, 10, 22, 23, 58)

export function metricMathCases(): MathCase[] {
  const { groups } = readGolden('metric-math.json') as Table
  return groups.flatMap(({ rule, cases }) => cases.map((row) => ({ rule, name: row.name, ...caseOf(row) })))
}

/** `1 - 3` as one point per period of the grid. */
export function pointsOf(text: string, grid: PeriodGrid): AlarmDatapoint[] {
  return text.split(' ').map((symbol, index) => ({
    timestampMs: grid.startMs + index * grid.periodSeconds * 1_000,
    value: symbol === '-' ? undefined : Number(symbol),
  }))
}

function caseOf(row: Row): Omit<MathCase, 'rule' | 'name'> {
  const expressions = row.expressions ?? { e1: row.expression ?? '' }
  const grid = gridOf(row)
  const metrics = Object.entries(row.metrics)
  return {
    queries: [
      ...metrics.map(([id]) => ({ id })),
      ...Object.entries(expressions).map(([id, expression]) => ({ id, expression })),
    ],
    grid,
    points: new Map(metrics.map(([id, text]) => [id, pointsOf(text, grid)])),
    parameters: row.parameters ?? {},
    expected: expectedOf(row),
    message: row.message,
    unsupported: row.unsupported,
  }
}

function expectedOf({ expect, expressions }: Row): Record<string, ExpectedResult> | undefined {
  if (expect === undefined) return undefined
  return expressions === undefined
    ? { e1: expect as ExpectedResult }
    : (expect as Record<string, ExpectedResult>)
}

function gridOf({ metrics, periodSeconds = 60 }: Row): PeriodGrid {
  const periods = Object.values(metrics)[0]?.split(' ').length ?? 0
  return { startMs: START_MS, endMs: START_MS + periods * periodSeconds * 1_000, periodSeconds }
}
