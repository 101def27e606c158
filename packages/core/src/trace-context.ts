/** What ties a message to the work that sent it. */
export interface TraceContext {
  /** W3C Trace Context; a message attribute of that name. */
  readonly traceparent?: string | undefined
  /** W3C Trace Context; a message attribute of that name. */
  readonly tracestate?: string | undefined
  /** X-Ray's; the system attribute AWSTraceHeader, which takes no room among a message's ten attributes. */
  readonly traceHeader?: string | undefined
}
