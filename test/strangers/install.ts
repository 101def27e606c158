// Makes the virtual environments of the clients, once; they are reused while their requirements stay.
import { rmSync, writeFileSync } from 'node:fs'

import { ownPython } from '../localstack/host-install.js'
import { findPython } from '../localstack/python.js'
import { runToEnd } from '../localstack/run-to-end.js'
import { CACHE, digestOf, folderOf, isInstalled, pythonOf, requirementsOf, SETS, stampOf } from './clients.js'
import type { ClientSet } from './clients.js'

export interface InstallOptions {
  readonly log: (line: string) => void
  readonly signal: AbortSignal
}

/** False where there is no Python that can make an environment. */
export async function installClients({ log, signal }: InstallOptions): Promise<boolean> {
  const missing = SETS.filter((set) => !isInstalled(set))
  if (missing.length === 0) return true
  const python = findPython([ownPython(CACHE)])
  if (python === undefined) return false
  for (const set of missing) {
    log(`installing ${set}.txt with Python ${python.version}`)
    await install(set, python.path, signal)
  }
  return true
}

async function install(set: ClientSet, python: string, signal: AbortSignal): Promise<void> {
  // A folder without its stamp is an install that was cut short: nothing in it can be relied on.
  rmSync(folderOf(set), { recursive: true, force: true })
  await runToEnd({ command: python, args: ['-m', 'venv', folderOf(set)], signal })
  const pip = ['-m', 'pip', 'install', '--no-input', '--disable-pip-version-check', '--quiet']
  await runToEnd({ command: pythonOf(set), args: [...pip, '-r', requirementsOf(set)], signal })
  writeFileSync(stampOf(set), digestOf(set))
}
