/**
 * The deployment circuit breaker: how many failed starts make a deployment FAILED. A failed deployment launches nothing
 * more; with rollback, the service goes back to the last deployment that completed.
 * Source: ECS API, DeploymentCircuitBreaker and ThresholdConfiguration; developer guide, "How the Amazon ECS deployment
 * circuit breaker detects failures".
 */
export interface BreakerThreshold {
  readonly type: 'BOUNDED_PERCENT' | 'UNBOUNDED_PERCENT' | 'COUNT'
  /** Percent of the desired count, or a count of failures. */
  readonly value: number
}

export const DEFAULT_BREAKER_THRESHOLD: BreakerThreshold = { type: 'BOUNDED_PERCENT', value: 50 }

// "A minimum threshold of 3 and a maximum threshold of 200."
const BOUNDS = { least: 3, most: 200 }

/** Failures at which the breaker trips, at least one; a share of the desired count is rounded up. */
export function breakerThreshold(threshold: BreakerThreshold, desired: number): number {
  if (threshold.type === 'COUNT') return Math.max(1, threshold.value)
  const share = Math.max(1, Math.ceil((threshold.value * desired) / 100))
  return threshold.type === 'UNBOUNDED_PERCENT' ? share : Math.min(BOUNDS.most, Math.max(BOUNDS.least, share))
}
