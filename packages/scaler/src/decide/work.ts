import type { Service } from '../config/service.js'
import type { Observation } from '../observe/observation.js'

/** What the queues of a service hold, as work of its slots. */
export interface Work {
  /** Slot-seconds that wait: visible messages × the time to handle one, of all queues. */
  readonly waitingSeconds: number
  /** The same in messages of the service's mean. */
  readonly waitingMessages: number
  /** Messages in flight. */
  readonly inFlight: number
  /** Slot-seconds that they take, from beginning to end. */
  readonly inFlightSeconds: number
  readonly delayed: number
}

/**
 * The work of an observation; undefined when a queue could not be read. Of a fair queue, what noisy groups had waiting is
 * left out; messages that came since count until they are known to be noisy. Delayed messages are no work yet: SQS does
 * not tell when they will be.
 */
export function workOf(service: Service, { queues, telemetry }: Observation): Work | undefined {
  const factor = (telemetry?.meanHandlingMs ?? service.handling.meanMs) / service.handling.meanMs
  const sum = { waitingSeconds: 0, inFlight: 0, inFlightSeconds: 0, delayed: 0 }
  for (const [index, { counts, noisyVisible = 0 }] of queues.entries()) {
    if (counts.value === undefined) return undefined
    const { visible, inFlight, delayed } = counts.value
    const meanMs = (service.queues[index]?.meanMs ?? service.handling.meanMs) * factor
    // A queue of noisy groups alone still is work, for the tasks there are.
    const waiting = Math.max(Math.min(visible, 1), visible - noisyVisible)
    sum.waitingSeconds += (waiting * meanMs) / 1_000
    sum.inFlight += inFlight
    sum.inFlightSeconds += (inFlight * meanMs) / 1_000
    sum.delayed += delayed
  }
  const meanSeconds = (service.handling.meanMs * factor) / 1_000
  return { ...sum, waitingMessages: sum.waitingSeconds / meanSeconds }
}
