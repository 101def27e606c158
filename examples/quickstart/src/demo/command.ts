import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'

const TEXT_KEPT = 4_000

/** A `longshore` command running as a process of its own, as in a terminal. */
export interface RunningCommand {
  /** What it wrote to stderr, if it has ended and not with 0. */
  readonly failure: string | undefined
  /** Resolves when it has ended with 0; rejects with what it said otherwise. */
  finished(): Promise<void>
  /** Asks it to end as Ctrl-C would, and waits. */
  stop(): Promise<void>
}

/** Starts `longshore <args>`; each line of its stdout goes to `onLine`. */
export async function startLongshore(
  args: readonly string[],
  onLine: (line: string) => void,
): Promise<RunningCommand> {
  const child = spawn(process.execPath, [await commandPath(), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own: Ctrl-C in the terminal reaches the demo, which ends its parts in order.
    detached: true,
  })
  createInterface({ input: child.stdout }).on('line', onLine)
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-TEXT_KEPT)))
  let failure: string | undefined
  const ended = once(child, 'close').then(([code, signal]) => {
    if (code !== 0 && signal === null)
      failure = said.trim() || `longshore ${args.join(' ')} ended with ${code}.`
  })
  const killWithUs = (): void => void child.kill('SIGKILL')
  process.once('exit', killWithUs)
  void ended.finally(() => process.off('exit', killWithUs))

  return {
    get failure() {
      return failure
    },
    async finished() {
      await ended
      if (failure !== undefined) throw new Error(failure)
    },
    async stop() {
      child.kill('SIGINT')
      await ended
    },
  }
}

async function commandPath(): Promise<string> {
  const manifest = new URL(import.meta.resolve('longshore/package.json'))
  const { bin } = z
    .object({ bin: z.object({ longshore: z.string() }) })
    .parse(JSON.parse(await readFile(manifest, 'utf8')))
  return fileURLToPath(new URL(bin.longshore, manifest))
}
