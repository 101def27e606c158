// `@longshore/core/opentelemetry`: spans and metrics by OpenTelemetry's conventions for messaging. Needs @opentelemetry/api.
import type { Meter, Tracer } from '@opentelemetry/api'
import { metrics as metricsApi, trace as traceApi } from '@opentelemetry/api'
import type { Middleware } from '../handler.js'
import type { Observed } from '../observed.js'
import type { SentTrace } from '../trace-context.js'
import { createInstruments } from './metrics.js'
import { traceCalls, tracedHandling, tracedSend } from './spans.js'

/** Options of `openTelemetry`. */
export interface OpenTelemetryOptions {
  /** Default: `trace.getTracer('@longshore/core')` of the registered provider; without one nothing is traced. */
  tracer?: Tracer | undefined
  /** Default: `metrics.getMeter('@longshore/core')` of the registered provider; without one nothing is measured. */
  meter?: Meter | undefined
}

/** What ties workers and producers to OpenTelemetry. */
export interface OpenTelemetry {
  /**
   * A span around each handling, active in the handler; the first of `use`. It begins a trace of its own and is linked to
   * the span that sent the message.
   */
  readonly middleware: Middleware
  /** Spans of a worker's calls, and its metrics. The returned function ends that. */
  observe(worker: Observed): () => void
  /** The `trace` of producers: a span for each message that is sent, which travels with it. */
  readonly trace: (queue: string) => SentTrace
}

const SCOPE = '@longshore/core'

/**
 * Telemetry by OpenTelemetry.
 *
 * @example
 * const telemetry = openTelemetry()
 * const worker = createWorker(thumbnails, handler, { use: [telemetry.middleware] })
 * telemetry.observe(worker)
 * const producer = createProducer(thumbnails, { trace: telemetry.trace })
 */
export function openTelemetry(options: OpenTelemetryOptions = {}): OpenTelemetry {
  const { tracer = traceApi.getTracer(SCOPE), meter = metricsApi.getMeter(SCOPE) } = options
  const instruments = createInstruments(meter)
  return {
    middleware: tracedHandling(tracer),
    observe(worker) {
      const ends = [traceCalls(tracer, worker), instruments.measure(worker)]
      return () => {
        for (const end of ends) end()
      }
    },
    trace: tracedSend(tracer, instruments),
  }
}
