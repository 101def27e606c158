import { decideStepScaling, decideTargetTracking } from '@longshore/model'
import type { ModelParameters, ScalableCapacity, ScalingDecision, TrackingReading } from '@longshore/model'

import type { AlarmNotice } from '../cloudwatch/alarm-actions.js'
import type { AlarmReading } from '../cloudwatch/cloudwatch.js'
import type { ScalingPolicy, StepPolicy, TrackingPolicy } from './policies/scaling-policy.js'
import type { CloudWatchPort, ServiceCounts } from './ports.js'
import type { ScalableTarget } from './scalable-target.js'

export interface DecisionView {
  readonly target: ScalableTarget
  readonly counts: ServiceCounts
  readonly cloudWatch: CloudWatchPort
  readonly nowMs: number
  readonly parameters: ModelParameters
}

/** An alarm's action that asks a policy what to do. */
export type Call =
  | { readonly policy: StepPolicy; readonly notice: AlarmNotice }
  | { readonly policy: TrackingPolicy; readonly notice: AlarmNotice; readonly direction: 'out' | 'in' }

/**
 * Undefined where an action asks for nothing. A step policy acts for whichever alarm names it; target tracking for its own
 * two alone, AlarmHigh asking for more and AlarmLow for less.
 */
export function callOf(policy: ScalingPolicy, notice: AlarmNotice): Call | undefined {
  if (policy.type === 'StepScaling') return { policy, notice }
  if (policy.type === 'PredictiveScaling' || notice.state !== 'ALARM') return undefined
  if (notice.alarmName === policy.alarms.high) return { policy, notice, direction: 'out' }
  return notice.alarmName === policy.alarms.low ? { policy, notice, direction: 'in' } : undefined
}

export function decide(call: Call, view: DecisionView): ScalingDecision {
  return 'direction' in call ? decideTracking(call, view) : decideSteps(call, view)
}

function decideTracking(call: Extract<Call, { direction: unknown }>, view: DecisionView): ScalingDecision {
  const tracking = [...view.target.policies.values()].filter((each) => each.type === 'TargetTrackingScaling')
  const readings = tracking.map((each) => readingOf(each, view.cloudWatch))
  const { policy, direction } = call
  return decideTargetTracking(
    { direction, policyName: policy.name, readings, ...situation(view) },
    view.parameters,
  )
}

function decideSteps(
  { policy, notice }: { readonly policy: StepPolicy; readonly notice: AlarmNotice },
  view: DecisionView,
): ScalingDecision {
  const alarm = view.cloudWatch.alarmReading(notice.alarmName)
  if (alarm === undefined) return { kind: 'none', reason: 'MissingData' }
  const { threshold, comparisonOperator } = alarm
  const points = alarm.points.map(({ value }) => value)
  return decideStepScaling(
    {
      policyName: policy.name,
      policy: policy.rules,
      alarm: { threshold, comparisonOperator, points },
      ...situation(view),
    },
    view.parameters,
  )
}

/** What every policy of a target decides by. */
function situation({ target, counts, nowMs }: DecisionView) {
  const { min, max, cooldowns, suspended } = target
  const { running, desired, isDeploying } = counts
  const capacity: ScalableCapacity = { min, max, running, desired }
  return { capacity, cooldowns, suspended, isDeploying, nowMs }
}

function readingOf(policy: TrackingPolicy, cloudWatch: CloudWatchPort): TrackingReading {
  const high = cloudWatch.alarmReading(policy.alarms.high)
  const low = cloudWatch.alarmReading(policy.alarms.low)
  return {
    policyName: policy.name,
    targetValue: policy.configuration.TargetValue,
    disableScaleIn: policy.configuration.DisableScaleIn ?? false,
    high: high?.state ?? 'INSUFFICIENT_DATA',
    low: low?.state ?? 'INSUFFICIENT_DATA',
    metric: newerOf(high?.points[0], low?.points[0]),
  }
}

type Point = AlarmReading['points'][number]

function newerOf(one: Point | undefined, other: Point | undefined): Point | undefined {
  if (one === undefined || other === undefined) return one ?? other
  return one.timestampMs >= other.timestampMs ? one : other
}
