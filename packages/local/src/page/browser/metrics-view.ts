import { h } from './element.js'
import type { ElementNode } from './element.js'
import { count } from './format.js'
import { SHOWN_AT_MOST } from './limits.js'
import type { SeriesEntry } from './page-state.js'
import { disclosure, empty, panel } from './parts.js'
import { plotView } from './plot-view.js'
import type { Shown } from './shown.js'

const MINUTE_SECONDS = 60

/** Every metric of the account, by namespace; those that AWS's services publish are folded at first. */
export function metricsView(shown: Shown): ElementNode {
  const all = Object.values(shown.state.series)
  const series = onePerMetric(all)
  if (series.length === 0) {
    const note =
      'Queues report by the minute of control-plane time, and what PutMetricData sends shows at once.'
    return panel('Metrics', '', empty(h('p', {}, 'No metric yet.'), h('p', { class: 'note' }, note)))
  }
  const namespaces = new Map<string, SeriesEntry[]>()
  for (const entry of series)
    namespaces.set(entry.namespace, [...(namespaces.get(entry.namespace) ?? []), entry])
  const sorted = [...namespaces].sort(([one], [other]) => rank(one) - rank(other) || (one < other ? -1 : 1))
  return panel(
    'Metrics',
    all.length < SHOWN_AT_MOST.series
      ? count(series.length, 'metric')
      : `the first ${count(series.length, 'metric')}`,
    sorted.flatMap(([namespace, members]) => group(shown, namespace, members)),
  )
}

function group(shown: Shown, namespace: string, members: readonly SeriesEntry[]): (ElementNode | false)[] {
  const key = `metrics ${namespace}`
  const isOpen = shown.ui.toggled.has(key) !== (rank(namespace) === 0)
  return [
    disclosure(shown, { key, isOpen, title: namespace, note: count(members.length, 'metric') }),
    isOpen &&
      h(
        'div',
        { key: `plots ${namespace}`, class: 'plots small' },
        members.map((entry) => metricPlot(shown, entry)),
      ),
  ]
}

function metricPlot(shown: Shown, series: SeriesEntry): ElementNode {
  const { namespace, metric, dimensions, statistic, periodSeconds, points } = series
  return plotView(shown, {
    key: `plot ${namespace} ${metric} ${dimensions}`,
    title: metric,
    note: dimensions,
    lines: [{ name: statistic, tone: 'first', points, gapMs: periodSeconds * 2_500 }],
  })
}

/** Alarms read the same metric in ways of their own; what is usual by the minute is enough here. */
function onePerMetric(all: readonly SeriesEntry[]): SeriesEntry[] {
  const found = new Map<string, SeriesEntry>()
  for (const series of all) {
    const key = `${series.namespace} ${series.metric} ${series.dimensions}`
    if (!found.has(key) || isUsual(series)) found.set(key, series)
  }
  return [...found.values()].filter(({ metric }) => metric !== 'math')
}

function isUsual({ statistic, periodSeconds }: SeriesEntry): boolean {
  return periodSeconds === MINUTE_SECONDS && (statistic === 'Average' || statistic === 'Sum')
}

function rank(namespace: string): number {
  return namespace.startsWith('AWS/') ? 1 : 0
}
