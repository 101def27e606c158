import type { z } from 'zod'
import type { Duration } from './duration.js'
import { durationMs, isDuration } from './duration.js'
import { OptionsError } from './errors.js'
import { option, optionProblems } from './option-problems.js'

export { option } from './option-problems.js'

/** A whole number within limits, both included. */
export function wholeNumber(min: number, max: number): z.ZodOptional<z.ZodType<number>> {
  const expected = `a whole number from ${min} to ${max}`
  return option(expected, (value) => Number.isInteger(value) && Number(value) >= min && Number(value) <= max)
}

/** A duration within limits, both included. */
export function duration(min: Duration, max: Duration): z.ZodOptional<z.ZodType<Duration>> {
  const expected = `a duration with a unit, from '${min}' to '${max}'`
  return option(expected, (value) => isWithin(value, min, max))
}

/** A duration that SQS takes in whole seconds. */
export function wholeSeconds(min: Duration, max: Duration): z.ZodOptional<z.ZodType<Duration>> {
  const expected = `a duration of whole seconds, from '${min}' to '${max}'`
  return option(expected, (value) => isWithin(value, min, max) && durationMs(value as Duration) % 1_000 === 0)
}

/** A duration within limits, or `false`. */
export function durationOrFalse(min: Duration, max: Duration): z.ZodOptional<z.ZodType<Duration | false>> {
  const expected = `a duration with a unit, from '${min}' to '${max}', or false`
  return option(expected, (value) => value === false || isWithin(value, min, max))
}

/** An object that has these methods, for ports given from outside. */
export function withMethods<T>(expected: string, methods: readonly string[]): z.ZodOptional<z.ZodType<T>> {
  return option(expected, (value) => hasMethods(value, methods))
}

export function hasMethods(value: unknown, methods: readonly string[]): boolean {
  if (typeof value !== 'object' || value === null) return false
  return methods.every((name) => typeof Reflect.get(value, name) === 'function')
}

function isWithin(value: unknown, min: Duration, max: Duration): boolean {
  if (!isDuration(value)) return false
  const ms = durationMs(value)
  return ms >= durationMs(min) && ms <= durationMs(max)
}

/**
 * Checks `given` against a strict schema.
 *
 * @throws OptionsError with every problem at once.
 */
export function parseOptions<T>(where: string, schema: z.ZodType<T>, given: unknown): T {
  const problems = optionProblems(schema, given)
  if (problems.length > 0) throw new OptionsError(where, problems)
  return schema.parse(given)
}
