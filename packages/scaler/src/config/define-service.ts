import { durationMs } from '@longshore/core/time'
import type { Duration } from '@longshore/core/time'
import { DEFAULTS } from '@longshore/model'
import { ConfigError } from '../errors.js'
import { DEFAULT_LAUNCH_TIME_MS, leastScaleOutCooldownSeconds } from './limits.js'
import { configProblems } from './problems.js'
import { SERVICE_BRAND } from './service.js'
import type { Service, ServiceConfig } from './service.js'

/**
 * Checks a service's configuration and fills in its defaults. The result is frozen; it is what every other function
 * of this package takes.
 *
 * @throws ConfigError with every problem at once: path, what was expected, what was found, the nearest known option.
 */
export function defineService(config: ServiceConfig): Service {
  const problems = configProblems(config)
  if (problems.length > 0) throw new ConfigError(subjectOf(config), problems)
  return resolve(config)
}

/** True for what {@link defineService} returned, also from another copy of this package. */
export function isService(value: unknown): value is Service {
  return typeof value === 'object' && value !== null && SERVICE_BRAND in value
}

function resolve(config: ServiceConfig): Service {
  const launchTimeMs =
    config.launchTime === undefined ? DEFAULT_LAUNCH_TIME_MS : durationMs(config.launchTime)
  const { scaleOut, scaleIn } = config.cooldowns ?? {}
  return Object.freeze({
    [SERVICE_BRAND]: true as const,
    cluster: config.cluster,
    service: config.service,
    queue: config.queue,
    region: config.region,
    tasks: Object.freeze({ ...config.tasks }),
    handling: Object.freeze({ meanMs: durationMs(config.handling.mean) }),
    objective: Object.freeze({ wait: Object.freeze({ p99Ms: durationMs(config.objective.wait.p99) }) }),
    metric: Object.freeze({
      namespace: config.metric?.namespace ?? 'Longshore',
      name: config.metric?.name ?? 'BacklogPerTask',
    }),
    cooldowns: Object.freeze({
      scaleOutSeconds: wholeSeconds(scaleOut) ?? leastScaleOutCooldownSeconds(launchTimeMs),
      scaleInSeconds: wholeSeconds(scaleIn) ?? DEFAULTS.defaultCooldownSeconds,
    }),
    launchTimeMs,
  })
}

function wholeSeconds(duration: Duration | undefined): number | undefined {
  return duration === undefined ? undefined : Math.ceil(durationMs(duration) / 1_000)
}

function subjectOf(config: unknown): string {
  const name: unknown =
    typeof config === 'object' && config !== null ? Reflect.get(config, 'service') : undefined
  return typeof name === 'string' ? `The service ${JSON.stringify(name)}` : 'The service'
}
