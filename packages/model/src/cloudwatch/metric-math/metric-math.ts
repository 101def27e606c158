/**
 * CloudWatch metric math. A request names metrics and expressions over them by ids; compiling checks what CloudWatch checks
 * when it takes a request or an alarm, evaluating is a total function of the metrics' points.
 * Source: CloudWatch user guide, "Using math expressions with CloudWatch metrics".
 */
import type { ModelParameters } from '../../parameters.js'
import { DEFAULTS } from '../../parameters.js'
import type { AlarmDatapoint } from '../alarm.js'
import type { PeriodGrid } from '../statistics.js'
import { evaluateNode } from './evaluate-node.js'
import { kindOf } from './kinds.js'
import type { MathValue, Series, ValueKind } from './math-value.js'
import { allSeries, dense } from './math-value.js'
import type { ExpressionSource } from './metric-math-error.js'
import { MetricMathError } from './metric-math-error.js'
import { parseExpression } from './parse.js'
import { metricFiltersOf, referencesOf } from './references.js'
import type { MathNode } from './syntax.js'

/** A member of MetricDataQueries or of an alarm's Metrics. Ids are unique and start with a lowercase letter. */
export interface MathQuery {
  readonly id: string
  /** Undefined for a metric. */
  readonly expression?: string | undefined
}

/** Expressions that were checked, ready to be evaluated as often as there are new points. */
export interface MathProgram {
  /** In the order of the request. */
  readonly metricIds: readonly string[]
  /** Each after those that it refers to. */
  readonly expressions: readonly CompiledExpression[]
}

export interface CompiledExpression {
  readonly id: string
  readonly node: MathNode
  /** An expression may give an array of series; an alarm can watch one series only. */
  readonly kind: 'TS' | 'TS[]'
  /** The metrics that its result comes from, through other expressions too, in the order of the request. */
  readonly metricIds: readonly string[]
}

export interface MathInput {
  /** All metrics have this period. */
  readonly grid: PeriodGrid
  /** By id of the metric: one point per period of the grid, oldest first, as `alarmPoints` gives them. */
  readonly points: ReadonlyMap<string, readonly AlarmDatapoint[]>
}

/** One time series of an expression's result. */
export interface MathSeries {
  /** In an array: the metric or expression that this series comes from, whose label follows the expression's. */
  readonly sourceId: string | undefined
  /** One per period of the grid, oldest first: what `evaluateAlarm` takes. */
  readonly points: readonly AlarmDatapoint[]
}

/** Parses and checks the expressions of a request; throws a MetricMathError for the first that CloudWatch would refuse. */
export function compileMetricMath(queries: readonly MathQuery[]): MathProgram {
  const metricIds = queries.filter(({ expression }) => expression === undefined).map(({ id }) => id)
  const sources = queries.flatMap(({ id, expression }) =>
    expression === undefined ? [] : [{ id, expression }],
  )
  const nodes = new Map(sources.map((source) => [source.id, { source, node: parseExpression(source) }]))
  const compiled = new Map<string, CompiledExpression>()
  for (const { source, node } of inOrder(nodes)) {
    const kind = resultKind({ source, node }, metricIds, compiled)
    compiled.set(source.id, { id: source.id, node, kind, metricIds: metricsOf(node, metricIds, compiled) })
  }
  return { metricIds, expressions: [...compiled.values()] }
}

/** The results of all expressions, by id. */
export function evaluateMetricMath(
  program: MathProgram,
  { grid, points }: MathInput,
  parameters: ModelParameters = DEFAULTS,
): ReadonlyMap<string, readonly MathSeries[]> {
  const metrics = program.metricIds.map((id) => metricSeries(id, points.get(id) ?? [], grid))
  const values = new Map<string, MathValue>(
    metrics.map((series) => [series.sourceId ?? '', { kind: 'TS', series }]),
  )
  for (const { id, node } of program.expressions) {
    const value = evaluateNode(node, { values, view: { grid, metrics }, parameters })
    values.set(id, value.kind === 'TS' ? { kind: 'TS', series: { ...value.series, sourceId: id } } : value)
  }
  return new Map(
    program.expressions.map(({ id, kind }) => [
      id,
      allSeries(values.get(id)).map((series) => resultOf(series, { grid, isArray: kind === 'TS[]' })),
    ]),
  )
}

interface Parsed {
  readonly source: ExpressionSource
  readonly node: MathNode
}

function resultKind(
  { source, node }: Parsed,
  metricIds: readonly string[],
  compiled: ReadonlyMap<string, CompiledExpression>,
): 'TS' | 'TS[]' {
  const isMetric = (id: string): boolean => metricIds.includes(id)
  const kindOfId = (id: string): ValueKind | undefined => (isMetric(id) ? 'TS' : compiled.get(id)?.kind)
  const kind = kindOf(node, { source, isMetric, kindOf: kindOfId })
  if (kind !== 'S') return kind
  const problem = 'The result must be a time series or an array of time series, not a Scalar'
  throw new MetricMathError(source, problem, { position: node.position })
}

function metricsOf(
  node: MathNode,
  metricIds: readonly string[],
  compiled: ReadonlyMap<string, CompiledExpression>,
): readonly string[] {
  const filters = metricFiltersOf(node)
  const named = new Set(referencesOf(node).flatMap(({ id }) => compiled.get(id)?.metricIds ?? [id]))
  return metricIds.filter((id) => named.has(id) || filters.some((filter) => id.includes(filter)))
}

/** Expressions, each after those that it refers to. */
function inOrder(nodes: ReadonlyMap<string, Parsed>): Parsed[] {
  const ordered = new Set<Parsed>()
  const visit = (parsed: Parsed, trail: readonly string[]): void => {
    if (ordered.has(parsed)) return
    const path = [...trail, parsed.source.id]
    for (const { id, position } of referencesOf(parsed.node)) {
      const next = nodes.get(id)
      if (path.includes(id)) {
        const circle = [...path.slice(path.indexOf(id)), id].join(' -> ')
        throw new MetricMathError(parsed.source, `Circular reference: ${circle}`, { position })
      }
      if (next !== undefined) visit(next, path)
    }
    ordered.add(parsed)
  }
  for (const parsed of nodes.values()) visit(parsed, [])
  return [...ordered]
}

function metricSeries(id: string, points: readonly AlarmDatapoint[], grid: PeriodGrid): Series {
  const values = new Map(points.map(({ timestampMs, value }) => [timestampMs, value]))
  return { sourceId: id, points: dense(grid, (timestampMs) => values.get(timestampMs)) }
}

function resultOf(
  { sourceId, points }: Series,
  { grid, isArray }: { readonly grid: PeriodGrid; readonly isArray: boolean },
): MathSeries {
  return {
    sourceId: isArray ? sourceId : undefined,
    points: points.map((value, index) => ({
      timestampMs: grid.startMs + index * grid.periodSeconds * 1_000,
      value,
    })),
  }
}
