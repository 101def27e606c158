import type { Clock } from '@longshore/core/time'
import type { Aws } from '../aws/port.js'
import type { Service } from '../config/service.js'
import type { WorkerTelemetry } from './observation.js'
import type { TelemetrySource } from './observe.js'

/** Workers publish once a minute. */
const READ_EVERY_MS = 60_000
/** What was measured so long ago still serves where CloudWatch fails: it was a mean of ten minutes then. */
const STALE_AFTER_MS = 5 * 60_000
/** A mean of fewer handlings may be of the unusual ones. */
const LEAST_HANDLED = 20

/**
 * What the workers of a service publish of themselves in CloudWatch, read once a minute: how long handling takes. Busy
 * slots come from the queue, which knows them now and not a minute ago. Of several queues each keeps its configured share:
 * one that takes twice as long as another still does. Undefined until enough was handled. What CloudWatch does not answer
 * is not taken for that: the configured mean, where the real one is longer, would take tasks away.
 */
export function measuredHandling(
  service: Service,
  of: { readonly aws: Aws; readonly clock: Clock },
): TelemetrySource {
  const { aws, clock } = of
  const { dimensions = {} } = service.handling.measured || {}
  let last: { readonly atMs: number; readonly telemetry: WorkerTelemetry | undefined } | undefined
  const measure = async (nowMs: number, signal?: AbortSignal): Promise<WorkerTelemetry | undefined> => {
    const handled = await Promise.all(
      service.queues.map(async ({ name, meanMs }) => {
        const { namespace } = service.metric
        const metrics = { namespace, service: service.service, queue: name, dimensions }
        return { meanMs, ...(await aws.handled(metrics, nowMs, signal)) }
      }),
    )
    const count = handled.reduce((sum, each) => sum + each.count, 0)
    const busyMs = handled.reduce((sum, each) => sum + each.busyMs, 0)
    const configuredMs = handled.reduce((sum, each) => sum + each.count * each.meanMs, 0)
    const isEnough = count >= LEAST_HANDLED && busyMs > 0
    const meanHandlingMs = (service.handling.meanMs * busyMs) / configuredMs
    return isEnough ? { meanHandlingMs } : undefined
  }
  return async (signal) => {
    const nowMs = clock.now()
    const ageMs = nowMs - (last?.atMs ?? -Infinity)
    if (last !== undefined && ageMs < READ_EVERY_MS) return last.telemetry
    try {
      last = { atMs: nowMs, telemetry: await measure(nowMs, signal) }
    } catch (error) {
      if (last === undefined || ageMs >= STALE_AFTER_MS) throw error
    }
    return last.telemetry
  }
}
