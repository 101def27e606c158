import { durationMs } from '@longshore/core/time'
import type { Duration } from '@longshore/core/time'
import { UsageError } from '../exit.js'
import type { Migration } from './draft.js'
import { durationOf } from './draft.js'
import type { Node } from './manifest.js'

// KEDA's defaults: https://keda.sh/docs/latest/scalers/aws-sqs and /reference/scaledobject-spec
const QUEUE_LENGTH = 5
const MAX_REPLICAS = 100
const SQS = 'aws-sqs-queue'

/** What a ScaledObject does not say of the work. */
export interface Work {
  readonly handling: Duration
  readonly concurrency: number
}

/**
 * A KEDA ScaledObject with SQS triggers. Their `queueLength` is how many messages, in flight ones included, there may be
 * for each replica; how long they wait follows from what a handling takes and how many run at a time.
 *
 * @throws UsageError when there is no ScaledObject, or no SQS trigger.
 */
export function fromKeda(documents: readonly Node[], file: string, work: Work): Migration {
  const object = documents.find((document) => document.at('kind').value === 'ScaledObject')
  if (object === undefined)
    throw new UsageError(`${file}: expected a document of kind ScaledObject, got none.`)
  const spec = object.at('spec')
  const triggers = spec.at('triggers').items()
  const ofQueues = triggers.filter((one) => one.at('type').value === SQS)
  const [trigger] = ofQueues
  if (trigger === undefined) return spec.at('triggers').refuse(`a trigger of type ${SQS}`)
  // KEDA goes by the queue that needs most: the shortest queueLength is the shortest wait.
  const { queueLength, countsInFlight, waiting } = shortest(ofQueues.map((one) => lengthOf(one, work)))
  const meanMs = durationMs(work.handling)
  const { min, max } = { min: spec.at('minReplicaCount').number(), max: spec.at('maxReplicaCount').number() }
  return {
    draft: {
      service: spec.at('scaleTargetRef', 'name').text(),
      ...(ofQueues.length === 1
        ? { queue: queueOf(trigger.at('metadata')) }
        : { queues: ofQueues.flatMap((one) => queueOf(one.at('metadata')) ?? []) }),
      region: trigger.at('metadata', 'awsRegion').text(),
      min: min ?? 0,
      max: max ?? MAX_REPLICAS,
      concurrency: work.concurrency,
      handling: work.handling,
      // One that is handled waits for none; and no message waits less than another takes.
      wait: durationOf(Math.max((waiting * meanMs) / work.concurrency, meanMs, 1_000)),
      cpu: utilizationOf(triggers, 'cpu'),
      memory: utilizationOf(triggers, 'memory'),
    },
    notes: [
      `queueLength ${queueLength}${countsInFlight ? ', in flight ones included,' : ''} at ${work.concurrency} at a time and ${work.handling} each is what objective.wait stands for; state the wait that you want instead.`,
      ...(ofQueues.length > 1
        ? ['KEDA scales by the one queue that needs most; Longshore by the work of all of them together.']
        : []),
      ...notCarried(spec, triggers),
    ],
  }
}

interface Length {
  readonly queueLength: number
  readonly countsInFlight: boolean
  /** Of those, the ones that wait. */
  readonly waiting: number
}

function lengthOf(trigger: Node, { concurrency }: Work): Length {
  const queueLength = trigger.at('metadata', 'queueLength').number() ?? QUEUE_LENGTH
  const { value } = trigger.at('metadata', 'scaleOnInFlight')
  const countsInFlight = value !== 'false' && value !== false
  return { queueLength, countsInFlight, waiting: countsInFlight ? queueLength - concurrency : queueLength }
}

function shortest(lengths: readonly Length[]): Length {
  return lengths.reduce((least, each) => (each.waiting < least.waiting ? each : least))
}

/** Of a trigger `cpu` or `memory` by utilization; one of an amount has no counterpart. */
function utilizationOf(triggers: readonly Node[], type: string): number | undefined {
  return triggers
    .find((trigger) => isUtilization(trigger, type))
    ?.at('metadata', 'value')
    .number()
}

function isUtilization(trigger: Node, type: string): boolean {
  const kind = trigger.at('metricType').value ?? trigger.at('metadata', 'type').value
  return trigger.at('type').value === type && kind === 'Utilization'
}

function queueOf(metadata: Node): string | undefined {
  const url = metadata.at('queueURL').text()
  if (url === undefined && metadata.at('queueURLFromEnv').isThere) return undefined
  return url?.split('/').at(-1) ?? metadata.at('queueURL').refuse('the URL or the name of a queue')
}

function notCarried(spec: Node, triggers: readonly Node[]): string[] {
  const types = triggers
    .filter((trigger) => !isUtilization(trigger, 'cpu') && !isUtilization(trigger, 'memory'))
    .map((trigger) => String(trigger.at('type').value))
    .filter((type) => type !== SQS)
  const options = ['idleReplicaCount', 'fallback', 'advanced'].filter((name) => spec.at(name).isThere)
  return [
    ...types.map((type) => `The trigger ${type} was not carried over.`),
    ...options.map((name) => `spec.${name} was not carried over.`),
  ]
}
