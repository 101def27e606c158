import { backoffMs } from '../backoff.js'
import type { Clock } from '../clock.js'
import { sleep } from '../clock.js'
import { QueueCallError } from '../errors.js'
import type { QueueFacts } from './port.js'

// A task's network may come up a few seconds after its process; a throttled account needs fewer calls, not a new task.
const REACH_BACKOFF = { baseMs: 500, capMs: 30_000 }

/** What {@link reachQueue} is given. */
export interface Reach {
  readonly clock: Clock
  readonly random: () => number
  readonly stop: AbortSignal
  readonly describe: (stop: AbortSignal) => Promise<QueueFacts>
  readonly onRetry: (error: unknown, retryInMs: number) => void
}

/**
 * Asks the queue for what the worker must know, until it answers. A worker that ended for a throttled call would be
 * replaced by a task whose first call is throttled too.
 *
 * @throws QueueCallError at once when only a change of configuration can help, or when it is stopped.
 */
export async function reachQueue({ clock, random, stop, describe, onRetry }: Reach): Promise<QueueFacts> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await describe(stop)
    } catch (error) {
      const isHopeless = error instanceof QueueCallError && error.isConfiguration
      if (isHopeless || stop.aborted) throw error
      const retryInMs = backoffMs(REACH_BACKOFF, attempt, random())
      onRetry(error, retryInMs)
      await sleep(clock, retryInMs, stop)
    }
  }
}
