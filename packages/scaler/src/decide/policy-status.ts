import type { AlarmReading, ScalingActivity } from '../aws/port.js'
import type { LivePolicy } from '../plan/live.js'
import { OWN_PREFIX } from '../plan/names.js'

/** A scaling policy with what it watches and what it has done last. What could not be read is undefined. */
export interface PolicyStatus {
  readonly policy: LivePolicy
  /** False for one that somebody else has made. */
  readonly isOwn: boolean
  /** Those that set it off, in the order in which Application Auto Scaling lists them. */
  readonly alarms: readonly AlarmReading[] | undefined
  /** The last activity that it has set off, also one in which nothing was scaled; null where none is remembered. */
  readonly lastActivity: ScalingActivity | null | undefined
}

/** What is known of each policy. Pure. */
export function policyStatuses(
  policies: readonly LivePolicy[],
  alarms: readonly AlarmReading[] | undefined,
  activities: readonly ScalingActivity[] | undefined,
): PolicyStatus[] {
  return policies.map((policy) => ({
    policy,
    isOwn: policy.name.startsWith(OWN_PREFIX),
    alarms: alarms && policy.alarmNames.flatMap((name) => alarms.find((alarm) => alarm.name === name) ?? []),
    lastActivity: activities && (activities.find((activity) => isOf(policy, activity)) ?? null),
  }))
}

/** Causes end like this: `monitor alarm … in state ALARM triggered policy longshore-deficit`. */
function isOf({ name }: LivePolicy, { cause }: ScalingActivity): boolean {
  return cause.endsWith(`triggered policy ${name}`)
}
