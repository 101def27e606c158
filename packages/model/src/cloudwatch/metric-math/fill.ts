/**
 * FILL(series, filler): what stands where a data point is missing.
 *
 *   number   that number
 *   series   its point of the same period
 *   REPEAT   the last actual point before the gap
 *   LINEAR   a straight line from the point before the gap to the one after it
 *
 * Where the filler has nothing itself (REPEAT before the first point, LINEAR at either end), the gap stays.
 * Source: CloudWatch user guide, "Functions supported for metric math".
 */
import type { MathFunction, ParameterKind } from './math-function.js'
import type { Argument, Points } from './math-value.js'
import { mapPoints } from './math-value.js'

const FILLERS: readonly ParameterKind[] = ['S', 'TS', 'REPEAT', 'LINEAR']

export const FILL: MathFunction = {
  signatures: [
    { takes: [['TS'], FILLERS], gives: 'TS' },
    { takes: [['TS[]'], FILLERS], gives: 'TS[]' },
  ],
  apply: ([value, filler]) =>
    mapPoints(value, (points) => {
      const fillAt = fillingOf(points, filler)
      return points.map((point, index) => point ?? fillAt(index))
    }),
}

type Filling = (index: number) => number | undefined

function fillingOf(points: Points, filler: Argument | undefined): Filling {
  if (filler?.kind === 'S') return () => filler.value
  if (filler?.kind === 'TS') return (index) => filler.series.points[index]
  return filler?.kind === 'word' && filler.text === 'LINEAR' ? linear(points) : repeat(points)
}

function repeat(points: Points): Filling {
  const before = lastIndexes(points)
  return (index) => points[before[index] ?? -1]
}

function linear(points: Points): Filling {
  const before = lastIndexes(points)
  const after = lastIndexes(points.toReversed())
    .map((index) => points.length - 1 - index)
    .toReversed()
  return (index) => {
    const left = before[index] ?? -1
    const right = after[index] ?? points.length
    const [from, to] = [points[left], points[right]]
    return from === undefined || to === undefined
      ? undefined
      : from + ((to - from) * (index - left)) / (right - left)
  }
}

/** For each period, the index of the last one up to it that has a point; -1 where there is none. */
function lastIndexes(points: Points): number[] {
  let last = -1
  return points.map((point, index) => {
    if (point !== undefined) last = index
    return last
  })
}
