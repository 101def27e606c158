/**
 * The alarms of one account and region: their states, and what their actions set off. A timer runs while there are
 * alarms. One tick evaluates every alarm that is due before any action runs, so that actions see the states of all.
 */
import {
  alarmPoints,
  evaluateAlarm,
  evaluationRange,
  isActionRepeatDue,
  nextAlarmEvaluationMs,
} from '@longshore/model'
import type { AlarmState, ModelParameters } from '@longshore/model'

import type { AccountContext } from '../server/service.js'
import { newAlarm, ruleOf } from './alarm-config.js'
import type { Alarm, AlarmConfig } from './alarm-config.js'
import { AlarmHistory } from './alarm-history.js'
import type { MetricStore } from './metric-store.js'
import { reasonData } from './reason-data.js'

/** An action of an alarm: set off by a change of state, and for Auto Scaling once a minute while the state lasts. */
export interface AlarmNotice {
  readonly alarmName: string
  readonly alarmArn: string
  /** Whose ARN was given as action: a scaling policy's, a topic's. */
  readonly actionArn: string
  readonly state: AlarmState
}

export interface AlarmsOptions {
  readonly account: AccountContext
  readonly store: MetricStore
  readonly parameters: ModelParameters
  readonly onAlarmAction: (notice: AlarmNotice) => void
}

/** A state to take, and the words that explain it. */
export interface StateChange {
  readonly state: AlarmState
  readonly reason: string
  /** JSON. */
  readonly reasonData: string | undefined
}

export class Alarms {
  readonly history: AlarmHistory = new AlarmHistory()
  readonly #options: AlarmsOptions
  readonly #alarms = new Map<string, Alarm>()
  #cancelTimer: (() => void) | undefined
  #isClosed = false

  constructor(options: AlarmsOptions) {
    this.#options = options
  }

  get(alarmName: string): Alarm | undefined {
    return this.#alarms.get(alarmName)
  }

  /** By name. */
  list(): readonly Alarm[] {
    const alarms = [...this.#alarms.values()]
    return alarms.sort((one, other) => (one.config.alarmName < other.config.alarmName ? -1 : 1))
  }

  /** Creates the alarm, or replaces its configuration and leaves its state. */
  put(config: AlarmConfig): Alarm {
    const nowMs = this.#nowMs()
    const existing = this.#alarms.get(config.alarmName)
    const alarm = existing ?? newAlarm(config, this.#arnOf(config.alarmName), nowMs)
    alarm.config = config
    alarm.configuredAtMs = nowMs
    alarm.dueMs = nextAlarmEvaluationMs(config.periodSeconds, nowMs, this.#options.parameters)
    this.#alarms.set(config.alarmName, alarm)
    this.history.addConfiguration(alarm, nowMs, existing === undefined ? 'created' : 'updated')
    this.#reschedule()
    return alarm
  }

  /** Names that do not exist are passed over, as on AWS. */
  delete(alarmNames: readonly string[]): void {
    for (const alarmName of alarmNames) {
      const alarm = this.#alarms.get(alarmName)
      if (alarm === undefined) continue
      this.#alarms.delete(alarmName)
      this.history.addConfiguration(alarm, this.#nowMs(), 'deleted')
    }
    this.#reschedule()
  }

  setActionsEnabled(alarm: Alarm, isActionsEnabled: boolean): void {
    const nowMs = this.#nowMs()
    alarm.config = { ...alarm.config, isActionsEnabled }
    alarm.configuredAtMs = nowMs
    this.history.addConfiguration(alarm, nowMs, 'updated')
  }

  /** SetAlarmState: the state, and the metric's newest point where the caller names one, last until the next evaluation. */
  setState(alarm: Alarm, change: StateChange, newest: number | undefined): void {
    const nowMs = this.#nowMs()
    if (newest !== undefined) alarm.newest = { value: newest, timestampMs: nowMs }
    if (this.#transition(alarm, change, nowMs)) this.#act(alarm, { atMs: nowMs, isRepeat: false })
  }

  /** Evaluates nothing any more. */
  close(): void {
    this.#isClosed = true
    this.#cancelTimer?.()
  }

  #reschedule(): void {
    this.#cancelTimer?.()
    if (this.#isClosed || this.#alarms.size === 0) return
    const dueMs = Math.min(...[...this.#alarms.values()].map((alarm) => alarm.dueMs))
    const { controlClock } = this.#options.account
    this.#cancelTimer = controlClock.schedule(dueMs - controlClock.now(), () => this.#tick())
  }

  #tick(): void {
    const nowMs = this.#nowMs()
    const actions: (() => void)[] = []
    for (const alarm of this.#alarms.values()) {
      const atMs = this.#takeDue(alarm, nowMs)
      if (atMs === undefined) continue
      const hasChanged = this.#evaluate(alarm, atMs)
      if (hasChanged || this.#isRepeating(alarm, atMs)) {
        actions.push(() => this.#act(alarm, { atMs, isRepeat: !hasChanged }))
      }
    }
    this.#reschedule()
    for (const act of actions) act()
  }

  /**
   * The instant at which a due alarm was to be evaluated; the latest one where a timer came late. Rhythms (a minute
   * since the last action) are reckoned from these instants, not from when the timer fired.
   */
  #takeDue(alarm: Alarm, nowMs: number): number | undefined {
    // A timer may fire a hair before its time.
    if (alarm.dueMs > nowMs + 1) return undefined
    let atMs = alarm.dueMs
    const next = (): number =>
      nextAlarmEvaluationMs(alarm.config.periodSeconds, atMs, this.#options.parameters)
    while (next() <= nowMs) atMs = next()
    alarm.dueMs = next()
    return atMs
  }

  /** True when the state is another than before. */
  #evaluate(alarm: Alarm, atMs: number): boolean {
    const { config } = alarm
    const grid = evaluationRange(config, atMs, this.#options.parameters)
    const timed = this.#options.store.read(config.metric, config.unit, grid)
    const points = alarmPoints(grid, timed, config.statistic)
    const evaluation = evaluateAlarm(ruleOf(config), { points, state: alarm.state })
    const [newest] = evaluation.considered
    alarm.newest =
      newest?.value === undefined ? undefined : { value: newest.value, timestampMs: newest.timestampMs }
    const change = {
      state: evaluation.state,
      reason: evaluation.reason ?? alarm.stateReason,
      reasonData: reasonData(config, evaluation, atMs),
    }
    return this.#transition(alarm, change, atMs)
  }

  #transition(alarm: Alarm, change: StateChange, nowMs: number): boolean {
    if (change.state === alarm.state) return false
    this.history.addTransition(alarm, nowMs, change)
    alarm.state = change.state
    alarm.stateReason = change.reason
    alarm.stateReasonData = change.reasonData
    alarm.stateUpdatedAtMs = nowMs
    alarm.transitionedAtMs = nowMs
    return true
  }

  #isRepeating(alarm: Alarm, atMs: number): boolean {
    const isScaling = alarm.config.actions[alarm.state].some(isScalingAction)
    return isScaling && isActionRepeatDue(alarm.actedAtMs, atMs, this.#options.parameters)
  }

  #act(alarm: Alarm, { atMs, isRepeat }: { readonly atMs: number; readonly isRepeat: boolean }): void {
    const { config, arn, state } = alarm
    if (!config.isActionsEnabled) return
    alarm.actedAtMs = atMs
    for (const actionArn of config.actions[state]) {
      if (isRepeat && !isScalingAction(actionArn)) continue
      // Repeats stay out of the history: it would hold little else.
      if (!isRepeat) this.history.addAction(alarm, atMs, actionArn)
      this.#options.onAlarmAction({ alarmName: config.alarmName, alarmArn: arn, actionArn, state })
    }
  }

  #arnOf(alarmName: string): string {
    const { accountId, region } = this.#options.account
    return `arn:aws:cloudwatch:${region}:${accountId}:alarm:${alarmName}`
  }

  #nowMs(): number {
    return this.#options.account.controlClock.now()
  }
}

function isScalingAction(actionArn: string): boolean {
  return actionArn.startsWith('arn:aws:autoscaling:')
}
