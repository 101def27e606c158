/** An expression with the id that names it in a request. */
export interface ExpressionSource {
  readonly id: string
  readonly expression: string
}

/**
 * An expression that CloudWatch would refuse with a ValidationError. The message is that of the ValidationError; AWS
 * publishes no list of them, so what follows `Error in expression '…':` is its wording only where it has been seen.
 */
export class MetricMathError extends Error {
  override readonly name = 'MetricMathError'
  readonly code = 'LONGSHORE_METRIC_MATH'
  readonly expressionId: string
  /** Where in the expression, counted in characters from 1. */
  readonly position: number
  /** A function that AWS has and the model has not, by its name. */
  readonly unsupportedFunction: string | undefined

  constructor(
    source: ExpressionSource,
    problem: string,
    at: { readonly position: number; readonly unsupportedFunction?: string },
  ) {
    super(`Error in expression '${source.id}': ${problem} (at position ${at.position})`)
    this.expressionId = source.id
    this.position = at.position
    this.unsupportedFunction = at.unsupportedFunction
  }
}
