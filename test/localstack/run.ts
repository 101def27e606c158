// `npm run test:localstack`: the contracts of SQS, CloudWatch and the queue's port, and the worker's system tests, on an AWS
// that nobody here wrote.
// Arguments: `--required` makes "LocalStack cannot run here" a failure, and lets a missing Python be installed;
// anything else goes to vitest (`-t 'some name'`).
import { join, resolve } from 'node:path'
import { runContract, type Outcome } from '../servers/contract-run.js'
import type { Server } from '../servers/process.js'
import { ensureHostInstall } from './host-install.js'
import { hasDocker, hasIpv6Loopback, startInDocker, startOnHost } from './server.js'

const SUITES = [
  'test/contract/sqs',
  'test/contract/cloudwatch.test',
  'test/contract/queue-port',
  'test/system/worker',
]

const root = resolve(import.meta.dirname, '../..')
const cache = join(root, '.cache')
const log = (line: string): void => void process.stdout.write(`localstack: ${line}\n`)

const stopping = new AbortController()
const { signal } = stopping
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(name, () => stopping.abort(new Error(`stopped by ${name}`)))
}

const required = process.argv.includes('--required')
const vitestArgs = process.argv.slice(2).filter((argument) => argument !== '--required')
let counts = { passed: 0, failed: 0 }
try {
  const server = await start()
  if (server === undefined) {
    log('skipped: neither Python 3.12 or newer (with venv) and an IPv6 loopback nor Docker is here.')
    counts.failed = required ? 1 : 0
  } else {
    counts = await runOn(server)
  }
} catch (error) {
  log(error instanceof Error ? error.message : String(error))
  counts.failed = 1
}
process.exitCode = counts.failed > 0 ? 1 : 0
process.stdout.write(`${counts.passed} passed, ${counts.failed} failed\n`)

async function start(): Promise<Server | undefined> {
  const install = (await hasIpv6Loopback())
    ? await ensureHostInstall({ cache, log, signal, mayInstallPython: required && !hasDocker() })
    : undefined
  if (install !== undefined)
    return await announced(install.description, startOnHost(install, { cache, signal }))
  if (hasDocker()) return await announced('in Docker', startInDocker({ cache, signal }))
  return undefined
}

async function announced(where: string, starting: Promise<Server>): Promise<Server> {
  log(`starting LocalStack ${where}`)
  const server = await starting
  log(`ready on ${server.endpoint}`)
  return server
}

async function runOn({ endpoint, stop }: Server): Promise<Outcome> {
  try {
    const suite = { root, endpoint, suites: SUITES, vitestArgs, signal }
    return await runContract({ ...suite, target: 'localstack', name: 'LocalStack', log })
  } finally {
    log('stopping')
    await stop()
  }
}
