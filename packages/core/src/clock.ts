/**
 * Time as an argument. Every room that waits or stamps takes a {@link Clock}, so that tests advance it by hand
 * and a local AWS can run its control plane faster than the wall.
 */
export interface Clock {
  /** Milliseconds since the Unix epoch; never goes backwards. */
  now(): number
  /**
   * Calls `run` once, `delayMs` milliseconds of this clock from now. The returned function cancels it. One in the
   * background does not keep the process alive.
   */
  schedule(delayMs: number, run: () => void, options?: { readonly isBackground?: boolean }): () => void
}

// setTimeout holds its delay in 32 bits; a longer one fires at once. 24 days is longer than any wait of ours.
const MAX_TIMER_MS = 2 ** 31 - 1

// Never changes, and costs more to ask for than the time since.
const ORIGIN_MS = performance.timeOrigin

/** The machine's clock. Monotonic: an NTP step moves no lease and no deadline. */
export const systemClock: Clock = {
  now: () => ORIGIN_MS + performance.now(),
  schedule(delayMs, run, { isBackground = false } = {}) {
    const timer = setTimeout(run, Math.min(Math.max(delayMs, 0), MAX_TIMER_MS))
    if (isBackground) timer.unref()
    return () => clearTimeout(timer)
  },
}

/**
 * The machine's time of day, for processes that are frozen in between, as Lambda's are: a clock that counts what passed may
 * stand still meanwhile. It follows every correction of that time, also one backwards.
 */
export const wallClock: Clock = {
  now: () => Date.now(),
  schedule: (delayMs, run) => systemClock.schedule(delayMs, run),
}

/**
 * A clock that runs `timeScale` times as fast as `base` since `originMs` (epoch milliseconds).
 * Two processes given the same scale and origin agree on the time.
 */
export function scaledClock(options: { timeScale: number; originMs: number; base?: Clock }): Clock {
  const { timeScale, originMs, base = systemClock } = options
  return {
    now: () => originMs + (base.now() - originMs) * timeScale,
    schedule: (delayMs, run, given) => base.schedule(delayMs / timeScale, run, given),
  }
}

/** Resolves after `delayMs`, or at once when `signal` aborts: waiting is not an error, so it never rejects. */
export function sleep(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve()
    const end = (): void => {
      cancel()
      signal?.removeEventListener('abort', end)
      resolve()
    }
    const cancel = clock.schedule(delayMs, end)
    signal?.addEventListener('abort', end, { once: true })
  })
}
