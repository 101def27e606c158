/** A page that shows simulations: one HTML file without script, font or image, as readable on a phone and in the dark. */
import type { Group } from '../simulate/compare.js'
import type { Outcome } from '../simulate/simulation.js'
import { escaped, numberText, secondsText } from './markup.js'
import { renderPlot } from './plot.js'
import { STYLE } from './style.js'

/** The simulations of one service under one traffic. */
export interface ReportPart {
  readonly title: string
  readonly subtitle: string
  readonly objectiveSeconds: number
  /** Epoch milliseconds of the beginning. */
  readonly startsAtMs: number
  readonly runs: readonly ReportedRun[]
  /** What stands at the end: prices and their source. */
  readonly note: string
}

export interface ReportedRun {
  readonly group: Group
  readonly isConfigured: boolean
  readonly outcome: Outcome
}

/** The whole page. Pure: the same simulations, the same page. */
export function renderReport(parts: readonly ReportPart[]): string {
  const title = parts.map((part) => part.title).join(', ')
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)} simulated</title>
<style>${STYLE}</style>
</head>
<body>
<h1>What the plan will do and cost</h1>
${parts.map(renderPart).join('\n')}
</body>
</html>
`
}

function renderPart(part: ReportPart): string {
  const { title, subtitle, runs, note, objectiveSeconds } = part
  const first = runs.find(({ isConfigured }) => isConfigured) ?? runs[0]
  const others = runs.filter((run) => run !== first)
  return `<section>
<h2>${escaped(title)}</h2>
<p class="faint traffic">${escaped(subtitle)}; objective: 99 % wait ${escaped(secondsText(objectiveSeconds))} at most</p>
${others.length > 0 ? comparison(runs) : ''}
${first === undefined ? '' : `<h3>${escaped(first.outcome.name)}</h3>${renderRun(first.outcome, part)}`}
${others.map(({ outcome }) => `<details><summary>${escaped(outcome.name)}</summary>${renderRun(outcome, part)}</details>`).join('\n')}
<p class="faint">${escaped(note)}</p>
</section>`
}

function renderRun(outcome: Outcome, part: ReportPart): string {
  return `<p class="faint">${escaped(outcome.description)}</p>
${tiles(outcome)}
${plots(outcome, part)}`
}

type Tile = readonly [name: string, value: string, more: string, tone?: 'good' | 'bad']

function tiles({ figures }: Outcome): string {
  const { waitSeconds: wait, messages } = figures
  const rows: readonly Tile[] = [
    ['Wait p99', secondsText(wait.p99), `p50 ${secondsText(wait.p50)}, most ${secondsText(wait.max)}`],
    [
      'Too late',
      `${numberText(figures.latePercent)} %`,
      `in ${numberText(figures.lateMinutes)} minutes`,
      figures.latePercent <= 1 ? 'good' : 'bad',
    ],
    ['Cost a day', `$${figures.costPerDay.toFixed(2)}`, `${numberText(figures.taskHours)} task hours`],
    [
      'Slots busy',
      `${numberText(figures.utilizationPercent)} %`,
      `${numberText(figures.idleTaskHours)} task hours idle`,
    ],
    [
      'Largest backlog',
      numberText(figures.largestBacklog),
      figures.drainSeconds === null
        ? 'not worked off by the end'
        : `worked off in ${secondsText(figures.drainSeconds)}`,
    ],
    [
      'Scaling actions',
      numberText(figures.scalingActions),
      `${numberText(figures.turnsPerHour)} turns an hour`,
    ],
    [
      'Messages',
      numberText(messages.arrived),
      `${numberText(messages.waiting + messages.inFlight)} left at the end`,
    ],
  ]
  const cells = rows.map(
    ([name, value, more, tone]) =>
      `<div><dt>${escaped(name)}</dt><dd${tone === undefined ? '' : ` class="${tone}"`}>${escaped(value)}<small>${escaped(more)}</small></dd></div>`,
  )
  return `<dl>${cells.join('')}</dl>`
}

function plots({ series }: Outcome, { objectiveSeconds, startsAtMs }: ReportPart): string {
  const perSecond = series.arrived.map((count) => count / series.stretchSeconds)
  const times = timesOf(startsAtMs, series.arrived.length * series.stretchSeconds)
  const area = { shape: 'area', colour: 1 } as const
  return [
    renderPlot({
      title: 'Messages that arrive, a second',
      lines: [{ name: 'arrived', values: perSecond, ...area }],
      valueText: numberText,
      times,
    }),
    renderPlot({
      title: 'Messages that wait',
      lines: [{ name: 'visible', values: series.backlog, ...area }],
      valueText: numberText,
      times,
    }),
    renderPlot({
      title: 'Tasks',
      lines: [
        { name: 'running', values: series.running, ...area },
        { name: 'desired', values: series.desired, shape: 'line', colour: 2 },
      ],
      valueText: numberText,
      times,
    }),
    renderPlot({
      title: 'Longest wait',
      lines: [{ name: 'wait', values: series.waitSeconds, ...area }],
      limit: { name: 'objective', value: objectiveSeconds },
      valueText: secondsText,
      times,
    }),
  ].join('\n')
}

const TIMES = 4
const DAY_SECONDS = 86_400

/** Clock times in UTC; with the day where there are several. */
function timesOf(startsAtMs: number, seconds: number): string[] {
  return Array.from({ length: TIMES + 1 }, (_, at) => {
    const iso = new Date(startsAtMs + (at * seconds * 1_000) / TIMES).toISOString()
    return seconds > DAY_SECONDS ? `${iso.slice(5, 10)} ${iso.slice(11, 16)}` : iso.slice(11, 16)
  })
}

const GROUPS: Readonly<Record<Group, string>> = {
  longshore: 'Longshore',
  baseline: 'What teams do today',
  reference: 'To measure by',
}

type Column = readonly [heading: string, cell: (figures: Outcome['figures']) => string]

const COLUMNS: readonly Column[] = [
  ['Too late', ({ latePercent }) => `${numberText(latePercent)} %`],
  ['Wait p50', ({ waitSeconds }) => secondsText(waitSeconds.p50)],
  ['p99', ({ waitSeconds }) => secondsText(waitSeconds.p99)],
  ['Most', ({ waitSeconds }) => secondsText(waitSeconds.max)],
  ['$ a day', ({ costPerDay }) => costPerDay.toFixed(2)],
  ['Task h', ({ taskHours }) => numberText(taskHours)],
  ['Idle h', ({ idleTaskHours }) => numberText(idleTaskHours)],
  ['Actions', ({ scalingActions }) => numberText(scalingActions)],
  ['Turns/h', ({ turnsPerHour }) => numberText(turnsPerHour)],
]

function comparison(runs: readonly ReportedRun[]): string {
  const rows = runs.map(({ outcome, group, isConfigured }, at) => {
    const heading =
      group === runs[at - 1]?.group
        ? ''
        : `<tr><th colspan="${COLUMNS.length + 1}">${escaped(GROUPS[group])}</th></tr>`
    const { name, figures } = outcome
    const tone = figures.latePercent <= 1 ? 'good' : 'bad'
    const cells = COLUMNS.map(([, cell], column) => {
      const attribute = column === 0 ? ` class="${tone}"` : ''
      return `<td${attribute}>${escaped(cell(figures))}</td>`
    })
    return `${heading}<tr${isConfigured ? ' class="configured"' : ''}><td>${escaped(name)}</td>${cells.join('')}</tr>`
  })
  const head = ['', ...COLUMNS.map(([heading]) => heading)]
    .map((text) => `<th>${escaped(text)}</th>`)
    .join('')
  return `<div class="scroll"><table><thead><tr>${head}</tr></thead><tbody>${rows.join('')}</tbody></table></div>`
}
