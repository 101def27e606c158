import { scaledClock, systemClock } from '@longshore/core/time'
import type { Clock } from '@longshore/core/time'
import { UsageError } from './exit.js'
import type { Io } from './io.js'

/**
 * The clock of the control plane that this command talks to: the machine's, or, where a local AWS has exported
 * LONGSHORE_TIME_SCALE and LONGSHORE_TIME_ORIGIN, one that runs at that AWS's pace.
 *
 * @throws UsageError when one of the two is missing or no number.
 */
export function controlClock({ LONGSHORE_TIME_SCALE, LONGSHORE_TIME_ORIGIN }: Io['env']): Clock {
  if (!LONGSHORE_TIME_SCALE && !LONGSHORE_TIME_ORIGIN) return systemClock
  const timeScale = positive('LONGSHORE_TIME_SCALE', LONGSHORE_TIME_SCALE)
  const originMs = positive('LONGSHORE_TIME_ORIGIN', LONGSHORE_TIME_ORIGIN)
  return scaledClock({ timeScale, originMs })
}

function positive(name: string, text: string | undefined): number {
  const value = Number(text)
  if (text && value > 0 && Number.isFinite(value)) return value
  throw new UsageError(
    `${name}: expected a number above 0, got ${text === undefined ? 'nothing' : JSON.stringify(text)}. ` +
      'Set LONGSHORE_TIME_SCALE and LONGSHORE_TIME_ORIGIN as `longshore dev` prints them, or neither.',
  )
}
