import { tmpdir } from 'node:os'
import { onTestFinished, vi } from 'vitest'
import { run } from '../src/index.js'
import { environment } from './process.js'
import type { Ended, RunOptions } from './process.js'

/**
 * Runs `longshore` to its end in this process: for what a verb says and does, where no process has a part in it. Each verb
 * also runs as a process, with good and with bad input. The AWS SDK reads the environment, which stays until the test ends.
 */
export async function runHere(
  args: readonly string[],
  { cwd = tmpdir(), env = {} }: RunOptions = {},
): Promise<Ended> {
  const own = { ...environment(), ...env }
  for (const [name, value] of Object.entries(own)) vi.stubEnv(name, value)
  onTestFinished(() => void vi.unstubAllEnvs())
  let stdout = ''
  let stderr = ''
  const code = await run(args, {
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: (text) => (stderr += text) },
    env: own,
    cwd,
    signal: new AbortController().signal,
  })
  return { code, signal: null, stdout, stderr }
}
