// Processes that end when this one does, however it dies, and that a Ctrl-C in the terminal reaches only through us.
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { createInterface } from 'node:readline'

// The keeper says the command's pid, and kills the command once its own input ends. It ends when the command does.
const KEEPER =
  'exec 3<&0; "$@" </dev/null 3<&- & pid=$!; echo $pid; { cat <&3; kill -9 $pid; } >/dev/null 2>&1 & wait $pid'

export interface KeptProcess {
  readonly pid: Promise<number>
  /** The first line that it prints. */
  readonly firstLine: Promise<string>
  /** Resolves when it has ended, with how. */
  readonly ended: Promise<string>
  readonly stop: () => Promise<void>
}

export function spawnKept(command: string, args: readonly string[]): KeptProcess {
  const keeper = spawn('sh', ['-c', KEEPER, 'keeper', command, ...args], {
    stdio: ['pipe', 'pipe', 'ignore'],
    detached: true,
  })
  const ended = new Promise<string>((resolve) => {
    keeper.once('exit', (code, by) => resolve(by ?? `code ${code}`))
    keeper.once('error', (error) => resolve(error.message))
  })
  const [pid, firstLine] = firstLines(keeper)
  const stop = async (): Promise<void> => {
    keeper.stdin.end()
    await ended
  }
  return { pid: pid.then(Number), firstLine, ended, stop }
}

function firstLines({ stdout }: ChildProcess): [Promise<string>, Promise<string>] {
  const waiting: ((line: string) => void)[] = []
  const line = (): Promise<string> => new Promise((resolve) => waiting.push(resolve))
  const lines: [Promise<string>, Promise<string>] = [line(), line()]
  // Read to its end, or the pipe fills up.
  if (stdout !== null) createInterface({ input: stdout }).on('line', (text) => waiting.shift()?.(text))
  return lines
}
