/** CloudWatch's units, those of them that are used here. */
export type Unit = 'Count' | 'Milliseconds' | 'None'

/** A metric of one line: a number, or up to a hundred of them. */
export interface EmfMetric {
  readonly name: string
  readonly unit: Unit
  readonly value: number | readonly number[]
}

/** What one line tells. */
export interface EmfEntry {
  readonly namespace: string
  readonly timestampMs: number
  readonly dimensions: Readonly<Record<string, string>>
  readonly metrics: readonly EmfMetric[]
  /** Told beside the metrics, for those who read the log; no dimension, so that it makes no metrics of its own. */
  readonly properties: Readonly<Record<string, string | undefined>>
}

/** A line in CloudWatch's Embedded Metric Format; it ends with a line feed and has no other. */
export function emfLine({ namespace, timestampMs, dimensions, metrics, properties }: EmfEntry): string {
  const directive = {
    Namespace: namespace,
    Dimensions: [Object.keys(dimensions)],
    Metrics: metrics.map(({ name, unit }) => ({ Name: name, Unit: unit })),
  }
  const values = metrics.map(({ name, value }) => [
    name,
    typeof value === 'number' ? rounded(value) : value.map(rounded),
  ])
  const line = {
    _aws: { Timestamp: Math.round(timestampMs), CloudWatchMetrics: [directive] },
    ...properties,
    ...dimensions,
    ...Object.fromEntries(values),
  }
  return `${JSON.stringify(line)}\n`
}

// A hundredth is more than enough, and keeps lines short: log drivers cut them at 16 KiB.
function rounded(value: number): number {
  return Math.round(value * 100) / 100
}
