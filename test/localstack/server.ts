// Starts LocalStack as a process tree of its own, on loopback only, and ends it again whatever happens.
import { spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { freePort, spawnLogged, stopGroup, whenHealthy, type Server } from '../servers/process.js'
import { LOCALSTACK_VERSION, type HostInstall } from './host-install.js'

export interface ServerOptions {
  /** The project's cache folder: the log and all that LocalStack writes go there. */
  readonly cache: string
  readonly signal: AbortSignal
}

/**
 * Host mode. It listens on `[::1]`, because for an IPv4 address LocalStack's server ignores the host and binds 0.0.0.0.
 *
 * @throws Error when this machine has no IPv6 loopback, or LocalStack is not healthy in time.
 */
export async function startOnHost(install: HostInstall, options: ServerOptions): Promise<Server> {
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
    {
      name: 'LocalStack',
      child,
      endpoint: `http://[::1]:${port}`,
      log,
      isHealthy,
      stop: () => stopGroup(child),
    },
    options.signal,
  )
}

/** The image of the same release, its port published on 127.0.0.1 only. */
export async function startInDocker(options: ServerOptions): Promise<Server> {
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
  return await whenHealthy(
    { name: 'LocalStack', child, endpoint: `http://127.0.0.1:${port}`, log, isHealthy, stop },
    options.signal,
  )
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

async function isHealthy(endpoint: string): Promise<boolean> {
  const answer = await fetch(`${endpoint}/_localstack/health`, { signal: AbortSignal.timeout(5_000) })
  const { services } = (await answer.json()) as { services?: { sqs?: string } }
  return services?.sqs === 'available' || services?.sqs === 'running'
}
