/**
 * How fast ECS launches tasks. Each limit is a bucket: one for each service, one for all Fargate tasks of an account in a
 * region, and a third for its Fargate Spot tasks. Who finds a bucket empty waits (a service) or is refused (RunTask).
 * Source: ECS service quotas; developer guide, "AWS Fargate throttling quotas".
 */
import type { ModelParameters } from '../parameters.js'
import { DEFAULTS } from '../parameters.js'
import type { RateLimit } from './token-bucket.js'

export interface LaunchLimits {
  readonly service: RateLimit
  readonly fargate: RateLimit
}

export function launchLimits(parameters: ModelParameters = DEFAULTS): LaunchLimits {
  const { ecsServiceLaunchesPerMinute, ecsFargateLaunchesPerSecond, ecsFargateLaunchBurst } = parameters
  return {
    service: { perSecond: ecsServiceLaunchesPerMinute / 60, burst: ecsServiceLaunchesPerMinute },
    fargate: { perSecond: ecsFargateLaunchesPerSecond, burst: ecsFargateLaunchBurst },
  }
}
