import { z } from 'zod'
import type { Duration } from './duration.js'
import { durationMs, isDuration } from './duration.js'
import type { OptionProblem } from './errors.js'
import { OptionsError } from './errors.js'

/**
 * An option's rule. Its error text says what is valid there, which is the `expected` of an {@link OptionProblem}.
 * Absent options are undefined; the defaults are given where the config is made.
 */
export function option<T>(
  expected: string,
  isValid: (value: unknown) => boolean,
): z.ZodOptional<z.ZodType<T>> {
  return z.custom<T>(isValid, { error: expected }).optional()
}

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
  const result = schema.safeParse(given)
  if (result.success) return result.data
  throw new OptionsError(
    where,
    result.error.issues.flatMap((issue) => problemsOf(issue, schema, given)),
  )
}

function problemsOf(issue: z.core.$ZodIssue, schema: z.ZodType, given: unknown): OptionProblem[] {
  const path = issue.path.map(String)
  if (issue.code === 'unrecognized_keys') {
    const known = keysAt(schema, path)
    return issue.keys.map((key) => unknownOption([...path, key], known))
  }
  const expected = issue.code === 'invalid_type' ? `an ${issue.expected} of options` : issue.message
  return [{ path: path.join('.') || 'options', expected, got: shown(valueAt(given, path)) }]
}

function unknownOption(path: readonly string[], known: readonly string[]): OptionProblem {
  const nearest = nearestOf(path.at(-1) ?? '', known)
  const problem = { path: path.join('.'), expected: 'a known option', got: 'an unknown one' }
  return nearest === undefined ? problem : { ...problem, nearest: [...path.slice(0, -1), nearest].join('.') }
}

function keysAt(schema: z.ZodType, path: readonly string[]): string[] {
  let at: unknown = unwrapped(schema)
  for (const key of path) at = at instanceof z.ZodObject ? unwrapped(at.shape[key]) : undefined
  return at instanceof z.ZodObject ? Object.keys(at.shape) : []
}

function unwrapped(schema: unknown): unknown {
  return schema instanceof z.ZodOptional ? unwrapped(schema.unwrap()) : schema
}

function valueAt(given: unknown, path: readonly string[]): unknown {
  let at = given
  for (const key of path) at = typeof at === 'object' && at !== null ? Reflect.get(at, key) : undefined
  return at
}

const SHOWN_CHARACTERS = 80

function shown(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'an array' : 'an object'
  if (typeof value === 'string') return JSON.stringify(value).slice(0, SHOWN_CHARACTERS)
  // NaN and Infinity have no JSON.
  if (typeof value === 'number') return String(value)
  return typeof value === 'boolean' || value === null ? JSON.stringify(value) : `a ${typeof value}`
}

/** The known word within two slips of the pen; else one that holds the word, or that it holds: `timeout`, `queueUrl`. */
function nearestOf(word: string, known: readonly string[]): string | undefined {
  const lower = word.toLowerCase()
  const ranked = known
    .map((candidate) => ({ candidate, slips: slips(lower, candidate.toLowerCase()) }))
    .sort((a, b) => a.slips - b.slips)
  const [best] = ranked
  if (best !== undefined && best.slips <= Math.max(2, Math.floor(lower.length / 4))) return best.candidate
  return known.find((candidate) => {
    const other = candidate.toLowerCase()
    return (lower.length > 3 && other.includes(lower)) || lower.includes(other)
  })
}

// Levenshtein's distance, one row at a time.
function slips(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i]
    for (let j = 1; j <= b.length; j += 1) {
      const replace = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(replace, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}
