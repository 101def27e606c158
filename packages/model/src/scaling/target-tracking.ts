/**
 * What Application Auto Scaling does when an alarm of a target-tracking policy acts, as a pure function of what it
 * can see. All target-tracking policies of a scalable target decide together: out as soon as one wants out, in only
 * when every policy that may scale in wants in; the largest capacity wins either way.
 * Source: Application Auto Scaling user guide, "Target tracking scaling policies" and "Scaling activities"; ECS
 * developer guide, "Service auto scaling".
 */
import type { AlarmState } from '../cloudwatch/alarm.js'
import type { ModelParameters } from '../parameters.js'
import { DEFAULTS } from '../parameters.js'
import type { Cooldowns } from './cooldown.js'
import { isCooling, scaleOutBase } from './cooldown.js'
import type { NotScaledCode, ScalingDecision, SilentReason } from './scaling-decision.js'
import { none } from './scaling-decision.js'
import { proportionalCapacity, scaleInCapacity, scaleOutCapacity } from './tracked-capacity.js'

/** A policy and what its two alarms say. */
export interface TrackingReading {
  readonly policyName: string
  readonly targetValue: number
  readonly disableScaleIn: boolean
  readonly high: AlarmState
  readonly low: AlarmState
  /** The newest point of the metric; undefined when there is none. */
  readonly metric: { readonly value: number; readonly timestampMs: number } | undefined
}

export interface ScalableCapacity {
  readonly min: number
  readonly max: number
  /** Tasks that run now: what sizes are reckoned from. */
  readonly running: number
  readonly desired: number
}

export interface TrackingInput {
  /** Which alarm acts: AlarmHigh asks for `out`, AlarmLow for `in`. */
  readonly direction: 'out' | 'in'
  /** Whose alarm it is. */
  readonly policyName: string
  readonly readings: readonly TrackingReading[]
  readonly capacity: ScalableCapacity
  readonly cooldowns: Cooldowns
  readonly suspended: { readonly out: boolean; readonly in: boolean }
  /** ECS is rolling out a deployment: scale-in is off, scale-out is not. */
  readonly isDeploying: boolean
  readonly nowMs: number
}

/** What to do, now that an alarm of `input.policyName` acts. */
export function decideTargetTracking(
  input: TrackingInput,
  parameters: ModelParameters = DEFAULTS,
): ScalingDecision {
  return input.direction === 'out' ? decideOut(input, parameters) : decideIn(input, parameters)
}

function decideOut(input: TrackingInput, parameters: ModelParameters): ScalingDecision {
  const { running, desired, max } = input.capacity
  if (input.suspended.out) return none('ScalingSuspended')
  const base = scaleOutBase(input.cooldowns, { running, nowMs: input.nowMs }, parameters)
  const above = input.readings.filter((reading) => reading.high === 'ALARM')
  const wishes = above.map((reading) =>
    wishOf(reading, { input, parameters }, (metric) => scaleOutCapacity(base, metric, reading.targetValue)),
  )
  const largest = largestOf(wishes)
  if (largest === undefined) return none(wishes.find(isReason) ?? 'PolicyNotReady')
  const capacity = withinLimits(largest.capacity, input.capacity)
  if (capacity > desired) {
    return { kind: 'scale', capacity, policyName: largest.policyName, baseCapacity: base }
  }
  if (desired >= max) return none('AlreadyAtMaxCapacity')
  const isNetted = isCooling(input.cooldowns.out, input.nowMs, parameters)
  return none(isNetted ? 'CooldownInEffect' : 'AlreadyAtDesiredCapacity')
}

function decideIn(input: TrackingInput, parameters: ModelParameters): ScalingDecision {
  const { running, desired } = input.capacity
  const obstacle = scaleInObstacle(input, parameters)
  if (obstacle !== undefined) return none(obstacle)
  const enabled = input.readings.filter((reading) => !reading.disableScaleIn)
  const wishes = enabled.map((reading) =>
    wishOf(reading, { input, parameters }, (metric) =>
      scaleInCapacity({ running, desired, metric, target: reading.targetValue }, parameters),
    ),
  )
  const missing = wishes.find(isReason)
  if (missing !== undefined) return none(missing)
  const largest = largestOf(wishes)
  if (largest === undefined) return none('PolicyNotReady')
  const capacity = withinLimits(largest.capacity, input.capacity)
  // No policy wants more than this, so it pushes no metric back over its target.
  if (capacity < desired) {
    return { kind: 'scale', capacity, policyName: largest.policyName, baseCapacity: running }
  }
  return none(
    isFlappingAnticipated(enabled, input) ? 'AutoScalingAnticipatedFlapping' : 'AlreadyAtDesiredCapacity',
  )
}

function scaleInObstacle(
  input: TrackingInput,
  parameters: ModelParameters,
): NotScaledCode | SilentReason | undefined {
  const acting = input.readings.find((reading) => reading.policyName === input.policyName)
  if (input.suspended.in) return 'ScalingSuspended'
  if (acting?.disableScaleIn === true) return 'ScaleInDisabled'
  if (input.isDeploying) return 'TargetServicePutResourceAsUnscalable'
  if (input.capacity.desired <= input.capacity.min) return 'AlreadyAtMinCapacity'
  const isEachReady = input.readings.every(
    (reading) => reading.high !== 'ALARM' && (reading.disableScaleIn || reading.low === 'ALARM'),
  )
  if (!isEachReady) return 'PolicyNotReady'
  return isCooling(input.cooldowns.in, input.nowMs, parameters) ? 'CooldownInEffect' : undefined
}

/** Whether one task fewer would push a metric back over its target. */
function isFlappingAnticipated(readings: readonly TrackingReading[], input: TrackingInput): boolean {
  const { running, desired } = input.capacity
  return readings.some(({ metric, targetValue }) => {
    const needed = metric && proportionalCapacity(running, metric.value, targetValue)
    return needed !== undefined && needed > desired - 1
  })
}

interface Proposal {
  readonly capacity: number
  readonly policyName: string
}

/** What one policy wants, or why it can want nothing. */
function wishOf(
  reading: TrackingReading,
  view: { readonly input: TrackingInput; readonly parameters: ModelParameters },
  capacityOf: (metric: number) => number | undefined,
): Proposal | SilentReason {
  const { metric } = reading
  const maxAgeMs = view.parameters.trackingMetricMaxAgeSeconds * 1_000
  if (metric === undefined || view.input.nowMs - metric.timestampMs > maxAgeMs) return 'MissingData'
  const capacity = capacityOf(metric.value)
  return capacity === undefined ? 'TargetNotPositive' : { capacity, policyName: reading.policyName }
}

function largestOf(wishes: readonly (Proposal | SilentReason)[]): Proposal | undefined {
  let largest: Proposal | undefined
  for (const wish of wishes) {
    if (!isReason(wish) && (largest === undefined || wish.capacity > largest.capacity)) largest = wish
  }
  return largest
}

function isReason(wish: Proposal | SilentReason): wish is SilentReason {
  return typeof wish === 'string'
}

function withinLimits(capacity: number, { min, max }: ScalableCapacity): number {
  return Math.min(Math.max(capacity, min), max)
}
