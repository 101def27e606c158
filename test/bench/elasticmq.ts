// ElasticMQ, as `npm run test:independent` installs it, run by Java.
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { ELASTICMQ_VERSION, installElasticMq } from '../independent/install.js'
import { freePort } from '../servers/process.js'
import { spawnKept } from './kept-process.js'
import { RawSqs } from './raw-sqs.js'
import type { Server, PrepareOptions } from './servers.js'

const HOST = '127.0.0.1'
const START_LIMIT_MS = 60_000
const INSTALL_LIMIT_MS = 180_000
const POLL_MS = 50

/** @throws Error that says why it cannot run here. */
export async function prepareElasticMq({
  cache,
  say,
  signal,
}: PrepareOptions): Promise<() => Promise<Server>> {
  const libraries = await installElasticMq({
    folder: join(cache, `elasticmq-${ELASTICMQ_VERSION}`),
    log: (line) => say(`ElasticMQ ${ELASTICMQ_VERSION}: ${line}`),
    signal: AbortSignal.any([signal, AbortSignal.timeout(INSTALL_LIMIT_MS)]),
  })
  return () => start(libraries, signal)
}

async function start(libraries: string, signal: AbortSignal): Promise<Server> {
  const port = await freePort(HOST)
  const settings = [`-Drest-sqs.bind-hostname=${HOST}`, `-Drest-sqs.bind-port=${port}`]
  const args = ['-Drest-stats.enabled=false', ...settings, '-cp', libraries, 'org.elasticmq.server.Main']
  const kept = spawnKept('java', args)
  const endpoint = `http://${HOST}:${port}`
  try {
    const ended = new AbortController()
    void kept.ended.then((how) => ended.abort(new Error(`Java ended with ${how}`)))
    await whenAnswering(endpoint, AbortSignal.any([signal, ended.signal]))
    return { endpoint, pid: await kept.pid, stop: kept.stop }
  } catch (error) {
    await kept.stop()
    throw error
  }
}

async function whenAnswering(endpoint: string, signal: AbortSignal): Promise<void> {
  const sqs = new RawSqs(endpoint, 1)
  const deadline = performance.now() + START_LIMIT_MS
  try {
    while (!(await isAnswering(sqs))) {
      if (performance.now() > deadline) throw new Error(`no answer within ${START_LIMIT_MS / 1_000} s`)
      signal.throwIfAborted()
      await delay(POLL_MS)
    }
  } finally {
    sqs.close()
  }
}

const isAnswering = (sqs: RawSqs): Promise<boolean> =>
  sqs.call('ListQueues', {}).then(
    () => true,
    () => false,
  )
