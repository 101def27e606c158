import type { Delivery, MessageAttribute } from './delivery.js'
import type { EnvelopeKind, EnvelopeOf } from './envelope.js'
import type { Logger } from './log.js'
import type { Outcome } from './outcome.js'
import { done, isOutcome } from './outcome.js'

/**
 * Handles one message. Returning means done: the message is deleted. Throwing means retry, after a backoff. Anything
 * else is said with `retry()`, `deadLetter()` or `release()`, returned or thrown.
 */
export type Handler<Message, Kind extends EnvelopeKind = EnvelopeKind> = (
  message: Message,
  context: HandlerContext<Kind>,
) => unknown

/** What a handler knows besides the message itself. */
export interface HandlerContext<Kind extends EnvelopeKind = EnvelopeKind> {
  /**
   * Aborts when the handling should end. Its `reason` says why: `HandlerTimeoutError`, `LeaseLostError` (another worker
   * may have the message now), or `DrainDeadlineError` (the task is being stopped). Hand it to whatever can be aborted.
   */
  readonly signal: AbortSignal
  readonly messageId: string
  /** How often SQS has handed this message out, this time included; 1 on the first attempt. */
  readonly receiveCount: number
  readonly sentAt: Date
  readonly groupId: string | undefined
  /** The message's own attributes, by name. */
  readonly attributes: Readonly<Record<string, MessageAttribute>>
  /** What the message came wrapped in, by the queue's `envelope`; its `kind` tells them apart. */
  readonly envelope: EnvelopeOf<Kind>
  /** The receipt itself, with its raw message. */
  readonly delivery: Delivery
  /** The worker's logger; every entry carries the message's id and receive count. */
  readonly log: Logger
}

/**
 * Wraps the handling of a message. `next()` runs what is inside: the next middleware, and at last the handler. It resolves
 * with how that ended, an outcome that was thrown included, and rejects with anything else that was thrown. The handling
 * ends as the middleware says, or as it throws; without `next()` the handler never runs.
 *
 * @example
 * const timed: Middleware = async (message, { log }, next) => {
 *   const outcome = await next()
 *   log.info({ outcome: outcome.kind }, 'Handled')
 *   return outcome
 * }
 */
export type Middleware<Message = unknown> = (
  message: Message,
  context: HandlerContext,
  next: () => Promise<Outcome>,
) => Outcome | Promise<Outcome>

/** `handler` inside `middleware`, the first one outermost; the very same handler when there is none. */
export function wrapHandler<Message>(
  handler: Handler<Message>,
  middleware: readonly Middleware<Message>[],
): Handler<Message> {
  if (middleware.length === 0) return handler
  const innermost: Wrapped<Message> = (message, context) => endingOf(handler, message, context)
  return middleware.reduceRight<Wrapped<Message>>(
    (inner, outer) => async (message, context) => {
      const outcome: unknown = await outer(message, context, () => inner(message, context))
      // To take it for done would delete a message that the handler may have asked to have again.
      if (!isOutcome(outcome)) throw new TypeError(NO_OUTCOME)
      return outcome
    },
    innermost,
  )
}

type Wrapped<Message> = (message: Message, context: HandlerContext) => Promise<Outcome>

const NO_OUTCOME = 'A middleware returned no outcome: return what next() resolves with, or done(), retry(), …'

async function endingOf<Message>(
  handler: Handler<Message>,
  message: Message,
  context: HandlerContext,
): Promise<Outcome> {
  try {
    const returned = await handler(message, context)
    return isOutcome(returned) ? returned : done()
  } catch (thrown) {
    if (isOutcome(thrown)) return thrown
    throw thrown
  }
}
