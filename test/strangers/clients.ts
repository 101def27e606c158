// Clients in Python, each set in a virtual environment of its own under the project's cache.
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

/** The project's cache. */
export const CACHE = resolve(import.meta.dirname, '../../.cache')

/** SDKs of today, those of 2023, which spoke the query protocol, and CloudFormation's linter. */
export const SETS = ['requirements', 'requirements-2023', 'requirements-cloudformation'] as const
export type ClientSet = (typeof SETS)[number]

export function requirementsOf(set: ClientSet): string {
  return join(import.meta.dirname, `${set}.txt`)
}

export function folderOf(set: ClientSet): string {
  return join(CACHE, set.replace('requirements', 'strangers'))
}

/** The set's interpreter. */
export function pythonOf(set: ClientSet): string {
  return join(folderOf(set), 'bin', 'python')
}

export function stampOf(set: ClientSet): string {
  return join(folderOf(set), 'complete')
}

/** What the stamp of a complete install says. */
export function digestOf(set: ClientSet): string {
  return createHash('sha256')
    .update(readFileSync(requirementsOf(set)))
    .digest('hex')
}

export function isInstalled(set: ClientSet): boolean {
  const stamp = stampOf(set)
  // The Python it was made from may have been removed since: its link then leads nowhere.
  return existsSync(pythonOf(set)) && existsSync(stamp) && readFileSync(stamp, 'utf8') === digestOf(set)
}
