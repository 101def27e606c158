/**
 * Functions of every data point, alone or with the one before it. "Before" is the last period that has a point, however
 * long ago; a series' first point has none and gives none.
 * Source: CloudWatch user guide, "Functions supported for metric math".
 */
import type { MathFunction, MathFunctions } from './math-function.js'
import { EACH } from './math-function.js'
import { mapPoints } from './math-value.js'

export const POINTWISE: MathFunctions = {
  ABS: ofPoint(Math.abs),
  CEIL: ofPoint(Math.ceil),
  FLOOR: ofPoint(Math.floor),
  // Of zero and below there is no logarithm, hence no point.
  LOG: ofPoint(Math.log),
  LOG10: ofPoint(Math.log10),
  DIFF: ofStep(({ rise }) => rise),
  DIFF_TIME: ofStep(({ seconds }) => seconds),
  RATE: ofStep(({ rise, seconds }) => rise / seconds),
  RUNNING_SUM: { signatures: EACH, apply: ([value]) => mapPoints(value, runningSum) },
}

function ofPoint(compute: (point: number) => number): MathFunction {
  return {
    signatures: EACH,
    apply: ([value]) =>
      mapPoints(value, (points) => points.map((point) => (point === undefined ? undefined : compute(point)))),
  }
}

interface Step {
  readonly rise: number
  readonly seconds: number
}

function ofStep(compute: (step: Step) => number): MathFunction {
  return {
    signatures: EACH,
    apply: ([value], { grid }) =>
      mapPoints(value, (points) =>
        stepsOf(points, grid.periodSeconds).map((step) => (step === undefined ? undefined : compute(step))),
      ),
  }
}

function stepsOf(points: readonly (number | undefined)[], periodSeconds: number): (Step | undefined)[] {
  let before: { readonly point: number; readonly index: number } | undefined
  return points.map((point, index) => {
    if (point === undefined) return undefined
    const step = before && { rise: point - before.point, seconds: (index - before.index) * periodSeconds }
    before = { point, index }
    return step
  })
}

function runningSum(points: readonly (number | undefined)[]): (number | undefined)[] {
  let sum = 0
  return points.map((point) => {
    if (point === undefined) return undefined
    sum += point
    return sum
  })
}
