import type { AlarmConfig } from './alarm-config.js'
import { invalidFormat } from './errors.js'
import type { MetricPoint } from './metric-points.js'

/** StateReasonData as CloudWatch writes it: JSON that Auto Scaling policies read the metric from. */
export function reasonData(
  config: AlarmConfig,
  periodSeconds: number,
  evaluation: { readonly considered: readonly MetricPoint[]; readonly atMs: number },
): string {
  const oldestFirst = evaluation.considered.toReversed()
  const [oldest] = oldestFirst
  return JSON.stringify({
    version: '1.0',
    queryDate: stamp(evaluation.atMs),
    ...(oldest === undefined ? {} : { startDate: stamp(oldest.timestampMs) }),
    ...sourceOf(config),
    period: periodSeconds,
    recentDatapoints: oldestFirst.map((point) => point.value),
    threshold: config.threshold,
    evaluatedDatapoints: evaluation.considered.map(({ timestampMs, sampleCount, value }) => ({
      timestamp: stamp(timestampMs),
      ...(sampleCount === undefined ? {} : { sampleCount }),
      value,
    })),
  })
}

function sourceOf({ source }: AlarmConfig): Readonly<Record<string, string>> {
  if (source.kind === 'math') return {}
  const { unit, stat } = source.metricStat
  return { ...(unit === undefined ? {} : { unit }), statistic: stat }
}

/** The points in a StateReasonData that a caller wrote, newest first; undefined when it names none. */
export function pointsIn(stateReasonData: string): readonly number[] | undefined {
  const content = parse(stateReasonData)
  const points: unknown =
    typeof content === 'object' && content !== null ? Reflect.get(content, 'recentDatapoints') : undefined
  if (!Array.isArray(points)) return undefined
  const numbers = points.filter((point) => typeof point === 'number')
  return numbers.length > 0 ? numbers.toReversed() : undefined
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
