/** What ties a message to the work that sent it. */
export interface TraceContext {
  /** W3C Trace Context; a message attribute of that name. */
  readonly traceparent?: string | undefined
  /** W3C Trace Context; a message attribute of that name. */
  readonly tracestate?: string | undefined
  /** X-Ray's; the system attribute AWSTraceHeader, which takes no room among a message's ten attributes. */
  readonly traceHeader?: string | undefined
}

/** A {@link TraceContext} of one message, told what became of it. */
export interface SentTrace extends TraceContext {
  /** SQS has the message, which has this id then; or the send rejects with this error. */
  onEnded?(ended: { readonly messageId?: string; readonly error?: unknown }): void
}
