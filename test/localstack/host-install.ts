// LocalStack in a virtual environment of its own under the project's cache: made once, reused while its stamp holds.
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { runToEnd } from './run-to-end.js'
import { findPython, probePython, type Python } from './python.js'

export const LOCALSTACK_VERSION = '4.14.0'

const REQUIREMENTS = join(import.meta.dirname, 'requirements.txt')

export interface HostInstall {
  /** The environment's own interpreter. */
  readonly python: string
  readonly description: string
}

export interface InstallOptions {
  /** The project's cache folder. */
  readonly cache: string
  readonly log: (line: string) => void
  readonly signal: AbortSignal
  /** Without any Python ≥ 3.12, fetch one with the system's package client instead of giving up. */
  readonly mayInstallPython: boolean
}

/** A complete install: the one in the cache, or a new one. Undefined where there is no Python for it. */
export async function ensureHostInstall(options: InstallOptions): Promise<HostInstall | undefined> {
  const { cache, log, signal } = options
  const folder = join(cache, `localstack-${LOCALSTACK_VERSION}`)
  const found = reusable(folder)
  if (found !== undefined) return found

  const python = findPython([ownPython(cache)]) ?? (await installPython(options))
  if (python === undefined) return undefined

  // A folder without its stamp is an install that was cut short: nothing in it can be relied on.
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  log(`making an environment with Python ${python.version} (${python.path})`)
  await runToEnd({ command: python.path, args: ['-m', 'venv', folder], signal })
  await installRequirements(environmentPython(folder), { log, signal })
  writeFileSync(join(folder, 'complete'), requirementsDigest())
  return { python: environmentPython(folder), description: describe(python) }
}

function reusable(folder: string): HostInstall | undefined {
  const stamp = join(folder, 'complete')
  if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== requirementsDigest()) return undefined
  // The Python it was made from may have been removed since.
  const python = probePython(environmentPython(folder))
  return python && { python: python.path, description: describe(python) }
}

async function installRequirements(
  python: string,
  { log, signal }: Pick<InstallOptions, 'log' | 'signal'>,
): Promise<void> {
  const total = requirements().length
  let collected = 0
  log(`installing ${total} packages, about a minute the first time`)
  await runToEnd({
    command: python,
    args: ['-m', 'pip', 'install', '--no-input', '--disable-pip-version-check', '-r', REQUIREMENTS],
    signal,
    onLine: (line) => {
      if (line.startsWith('Installing collected packages')) log('unpacking')
      if (!line.startsWith('Collecting ')) return
      collected += 1
      if (collected % 20 === 0) log(`fetched ${collected} of ${total}`)
    },
  })
}

async function installPython({
  cache,
  log,
  signal,
  mayInstallPython,
}: InstallOptions): Promise<Python | undefined> {
  if (!mayInstallPython) return undefined
  log('no Python 3.12 or newer here: fetching one with the system’s package client')
  const script = join(import.meta.dirname, 'install-python.sh')
  await runToEnd({ command: 'bash', args: [script, join(cache, 'python')], signal, onLine: log })
  return findPython([ownPython(cache)])
}

/** Where the Python is that `install-python.sh` fetches. */
export const ownPython = (cache: string): string => join(cache, 'python', 'usr', 'bin', 'python3.13')
const environmentPython = (folder: string): string => join(folder, 'bin', 'python')
const describe = (python: Python): string => `on this machine, with Python ${python.version}`

const requirements = (): string[] =>
  readFileSync(REQUIREMENTS, 'utf8')
    .split('\n')
    .filter((line) => /^[^#\s]/.test(line))

const requirementsDigest = (): string => createHash('sha256').update(requirements().join('\n')).digest('hex')
