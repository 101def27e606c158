import type { Link, Span, SpanContext, Tracer } from '@opentelemetry/api'
import {
  context as contextApi,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace as traceApi,
} from '@opentelemetry/api'
import { systemClock } from '../clock.js'
import type { Middleware } from '../handler.js'
import type { Observed } from '../observed.js'
import type { Outcome } from '../outcome.js'
import type { SentTrace } from '../trace-context.js'
import type { Operation } from './conventions.js'
import { errorType, operationAttributes, OPERATIONS } from './conventions.js'
import type { Instruments } from './metrics.js'
import { senderOf, senderOfMessage, traceContextOf } from './propagation.js'

/**
 * Around each handling a span that is active in the handler. It begins a trace of its own and is linked to the span that
 * sent the message: as its child, messages that beget messages would be one trace without end.
 */
export function tracedHandling(tracer: Tracer): Middleware {
  return async (_message, context, next) => {
    const span = tracer.startSpan(
      nameOf('process', context.delivery.queue),
      {
        kind: SpanKind.CONSUMER,
        attributes: {
          ...operationAttributes('process', context.delivery.queue),
          'messaging.message.id': context.messageId,
          'longshore.receive_count': context.receiveCount,
          ...(context.groupId === undefined ? {} : { 'longshore.group_id': context.groupId }),
        },
        links: linksTo(senderOf(context)),
      },
      ROOT_CONTEXT,
    )
    try {
      const outcome = await contextApi.with(traceApi.setSpan(ROOT_CONTEXT, span), next)
      noteOutcome(span, outcome)
      return outcome
    } catch (error) {
      span.setAttribute('longshore.outcome', 'retry')
      noteError(span, error)
      throw error
    } finally {
      span.end()
    }
  }
}

/** A span for each message that is sent, in the trace of its sender; it travels with the message. */
export function tracedSend(tracer: Tracer, instruments: Instruments): (queue: string) => SentTrace {
  return (queue) => {
    const startedMs = systemClock.now()
    const attributes = operationAttributes('send', queue)
    const span = tracer.startSpan(nameOf('send', queue), { kind: SpanKind.PRODUCER, attributes })
    return {
      ...traceContextOf(span.spanContext()),
      onEnded({ messageId, error }) {
        if (messageId !== undefined) span.setAttribute('messaging.message.id', messageId)
        if (error !== undefined) noteError(span, error)
        span.end()
        instruments.operated('send', queue, { elapsedMs: systemClock.now() - startedMs, error })
        instruments.sent(queue, error)
      },
    }
  }
}

/** Spans for the calls about messages: receives that brought some, and settlements. The returned function ends that. */
export function traceCalls(tracer: Tracer, worker: Observed): () => void {
  let receive: Span | undefined
  const begin = (operation: Operation, queue: string, call: { elapsedMs: number; entries: number }): Span =>
    tracer.startSpan(
      nameOf(operation, queue),
      {
        kind: SpanKind.CLIENT,
        startTime: systemClock.now() - call.elapsedMs,
        attributes: {
          ...operationAttributes(operation, queue),
          'messaging.batch.message_count': call.entries,
        },
      },
      ROOT_CONTEXT,
    )

  const ends = [
    worker.on('receive:completed', ({ queue, received: entries, elapsedMs }) => {
      if (entries === 0) return
      const span = begin('receive', queue, { entries, elapsedMs })
      receive = span
      // Its messages are told in the same turn: they are linked, and then it ends.
      queueMicrotask(() => {
        receive = undefined
        span.end(systemClock.now())
      })
    }),
    worker.on('delivery:received', ({ delivery }) => {
      const sender = receive && senderOfMessage(delivery.message)
      if (sender !== undefined) receive?.addLink({ context: sender })
    }),
    worker.on('settle:completed', ({ queue, purpose, entries, elapsedMs }) =>
      begin(purpose, queue, { entries, elapsedMs }).end(systemClock.now()),
    ),
    worker.on('settle:failed', ({ queue, purpose, entries, elapsedMs, error }) => {
      // A call that was answered, and refused some of its entries, has been told as completed.
      if (!(error instanceof Error)) return
      const span = begin(purpose, queue, { entries, elapsedMs })
      noteError(span, error)
      span.end(systemClock.now())
    }),
    worker.on('receive:failed', ({ queue, elapsedMs, error }) => {
      const span = begin('receive', queue, { entries: 0, elapsedMs })
      noteError(span, error)
      span.end(systemClock.now())
    }),
  ]
  return () => {
    for (const end of ends) end()
  }
}

function nameOf(operation: Operation, queue: string): string {
  return `${OPERATIONS[operation].name} ${queue}`
}

function linksTo(sender: SpanContext | undefined): Link[] {
  return sender === undefined ? [] : [{ context: sender }]
}

function noteOutcome(span: Span, outcome: Outcome): void {
  span.setAttribute('longshore.outcome', outcome.kind)
  if (outcome.kind === 'deadLetter') {
    span.setAttribute('error.type', 'deadLetter')
    span.setStatus({ code: SpanStatusCode.ERROR, message: outcome.reason })
  }
  if (outcome.kind === 'retry' && outcome.error !== undefined) noteError(span, outcome.error)
}

function noteError(span: Span, error: unknown): void {
  const exception = error instanceof Error ? error : String(error)
  span.recordException(exception)
  span.setAttribute('error.type', errorType(error))
  span.setStatus({
    code: SpanStatusCode.ERROR,
    message: error instanceof Error ? error.message : exception.toString(),
  })
}
