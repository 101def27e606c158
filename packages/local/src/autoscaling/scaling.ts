/**
 * Where scaling happens: alarms act or a schedule is due, the model decides, ECS is told, and the activity is followed to
 * its end, from which the cooldown runs.
 */
import {
  afterCompletion,
  afterFailure,
  afterScaleIn,
  afterScaleOut,
  applyScheduledAction,
  isNotScaledCode,
  largestDecision,
} from '@longshore/model'
import type { ModelParameters, NotScaledCode, ScalingDecision } from '@longshore/model'

import type { AlarmNotice } from '../cloudwatch/alarm-actions.js'
import type { AccountContext } from '../server/service.js'
import type { Activities, NotScaledReason } from './activities.js'
import { Actuator } from './actuator.js'
import { alarmsOf } from './policies/scaling-policy.js'
import type { ScalingPolicy } from './policies/scaling-policy.js'
import { callOf, decide } from './policy-decision.js'
import type { Call } from './policy-decision.js'
import type { CloudWatchPort, EcsPort, ServiceCounts } from './ports.js'
import type { ScalableTarget } from './scalable-target.js'
import type { ScheduledAction } from './scheduled/scheduled-action.js'

export interface ScalingOptions {
  readonly account: AccountContext
  readonly ecs: EcsPort
  readonly cloudWatch: CloudWatchPort
  readonly parameters: ModelParameters
}

/** An alarm's action, and the policy that it names. */
export interface PolicyNotice {
  readonly policy: ScalingPolicy
  readonly notice: AlarmNotice
}

interface Wish {
  readonly decision: ScalingDecision
  readonly cause: string
}

type Scale = Extract<ScalingDecision, { kind: 'scale' }>

export class Scaling {
  readonly #options: ScalingOptions
  readonly #actuator: Actuator

  constructor(options: ScalingOptions) {
    this.#options = options
    this.#actuator = new Actuator(options)
  }

  get activities(): Activities {
    return this.#actuator.activities
  }

  /** Alarms act at one instant: every policy that they name decides, and the largest capacity wins. */
  onAlarms(target: ScalableTarget, notices: readonly PolicyNotice[]): void {
    const calls = notices.flatMap(({ policy, notice }) => callOf(policy, notice) ?? [])
    const counts = this.#countsOf(target)
    if (counts === undefined) {
      const problem = `ECS service doesn't exist: ${target.resource.resourceId}`
      for (const call of calls) this.#actuator.fail(target, { cause: causeOf(call), statusMessage: problem })
      return
    }
    const wishes = calls.map((call) => ({
      decision: this.#decide(call, target, counts),
      cause: causeOf(call),
    }))
    const largest = largestDecision(wishes.map(({ decision }) => decision))
    if (largest?.kind !== 'scale') return this.#report(target, counts, wishes)
    const cause = wishes.find(({ decision }) => decision === largest)?.cause ?? ''
    this.#scaleByPolicy(target, largest, { cause, isOut: largest.capacity > counts.desired })
  }

  /** Suspended scaling goes on: the policies whose alarms are in breach decide now, not when those act again. */
  resume(target: ScalableTarget): void {
    const notices = [...target.policies.values()].flatMap((policy) =>
      alarmsOf(policy, this.#options.cloudWatch)
        .filter(({ state, actions }) => state === 'ALARM' && actions.includes(policy.arn))
        .map(({ alarmName, arn: alarmArn, state }): PolicyNotice => {
          return { policy, notice: { alarmName, alarmArn, actionArn: policy.arn, state } }
        }),
    )
    this.onAlarms(target, notices)
  }

  /** A scheduled action is due; while those are suspended it is passed over for good. */
  runScheduled(target: ScalableTarget, action: ScheduledAction): void {
    if (target.suspended.scheduled) return
    const { min, max } = target
    const desired = this.#countsOf(target)?.desired ?? min
    const outcome = applyScheduledAction({ min, max, desired }, action.targetAction)
    const cause = `scheduled action name ${action.name} was triggered`
    const change = limitsText(action)
    if (outcome.kind === 'failed') {
      const statusMessage = `Failed to set ${change}. Reason: ${outcome.problem}`
      return this.#actuator.fail(target, { cause, description: `Setting ${change}`, statusMessage })
    }
    target.min = outcome.min
    target.max = outcome.max
    this.#actuator.succeed(target, {
      cause,
      description: `Setting ${change}`,
      statusMessage: `Successfully set ${change}`,
    })
    this.enforceLimits(target)
  }

  /** Brings a service whose desired count is outside the limits of its target to the nearer one, at once. */
  enforceLimits(target: ScalableTarget): void {
    const desired = this.#countsOf(target)?.desired
    if (desired === undefined) return
    if (desired < target.min)
      this.#actuator.scale(target, target.min, { cause: `minimum capacity was set to ${target.min}` })
    if (desired > target.max)
      this.#actuator.scale(target, target.max, { cause: `maximum capacity was set to ${target.max}` })
  }

  close(): void {
    this.#actuator.close()
  }

  #decide(call: Call, target: ScalableTarget, counts: ServiceCounts): ScalingDecision {
    const { account, cloudWatch, parameters } = this.#options
    return decide(call, { target, counts, cloudWatch, parameters, nowMs: account.controlClock.now() })
  }

  /** Nothing was scaled: the reasons that AWS reports become activities. */
  #report(target: ScalableTarget, counts: ServiceCounts, wishes: readonly Wish[]): void {
    for (const { decision, cause } of wishes) {
      if (decision.kind === 'scale' || !isNotScaledCode(decision.reason)) continue
      this.#actuator.fail(target, { cause, notScaled: notScaledReason(decision.reason, target, counts) })
    }
  }

  #scaleByPolicy(
    target: ScalableTarget,
    decision: Scale,
    { cause, isOut }: { readonly cause: string; readonly isOut: boolean },
  ): void {
    const direction = isOut ? 'out' : 'in'
    const policy = target.policies.get(decision.policyName)
    const cooldownSeconds = cooldownOf(policy, isOut) ?? this.#options.parameters.defaultCooldownSeconds
    const hasBegun = this.#actuator.scale(target, decision.capacity, {
      cause,
      onEnd: ({ isSuccess, nowMs }) => {
        target.cooldowns = isSuccess
          ? afterCompletion(target.cooldowns, direction, nowMs)
          : afterFailure(target.cooldowns, direction)
      },
    })
    if (!hasBegun) return
    const activity = { baseCapacity: decision.baseCapacity, cooldownSeconds }
    target.cooldowns = isOut ? afterScaleOut(activity) : afterScaleIn(target.cooldowns, activity)
  }

  #countsOf({ resource }: ScalableTarget): ServiceCounts | undefined {
    return this.#options.ecs.serviceCounts(resource.cluster, resource.service)
  }
}

function causeOf({ policy, notice }: Call): string {
  return `monitor alarm ${notice.alarmName} in state ${notice.state} triggered policy ${policy.name}`
}

/** Seconds; undefined where the policy states none. */
function cooldownOf(policy: ScalingPolicy | undefined, isOut: boolean): number | undefined {
  if (policy?.type === 'StepScaling') return policy.configuration.Cooldown
  if (policy?.type !== 'TargetTrackingScaling') return undefined
  return isOut ? policy.configuration.ScaleOutCooldown : policy.configuration.ScaleInCooldown
}

/** `min capacity to 5 and max capacity to 10`, or one of them. */
function limitsText({ targetAction: { minCapacity, maxCapacity } }: ScheduledAction): string {
  const min = minCapacity === undefined ? [] : [`min capacity to ${minCapacity}`]
  const max = maxCapacity === undefined ? [] : [`max capacity to ${maxCapacity}`]
  return [...min, ...max].join(' and ')
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
