/**
 * When a service may launch again after its tasks failed to start: the ECS service throttle.
 * ECS lengthens the time between attempts step by step up to 15 minutes and says no more than that;
 * the first wait and the factor are ours. One healthy task, or a new deployment, ends the throttle.
 * ECS counts only starts that never reached RUNNING, since a launch that takes half a minute is brake enough for the
 * rest; who launches faster than that should also count tasks that ended before they were healthy.
 * Source: ECS developer guide, "service throttle logic".
 */
export interface LaunchBackoff {
  /** Rounds of failed starts in a row. Tasks launched together and failing together are one round. */
  readonly failures: number
  readonly lastFailureAtMs: number
  /** No launch before this instant (epoch milliseconds). */
  readonly launchNotBeforeMs: number
}

export const NO_LAUNCH_BACKOFF: LaunchBackoff = {
  failures: 0,
  lastFailureAtMs: -Infinity,
  launchNotBeforeMs: -Infinity,
}

const FIRST_WAIT_MS = 5_000
const LONGEST_WAIT_MS = 900_000

/** The back-off after a task that was launched at `launchedAtMs` is found to have failed at `nowMs`. */
export function launchBackoffAfterFailure(
  backoff: LaunchBackoff,
  failure: { readonly launchedAtMs: number; readonly nowMs: number },
): LaunchBackoff {
  // It was launched before the last failure was known: the same round, counted already.
  if (failure.launchedAtMs <= backoff.lastFailureAtMs) return backoff
  const failures = backoff.failures + 1
  const waitMs = Math.min(FIRST_WAIT_MS * 2 ** (failures - 1), LONGEST_WAIT_MS)
  return { failures, lastFailureAtMs: failure.nowMs, launchNotBeforeMs: failure.nowMs + waitMs }
}
