import type { Service } from '../config/service.js'
import type { ServiceEvent } from '../aws/port.js'
import type { LiveTarget } from '../plan/live.js'
import { FALLBACK_POLICY } from '../plan/names.js'
import { tasks, wishOf } from './wish.js'
import type { Decision, PublishDecision } from './decide.js'
import { alarmStory } from './explain-alarm.js'
import type { PolicySituation } from './explain-alarm.js'

/** All that {@link explain} looks at. What could not be read is undefined, and what does not exist is null. */
export interface Situation extends PolicySituation {
  readonly service: Service
  readonly decision: Decision
  readonly target: LiveTarget | null | undefined
  /** The bounds that the configuration asks for. */
  readonly planned: Pick<LiveTarget, 'minCapacity' | 'maxCapacity'>
  /** Of the tasks that run; undefined where nobody asked, or nobody could tell. */
  readonly protectedTasks: number | undefined
  /** What ECS said last about the service. */
  readonly lastEvent: ServiceEvent | undefined
}

/** A few sentences: what scaling does now, or why it does nothing. Pure. */
export function explain(situation: Situation): string {
  const story = mainStory(situation)
  const fallback = situation.everyPolicy?.find(({ policy }) => policy.name === FALLBACK_POLICY)
  if (fallback?.alarms?.some(({ state }) => state === 'ALARM') !== true) return story
  return `No value is published, so that the fallback adds tasks for what waits: check that \`longshore publish\` runs. ${story}`
}

function mainStory(situation: Situation): string {
  const { decision, target, missingPolicies } = situation
  if (target === null || missingPolicies.length > 0) {
    const missing =
      target === null
        ? 'it is not registered as a scalable target'
        : `its scaling policy ${missingPolicies.join(' and ')} does not exist`
    return `Nothing scales this service: ${missing}. Run \`longshore apply\`.`
  }
  if (decision.kind === 'hold') {
    return `Nothing changes while a reading is missing, and a publisher holds: ${decision.reason}`
  }
  const { direction, reason } = wishOf(situation.service, decision)
  const transit = transitStory(situation, decision)
  if (direction === 'none') return transit ?? `Nothing to do: ${reason}.`
  const { desired, running } = decision.service
  // What is on its way already is what is wanted.
  if (transit !== undefined && (direction === 'out') === desired > running) return transit
  const next =
    direction === 'out' ? explainOut(situation, decision, reason) : explainIn(situation, decision, reason)
  return transit === undefined ? next : `${transit} ${next}`
}

function explainOut(situation: Situation, { service: counts }: PublishDecision, reason: string): string {
  const { target, planned } = situation
  const max = target?.maxCapacity ?? planned.maxCapacity
  if (counts.desired >= max) {
    const moved = max < planned.maxCapacity ? `, lowered from ${planned.maxCapacity}` : ''
    return `${reason}, but the service is at its most, ${tasks(max)}${moved}.`
  }
  if (target?.suspended.scaleOut) return `${reason}, but scaling out is suspended on the scalable target.`
  return `${reason}. ${actorStory(situation, 'out')}`
}

function explainIn(situation: Situation, { service: counts }: PublishDecision, reason: string): string {
  const { target, planned } = situation
  const min = target?.minCapacity ?? planned.minCapacity
  if (counts.desired <= min) {
    const moved = min > planned.minCapacity ? `, raised from ${planned.minCapacity}` : ''
    return `Nothing to do: the service is at its least, ${tasks(min)}${moved}, and keeps up.`
  }
  if (target?.suspended.scaleIn) return `${reason}, but scaling in is suspended on the scalable target.`
  if (counts.isDeploying) return `${reason}, but AWS does not scale in during a deployment.`
  return `${reason}. ${actorStory(situation, 'in')}`
}

/** Who acts on it, and when. */
function actorStory(situation: Situation, direction: 'out' | 'in'): string {
  const { strategy } = situation.service
  const isControlled = strategy.kind === 'controller' && (direction === 'out' || strategy.sets === 'desired')
  if (!isControlled) return alarmStory(situation, direction)
  if (direction === 'out')
    return 'The controller acts on it at its next beat: check that `longshore publish` runs.'
  return `The controller acts on it once it has been so for ${strategy.surplusSeconds} s, and lets the last task go once the queues have been empty for ${strategy.idleSeconds} s.`
}

// What ECS says when it cannot start what it should: "was unable to place a task because …", "is unable to consistently
// start tasks successfully", "deployment … failed".
const TROUBLE = /unable|failed|impaired|could not/i

/** What is on its way; undefined where as many tasks run as are desired. */
function transitStory(situation: Situation, decision: PublishDecision): string | undefined {
  const { desired, running } = decision.service
  if (desired > running) return launchStory(situation, decision)
  return desired < running ? stopStory(situation, decision) : undefined
}

function launchStory({ lastEvent }: Situation, { service: { desired, running } }: PublishDecision): string {
  const story = `Scaling out: ${running} of ${tasks(desired)} running.`
  const isTrouble = lastEvent !== undefined && TROUBLE.test(lastEvent.message)
  return isTrouble ? `${story} ECS says: ${lastEvent.message}` : story
}

function stopStory(
  { protectedTasks = 0 }: Situation,
  { service: { desired, running } }: PublishDecision,
): string {
  const story = `Scaling in: ${tasks(running)} running, ${desired} wanted.`
  if (protectedTasks === 0) return story
  const [are, stay] = protectedTasks === 1 ? ['is', 'stays'] : ['are', 'stay']
  return `${story} ${protectedTasks} of them ${are} protected from scale-in and ${stay} until the work is done.`
}
