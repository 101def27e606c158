// The sources as a graph: who imports whom.
import { posix } from 'node:path'
import { readImports, type Import } from './read-imports.js'

export interface Edge extends Import {
  readonly from: string
  /** The file that a relative import names; undefined for a package. */
  readonly to: string | undefined
}

export function edgesOf(files: ReadonlyMap<string, string>): Edge[] {
  return [...files].flatMap(([from, text]) => readImports(text).map((entry) => edge(from, entry)))
}

function edge(from: string, { specifier, ...rest }: Import): Edge {
  const isRelative = specifier.startsWith('.')
  const to = isRelative ? posix.join(posix.dirname(from), specifier).replace(/\.(m?)js$/, '.$1ts') : undefined
  return { ...rest, specifier, from, to }
}

/** Every file that the starts lead to, themselves included, with the start that leads there. */
export function reachableFrom(starts: readonly string[], edges: readonly Edge[]): Map<string, string> {
  const next = byFile(edges)
  const origins = new Map(starts.map((start) => [start, start]))
  // A Map hands out entries that are added while it is walked.
  for (const [path, origin] of origins) {
    for (const to of next.get(path) ?? []) if (!origins.has(to)) origins.set(to, origin)
  }
  return origins
}

/** Every import cycle once, as its files in order with the first again at the end. */
export function cyclesIn(edges: readonly Edge[]): string[][] {
  const next = byFile(edges)
  const done = new Set<string>()
  const cycles: string[][] = []
  const visit = (path: string, trail: readonly string[]): void => {
    const start = trail.indexOf(path)
    if (start !== -1) cycles.push([...trail.slice(start), path])
    if (start !== -1 || done.has(path)) return
    for (const to of next.get(path) ?? []) visit(to, [...trail, path])
    done.add(path)
  }
  for (const path of next.keys()) visit(path, [])
  return cycles
}

function byFile(edges: readonly Edge[]): Map<string, string[]> {
  const next = new Map<string, string[]>()
  for (const { from, to } of edges) {
    const known = next.get(from) ?? []
    if (to !== undefined) known.push(to)
    next.set(from, known)
  }
  return next
}
