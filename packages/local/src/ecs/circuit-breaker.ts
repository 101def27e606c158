import type { BreakerThreshold } from '@longshore/model'
import { DEFAULT_BREAKER_THRESHOLD } from '@longshore/model'
import type { Input } from '../server/input.js'
import { invalidParameter } from './errors.js'

/** A service's deployment circuit breaker. */
export interface CircuitBreaker {
  readonly isEnabled: boolean
  readonly isRollingBack: boolean
  /** A healthy task starts the count of failures anew. */
  readonly isResetByHealthyTask: boolean
  readonly threshold: BreakerThreshold
}

export const NO_CIRCUIT_BREAKER: CircuitBreaker = {
  isEnabled: false,
  isRollingBack: false,
  isResetByHealthyTask: true,
  threshold: DEFAULT_BREAKER_THRESHOLD,
}

const THRESHOLD_TYPES = ['BOUNDED_PERCENT', 'UNBOUNDED_PERCENT', 'COUNT'] as const

/** Reads `deploymentCircuitBreaker`; throws InvalidParameterException for what ECS refuses. */
export function readCircuitBreaker(input: Input): CircuitBreaker {
  const threshold = input.object('thresholdConfiguration')
  return {
    isEnabled: input.boolean('enable') ?? false,
    isRollingBack: input.boolean('rollback') ?? false,
    isResetByHealthyTask: input.boolean('resetOnHealthyTask') ?? true,
    threshold: threshold === undefined ? DEFAULT_BREAKER_THRESHOLD : readThreshold(threshold),
  }
}

function readThreshold(input: Input): BreakerThreshold {
  const given = input.string('type')
  const type = THRESHOLD_TYPES.find((known) => known === given)
  if (type === undefined) {
    throw invalidParameter(`Invalid threshold type '${given}': one of ${THRESHOLD_TYPES.join(', ')}.`)
  }
  const value = input.integer('value') ?? 0
  if (value < 1) throw invalidParameter(`The threshold's value must be at least 1; got ${value}.`)
  return { type, value }
}
