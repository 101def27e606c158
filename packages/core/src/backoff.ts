/** A backoff that doubles from `baseMs` to `capMs`. */
export interface Backoff {
  readonly baseMs: number
  readonly capMs: number
}

/** The most that attempt number `attempt` (from 1) may wait, in milliseconds. */
export function backoffCeilingMs({ baseMs, capMs }: Backoff, attempt: number): number {
  // 2^31 doublings overflow nothing here: Math.min takes care of Infinity.
  return Math.min(capMs, baseMs * 2 ** Math.max(attempt - 1, 0))
}

/**
 * Equal jitter: at least half of the ceiling, so that a failing service is left alone, the rest at random, so that
 * workers which failed together do not come back together. `random` is in [0, 1).
 */
export function backoffMs(backoff: Backoff, attempt: number, random: number): number {
  const ceilingMs = backoffCeilingMs(backoff, attempt)
  return ceilingMs / 2 + (ceilingMs / 2) * random
}
