import { ConfigError } from '../errors.js'
import { configProblems } from './problems.js'
import { resolve } from './resolve.js'
import type { ServiceConfig } from './service-config.js'
import { SERVICE_BRAND } from './service.js'
import type { Service } from './service.js'

/**
 * Checks a service's configuration and fills in its defaults. The result is frozen; it is what every other function
 * of this package takes.
 *
 * @throws ConfigError with every problem at once: path, what was expected, what was found, the nearest known option.
 */
export function defineService(config: ServiceConfig): Service {
  const problems = configProblems(config)
  if (problems.length > 0) throw new ConfigError(subjectOf(config), problems)
  // A copy: what the caller holds is not frozen with it.
  return frozen(resolve(structuredClone(config)))
}

/** True for what {@link defineService} returned, also from another copy of this package. */
export function isService(value: unknown): value is Service {
  return typeof value === 'object' && value !== null && SERVICE_BRAND in value
}

/** Freezes what is in it too. */
function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value
  for (const inner of Object.values(value)) frozen(inner)
  return Object.freeze(value)
}

function subjectOf(config: unknown): string {
  const name: unknown =
    typeof config === 'object' && config !== null ? Reflect.get(config, 'service') : undefined
  return typeof name === 'string' ? `The service ${JSON.stringify(name)}` : 'The service'
}
