import { z } from 'zod'
import type { Duration } from './duration.js'
import { durationMs } from './duration.js'
import type { EnvelopeKind } from './envelope.js'
import { OptionsError } from './errors.js'
import type { Handler, HandlerContext } from './handler.js'
import type { Logger } from './log.js'
import { duration, parseOptions, wholeNumber } from './parse-options.js'

/** Options of {@link handleBatch}. */
export interface BatchOptions {
  /** The most messages of a batch. 2–10,000; default 10. More than ten come from several receives. */
  size?: number | undefined
  /** How long the first message of a batch waits for others. 0 s–5 m; default '1s'. */
  maxWait?: Duration | undefined
}

/** One message of a batch, with what a handler of single messages would know of it. */
export interface BatchItem<Message, Kind extends EnvelopeKind = EnvelopeKind> {
  readonly message: Message
  readonly context: HandlerContext<Kind>
}

/** What is known of a batch as a whole. */
export interface BatchContext {
  /**
   * Aborts when nothing of the batch is left to be done: its time is over, the task stops, or every lease is lost. The
   * signal of each message aborts with the lease of that message.
   */
  readonly signal: AbortSignal
  readonly log: Logger
}

/**
 * Handles several messages at a time. Returning means that all are done; throwing, that all are retried. An array says of
 * each message, in its place, how it ended: an outcome, an error, or what `Promise.allSettled` says; anything else is done.
 */
export type BatchFunction<Message, Kind extends EnvelopeKind = EnvelopeKind> = (
  batch: readonly BatchItem<Message, Kind>[],
  context: BatchContext,
) => unknown

/** A handler of batches, made by {@link handleBatch}: takes the place of a handler. */
export interface BatchHandler<Message, Kind extends EnvelopeKind = EnvelopeKind> {
  readonly run: BatchFunction<Message, Kind>
  readonly size: number
  readonly maxWaitMs: number
}

/** How a queue's messages are handled: one by one, or in batches. */
export type AnyHandler<Message, Kind extends EnvelopeKind = EnvelopeKind> =
  Handler<Message, Kind> | BatchHandler<Message, Kind>

const schema: z.ZodType<BatchOptions> = z.strictObject({
  size: wholeNumber(2, 10_000),
  maxWait: duration('0s', '5m'),
})

/**
 * Makes a handler of several messages at a time. A batch takes one slot, and its messages are read, leased, timed and
 * settled one by one: one that cannot be read is rejected alone.
 *
 * @example
 * const worker = createWorker(orders, handleBatch(async (batch) => {
 *   const { failed } = await insert(batch.map(({ message }) => message))
 *   return batch.map((_, index) => (failed.has(index) ? retry() : done()))
 * }, { size: 100 }))
 *
 * @throws OptionsError listing every problem.
 */
export function handleBatch<Message, Kind extends EnvelopeKind = EnvelopeKind>(
  run: BatchFunction<Message, Kind>,
  options: BatchOptions = {},
): BatchHandler<Message, Kind> {
  const { size = 10, maxWait = '1s' } = parseOptions('handleBatch', schema, options)
  if (typeof run !== 'function') {
    const got = run === null ? 'null' : typeof run
    throw new OptionsError('handleBatch', [{ path: 'handler', expected: 'a function', got }])
  }
  return Object.freeze({ run, size, maxWaitMs: durationMs(maxWait) })
}

export function isBatchHandler(handler: unknown): handler is BatchHandler<never> {
  return typeof handler === 'object' && handler !== null && 'run' in handler && 'size' in handler
}
