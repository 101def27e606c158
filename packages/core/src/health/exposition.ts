/** A metric's labels, by name. */
export type Labels = Readonly<Record<string, string>>

/** One metric: its kind, what it means, and its samples by their labels. */
export interface Metric {
  /** Without the prefix `longshore_`. */
  readonly name: string
  readonly kind: 'counter' | 'gauge'
  readonly help: string
  readonly samples: readonly MetricValue[]
}

/** A value of a metric. */
export interface MetricValue {
  readonly labels?: Labels
  readonly value: number
}

/** Metrics in the text format of Prometheus, version 0.0.4, their names prefixed with `longshore_`. */
export function exposition(metrics: readonly Metric[]): string {
  return metrics
    .map(({ name, kind, help, samples }) => {
      const lines = samples.map(({ labels = {}, value }) => `longshore_${name}${labelled(labels)} ${value}`)
      return [`# HELP longshore_${name} ${help}`, `# TYPE longshore_${name} ${kind}`, ...lines, ''].join('\n')
    })
    .join('')
}

/** A value for each name, which `label` carries beside `labels`. */
export function samplesBy(
  label: string,
  values: Readonly<Record<string, number>>,
  labels: Labels,
): MetricValue[] {
  return Object.entries(values).map(([name, value]) => ({ labels: { ...labels, [label]: name }, value }))
}

function labelled(labels: Labels): string {
  if (Object.keys(labels).length === 0) return ''
  return `{${Object.entries(labels)
    .map(([name, value]) => `${name}="${escaped(value)}"`)
    .join(',')}}`
}

function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}
