import type { z } from 'zod'

/** One thing wrong with the options given. */
export interface LocalAwsProblem {
  /** Which option. */
  readonly path: string
  /** What is valid there. */
  readonly expected: string
  /** What was found, as JSON where it has one. */
  readonly got: string
  /** For a name that does not exist: the nearest one that does. */
  readonly nearest?: string
}

/** How a strict object's options are named in what is said of them. */
export interface Vocabulary {
  /** What is valid at each key: all of the keys that there are. */
  readonly expected: Readonly<Record<string, string>>
  /** What the object itself is called. */
  readonly whole: string
}

/** What zod found wrong with an object of options, in words for whoever wrote them. */
export function problemsOf(
  issues: readonly z.core.$ZodIssue[],
  options: unknown,
  vocabulary: Vocabulary,
): LocalAwsProblem[] {
  return issues.flatMap((issue) => problemsOfIssue(issue, options, vocabulary))
}

function problemsOfIssue(
  issue: z.core.$ZodIssue,
  options: unknown,
  { expected, whole }: Vocabulary,
): LocalAwsProblem[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => {
      const nearest = nearestOf(key, Object.keys(expected))
      const problem = { path: key, expected: 'no such option', got: describe(valueAt(options, key)) }
      return nearest === undefined ? problem : { ...problem, nearest }
    })
  }
  const [key] = issue.path
  if (typeof key !== 'string') return [{ path: whole, expected: 'an object', got: describe(options) }]
  return [{ path: key, expected: expected[key] ?? 'an object', got: describe(valueAt(options, key)) }]
}

/** All problems, one a line, under the name of what has them. */
export function problemsText(subject: string, problems: readonly LocalAwsProblem[]): string {
  const lines = problems.map(({ path, expected, got, nearest }) => {
    const hint = nearest === undefined ? '' : ` Did you mean ${nearest}?`
    return `  ${path}: expected ${expected}; got ${got}.${hint}`
  })
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`
  return `${subject}: ${count}\n${lines.join('\n')}`
}

/** A value as JSON, where it has one. */
export function describe(value: unknown): string {
  return JSON.stringify(value) ?? String(value)
}

function valueAt(options: unknown, key: string): unknown {
  return (options as Readonly<Record<string, unknown>>)[key]
}

/** The known name that differs least, if it differs by a third of its letters at most. */
export function nearestOf(name: string, known: readonly string[]): string | undefined {
  const ranked = known
    .map((candidate) => ({ candidate, distance: editDistance(name.toLowerCase(), candidate.toLowerCase()) }))
    .sort((one, other) => one.distance - other.distance)
  const [best] = ranked
  return best !== undefined && best.distance <= best.candidate.length / 3 ? best.candidate : undefined
}

/** Levenshtein's distance, one row at a time. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (let line = 0; line < from.length; line++) {
    const next = [line + 1]
    for (let column = 0; column < to.length; column++) {
      const replaced = (row[column] ?? 0) + (from[line] === to[column] ? 0 : 1)
      next.push(Math.min(replaced, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1))
    }
    row = next
  }
  return row.at(-1) ?? 0
}
