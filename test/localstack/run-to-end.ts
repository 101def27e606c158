import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

export interface Run {
  readonly command: string
  readonly args: readonly string[]
  readonly signal: AbortSignal
  /** Each line of output as it comes, standard error included. */
  readonly onLine?: (line: string) => void
}

const TAIL_LINES = 30

/** Runs a command and resolves when it has succeeded. Otherwise rejects with the end of what it printed. */
export async function runToEnd({ command, args, signal, onLine }: Run): Promise<void> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], signal })
  const tail: string[] = []
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      onLine?.(line)
      tail.push(line)
      if (tail.length > TAIL_LINES) tail.shift()
    })
  }
  const ending = await new Promise<string>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, by) => resolve(by ?? String(code)))
  })
  if (ending !== '0')
    throw new Error(`${command} ${args.join(' ')} ended with ${ending}:\n${tail.join('\n')}`)
}
