import { readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
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
  return {
    cluster: pick('cluster') ?? DEFAULTS.cluster,
    service: pick('service') ?? name,
    queue: pick('queue') ?? name,
    region: pick('region'),
    min: pick('min') ?? Math.min(DEFAULTS.min, pick('max') ?? DEFAULTS.max),
    max: pick('max') ?? Math.max(DEFAULTS.max, pick('min') ?? DEFAULTS.min),
    concurrency: pick('concurrency') ?? DEFAULTS.concurrency,
    handling: pick('handling') ?? DEFAULTS.handling,
    wait: pick('wait') ?? DEFAULTS.wait,
  }
}

/**
 * Checks a draft as the configuration that it will be; returns what the linter has to say of it, a sentence each.
 *
 * @throws UsageError with every problem.
 */
export async function check(draft: CompleteDraft): Promise<string[]> {
  const { ConfigError, defineService, lint } = await import('@longshore/scaler')
  const { min, max, concurrency, handling, wait, region, ...names } = draft
  try {
    const service = defineService({
      ...names,
      ...(region === undefined ? {} : { region }),
      tasks: { min, max, concurrency },
      handling: { mean: handling },
      objective: { wait: { p99: wait } },
    })
    return lint(service).map(({ found, fix }) => `found ${found}. ${fix}`)
  } catch (error) {
    throw error instanceof ConfigError ? new UsageError(error.message) : error
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
