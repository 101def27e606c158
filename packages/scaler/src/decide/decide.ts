import type { QueueCounts, ServiceCounts } from '../aws/port.js'
import type { Service } from '../config/service.js'
import type { AwsCallCode } from '../errors.js'
import type { Observation } from '../observe/observation.js'
import { acceptableBacklogPerTask, backlogPerTask, waitEstimateMs } from './backlog.js'

/** What follows from an observation. */
export type Decision = PublishDecision | HoldDecision

/** Publish a value; its inputs come with it. */
export interface PublishDecision {
  readonly kind: 'publish'
  /** Messages per task. */
  readonly backlogPerTask: number
  /** The acceptable backlog per task, which the policy holds the value at. */
  readonly target: number
  /** Milliseconds a message sent now will wait; undefined when no task runs. */
  readonly waitEstimateMs: number | undefined
  readonly queue: QueueCounts
  readonly service: ServiceCounts
}

/** Publish nothing, so that nothing changes: Application Auto Scaling never takes missing data for a low load. */
export interface HoldDecision {
  readonly kind: 'hold'
  /** One sentence per missing reading. */
  readonly reason: string
  /** Stable while the cause stays the same, whatever the wording: `queue:ACCESS_DENIED`. */
  readonly causes: readonly HoldCause[]
}

/** Which reading is missing, and why. */
export type HoldCause = `${'queue' | 'service'}:${AwsCallCode}`

/** What to publish for an observation, or why to hold. Pure: same inputs, same decision. */
export function decide(service: Service, observation: Observation): Decision {
  const { queue, service: counts } = observation
  if (queue.value === undefined || counts.value === undefined) return hold(observation)
  const target = acceptableBacklogPerTask(service)
  const inputs = { queue: queue.value, service: counts.value, target }
  return {
    kind: 'publish',
    backlogPerTask: backlogPerTask(inputs),
    target,
    waitEstimateMs: waitEstimateMs(service, inputs),
    queue: queue.value,
    service: counts.value,
  }
}

function hold({ queue, service }: Observation): HoldDecision {
  const reasons: string[] = []
  const causes: HoldCause[] = []
  if (queue.value === undefined) {
    reasons.push(queue.reason)
    causes.push(`queue:${queue.code}`)
  }
  if (service.value === undefined) {
    reasons.push(service.reason)
    causes.push(`service:${service.code}`)
  }
  // One unreachable endpoint fails both readings with the same words.
  return { kind: 'hold', reason: [...new Set(reasons)].join(' '), causes }
}
