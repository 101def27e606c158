import type { Duration } from '@longshore/core/time'
import { UsageError } from '../exit.js'
import type { Migration } from './draft.js'
import { goDuration } from './draft.js'
import type { Node } from './manifest.js'

/**
 * A Copilot worker service's manifest. Its `queue_delay` means what `objective.wait` and `handling.mean` mean: Copilot
 * divides `acceptable_latency` by `msg_processing_time`, for tasks that handle one message at a time.
 * Source: https://aws.github.io/copilot-cli/docs/manifest/worker-service
 *
 * @throws UsageError when it is no worker service's manifest, or has no queue_delay.
 */
export function fromCopilot(manifest: Node, environment: string | undefined): Migration {
  const type = manifest.at('type')
  if (type.value !== 'Worker Service') type.refuse("a manifest of type 'Worker Service'")
  const override = environmentOf(manifest, environment)
  const count = override?.isThere === true ? override : manifest.at('count')
  const delay = count.at('queue_delay')
  if (!delay.isThere) {
    delay.refuse('acceptable_latency and msg_processing_time, since the objective comes from them')
  }
  const { min, max, notes } = rangeOf(count.at('range'))
  return {
    draft: {
      service: manifest.at('name').text(),
      min,
      max,
      concurrency: 1,
      handling: required(delay.at('msg_processing_time')),
      wait: required(delay.at('acceptable_latency')),
    },
    notes: [
      'Copilot reckons with one message at a time for each task; raise tasks.concurrency if a task handles more.',
      'Copilot’s names of cluster, service and queue carry its application and environment: `copilot svc show --resources` lists them.',
      ...notes,
      ...notCarried(count, manifest),
    ],
  }
}

function environmentOf(manifest: Node, environment: string | undefined): Node | undefined {
  if (environment === undefined) return undefined
  const there = manifest.at('environments', environment)
  if (there.isThere) return there.at('count')
  const names = Object.keys((manifest.at('environments').value as object | null) ?? {})
  const known = names.length === 0 ? 'the manifest has none' : `one of ${names.join(', ')}`
  throw new UsageError(`--env: expected an environment of the manifest (${known}), got ${environment}.`)
}

interface Range {
  readonly min: number | undefined
  readonly max: number | undefined
  readonly notes: readonly string[]
}

/** `1-10`, or an object with min, max and spot_from. */
function rangeOf(range: Node): Range {
  if (typeof range.value === 'string') {
    const [, min, max] = /^(\d+)-(\d+)$/.exec(range.value) ?? []
    if (min === undefined || max === undefined) range.refuse("a range such as '1-10'")
    return { min: Number(min), max: Number(max), notes: [] }
  }
  if (!range.isThere) range.refuse("a range such as '1-10'")
  const spotFrom = range.at('spot_from').number()
  const spot = `spot_from ${spotFrom} is a capacity provider strategy of the service (FARGATE base ${spotFrom ?? 0}, FARGATE_SPOT for the rest), not of its scaling.`
  return {
    min: range.at('min').number(),
    max: range.at('max').number(),
    notes: spotFrom === undefined ? [] : [spot],
  }
}

function required(node: Node): Duration {
  return goDuration(node.value) ?? node.refuse("a duration such as '10m' or '250ms'")
}

const POLICIES = ['cpu_percentage', 'memory_percentage', 'requests', 'response_time']

function notCarried(count: Node, manifest: Node): string[] {
  const policies = POLICIES.filter((name) => count.at(name).isThere)
  const queues = manifest
    .at('subscribe', 'topics')
    .items()
    .filter((topic) => topic.at('queue').isThere && topic.at('queue').value !== false)
  return [
    ...policies.map((name) => `count.${name} was not carried over.`),
    ...(queues.length > 0
      ? [
          `${queues.length} of the topics have queues of their own: each needs a worker of its own to scale by.`,
        ]
      : []),
  ]
}
