/** What Longshore does for a service: its plan, and the loop that `longshore publish` runs. Both are those that ship. */
import { samplesOf } from '../../actuate/publish.js'
import { DEFAULT_BEAT_SECONDS } from '../../config/limits.js'
import type { Service } from '../../config/service.js'
import { decideCapacity } from '../../decide/capacity.js'
import { decideNext } from '../../decide/decide.js'
import { NO_MEMORY } from '../../decide/memory.js'
import type { Memory } from '../../decide/memory.js'
import { planFor } from '../../plan/plan.js'
import type { BeatResult, BeatView, Loop, Setup } from './setup.js'

/** The middle of all the places where a beat may fall within the ten seconds of an alarm's period. */
const BEAT_PHASE = 0.5

/** As `apply` sets it up, and `publish` drives it. */
export function ownSetup(service: Service, beatSeconds: number = DEFAULT_BEAT_SECONDS): Setup {
  const { target, policies, alarms, scheduledActions, publishes } = planFor(service)
  const isLoopNeeded = publishes.length > 0 || service.strategy.kind === 'controller'
  return {
    name:
      service.strategy.kind === 'targetTracking' && service.strategy.metric === 'math'
        ? 'targetTracking, math'
        : service.strategy.kind,
    description: DESCRIPTIONS[service.strategy.kind],
    min: target.minCapacity,
    max: target.maxCapacity,
    suspended: {
      out: target.suspended?.scaleOut ?? false,
      in: target.suspended?.scaleIn ?? false,
      scheduled: target.suspended?.scheduled ?? false,
    },
    policies,
    alarms,
    scheduledActions,
    loop: isLoopNeeded ? ownLoop(service, beatSeconds) : undefined,
  }
}

const DESCRIPTIONS = {
  targetTracking:
    'Longshore: target tracking on the backlog per task, with a cooldown that covers staleness and launch',
  ladder: 'Longshore: two alarms of ten seconds on deficit and surplus, with steps',
  controller: 'Longshore: the publisher sets the desired count',
} as const

function ownLoop(service: Service, beatSeconds: number): Loop {
  return {
    everyMs: beatSeconds * 1_000,
    phaseMs: beatSeconds * 1_000 * BEAT_PHASE,
    start() {
      let memory: Memory = NO_MEMORY
      let lastScaleInAtMs: number | undefined
      return (view: BeatView): BeatResult => {
        const { nowMs, observation, target } = view
        const decided = decideNext(service, observation, memory)
        memory = decided.memory
        const { decision } = decided
        if (decision.kind === 'hold') return { samples: [] }
        const samples = samplesOf(service, decision)
        if (service.strategy.kind !== 'controller') return { samples }
        const capacity = decideCapacity({
          service,
          decision,
          memory,
          target,
          lastScaleInAtMs,
          observedAtMs: nowMs,
          nowMs,
        })
        if (capacity.kind === 'keep') return { samples }
        if (capacity.to < capacity.from) lastScaleInAtMs = nowMs
        return { samples, set: { what: capacity.what, to: capacity.to } }
      }
    },
  }
}
