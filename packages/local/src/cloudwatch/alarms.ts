/**
 * The alarms of one account and region: their states, and what their actions set off. A timer runs while there are
 * alarms. One tick evaluates every alarm that is due before any action runs, so that actions see the states of all.
 */
import { isActionRepeatDue, nextAlarmEvaluationMs } from '@longshore/model'
import type { AlarmState, ModelParameters } from '@longshore/model'

import type { AccountContext } from '../server/service.js'
import { isScalingAction, noticesOf } from './alarm-actions.js'
import type { AlarmNotice, OnAlarmActions } from './alarm-actions.js'
import type { AlarmConfig } from './alarm-config.js'
import { evaluate } from './alarm-evaluation.js'
import { AlarmHistory } from './alarm-history.js'
import { watchOf } from './alarm-watch.js'
import type { AlarmWatch } from './alarm-watch.js'
import { newAlarm } from './alarm.js'
import type { Alarm } from './alarm.js'
import type { MetricStore } from './metric-store.js'
import { reasonData } from './reason-data.js'

export interface AlarmsOptions {
  readonly account: AccountContext
  readonly store: MetricStore
  readonly parameters: ModelParameters
  readonly onAlarmActions: OnAlarmActions
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
    const watch = watchOf(config.source)
    const existing = this.#alarms.get(config.alarmName)
    const alarm = existing ?? this.#create(config, watch)
    alarm.dueMs = nextAlarmEvaluationMs(watch.periodSeconds, this.#nowMs(), this.#options.parameters)
    if (existing !== undefined) this.#replace(existing, config, watch)
    this.#reschedule()
    return alarm
  }

  /** Names that do not exist are passed over, as on AWS. */
  delete(alarmNames: readonly string[]): void {
    for (const alarmName of alarmNames) {
      const alarm = this.#alarms.get(alarmName)
      if (alarm === undefined) continue
      this.#alarms.delete(alarmName)
      this.history.addDeletion(alarm, this.#nowMs())
    }
    this.#reschedule()
  }

  setActionsEnabled(alarm: Alarm, isActionsEnabled: boolean): void {
    this.#configure(alarm, { ...alarm.config, isActionsEnabled })
  }

  /**
   * SetAlarmState: the state, and the metric's newest points where the caller names some (newest first), last until the
   * next evaluation.
   */
  setState(alarm: Alarm, change: StateChange, points: readonly number[] | undefined): void {
    const nowMs = this.#nowMs()
    if (points !== undefined) alarm.considered = points.map((value) => ({ value, timestampMs: nowMs }))
    if (this.#transition(alarm, change, nowMs)) this.#run(this.#act(alarm, { atMs: nowMs, isRepeat: false }))
  }

  /** Evaluates nothing any more. */
  close(): void {
    this.#isClosed = true
    this.#cancelTimer?.()
  }

  #create(config: AlarmConfig, watch: AlarmWatch): Alarm {
    const { accountId, region } = this.#options.account
    const arn = `arn:aws:cloudwatch:${region}:${accountId}:alarm:${config.alarmName}`
    const nowMs = this.#nowMs()
    const alarm = newAlarm(config, { watch, arn, nowMs })
    this.#alarms.set(config.alarmName, alarm)
    this.history.addCreation(alarm, nowMs)
    return alarm
  }

  #replace(alarm: Alarm, config: AlarmConfig, watch: AlarmWatch): void {
    // The points of another metric say nothing of this one.
    if (JSON.stringify(alarm.config.source) !== JSON.stringify(config.source)) alarm.considered = []
    alarm.watch = watch
    this.#configure(alarm, config)
  }

  #configure(alarm: Alarm, config: AlarmConfig): void {
    const before = alarm.config
    alarm.config = config
    alarm.configuredAtMs = this.#nowMs()
    this.history.addUpdate(alarm, alarm.configuredAtMs, before)
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
    const acting: { readonly alarm: Alarm; readonly atMs: number; readonly isRepeat: boolean }[] = []
    for (const alarm of this.#alarms.values()) {
      const atMs = this.#takeDue(alarm, nowMs)
      if (atMs === undefined) continue
      const hasChanged = this.#evaluate(alarm, atMs)
      if (hasChanged || this.#isRepeating(alarm, atMs)) acting.push({ alarm, atMs, isRepeat: !hasChanged })
    }
    this.#reschedule()
    this.#run(acting.flatMap(({ alarm, ...how }) => this.#act(alarm, how)))
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
      nextAlarmEvaluationMs(alarm.watch.periodSeconds, atMs, this.#options.parameters)
    while (next() <= nowMs) atMs = next()
    alarm.dueMs = next()
    return atMs
  }

  /** True when the state is another than before. */
  #evaluate(alarm: Alarm, atMs: number): boolean {
    const { store, parameters } = this.#options
    const { state, reason = alarm.stateReason, considered } = evaluate(alarm, { atMs, store, parameters })
    alarm.considered = considered
    if (state === alarm.state) return false
    const data = reasonData(alarm.config, alarm.watch.periodSeconds, { considered, atMs })
    return this.#transition(alarm, { state, reason, reasonData: data }, atMs)
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

  /** What the alarm's actions are told; nothing while they are disabled. */
  #act(
    alarm: Alarm,
    { atMs, isRepeat }: { readonly atMs: number; readonly isRepeat: boolean },
  ): AlarmNotice[] {
    if (!alarm.config.isActionsEnabled) return []
    alarm.actedAtMs = atMs
    const notices = noticesOf(alarm, { isRepeat })
    // Repeats stay out of the history: it would hold little else.
    if (!isRepeat) for (const { actionArn } of notices) this.history.addAction(alarm, atMs, actionArn)
    return notices
  }

  #run(notices: readonly AlarmNotice[]): void {
    if (notices.length > 0) this.#options.onAlarmActions(notices)
  }

  #nowMs(): number {
    return this.#options.account.controlClock.now()
  }
}
