// Starts LocalStack as a process tree of its own, on loopback only, and ends it again whatever happens.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { LOCALSTACK_VERSION, type HostInstall } from './host-install.js'

export interface LocalStack {
  readonly endpoint: string
  /** Ends the whole process group; resolves when it is gone. */
  readonly stop: () => Promise<void>
}

export interface ServerOptions {
  /** The project's cache folder: the log and all that LocalStack writes go there. */
  readonly cache: string
  readonly signal: AbortSignal
}

// Two to five seconds on an idle machine; the first start compiles a few thousand modules.
const START_DEADLINE_MS = 120_000
const STOP_GRACE_MS = 8_000
// A killed process that nobody reaps still answers to its number: it is not waited for any longer than this.
const KILL_GRACE_MS = 2_000
const POLL_MS = 200

/**
 * Host mode. It listens on `[::1]`, because for an IPv4 address LocalStack's server ignores the host and binds 0.0.0.0.
 *
 * @throws Error when this machine has no IPv6 loopback, or LocalStack is not healthy in time.
 */
export async function startOnHost(install: HostInstall, options: ServerOptions): Promise<LocalStack> {
  const folder = join(options.cache, `localstack-${LOCALSTACK_VERSION}`)
  const temporary = join(folder, 'tmp')
  mkdirSync(temporary, { recursive: true })
  const port = await freePort('::1')
  const env = {
    ...process.env,
    GATEWAY_LISTEN: `[::1]:${port}`,
    // No telemetry, no certificate to fetch, no name server: it reaches for nothing outside.
    DISABLE_EVENTS: '1',
    SKIP_SSL_CERT_DOWNLOAD: '1',
    DNS_ADDRESS: '0',
    FILESYSTEM_ROOT: join(folder, 'filesystem'),
    TMPDIR: temporary,
  }
  const log = join(folder, 'server.log')
  const child = spawnLogged(install.python, [join(import.meta.dirname, 'start.py')], { env, log })
  return await whenHealthy(
    { child, endpoint: `http://[::1]:${port}`, log, stop: () => stopGroup(child) },
    options,
  )
}

/** The image of the same release, its port published on 127.0.0.1 only. */
export async function startInDocker(options: ServerOptions): Promise<LocalStack> {
  const port = await freePort('127.0.0.1')
  const name = `longshore-localstack-${process.pid}`
  const environment = ['DISABLE_EVENTS=1', 'SKIP_SSL_CERT_DOWNLOAD=1', 'DNS_ADDRESS=0'].flatMap((pair) => [
    '-e',
    pair,
  ])
  const args = ['run', '--rm', '--name', name, '-p', `127.0.0.1:${port}:4566`, ...environment]
  mkdirSync(options.cache, { recursive: true })
  const log = join(options.cache, 'localstack-docker.log')
  const image = `localstack/localstack:${LOCALSTACK_VERSION}`
  const child = spawnLogged('docker', [...args, image], { env: process.env, log })
  const stop = async (): Promise<void> => {
    // The client may be gone while the container runs on: the daemon is what has to be told.
    spawnSync('docker', ['rm', '--force', name], { stdio: 'ignore' })
    await stopGroup(child)
  }
  return await whenHealthy({ child, endpoint: `http://127.0.0.1:${port}`, log, stop }, options)
}

export function hasDocker(): boolean {
  return spawnSync('docker', ['info'], { stdio: 'ignore', timeout: 20_000 }).status === 0
}

export async function hasIpv6Loopback(): Promise<boolean> {
  return await freePort('::1').then(
    () => true,
    () => false,
  )
}

interface Starting extends LocalStack {
  readonly child: ChildProcess
  readonly log: string
}

async function whenHealthy(starting: Starting, { signal }: ServerOptions): Promise<LocalStack> {
  const { child, endpoint, log, stop } = starting
  const deadline = performance.now() + START_DEADLINE_MS
  while (!(await isHealthy(endpoint))) {
    const dead = hasEnded(child)
    if (dead || signal.aborted || performance.now() > deadline) {
      await stop()
      signal.throwIfAborted()
      const what = dead ? 'ended while starting' : `was not healthy after ${START_DEADLINE_MS / 1000} s`
      throw new Error(`LocalStack ${what}. The end of ${log}:\n${lastLines(log)}`)
    }
    await delay(POLL_MS)
  }
  return { endpoint, stop }
}

async function isHealthy(endpoint: string): Promise<boolean> {
  try {
    const answer = await fetch(`${endpoint}/_localstack/health`, { signal: AbortSignal.timeout(5_000) })
    const { services } = (await answer.json()) as { services?: { sqs?: string } }
    return services?.sqs === 'available' || services?.sqs === 'running'
  } catch {
    return false
  }
}

function spawnLogged(
  command: string,
  args: readonly string[],
  { env, log }: { env: NodeJS.ProcessEnv; log: string },
): ChildProcess {
  const output = openSync(log, 'w')
  // A group of its own: a Ctrl-C in the terminal reaches us, and we end it in order. Its input is a pipe that closes
  // with this process, however that dies; start.py ends the group then.
  const child = spawn(command, args, { env, stdio: ['pipe', output, output], detached: true })
  closeSync(output)
  // A command that isn't there shows as one that ended: see hasEnded.
  child.once('error', () => {})
  return child
}

const hasEnded = (child: ChildProcess): boolean =>
  child.pid === undefined || child.exitCode !== null || child.signalCode !== null

async function stopGroup(child: ChildProcess): Promise<void> {
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

function freePort(host: string): Promise<number> {
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
