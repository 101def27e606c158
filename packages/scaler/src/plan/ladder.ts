import type { StepAdjustment } from '@longshore/model'

/** Application Auto Scaling quotas: steps of a policy. */
const MAX_STEPS = 20

/**
 * The sizes of a ladder: up to 20 whole numbers from 1 to `most`, the lower ones one apart as far as the rest can still
 * reach `most` with one ratio between neighbours. With `most` up to 20 it has every number; with 150 neighbours are at
 * most 31 % apart.
 */
export function rungs(most: number): number[] {
  if (most <= MAX_STEPS) return Array.from({ length: most }, (_, index) => index + 1)
  for (let exact = MAX_STEPS - 1; exact > 1; exact -= 1) {
    const ratio = (most / exact) ** (1 / (MAX_STEPS - exact))
    // One more by one must not be a larger step than the ratio; then the ladder is as even as it gets.
    if (exact * ratio >= exact + 1) {
      const upper = Array.from({ length: MAX_STEPS - exact }, (_, index) =>
        Math.round(exact * ratio ** (index + 1)),
      )
      return [...rungs(exact), ...upper]
    }
  }
  return [1, most]
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
