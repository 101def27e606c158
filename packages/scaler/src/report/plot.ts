/**
 * A plot over time: SVG for the shapes, stretched to whatever width there is, and HTML for the words, which would be
 * stretched with it.
 */
import { escaped } from './markup.js'

/** One set of values in a plot, each for a stretch of the same length. */
export interface PlotLine {
  readonly name: string
  readonly values: readonly number[]
  /** `area` is filled down to zero. */
  readonly shape: 'area' | 'line'
  /** Of the page's colours for lines. */
  readonly colour: 1 | 2
}

export interface Plot {
  readonly title: string
  readonly lines: readonly PlotLine[]
  /** A value to hold the lines against. */
  readonly limit?: { readonly name: string; readonly value: number } | undefined
  /** How a value is written at the axis. */
  readonly valueText: (value: number) => string
  /** What stands under it, from the beginning to the end. */
  readonly times: readonly string[]
}

const WIDTH = 720
const HEIGHT = 160

/** The plot as a figure of the page. */
export function renderPlot({ title, lines, limit, valueText, times }: Plot): string {
  const largest = Math.max(0, ...lines.flatMap(({ values }) => values))
  // A limit far above everything would flatten it; then it is not drawn.
  const isLimitNear = limit !== undefined && limit.value <= largest * 3
  const top = niceTop(Math.max(largest, isLimitNear ? limit.value * 1.1 : 0))
  const shapes = lines.map((line) => shapeOf(line, top)).join('')
  const limitLine = isLimitNear ? limitOf(limit.value, top) : ''
  const marks = lines.length > 1 || isLimitNear ? legend(lines, isLimitNear ? limit.name : undefined) : ''
  const label = `${title}, at most ${valueText(largest)}`
  return `<figure>
<figcaption>${escaped(title)}${marks}</figcaption>
<div class="plot">
<div class="axis"><span>${escaped(valueText(top))}</span><span>${escaped(valueText(top / 2))}</span><span>0</span></div>
<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" role="img" aria-label="${escaped(label)}">
<path class="grid" d="M0 0H${WIDTH}M0 ${HEIGHT / 2}H${WIDTH}M0 ${HEIGHT}H${WIDTH}"/>${shapes}${limitLine}
</svg>
</div>
<div class="times">${times.map((time) => `<span>${escaped(time)}</span>`).join('')}</div>
</figure>`
}

function legend(lines: readonly PlotLine[], limit: string | undefined): string {
  const items = lines.map(({ name, colour }) => `<span><i class="c${colour}"></i>${escaped(name)}</span>`)
  if (limit !== undefined) items.push(`<span><i class="limit"></i>${escaped(limit)}</span>`)
  return `<span class="legend">${items.join('')}</span>`
}

/** Steps, since a value holds for its stretch. */
function shapeOf({ values, shape, colour }: PlotLine, top: number): string {
  if (values.length === 0) return ''
  const x = (index: number): string => ((index * WIDTH) / values.length).toFixed(1)
  const y = (value: number): string => (HEIGHT - (value / top) * HEIGHT).toFixed(1)
  let path = `M0 ${y(values[0] ?? 0)}`
  for (let index = 1; index < values.length; index += 1) {
    // Straight on while nothing changes.
    if (values[index] !== values[index - 1]) path += `H${x(index)}V${y(values[index] ?? 0)}`
  }
  path += `H${WIDTH}`
  const area = shape === 'area' ? `<path class="area c${colour}" d="${path}V${HEIGHT}H0Z"/>` : ''
  return `${area}<path class="line c${colour}" d="${path}"/>`
}

function limitOf(value: number, top: number): string {
  const y = (HEIGHT - (value / top) * HEIGHT).toFixed(1)
  return `<path class="limit" d="M0 ${y}H${WIDTH}"/>`
}

/** The next of 1, 2, 4, 6 or 8 times a power of ten: its half is as easily read. */
function niceTop(value: number): number {
  if (value <= 0) return 1
  const power = 10 ** Math.floor(Math.log10(value))
  return power * ([1, 2, 4, 6, 8].find((step) => step * power >= value) ?? 10)
}
