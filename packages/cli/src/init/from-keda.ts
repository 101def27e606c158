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
 * A KEDA ScaledObject with one SQS trigger. Its `queueLength` is how many messages, in flight ones included, there may be
 * for each replica; how long they wait follows from what a handling takes and how many run at a time.
 *
 * @throws UsageError when there is no ScaledObject, or not one SQS trigger.
 */
export function fromKeda(documents: readonly Node[], file: string, work: Work): Migration {
  const object = documents.find((document) => document.at('kind').value === 'ScaledObject')
  if (object === undefined)
    throw new UsageError(`${file}: expected a document of kind ScaledObject, got none.`)
  const spec = object.at('spec')
  const triggers = spec.at('triggers').items()
  const [trigger, ...others] = triggers.filter((one) => one.at('type').value === SQS)
  if (trigger === undefined || others.length > 0) {
    return spec.at('triggers').refuse(`one trigger of type ${SQS}: several queues are several services here`)
  }
  const queueLength = trigger.at('metadata', 'queueLength').number() ?? QUEUE_LENGTH
  const countsInFlight = trigger.at('metadata', 'scaleOnInFlight').value !== 'false'
  const waiting = countsInFlight ? queueLength - work.concurrency : queueLength
  const meanMs = durationMs(work.handling)
  const { min, max } = { min: spec.at('minReplicaCount').number(), max: spec.at('maxReplicaCount').number() }
  return {
    draft: {
      service: spec.at('scaleTargetRef', 'name').text(),
      queue: queueOf(trigger.at('metadata')),
      region: trigger.at('metadata', 'awsRegion').text(),
      min: min ?? 0,
      max: max ?? MAX_REPLICAS,
      concurrency: work.concurrency,
      handling: work.handling,
      // One that is handled waits for none; and no message waits less than another takes.
      wait: durationOf(Math.max((waiting * meanMs) / work.concurrency, meanMs, 1_000)),
    },
    notes: [
      `queueLength ${queueLength}${countsInFlight ? ', in flight ones included,' : ''} at ${work.concurrency} at a time and ${work.handling} each is what objective.wait stands for; state the wait that you want instead.`,
      ...notCarried(spec, triggers),
    ],
  }
}

function queueOf(metadata: Node): string | undefined {
  const url = metadata.at('queueURL').text()
  if (url === undefined && metadata.at('queueURLFromEnv').isThere) return undefined
  return url?.split('/').at(-1) ?? metadata.at('queueURL').refuse('the URL or the name of a queue')
}

function notCarried(spec: Node, triggers: readonly Node[]): string[] {
  const types = triggers.map((trigger) => String(trigger.at('type').value)).filter((type) => type !== SQS)
  const options = ['idleReplicaCount', 'fallback', 'advanced'].filter((name) => spec.at(name).isThere)
  return [
    ...types.map((type) => `The trigger ${type} was not carried over.`),
    ...options.map((name) => `spec.${name} was not carried over.`),
  ]
}
