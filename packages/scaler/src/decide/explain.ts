import { DEFAULTS } from '@longshore/model'
import type { AlarmReading, ScalingActivity } from '../aws/port.js'
import type { LivePolicy, LiveTarget } from '../plan/live.js'
import type { Service } from '../config/service.js'
import type { Decision, PublishDecision } from './decide.js'

/** All that {@link explain} looks at. What could not be read is undefined, and what does not exist is null. */
export interface Situation {
  readonly nowMs: number
  readonly service: Service
  readonly decision: Decision
  readonly target: LiveTarget | null | undefined
  readonly policy: LivePolicy | null | undefined
  readonly alarms: readonly AlarmReading[] | undefined
  /** Newest first. */
  readonly activities: readonly ScalingActivity[] | undefined
}

/** One sentence, or two: what scaling does now, or why it does nothing. Pure. */
export function explain(situation: Situation): string {
  const { decision, target, policy } = situation
  if (target === null || policy === null) {
    const missing =
      target === null ? 'it is not registered as a scalable target' : 'its scaling policy does not exist'
    return `Nothing scales this service: ${missing}. Run \`longshore apply\`.`
  }
  if (decision.kind === 'hold') {
    return 'Nothing changes while a reading is missing: the publisher holds.'
  }
  if (decision.backlogPerTask > decision.target) return explainOut(situation, decision)
  if (decision.backlogPerTask < decision.target * DEFAULTS.trackingLowThresholdFraction)
    return explainIn(situation, decision)
  return 'Nothing to do: the backlog per task is at its target, within a tenth.'
}

function explainOut(situation: Situation, { service: counts }: PublishDecision): string {
  const { target, service } = situation
  const max = target?.maxCapacity ?? service.tasks.max
  if (counts.desired > counts.running) {
    return `Scaling out: ${counts.running} of ${tasks(counts.desired)} running.`
  }
  if (counts.desired >= max)
    return `More waits than the target allows, but the service is at its most, ${tasks(max)}.`
  if (target?.suspended.scaleOut) {
    return 'More waits than the target allows, but scaling out is suspended on the scalable target.'
  }
  return `More waits than the target allows. ${alarmStory(situation, 'above')}`
}

function explainIn(situation: Situation, { service: counts }: PublishDecision): string {
  const { target, service } = situation
  const min = target?.minCapacity ?? service.tasks.min
  if (counts.desired < counts.running) {
    return `Scaling in: ${tasks(counts.running)} running, ${counts.desired} wanted.`
  }
  if (counts.desired <= min) return `Nothing to do: the service is at its least, ${tasks(min)}, and keeps up.`
  if (target?.suspended.scaleIn)
    return 'Fewer tasks would do, but scaling in is suspended on the scalable target.'
  if (counts.isDeploying) return 'Fewer tasks would do, but AWS does not scale in during a deployment.'
  return `Fewer tasks would do. ${alarmStory(situation, 'below')}`
}

function alarmStory(situation: Situation, direction: AlarmReading['direction']): string {
  if (situation.alarms === undefined) return 'Its alarms could not be read.'
  const kind = kindOf(direction)
  const alarm = situation.alarms.find((each) => each.direction === direction)
  if (alarm === undefined) {
    return `The policy’s ${kind} alarm does not exist, so it was deleted by hand. Delete the policy too, and run \`longshore apply\`.`
  }
  const stories: Record<AlarmReading['state'], () => string> = {
    INSUFFICIENT_DATA: () =>
      `The ${kind} alarm has no data: check that \`longshore publish\` runs, and wait a minute or two.`,
    OK: () => `The ${kind} alarm fires once ${patience(alarm)} in a row say so.`,
    ALARM: () => afterAlarm(situation, alarm),
  }
  return stories[alarm.state]()
}

function patience({ datapointsToAlarm, periodSeconds }: AlarmReading): string {
  if (datapointsToAlarm === undefined || periodSeconds === undefined) return 'enough periods'
  return `${datapointsToAlarm} ${datapointsToAlarm === 1 ? 'period' : 'periods'} of ${periodSeconds} s`
}

function afterAlarm(situation: Situation, alarm: AlarmReading): string {
  const { nowMs, policy, activities = [] } = situation
  const kind = kindOf(alarm.direction)
  const notScaled = activities[0]?.notScaled ?? []
  if (notScaled.length > 0) {
    return `The ${kind} alarm fired, and AWS gives as its reason not to act: ${notScaled.join(', ')}.`
  }
  const { scaleOutCooldownSeconds, scaleInCooldownSeconds } = policy?.tracking ?? {}
  const ownSeconds = alarm.direction === 'above' ? scaleOutCooldownSeconds : scaleInCooldownSeconds
  const cooldownMs = (ownSeconds ?? DEFAULTS.defaultCooldownSeconds) * 1_000
  // An activity's cause names the alarm that set it off; a scale-in never keeps a scale-out waiting.
  const last = activities.find(({ status, cause }) => status === 'Successful' && cause.includes(alarm.name))
  const leftMs = last?.endedAtMs === undefined ? 0 : last.endedAtMs + cooldownMs - nowMs
  return leftMs > 0
    ? `The ${kind} alarm fired; the cooldown after the last ${kind} lasts another ${Math.ceil(leftMs / 1_000)} s.`
    : `The ${kind} alarm fired; Application Auto Scaling acts on it within a minute.`
}

function kindOf(direction: AlarmReading['direction']): 'scale-out' | 'scale-in' {
  return direction === 'above' ? 'scale-out' : 'scale-in'
}

function tasks(count: number): string {
  return count === 1 ? '1 task' : `${count} tasks`
}
