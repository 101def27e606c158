// How each implementation is installed and started, on 127.0.0.1 and a free port.
import { join } from 'node:path'
import type { KnownDifference } from '../contract/known-differences.js'
import { freePort, spawnLogged, stopGroup, whenHealthy, type Server } from '../servers/process.js'
import {
  ELASTICMQ_VERSION,
  installElasticMq,
  installMoto,
  MOTO_VERSION,
  type InstallOptions,
} from './install.js'

export interface Implementation {
  readonly target: KnownDifference['target']
  readonly name: string
  /** Its folder in the project's cache. */
  readonly folder: string
  /** What it is held to. */
  readonly suites: readonly string[]
  readonly vitestArgs: readonly string[]
  /** @throws ToolMissing where it cannot be installed. */
  readonly start: (options: InstallOptions) => Promise<Server>
}

const HOST = '127.0.0.1'

export const implementations: readonly Implementation[] = [
  {
    target: 'moto',
    name: `moto ${MOTO_VERSION}`,
    folder: `moto-${MOTO_VERSION}`,
    suites: ['test/contract/sqs', 'test/contract/cloudwatch.test', 'test/contract/idempotency-store'],
    // Its development server is too slow for rules that run side by side and wait on the clock.
    vitestArgs: ['--no-file-parallelism', '--maxConcurrency=1'],
    start: async (options) => {
      const python = await installMoto(options)
      return await start('moto', options, (port) => [
        python,
        '-m',
        'moto.server',
        '-H',
        HOST,
        '-p',
        String(port),
      ])
    },
  },
  {
    target: 'elasticmq',
    name: `ElasticMQ ${ELASTICMQ_VERSION}`,
    folder: `elasticmq-${ELASTICMQ_VERSION}`,
    suites: ['test/contract/sqs'],
    vitestArgs: [],
    start: async (options) => {
      const classPath = await installElasticMq(options)
      return await start('ElasticMQ', options, (port) => [
        'java',
        `-Drest-sqs.bind-hostname=${HOST}`,
        `-Drest-sqs.bind-port=${port}`,
        // Its page of statistics would take a fixed port on every interface.
        '-Drest-stats.enabled=false',
        '-cp',
        classPath,
        'org.elasticmq.server.Main',
      ])
    },
  },
]

// Whoever started it may die without a word: the group ends with standard input.
const WITH_INPUT = 'exec 3<&0; (cat <&3 >/dev/null; kill -9 0) & exec "$@" </dev/null 3<&-'

async function start(
  name: string,
  { folder, log: say, signal }: InstallOptions,
  commandLine: (port: number) => readonly string[],
): Promise<Server> {
  const port = await freePort(HOST)
  const log = join(folder, 'server.log')
  say('starting')
  const env = { ...process.env, AWS_DISABLE_REQUEST_COMPRESSION: 'true' }
  const child = spawnLogged('sh', ['-c', WITH_INPUT, 'sh', ...commandLine(port)], { env, log })
  const endpoint = `http://${HOST}:${port}`
  const server = { name, child, endpoint, log, isHealthy: answers, stop: () => stopGroup(child) }
  return await whenHealthy(server, signal)
}

/** Neither has a page for its health; that it lists queues says enough. */
async function answers(endpoint: string): Promise<boolean> {
  const answer = await fetch(endpoint, {
    method: 'POST',
    headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': 'AmazonSQS.ListQueues' },
    body: '{}',
    signal: AbortSignal.timeout(5_000),
  })
  await answer.arrayBuffer()
  return answer.ok
}
