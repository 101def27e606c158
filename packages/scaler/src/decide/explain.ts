import type { Service } from '../config/service.js'
import type { LiveTarget } from '../plan/live.js'
import { tasks, wishOf } from './wish.js'
import type { Wish } from './wish.js'
import type { Decision, PublishDecision } from './decide.js'
import { alarmStory } from './explain-alarm.js'
import type { PolicySituation } from './explain-alarm.js'

/** All that {@link explain} looks at. What could not be read is undefined, and what does not exist is null. */
export interface Situation extends PolicySituation {
  readonly service: Service
  readonly decision: Decision
  readonly target: LiveTarget | null | undefined
}

/** One sentence, or two: what scaling does now, or why it does nothing. Pure. */
export function explain(situation: Situation): string {
  const { decision, target, missingPolicies } = situation
  if (target === null || missingPolicies.length > 0) {
    const missing =
      target === null
        ? 'it is not registered as a scalable target'
        : `its scaling policy ${missingPolicies.join(' and ')} does not exist`
    return `Nothing scales this service: ${missing}. Run \`longshore apply\`.`
  }
  if (decision.kind === 'hold') {
    return 'Nothing changes while a reading is missing: the publisher holds.'
  }
  const wish = wishOf(situation.service, decision)
  if (wish.direction === 'out') return explainOut(situation, decision, wish)
  return wish.direction === 'in' ? explainIn(situation, decision, wish) : `Nothing to do: ${wish.reason}.`
}

function explainOut(situation: Situation, { service: counts }: PublishDecision, { reason }: Wish): string {
  const { target, service } = situation
  const max = target?.maxCapacity ?? service.tasks.max
  if (counts.desired > counts.running) {
    return `Scaling out: ${counts.running} of ${tasks(counts.desired)} running.`
  }
  if (counts.desired >= max) return `${reason}, but the service is at its most, ${tasks(max)}.`
  if (target?.suspended.scaleOut) return `${reason}, but scaling out is suspended on the scalable target.`
  return `${reason}. ${actorStory(situation, 'out')}`
}

function explainIn(situation: Situation, { service: counts }: PublishDecision, { reason }: Wish): string {
  const { target, service } = situation
  const min = target?.minCapacity ?? service.tasks.min
  if (counts.desired < counts.running) {
    return `Scaling in: ${tasks(counts.running)} running, ${counts.desired} wanted.`
  }
  if (counts.desired <= min) return `Nothing to do: the service is at its least, ${tasks(min)}, and keeps up.`
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
