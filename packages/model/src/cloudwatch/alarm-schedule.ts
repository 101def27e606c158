/**
 * When alarms are evaluated, and at which periods they look: functions of time alone. An alarm looks at whole periods
 * that end with the newest minute (ten seconds, for a period below 60 s) that is over: a window that slides.
 */
import type { AlarmDatapoint, AlarmRule } from './alarm.js'
import type { PeriodGrid, Statistic, TimedSet } from './statistics.js'
import { statisticOf } from './statistics.js'
import type { ModelParameters } from '../parameters.js'
import { DEFAULTS } from '../parameters.js'

/** The first instant after `afterMs` at which an alarm of this period is evaluated (epoch milliseconds). */
export function nextAlarmEvaluationMs(
  periodSeconds: number,
  afterMs: number,
  parameters: ModelParameters = DEFAULTS,
): number {
  const { intervalMs, phaseMs } = rhythm(periodSeconds, parameters)
  return (Math.floor((afterMs - phaseMs) / intervalMs) + 1) * intervalMs + phaseMs
}

/** The periods that an alarm looks at when it is evaluated at `nowMs`. */
export function evaluationRange(
  rule: Pick<AlarmRule, 'evaluationPeriods'> & { readonly periodSeconds: number },
  nowMs: number,
  parameters: ModelParameters = DEFAULTS,
): PeriodGrid {
  const { intervalMs } = rhythm(rule.periodSeconds, parameters)
  const endMs = Math.floor(nowMs / intervalMs) * intervalMs
  const periods = rule.evaluationPeriods + parameters.alarmExtraPeriods
  return { startMs: endMs - periods * rule.periodSeconds * 1_000, endMs, periodSeconds: rule.periodSeconds }
}

/** One point per period of the range, oldest first, from the periods that have samples. */
export function alarmPoints(
  grid: PeriodGrid,
  aggregated: readonly TimedSet[],
  statistic: Statistic,
): AlarmDatapoint[] {
  const sets = new Map(aggregated.map(({ timestampMs, set }) => [timestampMs, set]))
  const points: AlarmDatapoint[] = []
  for (let timestampMs = grid.startMs; timestampMs < grid.endMs; timestampMs += grid.periodSeconds * 1_000) {
    const set = sets.get(timestampMs)
    points.push({ timestampMs, value: set && statisticOf(set, statistic) })
  }
  return points
}

/** Whether an Auto Scaling action of an alarm that stays in its state is due again. */
export function isActionRepeatDue(
  lastActionMs: number,
  nowMs: number,
  parameters: ModelParameters = DEFAULTS,
): boolean {
  return nowMs - lastActionMs >= parameters.alarmActionRepeatSeconds * 1_000
}

function rhythm(periodSeconds: number, parameters: ModelParameters): { intervalMs: number; phaseMs: number } {
  const isHighResolution = periodSeconds < 60
  const intervalSeconds = isHighResolution
    ? parameters.highResolutionAlarmEvaluationIntervalSeconds
    : parameters.alarmEvaluationIntervalSeconds
  const phaseSeconds = isHighResolution
    ? parameters.highResolutionAlarmEvaluationPhaseSeconds
    : parameters.alarmEvaluationPhaseSeconds
  return { intervalMs: intervalSeconds * 1_000, phaseMs: phaseSeconds * 1_000 }
}
