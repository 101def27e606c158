import type { Aws } from '../aws/port.js'
import type { Live, LiveAlarm, LivePolicy } from '../plan/live.js'
import { POLICY_TYPE_WITH_ALARMS } from '../plan/live.js'
import { OWN_PREFIX } from '../plan/names.js'
import type { Plan } from '../plan/plan.js'

/**
 * Reads what exists for a plan's service: its target and everything on it, our alarms, those that Application Auto
 * Scaling keeps for our policies, and those that set off the policies of others.
 *
 * @throws AwsCallError when any of it cannot be read.
 */
export async function readLive(plan: Plan, aws: Aws, signal?: AbortSignal): Promise<Live> {
  const [target, policies, scheduledActions, alarms] = await Promise.all([
    readTarget(plan, aws, signal),
    aws.scalingPolicies(plan.resourceId, signal),
    aws.scheduledActions(plan.resourceId, signal),
    readAlarms(plan, aws, signal),
  ])
  const tracking = policies.filter(({ name, type }) => isOwn(name) && type === POLICY_TYPE_WITH_ALARMS)
  const others = policies.filter(({ name }) => !isOwn(name))
  const [ofTracking, ofOthers] = [namesOfAlarms(tracking), namesOfAlarms(others)]
  const read = await aws.alarms([...new Set([...ofTracking, ...ofOthers])], signal)
  const named = (names: readonly string[]): LiveAlarm[] => read.filter(({ name }) => names.includes(name))
  const trackingAlarms = named(ofTracking)
  return { target, policies, scheduledActions, alarms, trackingAlarms, othersAlarms: named(ofOthers) }
}

function isOwn(name: string): boolean {
  return name.startsWith(OWN_PREFIX)
}

function namesOfAlarms(policies: readonly LivePolicy[]): string[] {
  return policies.flatMap(({ alarmNames }) => alarmNames)
}

async function readTarget({ resourceId }: Plan, aws: Aws, signal?: AbortSignal): Promise<Live['target']> {
  const target = await aws.scalableTarget(resourceId, signal)
  return target && { ...target, tags: await aws.scalableTargetTags(target.arn, signal) }
}

async function readAlarms({ alarmPrefix }: Plan, aws: Aws, signal?: AbortSignal): Promise<Live['alarms']> {
  const alarms = await aws.alarmsWithPrefix(alarmPrefix, signal)
  const tagged = async (alarm: LiveAlarm): Promise<Live['alarms'][number]> => {
    return { ...alarm, tags: await aws.alarmTags(alarm.arn, signal) }
  }
  return Promise.all(alarms.map(tagged))
}
