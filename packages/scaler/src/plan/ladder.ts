import type { StepAdjustment } from '@longshore/model'

/** Application Auto Scaling quotas: steps of a policy. */
const MAX_STEPS = 20

/**
 * The sizes of a ladder: up to 20 whole numbers from 1 to `most`. Up to 20 it has every number. Beyond, the lowest are one
 * apart, and from where neighbours can have one ratio they have: with 150 they are a quarter apart, with 1,000 two fifths.
 */
export function rungs(most: number): number[] {
  if (most <= MAX_STEPS) return numbersTo(most)
  let exact = 1
  // A ratio is of use once it is a step of one at least.
  while (exact * ratioFrom(exact, most) < exact + 1) exact += 1
  const ratio = ratioFrom(exact, most)
  const upper = Array.from({ length: MAX_STEPS - exact }, (_, index) =>
    Math.round(exact * ratio ** (index + 1)),
  )
  return [...numbersTo(exact), ...upper]
}

function numbersTo(most: number): number[] {
  return Array.from({ length: most }, (_, index) => index + 1)
}

function ratioFrom(exact: number, most: number): number {
  return (most / exact) ** (1 / (MAX_STEPS - exact))
}

/**
 * Steps that add what a deficit asks for, rounded up to the next rung, for an alarm at 1: a deficit of 1 adds 1, whatever
 * is beyond the last rung adds that.
 */
export function deficitSteps(most: number): StepAdjustment[] {
  const sizes = rungs(most)
  return sizes.map((size, index) => ({
    metricIntervalLowerBound: sizes[index - 1] ?? 0,
    metricIntervalUpperBound: index === sizes.length - 1 ? undefined : size,
    scalingAdjustment: size,
  }))
}

/** Steps that take away what is too many, rounded down to a rung, for an alarm at 1. */
export function surplusSteps(most: number): StepAdjustment[] {
  const sizes = rungs(most)
  return sizes.map((size, index) => ({
    metricIntervalLowerBound: size - 1,
    metricIntervalUpperBound: sizes[index + 1] === undefined ? undefined : (sizes[index + 1] ?? 0) - 1,
    scalingAdjustment: -size,
  }))
}
