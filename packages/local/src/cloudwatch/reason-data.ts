import type { AlarmEvaluation } from '@longshore/model'

import type { AlarmConfig } from './alarm-config.js'
import { invalidFormat } from './errors.js'

/** StateReasonData as CloudWatch writes it: JSON that Auto Scaling policies read the metric from. */
export function reasonData(config: AlarmConfig, evaluation: AlarmEvaluation, nowMs: number): string {
  const oldestFirst = evaluation.considered.toReversed()
  const [oldest] = oldestFirst
  return JSON.stringify({
    version: '1.0',
    queryDate: stamp(nowMs),
    ...(oldest === undefined ? {} : { startDate: stamp(oldest.timestampMs) }),
    ...(config.unit === undefined ? {} : { unit: config.unit }),
    statistic: config.statistic,
    period: config.periodSeconds,
    recentDatapoints: oldestFirst.map((point) => point.value),
    threshold: config.threshold,
    evaluatedDatapoints: evaluation.considered.map((point) => ({
      timestamp: stamp(point.timestampMs),
      value: point.value,
    })),
  })
}

/** The newest point in a StateReasonData that a caller wrote; undefined when it names none. */
export function newestIn(stateReasonData: string): number | undefined {
  const content = parse(stateReasonData)
  const points =
    typeof content === 'object' && content !== null ? Reflect.get(content, 'recentDatapoints') : []
  const newest: unknown = Array.isArray(points) ? points.at(-1) : undefined
  return typeof newest === 'number' ? newest : undefined
}

function parse(stateReasonData: string): unknown {
  try {
    return JSON.parse(stateReasonData)
  } catch {
    throw invalidFormat('StateReasonData was not syntactically valid JSON.')
  }
}

/** `2026-11-22T16:30:30.000+0000`. */
function stamp(timestampMs: number): string {
  return new Date(timestampMs).toISOString().replace('Z', '+0000')
}
