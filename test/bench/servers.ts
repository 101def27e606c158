// The servers that `local` compares: each in processes of its own, ready when its SQS answers.
import { join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { ensureHostInstall } from '../localstack/host-install.js'
import { hasIpv6Loopback, startOnHost } from '../localstack/server.js'
import { prepareElasticMq } from './elasticmq.js'
import { spawnKept } from './kept-process.js'
import { childProcesses } from './process-usage.js'

const ROOT = resolve(import.meta.dirname, '../..')
const CACHE = join(ROOT, '.cache')
const START_LIMIT_MS = 20_000

export interface Server {
  readonly endpoint: string
  /** The process whose CPU and memory count, where it is known. */
  readonly pid: number | undefined
  readonly stop: () => Promise<void>
}

export interface PrepareOptions {
  /** Where what is fetched stays. */
  readonly cache: string
  readonly signal: AbortSignal
  readonly say: (line: string) => void
}

/**
 * Installs it where it isn't, and returns what starts it.
 *
 * @throws Error that says why it cannot run here.
 */
type Prepare = (options: PrepareOptions) => Promise<() => Promise<Server>>

export const OURS = '@longshore/local'

const SERVERS = {
  [OURS]: ({ signal }) => Promise.resolve(() => startOurs(signal)),
  'LocalStack 4.14.0': prepareLocalStack,
  'ElasticMQ 1.7.1': prepareElasticMq,
} as const satisfies Record<string, Prepare>

export type ServerName = keyof typeof SERVERS

export const serverNames: readonly ServerName[] = Object.keys(SERVERS) as ServerName[]

export interface Started extends Server {
  readonly name: ServerName
  /** From the start of the process to the moment it was known to answer. */
  readonly startMs: number
}

export async function startServer(
  name: ServerName,
  options: Omit<PrepareOptions, 'cache'>,
): Promise<Started> {
  const start = await SERVERS[name]({ ...options, cache: CACHE })
  const beganMs = performance.now()
  const server = await start()
  return { ...server, name, startMs: performance.now() - beganMs }
}

/** What a user starts: the built command, which prints a line once it is ready. */
async function startOurs(signal: AbortSignal): Promise<Server> {
  const command = join(ROOT, 'packages/cli/dist/main.js')
  const kept = spawnKept(process.execPath, [command, 'dev', '--port', '0', '--json'])
  const tooLate = new AbortController()
  try {
    const line = await Promise.race([
      kept.firstLine,
      kept.ended.then((how) => Promise.reject(new Error(`longshore dev ended with ${how}`))),
      delay(START_LIMIT_MS, undefined, { signal: AbortSignal.any([signal, tooLate.signal]) }).then(() =>
        Promise.reject(new Error(`longshore dev was not ready within ${START_LIMIT_MS / 1_000} s`)),
      ),
    ])
    const { endpoint } = JSON.parse(line) as { endpoint: string }
    return { endpoint, pid: await kept.pid, stop: kept.stop }
  } catch (error) {
    await kept.stop()
    throw error
  } finally {
    tooLate.abort()
  }
}

async function prepareLocalStack({ cache, signal, say }: PrepareOptions): Promise<() => Promise<Server>> {
  if (!(await hasIpv6Loopback())) throw new Error('this machine has no IPv6 loopback')
  const install = await ensureHostInstall({ cache, log: say, signal, mayInstallPython: false })
  if (install === undefined) throw new Error('there is no Python 3.12 or newer with venv')
  return async () => {
    const before = new Set(childProcesses())
    const { endpoint, stop } = await startOnHost(install, { cache, signal })
    return { endpoint, stop, pid: childProcesses().find((pid) => !before.has(pid)) }
  }
}
