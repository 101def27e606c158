import { compileMetricMath, MetricMathError } from '@longshore/model'
import type { MathProgram } from '@longshore/model'

import { notSupported, validationError } from './errors.js'
import type { MetricQuery } from './metric-query.js'

/** Compiles the expressions of a request; refuses what CloudWatch refuses, in its words. */
export function compileQueries(queries: readonly MetricQuery[]): MathProgram {
  try {
    return compileMetricMath(queries)
  } catch (error) {
    if (!(error instanceof MetricMathError)) throw error
    if (error.unsupportedFunction === undefined) throw validationError(error.message)
    throw notSupported(`The function ${error.unsupportedFunction} of metric math`, error.message)
  }
}

/** The period of an expression: that of the metrics it comes from; its own where there are none. */
export function expressionPeriod(
  expression: { readonly id: string; readonly metricIds: readonly string[] },
  queries: readonly MetricQuery[],
): number {
  const metrics = queries.filter(({ id }) => expression.metricIds.includes(id))
  const periods = [...new Set(metrics.map(({ metricStat }) => metricStat?.periodSeconds))]
  if (periods.length > 1) {
    throw notSupported(
      `Expression ${expression.id} over metrics of different periods (${periods.join(' and ')} seconds)`,
      'Give its metrics one period.',
    )
  }
  const own = queries.find(({ id }) => id === expression.id)?.periodSeconds
  const period = periods[0] ?? own
  if (period === undefined) throw validationError('Period must not be null')
  return period
}
