import type { Context, SpanContext, TextMapGetter } from '@opentelemetry/api'
import {
  createTraceState,
  isSpanContextValid,
  propagation,
  ROOT_CONTEXT,
  trace as traceApi,
  TraceFlags,
} from '@opentelemetry/api'
import type { MessageAttribute, ReceivedMessage } from '../delivery.js'
import type { HandlerContext } from '../handler.js'
import type { TraceContext } from '../trace-context.js'

type Attributes = Readonly<Record<string, MessageAttribute>>

// W3C Trace Context, version 00: version-traceid-parentid-flags.
const TRACEPARENT = /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-|$)/
// X-Ray's ids are W3C's with the first eight digits set apart:
// docs.aws.amazon.com/xray/latest/devguide/xray-api-sendingdata.html#xray-api-traceids
const XRAY_ROOT = /(?:^|;)\s*Root=1-([0-9a-f]{8})-([0-9a-f]{24})/i
const XRAY_PARENT = /(?:^|;)\s*Parent=([0-9a-f]{16})/i
const XRAY_SAMPLED = /(?:^|;)\s*Sampled=1/i

const attributeGetter: TextMapGetter<Attributes> = {
  keys: (attributes) => Object.keys(attributes),
  get: (attributes, key) => textOf(attributes[key]),
}

/**
 * The span that a message was sent in, if its sender said so: by the propagators of this process, by `traceparent`, or by
 * X-Ray's header; in the message's attributes, or in those of what was published to the topic that it came through.
 */
export function senderOf({ delivery, envelope }: HandlerContext): SpanContext | undefined {
  const published = envelope.kind === 'sns' ? envelope : 'sns' in envelope ? envelope.sns : undefined
  return (published && fromAttributes(published.attributes)) ?? senderOfMessage(delivery.message)
}

/** {@link senderOf}, as far as the message itself knows, before it is unwrapped. */
export function senderOfMessage({ attributes, traceHeader }: ReceivedMessage): SpanContext | undefined {
  return fromAttributes(attributes) ?? fromTraceHeader(traceHeader)
}

/** What travels with a message that is sent in this span. */
export function traceContextOf(span: SpanContext): TraceContext | undefined {
  if (!isSpanContextValid(span)) return undefined
  const { traceId, spanId } = span
  const sampled = span.traceFlags & TraceFlags.SAMPLED
  return {
    traceparent: `00-${traceId}-${spanId}-0${sampled}`,
    tracestate: span.traceState?.serialize(),
    traceHeader: `Root=1-${traceId.slice(0, 8)}-${traceId.slice(8)};Parent=${spanId};Sampled=${sampled}`,
  }
}

function fromAttributes(attributes: Attributes): SpanContext | undefined {
  const extracted: Context = propagation.extract(ROOT_CONTEXT, attributes, attributeGetter)
  const span = traceApi.getSpanContext(extracted)
  return span !== undefined && isSpanContextValid(span) ? span : fromTraceparent(attributes)
}

function fromTraceparent(attributes: Attributes): SpanContext | undefined {
  const [, traceId = '', spanId = '', flags = ''] =
    TRACEPARENT.exec(textOf(attributes.traceparent) ?? '') ?? []
  const state = textOf(attributes.tracestate)
  const traceState = state === undefined ? {} : { traceState: createTraceState(state) }
  return remote({
    traceId,
    spanId,
    traceFlags: Number.parseInt(flags, 16) & TraceFlags.SAMPLED,
    ...traceState,
  })
}

function fromTraceHeader(header = ''): SpanContext | undefined {
  const [, epoch = '', unique = ''] = XRAY_ROOT.exec(header) ?? []
  const [, parent = ''] = XRAY_PARENT.exec(header) ?? []
  const traceFlags = XRAY_SAMPLED.test(header) ? TraceFlags.SAMPLED : TraceFlags.NONE
  return remote({ traceId: (epoch + unique).toLowerCase(), spanId: parent.toLowerCase(), traceFlags })
}

function remote(span: SpanContext): SpanContext | undefined {
  return isSpanContextValid(span) ? { ...span, isRemote: true } : undefined
}

function textOf(attribute: MessageAttribute | undefined): string | undefined {
  return typeof attribute?.value === 'string' ? attribute.value : undefined
}
