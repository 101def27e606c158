import { DEFAULTS } from '@longshore/model'
import type { AlarmReading, ScalingActivity } from '../aws/port.js'
import type { LivePolicy } from '../plan/live.js'
import { notScaledText } from './not-scaled.js'
import type { PolicyStatus } from './policy-status.js'

/** The policies that follow the queue, and what is known of them. What could not be read is undefined. */
export interface PolicySituation {
  readonly nowMs: number
  /** Those that exist. */
  readonly policies: readonly LivePolicy[] | undefined
  /** Names of those that should and don't. */
  readonly missingPolicies: readonly string[]
  /** Theirs. */
  readonly alarms: readonly AlarmReading[] | undefined
  /** Newest first. */
  readonly activities: readonly ScalingActivity[] | undefined
  /** All policies of the service, whoever made them. */
  readonly everyPolicy: readonly PolicyStatus[] | undefined
}

/** What the alarm that scales this way waits for, or has set off. */
export function alarmStory(situation: PolicySituation, direction: 'out' | 'in'): string {
  if (situation.alarms === undefined) return 'Its alarms could not be read.'
  const kind = `scale-${direction}`
  const alarm = situation.alarms.find((each) => directionOf(each) === direction)
  if (alarm === undefined) {
    return `The ${kind} alarm does not exist: it was deleted by hand. Run \`longshore apply\`.`
  }
  if (!alarm.isActionsEnabled) {
    return `The ${kind} alarm's actions are switched off, so that it sets off nothing. Run \`longshore apply\`.`
  }
  const stories: Record<AlarmReading['state'], () => string> = {
    INSUFFICIENT_DATA: () =>
      `The ${kind} alarm has no data: check that \`longshore publish\` runs, and wait a minute or two.`,
    OK: () => `The ${kind} alarm fires once ${patience(alarm)} in a row say so.`,
    ALARM: () => afterAlarm(situation, alarm),
  }
  return stories[alarm.state]()
}

/** Alarms of a ladder fire above their thresholds both ways; their names tell which is which. */
export function directionOf({ name, direction }: Pick<AlarmReading, 'name' | 'direction'>): 'out' | 'in' {
  if (name.endsWith('/surplus')) return 'in'
  return direction === 'above' ? 'out' : 'in'
}

function patience({ datapointsToAlarm, periodSeconds }: AlarmReading): string {
  if (datapointsToAlarm === undefined || periodSeconds === undefined) return 'enough periods'
  return `${datapointsToAlarm} ${datapointsToAlarm === 1 ? 'period' : 'periods'} of ${periodSeconds} s`
}

function afterAlarm(situation: PolicySituation, alarm: AlarmReading): string {
  const { nowMs, activities = [] } = situation
  const kind = `scale-${directionOf(alarm)}`
  // An activity's cause names the alarm that set it off.
  const own = activities.filter(({ cause }) => cause.includes(alarm.name))
  const { notScaled = [] } = own[0] ?? {}
  if (notScaled.length > 0) {
    return `The ${kind} alarm fired, and AWS gives as its reason not to act: ${notScaledText(notScaled)}.`
  }
  const cooldownMs = cooldownSeconds(situation, alarm) * 1_000
  const last = own.find(({ status }) => status === 'Successful')
  const leftMs = last?.endedAtMs === undefined ? 0 : last.endedAtMs + cooldownMs - nowMs
  if (leftMs > 0) {
    return `The ${kind} alarm fired; the cooldown after the last ${kind} lasts another ${Math.ceil(leftMs / 1_000)} s.`
  }
  if (own[0]?.status === 'Failed') {
    return `The ${kind} alarm fired, and scaling failed: ${own[0].message ?? own[0].description}`
  }
  const others = directionOf(alarm) === 'in' ? whoDisagrees(situation, alarm) : []
  return others.length > 0
    ? `The scale-in alarm fired; Application Auto Scaling waits until every target-tracking policy agrees, and ${others.join(' and ')} ${others.length === 1 ? 'does' : 'do'} not.`
    : `The ${kind} alarm fired; Application Auto Scaling acts on it within a minute.`
}

/** Target tracking takes tasks away only once all policies that may are ready to; a ladder asks nobody. */
function whoDisagrees({ everyPolicy = [] }: PolicySituation, alarm: AlarmReading): string[] {
  const tracking = everyPolicy.filter(({ policy }) => policy.tracking?.disableScaleIn === false)
  if (!tracking.some(({ policy }) => policy.alarmNames.includes(alarm.name))) return []
  return tracking.flatMap(({ policy, alarms }) => {
    const low = alarms?.find((each) => directionOf(each) === 'in')
    return low === undefined || low.state === 'ALARM' ? [] : [`${policy.name} (${low.state})`]
  })
}

function cooldownSeconds({ policies = [] }: PolicySituation, alarm: AlarmReading): number {
  const policy = policies.find(({ alarmNames }) => alarmNames.includes(alarm.name))
  const { scaleOutCooldownSeconds: out, scaleInCooldownSeconds: back } = policy?.tracking ?? {}
  const ofTracking = directionOf(alarm) === 'out' ? out : back
  return ofTracking ?? policy?.steps?.cooldownSeconds ?? DEFAULTS.defaultCooldownSeconds
}
