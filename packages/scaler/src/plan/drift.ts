import { DEFAULTS, trackingAlarms } from '@longshore/model'
import type { FieldChange } from './change.js'
import type { LiveAlarm, LivePolicy } from './live.js'
import type { TargetTrackingPolicy } from './resources.js'

/** How many datapoints AlarmLow was seen to want in live accounts; other counts were set by hand. */
const LOW_DATAPOINTS_SEEN: readonly number[] = [DEFAULTS.trackingLowDatapoints, 9]

/**
 * How the alarms that Application Auto Scaling keeps for a policy differ from those that it makes: deleted, disabled, or
 * changed by hand. What AWS does not publish is not held against them.
 */
export function alarmDrift(
  policy: TargetTrackingPolicy,
  live: LivePolicy,
  alarms: readonly LiveAlarm[],
): FieldChange[] {
  const periodSeconds = isHighResolution(policy) ? 20 : 60
  const { high, low } = trackingAlarms({
    resourceId: policy.resourceId,
    policyArn: live.arn,
    targetValue: policy.targetValue,
    periodSeconds,
    ids: { high: '', low: '' },
  })
  const own = alarms.filter(({ name }) => live.alarmNames.includes(name))
  const highAlarm = own.find(({ comparison }) => comparison.startsWith('Greater'))
  const lowAlarm = own.find(({ comparison }) => comparison.startsWith('Less'))
  const drift = driftOf(
    'highAlarm',
    { alarm: highAlarm, wanted: high, counts: [high.datapointsToAlarm] },
    live.arn,
  )
  // Whether a policy that never scales in has AlarmLow is not published.
  if (lowAlarm === undefined && policy.disableScaleIn) return drift
  return [
    ...drift,
    ...driftOf('lowAlarm', { alarm: lowAlarm, wanted: low, counts: LOW_DATAPOINTS_SEEN }, live.arn),
  ]
}

interface Compared {
  readonly alarm: LiveAlarm | undefined
  readonly wanted: {
    readonly threshold: number
    readonly periodSeconds: number
    readonly comparisonOperator: string
    readonly datapointsToAlarm: number
  }
  /** Counts of datapoints that AWS is known to set. */
  readonly counts: readonly number[]
}

function driftOf(field: string, { alarm, wanted, counts }: Compared, policyArn: string): FieldChange[] {
  const sign = wanted.comparisonOperator.startsWith('Greater') ? '>' : '<'
  const after = `${sign} ${wanted.threshold} in ${wanted.datapointsToAlarm} × ${wanted.periodSeconds}s`
  if (alarm === undefined) return [{ field, before: 'deleted', after }]
  const datapoints = alarm.datapointsToAlarm ?? alarm.evaluationPeriods ?? 0
  // The counts at 20 s are not published.
  const isCountKnown = wanted.periodSeconds === 20 || counts.includes(datapoints)
  const isAsMade =
    isEqual(alarm.threshold, wanted.threshold) &&
    alarm.comparison === wanted.comparisonOperator &&
    alarm.periodSeconds === wanted.periodSeconds &&
    isCountKnown &&
    alarm.isActionsEnabled &&
    alarm.actions.alarm.includes(policyArn)
  if (isAsMade) return []
  const acts = alarm.isActionsEnabled && alarm.actions.alarm.includes(policyArn) ? '' : ', sets nothing off'
  const found = `${alarm.comparison.startsWith('Greater') ? '>' : '<'} ${alarm.threshold} in ${datapoints} × ${alarm.periodSeconds}s${acts}`
  return [{ field, before: found, after }]
}

function isHighResolution({ metric }: TargetTrackingPolicy): boolean {
  return metric.kind === 'predefined' && metric.type.endsWith('HighResolution')
}

/** Nine tenths of a target may end in another digit when AWS computes them. */
function isEqual(one: number | undefined, other: number): boolean {
  return one !== undefined && Math.abs(one - other) <= 1e-9 * Math.abs(other)
}
