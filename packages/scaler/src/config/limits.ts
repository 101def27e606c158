import { durationMs } from '@longshore/core/time'
import type { Duration } from '@longshore/core/time'

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
export function leastScaleOutCooldownSeconds(
  launchTimeMs: number,
  stalenessSeconds: number = STALENESS_SECONDS,
): number {
  return stalenessSeconds + Math.ceil(launchTimeMs / 1_000)
}

/** AWS/ECS metrics of 20 s show ten seconds late (reckoned back from the 86 s to trigger that AWS measured). */
export const HIGH_RESOLUTION_STALENESS_SECONDS = 30

/**
 * The same for steps by an alarm on any metric: until it shows what the last step did, which AWS's own metrics of a queue
 * do a minute late, the alarm has looked at a whole period of that, and the tasks run.
 */
export function leastStepCooldownSeconds(
  { namespace, periodSeconds }: { readonly namespace: string; readonly periodSeconds: number },
  launchTimeMs: number,
): number {
  const staleSeconds =
    namespace === 'AWS/SQS'
      ? METRIC_PERIOD_SECONDS
      : Math.min(periodSeconds, HIGH_RESOLUTION_STALENESS_SECONDS)
  return Math.ceil(staleSeconds + periodSeconds + launchTimeMs / 1_000)
}

/**
 * Cluster and service together, in characters: they are part of alarm names, which have 255 (PutMetricAlarm), beside a
 * prefix and the alarm's own name.
 */
export const MAX_NAMES_LENGTH = 190

/** How long a surplus lasts before tasks are taken away: six to twelve readings, each some seconds old. */
export const DEFAULT_SURPLUS_SECONDS = 120

/** A launch costs a minute of billing at least, so an idle task is kept for a few before it goes. */
export const DEFAULT_IDLE_SECONDS = 300

/** AWS takes no | : or / in a scheduled action's name. */
export const SCHEDULE_NAME: RegExp = /^[\w-]{1,100}$/

/** Periods that an alarm may have: 10, 20 or 30 s, or whole minutes (PutMetricAlarm). */
export function isAlarmPeriod(period: Duration): boolean {
  const seconds = durationMs(period) / 1_000
  return [10, 20, 30].includes(seconds) || (seconds >= 60 && seconds % 60 === 0)
}
