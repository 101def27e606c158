import { compileMetricMath } from './metric-math/metric-math.js'
import type { MathQuery } from './metric-math/metric-math.js'
import { MetricMathError } from './metric-math/metric-math-error.js'

/** A member of `Metrics`, of an alarm or of a target-tracking policy's CustomizedMetricSpecification. */
export interface AlarmMetric extends MathQuery {
  /** ReturnData; exactly one member has it, and the alarm watches that. */
  readonly isReturned: boolean
}

/** Source: API reference, PutMetricAlarm: ten metrics, and ten expressions beside them. */
const MAX_OF_EACH = 10

/**
 * The text of the ValidationError with which CloudWatch refuses these metrics; undefined when it takes them. The texts are
 * those that CloudWatch was seen to give (badmintoncryer/cdk-preflight measures them), but for errors in an expression.
 */
export function alarmMetricsProblem(metrics: readonly AlarmMetric[]): string | undefined {
  const expressions = metrics.filter(({ expression }) => expression !== undefined).length
  if (metrics.length - expressions > MAX_OF_EACH) return 'Too many metrics in alarm, maximum is 10'
  if (expressions > MAX_OF_EACH) return 'Too many expressions in alarm, maximum is 10'
  const [watched, ...others] = metrics.filter(({ isReturned }) => isReturned)
  if (watched === undefined || others.length > 0) {
    return 'Exactly one element of the metrics list should return data.'
  }
  return mathProblem(metrics, watched)
}

function mathProblem(metrics: readonly AlarmMetric[], watched: AlarmMetric): string | undefined {
  try {
    const { expressions } = compileMetricMath(metrics)
    const isArray = expressions.find(({ id }) => id === watched.id)?.kind === 'TS[]'
    return isArray
      ? 'Metrics expression that return multi time series are only allowed for MetricsInsights expression with an ORDER BY clause'
      : undefined
  } catch (error) {
    if (!(error instanceof MetricMathError)) throw error
    return error.unsupportedFunction === 'SEARCH'
      ? 'SEARCH is not supported on Metric Alarms.'
      : error.message
  }
}
