import type { Observation, QueueCounts, ServiceCounts, WorkerTelemetry } from '../src/index.js'

/** A complete reading of one queue and its service. */
export function observation(
  counts: Partial<QueueCounts> & Partial<ServiceCounts> & { readonly atMs?: number } = {},
  more: { readonly noisyVisible?: number; readonly telemetry?: WorkerTelemetry } = {},
): Observation {
  const { atMs = 0, visible = 0, inFlight = 0, delayed = 0, running = 0, pending = 0 } = counts
  const { desired = running + pending, isDeploying = false } = counts
  const queue = { value: { visible, inFlight, delayed } }
  return {
    atMs,
    queue,
    queues: [{ name: 'thumbnails', counts: queue, noisyVisible: more.noisyVisible }],
    service: { value: { desired, running, pending, isDeploying } },
    telemetry: more.telemetry,
  }
}
