/**
 * Scale-in protection of a service's tasks. A protected task is spared by scale-in and by deployments until its
 * protection is unset or runs out; nothing else is held back: it still stops when told to, fails, or loses its host.
 * Source: ECS API, UpdateTaskProtection; developer guide, "Task scale-in protection".
 */
import type { ModelParameters } from '../parameters.js'
import { DEFAULTS } from '../parameters.js'

/** How long a protection lasts: what ECS accepts, and what it takes when nothing is said. */
export const PROTECTION_MINUTES = { least: 1, most: 2_880, default: 120 } as const

export interface ProtectionRequest {
  /** The service's desired count. */
  readonly desired: number
  /** Other tasks of the service that are protected now. */
  readonly protectedOthers: number
  /** This task is protected already: the request renews its protection. */
  readonly isRenewal: boolean
}

/**
 * True when ECS answers DEPLOYMENT_BLOCKED: the service would have more protected tasks than its desired count, so
 * neither a deployment nor a scale-in could ever come to its end.
 */
export function isProtectionBlocked(
  request: ProtectionRequest,
  parameters: ModelParameters = DEFAULTS,
): boolean {
  if (request.isRenewal && !parameters.isProtectionRenewalBlocked) return false
  return request.protectedOthers + 1 > request.desired
}
