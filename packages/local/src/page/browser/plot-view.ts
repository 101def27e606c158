import type { DomEvent } from './dom.js'
import { h } from './element.js'
import type { ElementNode } from './element.js'
import { clockTime, minute, number } from './format.js'
import { areaPath, axisEnd, linePath, PLOT, pointAt, within, yOf } from './plot.js'
import type { Line, TimeRange } from './plot.js'
import { rangeOf } from './shown.js'
import type { Shown } from './shown.js'

export interface PlotLine extends Line {
  readonly name: string
  /** Which of the palette's colours: `first`, `second`, `third`. */
  readonly tone: string
  readonly isFilled?: boolean
}

/** A level that lines are held against. */
export interface PlotRule {
  readonly name: string
  readonly tone: 'target' | 'threshold'
  readonly value: number
}

export interface PlotOptions {
  /** Tells it from the page's other plots. */
  readonly key: string
  readonly title: string
  /** Said of it besides, in small. */
  readonly note?: string
  readonly lines: readonly PlotLine[]
  readonly rules?: readonly PlotRule[]
}

/** A plot with its legend, whose figures are those under the pointer, or else the newest. */
export function plotView(shown: Shown, options: PlotOptions): ElementNode {
  const range = rangeOf(shown.state)
  const lines = options.lines.map((line) => ({ ...line, points: within(line, range) }))
  const { rules = [] } = options
  const end = axisEnd(
    Math.max(
      0,
      ...lines.flatMap(({ points }) => points.map(([, value]) => value)),
      ...rules.map(({ value }) => value),
    ),
  )
  const { pointer } = shown.ui
  const cursor = pointer?.plot === options.key ? pointer.at : undefined
  const atMs = range.fromMs + (range.toMs - range.fromMs) * (cursor ?? 1)
  return h(
    'figure',
    { key: options.key, class: 'plot' },
    h(
      'figcaption',
      {},
      h('strong', { title: options.title }, options.title),
      options.note !== undefined && h('span', { class: 'note', title: options.note }, options.note),
    ),
    legend({ lines, rules, atMs, cursor }),
    h(
      'svg',
      {
        class: 'plot-area',
        role: 'img',
        'aria-label': `${options.title}: ${lines.map((line) => describe(line, atMs)).join(', ')}`,
        onpointermove: (event) => shown.act.point(options.key, fractionOf(event)),
        onpointerleave: () => shown.act.point(undefined),
      },
      drawing({ lines, rules, end, range, cursor }),
      h('text', { class: 'axis', x: '0', y: '10' }, number(end)),
    ),
    h(
      'div',
      { class: 'times', 'aria-hidden': 'true' },
      h('span', {}, minute(range.fromMs)),
      h('span', {}, minute(range.toMs)),
    ),
  )
}

/** A line alone, as large as a word. */
export function sparkline(shown: Shown, line: Omit<PlotLine, 'name' | 'tone'>): ElementNode {
  const range = rangeOf(shown.state)
  const drawn = { ...line, name: '', tone: 'first', points: within(line, range) }
  const end = axisEnd(Math.max(0, ...drawn.points.map(([, value]) => value)))
  return h(
    'svg',
    { class: 'sparkline', 'aria-hidden': 'true' },
    drawing({ lines: [drawn], rules: [], end, range, cursor: undefined }),
  )
}

interface Drawn {
  readonly lines: readonly PlotLine[]
  readonly rules: readonly PlotRule[]
  readonly end: number
  readonly range: TimeRange
  /** From 0 to 1. */
  readonly cursor: number | undefined
}

/** Stretched over the whole area; strokes keep their width (see the style). */
function drawing({ lines, rules, end, range, cursor }: Drawn): ElementNode {
  const { width, height } = PLOT
  return h(
    'svg',
    { viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: 'none', class: 'drawing' },
    h('path', { class: 'grid', d: `M0 0H${width}M0 ${height / 2}H${width}M0 ${height}H${width}` }),
    lines.map((line) => {
      const path = linePath(line, { range, end })
      return [
        line.isFilled === true &&
          h('path', { class: `area ${line.tone}`, d: areaPath(path, line.points, range) }),
        h('path', { class: `line ${line.tone}`, d: path }),
      ]
    }),
    rules.map(({ value, tone }) => h('path', { class: `rule ${tone}`, d: `M0 ${yOf(value, end)}H${width}` })),
    cursor !== undefined && h('path', { class: 'cursor', d: `M${cursor * width} 0V${height}` }),
  )
}

function legend(of: Pick<Drawn, 'lines' | 'rules' | 'cursor'> & { readonly atMs: number }): ElementNode {
  const { lines, rules, atMs, cursor } = of
  return h(
    'div',
    { class: 'legend', 'aria-hidden': 'true' },
    lines.map((line) =>
      h(
        'span',
        {},
        h('i', { class: `swatch ${line.tone}` }),
        `${line.name} `,
        h('b', {}, valueText(line, atMs)),
      ),
    ),
    rules.map(({ name, tone, value }) =>
      h('span', {}, h('i', { class: `swatch ${tone}` }), `${name} `, h('b', {}, number(value))),
    ),
    h('span', { class: 'at' }, cursor === undefined ? '' : clockTime(atMs)),
  )
}

function describe(line: PlotLine, atMs: number): string {
  return `${line.name} ${valueText(line, atMs)}`
}

function valueText({ points, gapMs }: PlotLine, atMs: number): string {
  const point = pointAt(points, atMs)
  // What was measured long before says nothing of this moment.
  return point === undefined || atMs - point[0] > 2 * gapMs ? '–' : number(point[1])
}

function fractionOf({ currentTarget, clientX = 0 }: DomEvent): number {
  const { left, width } = currentTarget.getBoundingClientRect()
  return width > 0 ? Math.min(Math.max((clientX - left) / width, 0), 1) : 1
}
