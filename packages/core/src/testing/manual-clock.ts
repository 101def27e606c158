import type { Clock } from '../clock.js'

/** A clock that moves only when told to. Timers due at the same instant run in the order they were set. */
export interface ManualClock extends Clock {
  /**
   * Moves time forward by `ms`, running every timer that falls due on the way at its own instant.
   * Promise callbacks run between timers, so code that awaits sees time pass as it would in life.
   */
  advance(ms: number): Promise<void>
  /** How many timers are set. A test that ends with some has left something running. */
  readonly pending: number
}

interface Timer {
  readonly atMs: number
  readonly run: () => void
}

/** Creates a {@link ManualClock} that starts at `startMs` (epoch milliseconds; default 2026-01-01T00:00:00Z). */
export function manualClock(startMs: number = Date.UTC(2026, 0, 1)): ManualClock {
  let nowMs = startMs
  const timers = new Set<Timer>()

  const nextDue = (untilMs: number): Timer | undefined => {
    let first: Timer | undefined
    for (const timer of timers) {
      if (timer.atMs <= untilMs && (first === undefined || timer.atMs < first.atMs)) first = timer
    }
    return first
  }

  return {
    now: () => nowMs,
    schedule(delayMs, run) {
      const timer = { atMs: nowMs + Math.max(delayMs, 0), run }
      timers.add(timer)
      return () => void timers.delete(timer)
    },
    async advance(ms) {
      const untilMs = nowMs + ms
      await settlePromises()
      for (let timer = nextDue(untilMs); timer !== undefined; timer = nextDue(untilMs)) {
        timers.delete(timer)
        nowMs = timer.atMs
        timer.run()
        await settlePromises()
      }
      nowMs = untilMs
    },
    get pending() {
      return timers.size
    },
  }
}

// A macrotask turn runs every promise callback queued before it, however long their chain.
function settlePromises(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
