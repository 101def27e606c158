/** The metric's period in target tracking on a custom metric: AWS offers no other (`TargetTrackingMetricStat` has no Period). */
export const METRIC_PERIOD_SECONDS = 60

/** How often the publisher reads and publishes unless told otherwise. */
export const DEFAULT_BEAT_SECONDS = 10

/** How old, at most, is the load behind a data point that an alarm acts on. */
export const STALENESS_SECONDS: number = METRIC_PERIOD_SECONDS + DEFAULT_BEAT_SECONDS

/** Launch to RUNNING on Fargate: 23 s for a small image, 53–62 s for 413 MB (measured 2024–2026). */
export const DEFAULT_LAUNCH_TIME_MS = 60_000

/**
 * The shortest scale-out cooldown that never acts twice on one backlog: until the tasks started by the last action
 * run and the metric has seen them, Application Auto Scaling multiplies from the tasks that ran before.
 */
export function leastScaleOutCooldownSeconds(launchTimeMs: number): number {
  return STALENESS_SECONDS + Math.ceil(launchTimeMs / 1_000)
}
