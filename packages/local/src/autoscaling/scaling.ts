/**
 * Where scaling happens: an alarm acts, the model decides, ECS is told, and the activity is followed to its end, from
 * which the cooldown runs.
 */
import {
  afterCompletion,
  afterFailure,
  afterScaleIn,
  afterScaleOut,
  decideTargetTracking,
  isNotScaledCode,
} from '@longshore/model'
import type { ModelParameters, NotScaledCode, ScalingDecision, TrackingReading } from '@longshore/model'

import type { AccountContext } from '../server/service.js'
import { Activities } from './activities.js'
import type { NotScaledReason } from './activities.js'
import { ActivityTracker } from './activity-tracker.js'
import type { AlarmNotice } from '../cloudwatch/alarm-actions.js'
import type { AlarmReading } from '../cloudwatch/cloudwatch.js'
import type { CloudWatchPort, EcsPort } from './ports.js'
import type { ScalableTarget } from './scalable-target.js'
import type { ScalingPolicy } from './scaling-policy.js'

export interface ScalingOptions {
  readonly account: AccountContext
  readonly ecs: EcsPort
  readonly cloudWatch: CloudWatchPort
  readonly parameters: ModelParameters
}

type Direction = 'out' | 'in'
type Scale = Extract<ScalingDecision, { kind: 'scale' }>
type ServiceCounts = NonNullable<ReturnType<EcsPort['serviceCounts']>>

const ATTEMPT = 'Attempting to scale due to alarm triggered'

export class Scaling {
  readonly activities: Activities
  readonly #options: ScalingOptions
  readonly #tracker: ActivityTracker

  constructor(options: ScalingOptions) {
    this.#options = options
    this.activities = new Activities(options.account)
    this.#tracker = new ActivityTracker(options)
  }

  /** An alarm of one of the target's policies acts. */
  onAlarm(target: ScalableTarget, policy: ScalingPolicy, notice: AlarmNotice): void {
    const direction = directionOf(policy, notice)
    if (direction === undefined) return
    const cause = `monitor alarm ${notice.alarmName} in state ALARM triggered policy ${policy.name}`
    const counts = this.#countsOf(target)
    if (counts === undefined)
      return this.#fail(target, cause, `ECS service doesn't exist: ${target.resource.resourceId}`)
    const decision = this.#decide(target, policy, { direction, counts })
    if (decision.kind === 'scale') return this.#scaleByPolicy(target, decision, { direction, cause })
    if (isNotScaledCode(decision.reason)) {
      this.activities.addFailed({
        resourceId: target.resource.resourceId,
        cause,
        description: ATTEMPT,
        statusMessage: undefined,
        notScaled: notScaledReason(decision.reason, target, counts),
      })
    }
  }

  /** Brings a service whose desired count is outside the limits of its target to the nearer one, at once. */
  enforceLimits(target: ScalableTarget): void {
    const desired = this.#countsOf(target)?.desired
    if (desired === undefined) return
    if (desired < target.min)
      this.#scale(target, target.min, { cause: `minimum capacity was set to ${target.min}` })
    if (desired > target.max)
      this.#scale(target, target.max, { cause: `maximum capacity was set to ${target.max}` })
  }

  close(): void {
    this.#tracker.close()
  }

  #decide(
    target: ScalableTarget,
    policy: ScalingPolicy,
    { direction, counts }: { readonly direction: Direction; readonly counts: ServiceCounts },
  ): ScalingDecision {
    return decideTargetTracking(
      {
        direction,
        policyName: policy.name,
        readings: [...target.policies.values()].map((each) => this.#readingOf(each)),
        capacity: { min: target.min, max: target.max, running: counts.running, desired: counts.desired },
        cooldowns: target.cooldowns,
        suspended: target.suspended,
        isDeploying: counts.isDeploying,
        nowMs: this.#options.account.controlClock.now(),
      },
      this.#options.parameters,
    )
  }

  #readingOf(policy: ScalingPolicy): TrackingReading {
    const high = this.#options.cloudWatch.alarmReading(policy.alarms.high.name)
    const low = this.#options.cloudWatch.alarmReading(policy.alarms.low.name)
    return {
      policyName: policy.name,
      targetValue: policy.configuration.TargetValue,
      disableScaleIn: policy.configuration.DisableScaleIn ?? false,
      high: high?.state ?? 'INSUFFICIENT_DATA',
      low: low?.state ?? 'INSUFFICIENT_DATA',
      metric: newerOf(high?.points[0], low?.points[0]),
    }
  }

  #scaleByPolicy(
    target: ScalableTarget,
    decision: Scale,
    { direction, cause }: { readonly direction: Direction; readonly cause: string },
  ): void {
    const cooldownSeconds = this.#cooldownSeconds(target.policies.get(decision.policyName), direction)
    const hasBegun = this.#scale(target, decision.capacity, {
      cause,
      onEnd: ({ isSuccess, nowMs }) => {
        target.cooldowns = isSuccess
          ? afterCompletion(target.cooldowns, direction, nowMs)
          : afterFailure(target.cooldowns, direction)
      },
    })
    if (!hasBegun) return
    const activity = { baseCapacity: decision.baseCapacity, cooldownSeconds }
    target.cooldowns =
      direction === 'out' ? afterScaleOut(activity) : afterScaleIn(target.cooldowns, activity)
  }

  #cooldownSeconds(policy: ScalingPolicy | undefined, direction: Direction): number {
    const { ScaleOutCooldown, ScaleInCooldown } = policy?.configuration ?? {}
    const stated = direction === 'out' ? ScaleOutCooldown : ScaleInCooldown
    return stated ?? this.#options.parameters.defaultCooldownSeconds
  }

  /** Sets desired and follows the activity; false when ECS refuses, which the activity then tells. */
  #scale(
    target: ScalableTarget,
    capacity: number,
    {
      cause,
      onEnd = () => {},
    }: { readonly cause: string; readonly onEnd?: Parameters<ActivityTracker['follow']>[0]['onEnd'] },
  ): boolean {
    const { resource } = target
    try {
      this.#options.ecs.setDesiredCount(resource.cluster, resource.service, capacity)
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      this.#fail(target, cause, `Failed to set desired count to ${capacity}. Reason: ${reason}`)
      return false
    }
    const activity = this.activities.add({
      resourceId: resource.resourceId,
      cause,
      description: `Setting desired count to ${capacity}.`,
      status: 'InProgress',
      statusMessage: `Successfully set desired count to ${capacity}. Waiting for change to be fulfilled by ecs.`,
      notScaled: undefined,
    })
    this.#tracker.follow({ activity, resource, capacity, onEnd })
    return true
  }

  #fail(target: ScalableTarget, cause: string, statusMessage: string): void {
    const { resourceId } = target.resource
    this.activities.addFailed({
      resourceId,
      cause,
      description: ATTEMPT,
      statusMessage,
      notScaled: undefined,
    })
  }

  #countsOf({ resource }: ScalableTarget): ServiceCounts | undefined {
    return this.#options.ecs.serviceCounts(resource.cluster, resource.service)
  }
}

/** AlarmHigh asks for more, AlarmLow for less; another alarm that names the policy asks for nothing. */
function directionOf({ alarms }: ScalingPolicy, { alarmName, state }: AlarmNotice): Direction | undefined {
  if (state !== 'ALARM') return undefined
  if (alarmName === alarms.high.name) return 'out'
  return alarmName === alarms.low.name ? 'in' : undefined
}

type Point = AlarmReading['points'][number]

function newerOf(one: Point | undefined, other: Point | undefined): Point | undefined {
  if (one === undefined || other === undefined) return one ?? other
  return one.timestampMs >= other.timestampMs ? one : other
}

function notScaledReason(
  code: NotScaledCode,
  target: ScalableTarget,
  counts: ServiceCounts,
): NotScaledReason {
  if (code === 'AlreadyAtMaxCapacity') return { Code: code, MaxCapacity: target.max }
  if (code === 'AlreadyAtMinCapacity') return { Code: code, MinCapacity: target.min }
  return { Code: code, CurrentCapacity: counts.desired }
}
