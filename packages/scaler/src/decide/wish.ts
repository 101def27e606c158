import { DEFAULTS } from '@longshore/model'
import type { Service } from '../config/service.js'
import type { PublishDecision } from './decide.js'

/** Which way a strategy wants to go, and why. */
export interface Wish {
  readonly direction: 'out' | 'in' | 'none'
  /** Without a full stop. */
  readonly reason: string
}

/** What the strategy of a service makes of a decision, before anything keeps it from it. */
export function wishOf({ strategy }: Service, decision: PublishDecision): Wish {
  if (strategy.kind === 'targetTracking') return trackingWish(decision)
  const { requiredTasks: required } = decision
  const { desired, running } = decision.service
  if (required > Math.min(desired, running))
    return { direction: 'out', reason: `The objective needs ${tasks(required)}` }
  return required < desired
    ? { direction: 'in', reason: `The objective needs ${tasks(required)} only` }
    : {
        direction: 'none',
        reason: `the objective needs ${tasks(required)}, and ${desired === 1 ? 'it runs' : 'they run'}`,
      }
}

function trackingWish({ backlogPerTask, target }: PublishDecision): Wish {
  if (backlogPerTask > target) return { direction: 'out', reason: 'More waits than the target allows' }
  if (backlogPerTask < target * DEFAULTS.trackingLowThresholdFraction) {
    return { direction: 'in', reason: 'Fewer tasks would do' }
  }
  return { direction: 'none', reason: 'the backlog per task is at its target, within a tenth' }
}

export function tasks(count: number): string {
  return count === 1 ? '1 task' : `${count} tasks`
}
