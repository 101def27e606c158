// Finds a Python that another implementation runs on.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

export interface Python {
  readonly path: string
  /** `3.13.5` */
  readonly version: string
}

/** LocalStack's wheels ask for 3.10, but below 3.12 each of its services fails to load. */
const LOCALSTACK_MINOR = 12

// Debian ships Python without ensurepip until python3-venv is installed: such a one cannot make an environment.
const PROBE = "import sys, venv, ensurepip; print('%d.%d.%d' % sys.version_info[:3])"
const PROBE_TIMEOUT_MS = 20_000

/**
 * The first Python of 3.`minMinor` or newer (LocalStack's, unless said) that can make a virtual environment: of `extra`, of the
 * PATH, of pyenv. The versions that were tried come first.
 */
export function findPython(extra: readonly string[] = [], minMinor = LOCALSTACK_MINOR): Python | undefined {
  for (const path of [...extra, 'python3.13', 'python3.12', ...pyenvPythons(), 'python3']) {
    const python = probePython(path, minMinor)
    if (python !== undefined) return python
  }
  return undefined
}

/** The Python at `path`, or undefined where there is none, it doesn't run, or it is too old. */
export function probePython(path: string, minMinor = LOCALSTACK_MINOR): Python | undefined {
  const { status, stdout } = spawnSync(path, ['-c', PROBE], { encoding: 'utf8', timeout: PROBE_TIMEOUT_MS })
  const version = /^3\.(\d+)\.\d+$/.exec(stdout?.trim() ?? '')
  if (status !== 0 || version === null || Number(version[1]) < minMinor) return undefined
  return { path, version: version[0] }
}

// pyenv's shims on the PATH answer only for the versions that the current folder selects.
function pyenvPythons(): string[] {
  const versions = join(process.env.PYENV_ROOT ?? join(homedir(), '.pyenv'), 'versions')
  if (!existsSync(versions)) return []
  const names = readdirSync(versions)
  const tried = ['3.13.', '3.12.'].flatMap((prefix) => names.filter((name) => name.startsWith(prefix)))
  return [...new Set([...tried, ...names])].map((name) => join(versions, name, 'bin', 'python3'))
}
