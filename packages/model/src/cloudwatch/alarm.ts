/**
 * How CloudWatch decides the state of a metric alarm. It retrieves more points than EvaluationPeriods (N); then
 *
 *   enough   at least N real points in that range: the N newest decide, DatapointsToAlarm (M) of them must breach;
 *   filled   fewer: every real point counts, and the missing ones, as few as make up N, count as TreatMissingData says:
 *            breaching / notBreaching  as points of that kind;
 *            missing                   OK if any real point is within the threshold; ALARM if none is and the oldest
 *                                      breaching one is at least M periods old (the premature-alarm rule: `- - X - -`
 *                                      alarms, `- - - - X` waits); INSUFFICIENT_DATA otherwise;
 *            ignore                    the same, but the state stays where "missing" would guess.
 *
 * Source: CloudWatch user guide, "Configuring how CloudWatch alarms treat missing data", both its tables.
 */
import { alarmReason, insufficientDataReason } from './alarm-reason.js'

export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA'

export type TreatMissingData = 'breaching' | 'notBreaching' | 'ignore' | 'missing'

export type ComparisonOperator =
  | 'GreaterThanOrEqualToThreshold'
  | 'GreaterThanThreshold'
  | 'LessThanThreshold'
  | 'LessThanOrEqualToThreshold'

export interface AlarmRule {
  readonly comparisonOperator: ComparisonOperator
  readonly threshold: number
  /** N. */
  readonly evaluationPeriods: number
  /** M, at most N. */
  readonly datapointsToAlarm: number
  readonly treatMissingData: TreatMissingData
}

/** The metric in one period; `value` is undefined when nothing was reported. */
export interface AlarmDatapoint {
  /** Start of the period, epoch milliseconds. */
  readonly timestampMs: number
  readonly value: number | undefined
}

export interface AlarmEvaluation {
  readonly state: AlarmState
  /** The text that DescribeAlarms shows as StateReason; undefined when the state was kept for want of data. */
  readonly reason: string | undefined
  /** The real points that decided, newest first. */
  readonly considered: readonly AlarmDatapoint[]
}

export interface AlarmView {
  /** One point per period of the evaluation range, oldest first. */
  readonly points: readonly AlarmDatapoint[]
  readonly state: AlarmState
}

const COMPARE: Readonly<Record<ComparisonOperator, (value: number, threshold: number) => boolean>> = {
  GreaterThanOrEqualToThreshold: (value, threshold) => value >= threshold,
  GreaterThanThreshold: (value, threshold) => value > threshold,
  LessThanThreshold: (value, threshold) => value < threshold,
  LessThanOrEqualToThreshold: (value, threshold) => value <= threshold,
}

export function isBreaching(
  value: number,
  rule: Pick<AlarmRule, 'comparisonOperator' | 'threshold'>,
): boolean {
  return COMPARE[rule.comparisonOperator](value, rule.threshold)
}

/** The state that an alarm takes at one evaluation. */
export function evaluateAlarm(rule: AlarmRule, view: AlarmView): AlarmEvaluation {
  const newestFirst = view.points.toReversed()
  const real = newestFirst.filter((point) => point.value !== undefined)
  const considered = real.slice(0, rule.evaluationPeriods)
  const filled = rule.evaluationPeriods - considered.length
  const state = stateFrom(rule, { newestFirst, considered, filled })
  if (state === undefined) return { state: view.state, reason: undefined, considered }
  return {
    state,
    // Only who shows it needs it; a simulation evaluates alarms by the thousand.
    get reason() {
      return state === 'INSUFFICIENT_DATA'
        ? insufficientDataReason(rule.evaluationPeriods)
        : alarmReason(rule, { from: view.state, to: state, considered, filled })
    },
    considered,
  }
}

interface Evidence {
  readonly newestFirst: readonly AlarmDatapoint[]
  readonly considered: readonly AlarmDatapoint[]
  readonly filled: number
}

/** Undefined when the state is to be kept. */
function stateFrom(rule: AlarmRule, { newestFirst, considered, filled }: Evidence): AlarmState | undefined {
  const breaching = considered.filter((point) => isPointBreaching(point, rule)).length
  const fills = rule.treatMissingData === 'breaching' ? filled : 0
  if (breaching + fills >= rule.datapointsToAlarm) return 'ALARM'
  if (filled === 0 || breaching < considered.length) return 'OK'
  if (rule.treatMissingData === 'ignore') return undefined
  if (rule.treatMissingData !== 'missing') return 'OK'
  return isOldEnough(rule, newestFirst) ? 'ALARM' : 'INSUFFICIENT_DATA'
}

function isOldEnough(rule: AlarmRule, newestFirst: readonly AlarmDatapoint[]): boolean {
  const agePeriods = newestFirst.findLastIndex((point) => isPointBreaching(point, rule)) + 1
  return agePeriods >= rule.datapointsToAlarm
}

function isPointBreaching(point: AlarmDatapoint, rule: AlarmRule): boolean {
  return point.value !== undefined && isBreaching(point.value, rule)
}
