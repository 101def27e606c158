import { readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { ServiceConfig } from '@longshore/scaler'
import { UsageError } from '../exit.js'
import type { CompleteDraft, Draft } from './draft.js'

const DEFAULTS = {
  cluster: 'default',
  min: 1,
  max: 10,
  concurrency: 10,
  handling: '500ms',
  // As long as target tracking, the default, takes to react, and a minute.
  wait: '5m',
} as const

/** A draft with what is asked for, else what was found, else a default: a service and a queue named as the package. */
export function complete(asked: Draft, found: Draft, cwd: string): CompleteDraft {
  const name = packageName(cwd)
  const pick = <Key extends keyof Draft>(key: Key): Draft[Key] => asked[key] ?? found[key]
  const queues = asked.queue === undefined ? found.queues : undefined
  return {
    cluster: pick('cluster') ?? DEFAULTS.cluster,
    service: pick('service') ?? name,
    queue: queues === undefined ? (pick('queue') ?? name) : undefined,
    queues,
    cpu: pick('cpu'),
    memory: pick('memory'),
    region: pick('region'),
    min: pick('min') ?? Math.min(DEFAULTS.min, pick('max') ?? DEFAULTS.max),
    max: pick('max') ?? Math.max(DEFAULTS.max, pick('min') ?? DEFAULTS.min),
    concurrency: pick('concurrency') ?? DEFAULTS.concurrency,
    handling: pick('handling') ?? DEFAULTS.handling,
    wait: pick('wait') ?? DEFAULTS.wait,
  }
}

/** What of a completed draft is a guess, since neither was asked for nor found: the names of its options. */
export function guessed(asked: Draft, found: Draft): string[] {
  const names = ['cluster', 'service', 'queue', 'min', 'max', 'concurrency', 'handling', 'wait'] as const
  const isQueues = asked.queue === undefined && found.queues !== undefined
  return names.filter((name) => (asked[name] ?? found[name]) === undefined && !(name === 'queue' && isQueues))
}

/**
 * Checks a draft as the configuration that it will be; returns what the linter has to say of it, a sentence each.
 *
 * @throws UsageError with every problem.
 */
export async function check(draft: CompleteDraft): Promise<string[]> {
  const { ConfigError, defineService, lint } = await import('@longshore/scaler')
  const { min, max, concurrency, handling, wait, cluster, service: name } = draft
  try {
    const service = defineService({
      cluster,
      service: name,
      queue: draft.queue,
      queues: draft.queues?.map((queue) => ({ name: queue })),
      region: draft.region,
      policies: policiesOf(draft),
      tasks: { min, max, concurrency },
      handling: { mean: handling },
      objective: { wait: { p99: wait } },
    })
    return lint(service).map(({ found, fix }) => `found ${found}. ${fix}`)
  } catch (error) {
    throw error instanceof ConfigError ? new UsageError(error.message) : error
  }
}

function policiesOf({ cpu, memory }: CompleteDraft): ServiceConfig['policies'] {
  return {
    cpu: cpu === undefined ? undefined : { target: cpu },
    memory: memory === undefined ? undefined : { target: memory },
  }
}

/** The name in the folder's package.json without its scope, else the folder's own. */
function packageName(cwd: string): string {
  let name: unknown
  try {
    name = (JSON.parse(readFileSync(join(cwd, 'package.json'), 'utf8')) as { name?: unknown }).name
  } catch {
    // No package here, or none that can be read: the folder's name serves.
  }
  const given = typeof name === 'string' && name !== '' ? name.replace(/^@[^/]+\//, '') : basename(cwd)
  return given.replaceAll(/[^\w-]/g, '-') || 'worker'
}
