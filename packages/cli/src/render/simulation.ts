import type { Outcome, Series } from '@longshore/scaler/simulate'
import type { Style } from '../style.js'
import { formatCount, formatMs, formatNumber } from './text.js'

/** What a run is shown with. */
export interface SimulationView {
  readonly outcome: Outcome
  readonly objectiveMs: number
  readonly durationMs: number
}

/** One run: a line for each figure, and what there was over time. */
export function renderOutcome(view: SimulationView, style: Style): string {
  const { outcome, objectiveMs, durationMs } = view
  const { figures, series } = outcome
  const { messages, waitSeconds } = figures
  const isKept = figures.latePercent <= 1
  const kept = isKept ? style.added('kept') : style.bad('missed')
  const rows: [string, string][] = [
    [
      'wait',
      `p50 ${wait(waitSeconds.p50)} · p90 ${wait(waitSeconds.p90)} · p99 ${wait(waitSeconds.p99)} · most ${wait(waitSeconds.max)}`,
    ],
    [
      'objective',
      `p99 ${formatMs(objectiveMs)}: ${kept}; ${percent(figures.latePercent)} later, in ${formatMs(figures.lateMinutes * 60_000)}`,
    ],
    ['messages', messagesText(messages)],
    [
      'backlog',
      `${formatNumber(figures.largestBacklog)} at most, ${figures.drainSeconds === null ? 'not worked off by the end' : `worked off in ${wait(figures.drainSeconds)}`}`,
    ],
    ...(figures.firstTaskSeconds === null
      ? []
      : [['first task', `${wait(figures.firstTaskSeconds)} after the first message`] as [string, string]]),
    [
      'tasks',
      `${formatNumber(figures.taskHours)} task hours, ${formatNumber(figures.idleTaskHours)} without a message; slots ${percent(figures.utilizationPercent)} busy`,
    ],
    [
      'cost',
      `$${figures.costPerDay.toFixed(2)} a day ($${figures.cost.toFixed(2)} in ${formatMs(durationMs)})`,
    ],
    [
      'scaling',
      `${formatCount(figures.scalingActions, 'action')}, ${formatNumber(figures.turnsPerHour)} turns an hour`,
    ],
  ]
  const lines = rows.map(([name, text]) => `  ${style.faint(name.padEnd(10))}  ${text}`)
  return [
    `${style.strong(outcome.name)}  ${style.faint(outcome.description)}`,
    ...lines,
    ...plots(series, style),
  ].join('\n')
}

function messagesText(messages: Outcome['figures']['messages']): string {
  const { arrived, waiting, inFlight, handedBack } = messages
  const rest = [
    ...(waiting + inFlight > 0 ? [`${formatNumber(waiting + inFlight)} left at the end`] : []),
    ...(handedBack > 0 ? [`${formatNumber(handedBack)} handed back by tasks that had to end`] : []),
  ]
  return [formatNumber(arrived), ...rest].join(', ')
}

const WIDTH = 72

/** Over time, a mark for each stretch: the most of it. */
function plots(series: Series, style: Style): string[] {
  const rows: [string, readonly number[], string][] = [
    ['arrivals', series.arrived, '/s'],
    ['backlog', series.backlog, ''],
    ['running', series.running, ''],
    ['wait', series.waitSeconds, ' s'],
  ]
  return rows.map(([name, values, unit]) => {
    const shown = unit === '/s' ? values.map((value) => value / series.stretchSeconds) : values
    const most = Math.max(0, ...shown)
    return `  ${style.faint(name.padEnd(10))}  ${sparkline(shown, WIDTH)} ${style.faint(`most ${formatNumber(most)}${unit}`)}`
  })
}

const MARKS = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█']

/** Values as marks of eight heights, the highest at the largest; any value above 0 shows. */
export function sparkline(values: readonly number[], width: number): string {
  const columns = Math.min(width, values.length)
  const most = Math.max(0, ...values)
  return Array.from({ length: columns }, (_, column) => {
    const from = Math.floor((column * values.length) / columns)
    const to = Math.max(from + 1, Math.floor(((column + 1) * values.length) / columns))
    const value = Math.max(...values.slice(from, to))
    return MARKS[most === 0 ? 0 : Math.ceil((value / most) * 8)] ?? ' '
  }).join('')
}

/** A row of a comparison. */
export interface ComparedRow {
  readonly group: string
  readonly isConfigured: boolean
  readonly outcome: Outcome
}

const HEADINGS = [
  '',
  'wait p50',
  'p99',
  'most',
  'late',
  'late min',
  'task h',
  'idle h',
  '$ a day',
  'actions',
  'turns/h',
]

/** Runs under the same messages, a row each; those that keep the objective in green. */
export function renderComparison(rows: readonly ComparedRow[], style: Style): string {
  const cells = rows.map(({ outcome: { name, figures }, isConfigured }) => [
    `${name}${isConfigured ? ' *' : ''}`,
    wait(figures.waitSeconds.p50),
    wait(figures.waitSeconds.p99),
    wait(figures.waitSeconds.max),
    percent(figures.latePercent),
    formatNumber(Math.round(figures.lateMinutes)),
    formatNumber(Math.round(figures.taskHours * 10) / 10),
    formatNumber(Math.round(figures.idleTaskHours * 10) / 10),
    figures.costPerDay.toFixed(2),
    formatNumber(figures.scalingActions),
    formatNumber(figures.turnsPerHour),
  ])
  const widths = HEADINGS.map((heading, at) =>
    Math.max(heading.length, ...cells.map((row) => row[at]?.length ?? 0)),
  )
  const line = (row: readonly string[]): string =>
    row
      .map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0)))
      .join('  ')
  const lines = [style.faint(line(HEADINGS))]
  for (const [at, { outcome, group }] of rows.entries()) {
    if (group !== rows[at - 1]?.group) lines.push(style.faint(GROUPS[group] ?? group))
    const text = line(cells[at] ?? [])
    lines.push(outcome.figures.latePercent <= 1 ? style.added(text) : text)
  }
  return lines.join('\n')
}

const GROUPS: Readonly<Record<string, string>> = {
  longshore: 'Longshore (* as configured)',
  baseline: 'what teams do today',
  reference: 'to measure by',
}

function wait(seconds: number): string {
  return formatMs(seconds * 1_000)
}

function percent(value: number): string {
  return `${formatNumber(value)} %`
}
