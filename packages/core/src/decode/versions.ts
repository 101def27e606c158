import type { Versions } from '../queue/definition.js'
import { isObject } from './json.js'

/** The message in its current version. Anything without a step is left to the schema. */
export function upcast(versions: Versions | undefined, message: unknown): unknown {
  if (versions === undefined || !isObject(message)) return message
  const { property = 'version', upcast: steps } = versions
  const { [property]: version = 1 } = message
  let current: unknown = message
  for (let next = Number(version); Object.hasOwn(steps, next); next += 1) {
    current = steps[next]?.(current as never)
  }
  return current
}
