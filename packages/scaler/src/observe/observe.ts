import type { Clock } from '@longshore/core/time'
import type { Aws, QueueCounts } from '../aws/port.js'
import type { Service, ServiceQueue } from '../config/service.js'
import { AwsCallError } from '../errors.js'
import type { Observation, QueueObservation, Reading, WorkerTelemetry } from './observation.js'

/** Where a scaler hears of the workers, where it does: read once a beat. What it throws is a missing reading. */
export type TelemetrySource = (signal?: AbortSignal) => Promise<WorkerTelemetry | undefined>

/** What reading needs. */
export interface ObserveOptions {
  readonly aws: Aws
  readonly clock: Clock
  readonly telemetry?: TelemetrySource | undefined
  readonly signal?: AbortSignal | undefined
}

/** Reads the queues and the service, side by side. Never rejects: what failed is a missing reading. */
export async function observe(service: Service, options: ObserveOptions): Promise<Observation> {
  const { aws, clock, telemetry: source, signal } = options
  const atMs = clock.now()
  const [counts, telemetry, ...queues] = await Promise.all([
    reading(aws.serviceCounts(service, signal)),
    source && reading(source(signal)),
    ...service.queues.map((queue) => observeQueue(queue, options)),
  ])
  const isHeard = telemetry === undefined || !('code' in telemetry)
  const workers = isHeard ? { telemetry: telemetry?.value } : { telemetry: undefined, unheard: telemetry }
  return { atMs, queue: sumOf(queues), queues, service: counts, ...workers }
}

async function observeQueue(queue: ServiceQueue, options: ObserveOptions): Promise<QueueObservation> {
  const { aws, clock, signal } = options
  const [counts, noisy] = await Promise.all([
    reading(aws.queueCounts(queue.name, signal)),
    queue.isFair ? reading(aws.noisyVisible(queue.name, clock.now(), signal)) : undefined,
  ])
  const isIncomplete = counts.value !== undefined && noisy !== undefined && 'code' in noisy
  return { name: queue.name, counts: isIncomplete ? noisy : counts, noisyVisible: noisy?.value }
}

/** The queues' counts together; missing when one is. */
function sumOf(queues: readonly QueueObservation[]): Reading<QueueCounts> {
  const sum = { visible: 0, inFlight: 0, delayed: 0 }
  for (const { counts } of queues) {
    if (counts.value === undefined) return counts
    sum.visible += counts.value.visible
    sum.inFlight += counts.value.inFlight
    sum.delayed += counts.value.delayed
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
