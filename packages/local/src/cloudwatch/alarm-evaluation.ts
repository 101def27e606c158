import { evaluateAlarm, evaluationRange, parseExtendedStatistic } from '@longshore/model'
import type { AlarmState, ModelParameters } from '@longshore/model'

import type { Alarm } from './alarm.js'
import { ruleOf } from './alarm-config.js'
import type { AlarmConfig } from './alarm-config.js'
import { densePoints } from './alarm-watch.js'
import type { MetricPoint } from './metric-points.js'
import type { MetricStore } from './metric-store.js'

/** What an alarm comes to at one evaluation. */
export interface Outcome {
  readonly state: AlarmState
  /** Undefined when the state was kept for want of data. */
  readonly reason: string | undefined
  /** The points that decided, newest first. */
  readonly considered: readonly MetricPoint[]
}

/** Looks at the periods of the alarm's range, as they are at `atMs`. */
export function evaluate(
  { config, watch, state }: Alarm,
  view: { readonly atMs: number; readonly store: MetricStore; readonly parameters: ModelParameters },
): Outcome {
  const { evaluationPeriods } = config
  const { periodSeconds } = watch
  const grid = evaluationRange({ evaluationPeriods, periodSeconds }, view.atMs, view.parameters)
  const found = watch.points({ ...view, grid })
  const evaluation = evaluateAlarm(ruleOf(config), { points: densePoints(found, grid), state })
  const byTime = new Map(found.map((point) => [point.timestampMs, point]))
  const considered = evaluation.considered.flatMap(({ timestampMs }) => byTime.get(timestampMs) ?? [])
  if (hasTooFewSamples(config, considered)) return { state, reason: undefined, considered }
  return { state: evaluation.state, reason: evaluation.reason, considered }
}

/**
 * Whether the state stays because a percentile of so few samples says nothing: fewer than 10 ÷ (1 − percentile), or than
 * 10 ÷ percentile below the median.
 * Source: CloudWatch user guide, "Percentile-based alarms and low data samples".
 */
function hasTooFewSamples(config: AlarmConfig, considered: readonly MetricPoint[]): boolean {
  if (config.lowSampleTreatment !== 'ignore' || config.source.kind !== 'metric') return false
  const statistic = parseExtendedStatistic(config.source.metricStat.stat)
  if (statistic?.kind !== 'percentile') return false
  const { percent } = statistic
  if (percent >= 100) return false
  const needed = 1_000 / (percent >= 50 ? 100 - percent : percent)
  return considered.some(({ sampleCount }) => sampleCount !== undefined && sampleCount < needed)
}
