// `@longshore/core/option-problems`: what is wrong with options, said alike by every package that takes some. No SDK.
import { z } from 'zod'

/** One thing wrong with the options given. */
export interface OptionProblem {
  /** Where, as a path of keys: `concurrency`, `retry.base`; empty for the options themselves. */
  readonly path: string
  /** What is valid there. */
  readonly expected: string
  /** What was found, in a few words. */
  readonly got: string
  /** The option that an unknown one was probably meant to be, as a path. */
  readonly nearest?: string
}

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

/**
 * Everything wrong with `given`, by a strict schema whose every `error` says what would have been right. An unknown
 * option comes with those that there are, and the one it was probably meant to be.
 */
export function optionProblems(schema: z.ZodType, given: unknown): OptionProblem[] {
  const issues = schema.safeParse(given).error?.issues ?? []
  return issues.flatMap((issue) => {
    const path = issue.path.map(String)
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => unknownOption(schema, [...path, key]))
    }
    const isShapeless = issue.code === 'invalid_type' && issue.message.startsWith('Invalid input')
    return [problemAt(given, path, isShapeless ? `an ${issue.expected} of options` : issue.message)]
  })
}

/** A problem at one place, for rules that a schema does not carry. */
export function problemAt(given: unknown, path: readonly string[], expected: string): OptionProblem {
  return { path: path.join('.'), expected, got: describeValue(valueAt(given, path)) }
}

/** All problems as a text, an indented line each, to stand under a line that says whose they are. */
export function describeProblems(problems: readonly OptionProblem[]): string {
  return problems.map((problem) => `\n  ${describeProblem(problem)}`).join('')
}

function describeProblem({ path, expected, got, nearest }: OptionProblem): string {
  const hint = nearest === undefined ? '' : `; did you mean ${nearest}?`
  return `${path === '' ? '' : `${path}: `}expected ${expected}, got ${got}${hint}`
}

function unknownOption(schema: z.ZodType, path: readonly string[]): OptionProblem {
  const known = optionPaths(schema)
  const parents = path.slice(0, -1)
  const key = path.at(-1) ?? ''
  const names = known
    .filter((other) => other.length === path.length && parents.every((name, at) => other[at] === name))
    .map((other) => other.at(-1) ?? '')
  const nearest = nearestName(key, names)
  const meant = nearest === undefined ? known.find((other) => other.at(-1) === key) : [...parents, nearest]
  const problem = { path: path.join('.'), got: 'an unknown option' }
  if (meant !== undefined) return { ...problem, expected: 'a known option', nearest: meant.join('.') }
  return { ...problem, expected: `only ${names.join(', ')}` }
}

/** The paths of all options below `parents`, objects before what is in them. */
function optionPaths(schema: unknown, parents: readonly string[] = []): string[][] {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault) {
    return optionPaths(schema.unwrap(), parents)
  }
  if (!(schema instanceof z.ZodObject)) return []
  return Object.entries(schema.shape).flatMap(([key, inner]) => {
    const path = [...parents, key]
    return [path].concat(optionPaths(inner, path))
  })
}

function valueAt(given: unknown, path: readonly string[]): unknown {
  let at = given
  for (const key of path) at = typeof at === 'object' && at !== null ? Reflect.get(at, key) : undefined
  return at
}

const LONGEST_TEXT = 80

/** A value in a few words: enough to find it in the file. */
function describeValue(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (Array.isArray(value)) return 'an array'
  if (typeof value === 'function') return 'a function'
  if (typeof value === 'object' && value !== null) return 'an object'
  // NaN and Infinity have no JSON.
  if (typeof value !== 'string') return `${value as number}`
  return JSON.stringify(value.length > LONGEST_TEXT ? `${value.slice(0, LONGEST_TEXT)}…` : value)
}

/** The known name within a few slips of the pen; else one that holds the word, or that it holds: `timeout`, `queueUrl`. */
export function nearestName(word: string, known: readonly string[]): string | undefined {
  const lower = word.toLowerCase()
  const ranked = known
    .map((name) => ({ name, slips: slips(lower, name.toLowerCase()) }))
    .sort((a, b) => a.slips - b.slips)
  const [best] = ranked
  // A third of the letters wrong is a slip; more is another word.
  if (best !== undefined && best.slips <= Math.max(1, Math.floor(lower.length / 3))) return best.name
  return known.find((name) => {
    const other = name.toLowerCase()
    return (lower.length > 3 && other.includes(lower)) || (other.length >= 3 && lower.includes(other))
  })
}

/** Optimal string alignment: insertions, deletions, replacements, and swaps of neighbours (`mni` for `min`) count one each. */
function slips(a: string, b: string): number {
  let before: number[] = []
  let row = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i]
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      const swapped = isSwap ? (before[j - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY
      next.push(Math.min(replaced, swapped, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    before = row
    row = next
  }
  return row[b.length] ?? 0
}
