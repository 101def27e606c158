import { backoffMs } from '../backoff.js'
import type { Clock } from '../clock.js'
import { sleep } from '../clock.js'
import { QueueCallError } from '../errors.js'
import type { QueueFacts } from './port.js'

// A task's network may come up a few seconds after its process; a wrong setting should be known within half a minute.
const ATTEMPTS = 4
const REACH_BACKOFF = { baseMs: 500, capMs: 4_000 }

/** What {@link reachQueue} is given. */
export interface Reach {
  readonly clock: Clock
  readonly random: () => number
  readonly stop: AbortSignal
  readonly describe: (stop: AbortSignal) => Promise<QueueFacts>
  readonly onRetry: (error: unknown, retryInMs: number) => void
}

/**
 * Asks the queue for what the worker must know.
 *
 * @throws QueueCallError at once when only a change of configuration can help, else after four attempts.
 */
export async function reachQueue({ clock, random, stop, describe, onRetry }: Reach): Promise<QueueFacts> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await describe(stop)
    } catch (error) {
      const isHopeless = error instanceof QueueCallError && error.isConfiguration
      if (isHopeless || attempt === ATTEMPTS || stop.aborted) throw error
      const retryInMs = backoffMs(REACH_BACKOFF, attempt, random())
      onRetry(error, retryInMs)
      await sleep(clock, retryInMs, stop)
    }
  }
}
