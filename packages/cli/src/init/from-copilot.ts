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
  const count = countOf(manifest, environment)
  const delay = count('queue_delay')
  if (!delay.isThere) {
    delay.refuse(
      `acceptable_latency and msg_processing_time, since the objective comes from them${whereElse(manifest)}`,
    )
  }
  const { min, max, notes } = rangeOf(count('range'))
  return {
    draft: {
      service: manifest.at('name').text(),
      min,
      max,
      concurrency: 1,
      handling: required(delay.at('msg_processing_time')),
      wait: required(delay.at('acceptable_latency')),
      cpu: percentOf(count('cpu_percentage')),
      memory: percentOf(count('memory_percentage')),
    },
    notes: [
      'Copilot reckons with one message at a time for each task; raise tasks.concurrency if a task handles more.',
      'Copilot’s names of cluster, service and queue carry its application and environment: `copilot svc show --resources` lists them.',
      ...notes,
      ...notCarried(count, manifest),
    ],
  }
}

/** A member of `count`: the environment's where it has one, since Copilot merges the two; of a plain number none is left. */
function countOf(manifest: Node, environment: string | undefined): (name: string) => Node {
  const base = manifest.at('count')
  const override = environment === undefined ? undefined : environmentOf(manifest, environment).at('count')
  return (name) => {
    const own = override?.at(name)
    const isReplaced = override?.isThere === true && typeof override.value !== 'object'
    return own !== undefined && (own.isThere || isReplaced) ? own : base.at(name)
  }
}

/** Which environments have what the manifest itself lacks. */
function whereElse(manifest: Node): string {
  const environments = Object.keys((manifest.at('environments').value as object | null) ?? {})
  const names = environments.filter(
    (name) => manifest.at('environments', name, 'count', 'queue_delay').isThere,
  )
  return names.length === 0 ? '' : ` (${names.map((name) => `--env ${name}`).join(' or ')} has them)`
}

/** A percentage, or an object with one and a cooldown. */
function percentOf(node: Node): number | undefined {
  return node.at('value').number() ?? (typeof node.value === 'object' ? undefined : node.number())
}

function environmentOf(manifest: Node, environment: string): Node {
  const there = manifest.at('environments', environment)
  if (there.isThere) return there
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

const DROPPED = ['requests', 'response_time', 'cooldown']

function notCarried(count: (name: string) => Node, manifest: Node): string[] {
  const dropped = [
    ...DROPPED.filter((name) => count(name).isThere),
    ...['cpu_percentage', 'memory_percentage', 'queue_delay']
      .filter((name) => count(name).at('cooldown').isThere)
      .map((name) => `${name}.cooldown`),
  ]
  const queues = manifest
    .at('subscribe', 'topics')
    .items()
    .filter((topic) => topic.at('queue').isThere && topic.at('queue').value !== false)
  return [
    ...dropped.map((name) => `count.${name} was not carried over.`),
    ...(queues.length > 0
      ? [
          `${queues.length} of the topics have queues of their own: each needs a worker of its own to scale by.`,
        ]
      : []),
  ]
}
