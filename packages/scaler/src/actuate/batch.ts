import type { Clock } from '@longshore/core/time'
import type { Aws, MetricSample } from '../aws/port.js'
import { AwsCallError } from '../errors.js'

/** What {@link batchPublishing} needs. */
export interface BatchOptions {
  /** How many publishers beat together. */
  readonly size: number
  readonly clock: Clock
}

/** Publishers that beat together read for a fraction of a second: the call doesn't wait for who takes longer. */
const LINGER_MS = 500

/**
 * The same connection, on which publishers that beat together share one PutMetricData for each namespace: it goes as soon
 * as all of them have values, or half a second after the first has. What fails, fails for those who shared it.
 */
export function batchPublishing(aws: Aws, { size, clock }: BatchOptions): Aws {
  if (size < 2) return aws
  let waiting: Waiting[] = []
  let cancelLinger = (): void => {}
  const flush = (): void => {
    cancelLinger()
    const due = waiting
    waiting = []
    for (const namespace of new Set(due.map(namespaceOf))) {
      void send(
        aws,
        due.filter((each) => namespaceOf(each) === namespace),
      )
    }
  }
  const flushUnwanted = (): void => {
    if (waiting.every(({ signal }) => signal?.aborted)) flush()
  }
  return {
    ...aws,
    publishMetrics(samples, signal) {
      return new Promise((resolve, reject) => {
        waiting.push({ samples, signal, resolve, reject })
        // Whoever stops does not wait for those who take longer.
        signal?.addEventListener('abort', flushUnwanted, { once: true })
        if (waiting.length >= size) flush()
        else if (waiting.length === 1) cancelLinger = clock.schedule(LINGER_MS, flush)
      })
    },
  }
}

interface Waiting {
  readonly samples: readonly MetricSample[]
  readonly signal: AbortSignal | undefined
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

function namespaceOf({ samples }: Waiting): string | undefined {
  return samples[0]?.metric.namespace
}

/** One call for all who still want it; it is given up only when none of them does any more. */
async function send(aws: Aws, all: readonly Waiting[]): Promise<void> {
  const wanted = all.filter(({ signal }) => !signal?.aborted)
  const abort = new AbortController()
  const giveUp = (): void => {
    if (wanted.every(({ signal }) => signal?.aborted)) abort.abort()
  }
  for (const { signal } of wanted) signal?.addEventListener('abort', giveUp)
  try {
    if (wanted.length === 0) throw new AwsCallError('CALL_ABORTED', 'Publishing was given up.')
    await aws.publishMetrics(
      wanted.flatMap(({ samples }) => samples),
      abort.signal,
    )
    for (const { resolve } of all) resolve()
  } catch (error) {
    for (const { reject } of all) reject(error)
  } finally {
    for (const { signal } of wanted) signal?.removeEventListener('abort', giveUp)
  }
}
