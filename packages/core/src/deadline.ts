import type { Duration } from './duration.js'
import { DURATION_EXPECTED, durationMs, isDuration } from './duration.js'
import { OptionsError } from './errors.js'

/**
 * The instant that a stop's deadline means, in epoch milliseconds; undefined where none was given.
 *
 * @throws OptionsError when it is neither an instant nor a duration.
 */
export function instantMs(deadline: Duration | Date | undefined, nowMs: number): number | undefined {
  if (deadline === undefined) return undefined
  if (deadline instanceof Date) return deadline.getTime()
  if (isDuration(deadline)) return nowMs + durationMs(deadline)
  const got = JSON.stringify(deadline)
  throw new OptionsError('stop', [{ path: 'deadline', expected: `a Date, or ${DURATION_EXPECTED}`, got }])
}
