// Servers that nobody here wrote, each as a process tree of its own that is ended whatever happens.
import { spawn, type ChildProcess } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

export interface Server {
  readonly endpoint: string
  /** Ends the whole process group; resolves when it is gone. */
  readonly stop: () => Promise<void>
}

export interface Starting extends Server {
  /** As the report calls it. */
  readonly name: string
  readonly child: ChildProcess
  readonly log: string
  readonly isHealthy: (endpoint: string) => Promise<boolean>
}

// Two to ten seconds on an idle machine; LocalStack's first start compiles a few thousand modules.
const START_DEADLINE_MS = 120_000
const STOP_GRACE_MS = 8_000
// A killed process that nobody reaps still answers to its number: it is not waited for any longer than this.
const KILL_GRACE_MS = 2_000
const POLL_MS = 200

/** @throws Error when it ends before it is healthy, or is not healthy in time; it is gone by then. */
export async function whenHealthy(starting: Starting, signal: AbortSignal): Promise<Server> {
  const { name, child, endpoint, log, stop } = starting
  const deadline = performance.now() + START_DEADLINE_MS
  while (!(await starting.isHealthy(endpoint).catch(() => false))) {
    const dead = hasEnded(child)
    if (dead || signal.aborted || performance.now() > deadline) {
      await stop()
      signal.throwIfAborted()
      const what = dead ? 'ended while starting' : `was not healthy after ${START_DEADLINE_MS / 1000} s`
      throw new Error(`${name} ${what}. The end of ${log}:\n${lastLines(log)}`)
    }
    await delay(POLL_MS)
  }
  return { endpoint, stop }
}

export function spawnLogged(
  command: string,
  args: readonly string[],
  { env, log }: { env: NodeJS.ProcessEnv; log: string },
): ChildProcess {
  const output = openSync(log, 'w')
  // A group of its own: a Ctrl-C in the terminal reaches us, and we end it in order. Its input is a pipe that closes
  // with this process, however that dies: whatever runs there has to end its group then.
  const child = spawn(command, args, { env, stdio: ['pipe', output, output], detached: true })
  closeSync(output)
  // A command that isn't there shows as one that ended: see hasEnded.
  child.once('error', () => {})
  return child
}

const hasEnded = (child: ChildProcess): boolean =>
  child.pid === undefined || child.exitCode !== null || child.signalCode !== null

export async function stopGroup(child: ChildProcess): Promise<void> {
  if (child.pid === undefined) return
  for (const [signal, graceMs] of [
    ['SIGTERM', STOP_GRACE_MS],
    ['SIGKILL', KILL_GRACE_MS],
  ] as const) {
    const deadline = performance.now() + graceMs
    signalGroup(child.pid, signal)
    while (performance.now() < deadline) {
      if (!signalGroup(child.pid, 0)) return
      await delay(POLL_MS)
    }
  }
}

/** False once no process of the group is left. */
function signalGroup(pid: number, signal: 'SIGTERM' | 'SIGKILL' | 0): boolean {
  try {
    return process.kill(-pid, signal)
  } catch {
    return false
  }
}

export function freePort(host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject)
    server.listen(0, host, () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}

const lastLines = (path: string): string =>
  readFileSync(path, 'utf8').trimEnd().split('\n').slice(-25).join('\n')
