import type { Point } from './page-state.js'

/** Both ends, epoch milliseconds. */
export interface TimeRange {
  readonly fromMs: number
  readonly toMs: number
}

/** A measure over time. */
export interface Line {
  /** Oldest first. */
  readonly points: readonly Point[]
  /** Two points further apart than this have nothing between them. */
  readonly gapMs: number
  /** Each value holds until the next: for counts, which have nothing in between. */
  readonly isStepped?: boolean
}

/** Where a plot is drawn: x in thousandths of its width, y in hundredths of its height, from the top. */
export const PLOT = { width: 1_000, height: 100 }

const NICE = [1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10]

/** The end of an axis from 0 that has room for `largest`: a number that reads well. */
export function axisEnd(largest: number): number {
  if (!(largest > 0)) return 1
  const magnitude = 10 ** Math.floor(Math.log10(largest))
  const step = NICE.find((candidate) => candidate * magnitude >= largest) ?? 10
  return Number((step * magnitude).toPrecision(6))
}

export function xOf(atMs: number, { fromMs, toMs }: TimeRange): number {
  return ((atMs - fromMs) / (toMs - fromMs)) * PLOT.width
}

export function yOf(value: number, end: number): number {
  return PLOT.height - (Math.max(value, 0) / end) * PLOT.height
}

/** An SVG path along a line. It breaks at gaps; a point alone is a dot as wide as the line. */
export function linePath(
  { points, gapMs, isStepped = false }: Line,
  { range, end }: { readonly range: TimeRange; readonly end: number },
): string {
  let path = ''
  let beforeMs = -Infinity
  for (const [atMs, value] of points) {
    const x = rounded(xOf(atMs, range))
    const y = rounded(yOf(value, end))
    if (atMs - beforeMs > gapMs) path += `M${x} ${y}h0`
    else path += isStepped ? `H${x}V${y}` : `L${x} ${y}`
    beforeMs = atMs
  }
  return path
}

/** The path of a line, closed along the axis to be filled. */
export function areaPath(line: string, points: readonly Point[], range: TimeRange): string {
  const [first] = points
  const last = points.at(-1)
  if (first === undefined || last === undefined || line.lastIndexOf('M') > 0) return ''
  return `${line}V${PLOT.height}H${rounded(xOf(first[0], range))}Z`
}

/** The part of a line inside a range; where it comes in from before, it begins at the range's edge. */
export function within(
  { points, gapMs, isStepped = false }: Line,
  { fromMs, toMs }: TimeRange,
): readonly Point[] {
  const inside = points.filter(([atMs]) => atMs >= fromMs && atMs <= toMs)
  const [first] = inside
  const before = pointAt(points, fromMs)
  if (first === undefined || before === undefined || first[0] - before[0] > gapMs) return inside
  const passed = isStepped ? 0 : (fromMs - before[0]) / Math.max(first[0] - before[0], 1)
  return [[fromMs, before[1] + (first[1] - before[1]) * passed], ...inside]
}

/** The newest point at or before an instant. */
export function pointAt(points: readonly Point[], atMs: number): Point | undefined {
  return points.findLast(([pointMs]) => pointMs <= atMs)
}

function rounded(value: number): number {
  return Math.round(value * 10) / 10
}
