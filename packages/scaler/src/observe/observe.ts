import type { Clock } from '@longshore/core/time'
import type { Aws, QueueCounts } from '../aws/port.js'
import type { Service } from '../config/service.js'
import { AwsCallError } from '../errors.js'
import type { Observation, Reading } from './observation.js'

/** What reading needs. */
export interface ObserveOptions {
  readonly aws: Aws
  readonly clock: Clock
  readonly signal?: AbortSignal | undefined
}

/** Reads the queues and the service, side by side. Never rejects: what failed is a missing reading. */
export async function observe(service: Service, options: ObserveOptions): Promise<Observation> {
  const { aws, clock, signal } = options
  const atMs = clock.now()
  const [counts, ...queues] = await Promise.all([
    reading(aws.serviceCounts(service, signal)),
    ...service.queues.map(({ name }) => reading(aws.queueCounts(name, signal))),
  ])
  return { atMs, queue: sumOf(queues), service: counts }
}

/** The queues' counts together; missing when one is. */
function sumOf(queues: readonly Reading<QueueCounts>[]): Reading<QueueCounts> {
  const sum = { visible: 0, inFlight: 0, delayed: 0 }
  for (const each of queues) {
    if (each.value === undefined) return each
    sum.visible += each.value.visible
    sum.inFlight += each.value.inFlight
    sum.delayed += each.value.delayed
  }
  return { value: sum }
}

/** A call's answer as a reading; whatever the call throws is the reason why there is none. */
export async function reading<T>(call: Promise<T>): Promise<Reading<T>> {
  try {
    return { value: await call }
  } catch (error) {
    if (error instanceof AwsCallError) return { value: undefined, code: error.code, reason: error.message }
    return {
      value: undefined,
      code: 'CALL_FAILED',
      reason: error instanceof Error ? error.message : String(error),
    }
  }
}
