/**
 * Application Auto Scaling of one service: alarms act or a schedule is due, the model's rules decide, and the activity is
 * followed to its end, from which the cooldown runs.
 */
import {
  afterCompletion,
  afterFailure,
  afterScaleIn,
  afterScaleOut,
  applyScheduledAction,
  decideStepScaling,
  decideTargetTracking,
  largestDecision,
  nextRun,
  NO_COOLDOWNS,
  parseSchedule,
} from '@longshore/model'
import type { Cooldowns, ModelParameters, ScalingDecision, Schedule, TrackingReading } from '@longshore/model'
import type {
  ScalingPolicy,
  ScheduledAction,
  StepScalingPolicy,
  TargetTrackingPolicy,
} from '../../plan/resources.js'
import type { WatchingAlarm } from './alarm.js'
import type { EcsService } from './ecs-service.js'
import type { Setup } from './setup.js'

export interface AutoScalingOptions {
  readonly setup: Setup
  readonly alarms: readonly WatchingAlarm[]
  readonly ecs: EcsService
  readonly startMs: number
  readonly parameters: ModelParameters
}

interface Activity {
  readonly capacity: number
  readonly startedMs: number
  /** Undefined: no policy's, so without a cooldown. */
  readonly direction: 'out' | 'in' | undefined
}

interface DueAction {
  readonly action: ScheduledAction
  readonly schedule: Schedule
  dueMs: number | undefined
}

type Scale = Extract<ScalingDecision, { kind: 'scale' }>

export class AutoScaling {
  readonly #options: AutoScalingOptions
  readonly #policies: ReadonlyMap<string, ScalingPolicy>
  readonly #actions: readonly DueAction[]
  #min: number
  #max: number
  #cooldowns: Cooldowns = NO_COOLDOWNS
  #activity: Activity | undefined
  #alarmsDueMs = -Infinity

  constructor(options: AutoScalingOptions) {
    const { setup, startMs } = options
    this.#options = options
    this.#policies = new Map(setup.policies.map((policy) => [policy.name, policy]))
    this.#min = setup.min
    this.#max = setup.max
    this.#actions = setup.scheduledActions.map((action) => {
      const schedule = parseSchedule(action.schedule, action.timezone)
      return { action, schedule, dueMs: nextRunOf(schedule, startMs, startMs - 1) }
    })
  }

  get min(): number {
    return this.#min
  }

  get max(): number {
    return this.#max
  }

  /** Raises or lowers the minimum, as RegisterScalableTarget does. */
  setMin(min: number): void {
    this.#min = min
    this.#enforceLimits()
  }

  /** The desired count was set by somebody else: what was in progress is overridden. */
  setDesired(desired: number): void {
    this.#end(false, 0)
    this.#options.ecs.setDesired(desired)
  }

  /** Schedules that are due, activities that have ended, and the alarms that are due now, all before any of them acts. */
  tick(nowMs: number): void {
    for (const due of this.#actions) this.#runScheduled(due, nowMs)
    this.#follow(nowMs)
    if (nowMs < this.#alarmsDueMs) return
    const acting = this.#options.alarms.filter((alarm) => alarm.evaluate(nowMs))
    this.#alarmsDueMs = Math.min(...this.#options.alarms.map(({ dueMs }) => dueMs))
    if (acting.length > 0) this.#act(acting, nowMs)
  }

  #act(acting: readonly WatchingAlarm[], nowMs: number): void {
    const decisions = acting.flatMap((alarm) => {
      const policy = this.#policies.get(alarm.definition.policy)
      if (policy?.kind === 'targetTracking') return [this.#decideTracking(policy, alarm, nowMs)]
      return policy?.kind === 'step' ? [this.#decideSteps(policy, alarm, nowMs)] : []
    })
    const largest = largestDecision(decisions)
    if (largest?.kind === 'scale') this.#scale(largest, nowMs)
  }

  #decideTracking(policy: TargetTrackingPolicy, alarm: WatchingAlarm, nowMs: number): ScalingDecision {
    const readings = [...this.#policies.values()].flatMap((each) =>
      each.kind === 'targetTracking' ? [this.#readingOf(each)] : [],
    )
    const direction = alarm.definition.direction ?? 'out'
    const input = { direction, policyName: policy.name, readings, ...this.#situation(nowMs) }
    return decideTargetTracking(input, this.#options.parameters)
  }

  #decideSteps(policy: StepScalingPolicy, alarm: WatchingAlarm, nowMs: number): ScalingDecision {
    const { threshold, comparisonOperator } = alarm.definition.rule
    const points = alarm.considered.flatMap(({ value }) => value ?? [])
    const rules = {
      adjustmentType: policy.adjustment,
      stepAdjustments: policy.steps,
      minAdjustmentMagnitude: policy.minAdjustmentMagnitude,
      metricAggregationType: policy.aggregation,
    }
    const input = { policyName: policy.name, policy: rules, alarm: { threshold, comparisonOperator, points } }
    return decideStepScaling({ ...input, ...this.#situation(nowMs) }, this.#options.parameters)
  }

  #situation(nowMs: number) {
    const { ecs, setup } = this.#options
    const capacity = { min: this.#min, max: this.#max, running: ecs.running, desired: ecs.desired }
    return { capacity, cooldowns: this.#cooldowns, suspended: setup.suspended, isDeploying: false, nowMs }
  }

  #readingOf(policy: TargetTrackingPolicy): TrackingReading {
    const [high, low] = (['out', 'in'] as const).map((direction) =>
      this.#options.alarms.find(
        ({ definition }) => definition.policy === policy.name && definition.direction === direction,
      ),
    )
    const points = [high?.considered[0], low?.considered[0]].flatMap((point) =>
      point?.value === undefined ? [] : [{ timestampMs: point.timestampMs, value: point.value }],
    )
    return {
      policyName: policy.name,
      targetValue: policy.targetValue,
      disableScaleIn: policy.disableScaleIn,
      high: high?.state ?? 'INSUFFICIENT_DATA',
      low: low?.state ?? 'INSUFFICIENT_DATA',
      metric: points.toSorted((one, other) => other.timestampMs - one.timestampMs)[0],
    }
  }

  #scale(decision: Scale, nowMs: number): void {
    const isOut = decision.capacity > this.#options.ecs.desired
    const cooldownSeconds =
      cooldownOf(this.#policies.get(decision.policyName), isOut) ??
      this.#options.parameters.defaultCooldownSeconds
    this.#begin({ capacity: decision.capacity, startedMs: nowMs, direction: isOut ? 'out' : 'in' })
    const activity = { baseCapacity: decision.baseCapacity, cooldownSeconds }
    this.#cooldowns = isOut ? afterScaleOut(activity) : afterScaleIn(this.#cooldowns, activity)
  }

  #begin(activity: Activity): void {
    this.#end(false, activity.startedMs)
    this.#activity = activity
    this.#options.ecs.setDesired(activity.capacity)
  }

  #follow(nowMs: number): void {
    const { ecs, parameters } = this.#options
    if (this.#activity === undefined) return
    const { capacity, startedMs } = this.#activity
    if (ecs.desired !== capacity) this.#end(false, nowMs)
    // A look at the instant of setting it would find the tasks of before.
    else if (nowMs > startedMs && ecs.running === capacity) this.#end(true, nowMs)
    else if (nowMs - startedMs >= parameters.activityTimeoutSeconds * 1_000) this.#end(false, nowMs)
  }

  #end(isSuccess: boolean, nowMs: number): void {
    const direction = this.#activity?.direction
    this.#activity = undefined
    if (direction === undefined) return
    this.#cooldowns = isSuccess
      ? afterCompletion(this.#cooldowns, direction, nowMs)
      : afterFailure(this.#cooldowns, direction)
  }

  #runScheduled(due: DueAction, nowMs: number): void {
    if (due.dueMs === undefined || nowMs < due.dueMs) return
    due.dueMs = nextRunOf(due.schedule, this.#options.startMs, nowMs)
    const { setup, ecs } = this.#options
    if (setup.suspended.scheduled) return
    const outcome = applyScheduledAction({ min: this.#min, max: this.#max, desired: ecs.desired }, due.action)
    if (outcome.kind === 'failed') return
    this.#min = outcome.min
    this.#max = outcome.max
    this.#enforceLimits(nowMs)
  }

  #enforceLimits(startedMs = 0): void {
    const { desired } = this.#options.ecs
    const capacity = Math.min(Math.max(desired, this.#min), this.#max)
    if (capacity !== desired) this.#begin({ capacity, startedMs, direction: undefined })
  }
}

function nextRunOf(schedule: Schedule, createdMs: number, afterMs: number): number | undefined {
  return nextRun(schedule, { startMs: undefined, endMs: undefined, createdMs }, afterMs)
}

function cooldownOf(policy: ScalingPolicy | undefined, isOut: boolean): number | undefined {
  if (policy?.kind === 'step') return policy.cooldownSeconds
  if (policy?.kind !== 'targetTracking') return undefined
  return isOut ? policy.scaleOutCooldownSeconds : policy.scaleInCooldownSeconds
}
