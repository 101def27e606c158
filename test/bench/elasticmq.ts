// ElasticMQ, fetched by Maven into the project's cache and run by Java.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { runToEnd } from '../localstack/run-to-end.js'
import { spawnKept } from './kept-process.js'
import { RawSqs } from './raw-sqs.js'
import type { Server, PrepareOptions } from './servers.js'

const VERSION = '1.7.1'
const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>longshore</groupId><artifactId>bench</artifactId><version>1</version>
  <dependencies><dependency>
    <groupId>org.elasticmq</groupId><artifactId>elasticmq-server_2.13</artifactId><version>${VERSION}</version>
  </dependency></dependencies>
</project>
`
const START_LIMIT_MS = 60_000
const INSTALL_LIMIT_MS = 180_000
const POLL_MS = 50

/** @throws Error that says why it cannot run here. */
export async function prepareElasticMq(options: PrepareOptions): Promise<() => Promise<Server>> {
  for (const command of ['java', 'mvn']) {
    if (spawnSync(command, ['-version'], { stdio: 'ignore' }).status !== 0)
      throw new Error(`there is no ${command}`)
  }
  const libraries = await install(options)
  return () => start(libraries, options.signal)
}

async function install({ cache, say, signal }: PrepareOptions): Promise<string> {
  const folder = join(cache, `elasticmq-${VERSION}`)
  const complete = join(folder, 'complete')
  if (!existsSync(complete)) {
    rmSync(folder, { recursive: true, force: true })
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'pom.xml'), POM)
    say(`fetching ElasticMQ ${VERSION} with Maven`)
    await runToEnd({
      command: 'mvn',
      args: ['-q', '-B', '-f', folder, 'dependency:copy-dependencies', '-DoutputDirectory=lib'],
      signal: AbortSignal.any([signal, AbortSignal.timeout(INSTALL_LIMIT_MS)]),
    })
    writeFileSync(complete, '')
  }
  return join(folder, 'lib', '*')
}

async function start(libraries: string, signal: AbortSignal): Promise<Server> {
  const port = await freePort()
  const settings = [`-Drest-sqs.bind-hostname=127.0.0.1`, `-Drest-sqs.bind-port=${port}`]
  const args = ['-Drest-stats.enabled=false', ...settings, '-cp', libraries, 'org.elasticmq.server.Main']
  const kept = spawnKept('java', args)
  const endpoint = `http://127.0.0.1:${port}`
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

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}
