/** How the time between SIGTERM and SIGKILL is spent, in milliseconds. */
export interface DrainBudget {
  /** For handlings to end by themselves. */
  readonly finishMs: number
  /** For them to end after their abort. */
  readonly graceMs: number
  /** For the last settlements. */
  readonly settleMs: number
}

// SIGKILL comes on time however busy the last second is. Sidekiq's users needed 5 s; a short stopTimeout gives a quarter.
const MOST_MARGIN_MS = 5_000

/** The last fifth of the margin is left to the process: to close what is open, and to exit. */
export function drainBudget(stopTimeoutMs: number): DrainBudget {
  const marginMs = Math.min(MOST_MARGIN_MS, stopTimeoutMs / 4)
  return { finishMs: stopTimeoutMs - marginMs, graceMs: marginMs * 0.4, settleMs: marginMs * 0.4 }
}
