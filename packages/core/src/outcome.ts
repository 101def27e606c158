import type { Duration } from './duration.js'
import { DURATION_EXPECTED, isDuration } from './duration.js'

// A brand, so that a handler which returns its own `{ kind: 'retry' }` object is not taken for an ending.
// Registered, so that two copies of this package in one process agree.
const OUTCOME: unique symbol = Symbol.for('longshore.outcome') as never

interface Ending<Kind extends string> {
  readonly [OUTCOME]: true
  readonly kind: Kind
}

/** Handled; the message is deleted. */
export type Done = Ending<'done'>

/** Again later: after `after`, else after a full-jitter backoff that grows with the receive count. */
export interface Retry extends Ending<'retry'> {
  readonly after?: Duration | undefined
  /** What the handler threw, if it threw. */
  readonly error?: unknown
  /** What the handler calls refuses more: an adaptive concurrency takes back slots. */
  readonly isThrottled?: boolean | undefined
}

/** Never again: a copy goes to the dead-letter queue, then the message is deleted. */
export interface DeadLetter extends Ending<'deadLetter'> {
  readonly reason: string
  /** What made the handler give it up, if it says. */
  readonly error?: unknown
}

/** Handed back untouched: visible to every worker at once. SQS counts the receive all the same. */
export type Release = Ending<'release'>

/** How a handling ends. A closed union: a new ending does not compile until `settle/` settles it. */
export type Outcome = Done | Retry | DeadLetter | Release

const DONE: Done = Object.freeze({ [OUTCOME]: true, kind: 'done' } as const)
const RELEASE: Release = Object.freeze({ [OUTCOME]: true, kind: 'release' } as const)

/** The message is handled. Returning anything that is not an {@link Outcome} means the same. */
export function done(): Done {
  return DONE
}

/**
 * Return or throw it to have the message again after `after`, rounded up to whole seconds, at most 12 hours less the
 * time this delivery has been held. Without `after`: the worker's `retry` backoff, as if the handler had thrown. Say
 * `throttled` when it is because what the handler calls refuses more (HTTP 429, a throttling error of AWS): the figures
 * count it, and an adaptive concurrency takes back slots.
 *
 * @throws TypeError when `after` is not a duration.
 */
export function retry(
  options: { after?: Duration | undefined; error?: unknown; throttled?: boolean | undefined } = {},
): Retry {
  const { after, error, throttled: isThrottled } = options
  if (after !== undefined && !isDuration(after)) {
    throw new TypeError(`retry({ after }): expected ${DURATION_EXPECTED}; got ${JSON.stringify(after)}.`)
  }
  return Object.freeze({ [OUTCOME]: true, kind: 'retry', after, error, isThrottled } as const)
}

/**
 * Return or throw it when no retry can help. The message, with all of its attributes, is copied to the dead-letter queue
 * that the queue's RedrivePolicy names, and deleted only once SQS has confirmed the copy; a large payload stays in its
 * store. The copy says why in attributes: `longshore.reason`, `longshore.error` (name and message of `error`),
 * `longshore.receiveCount`, `longshore.source` (the queue's ARN), `longshore.taskArn`, `longshore.traceId`; in one,
 * `longshore.failure` as JSON, where there is no room for each beside the sender's; in none beside ten of the sender's.
 * On a queue without a RedrivePolicy the message is retried instead, and an event says so.
 */
export function deadLetter(reason: string, { error }: { error?: unknown } = {}): DeadLetter {
  return Object.freeze({ [OUTCOME]: true, kind: 'deadLetter', reason, error } as const)
}

/** Return or throw it to hand the message back untouched, for any worker to take at once. */
export function release(): Release {
  return RELEASE
}

/** True for what {@link done}, {@link retry}, {@link deadLetter} and {@link release} make. */
export function isOutcome(value: unknown): value is Outcome {
  return typeof value === 'object' && value !== null && OUTCOME in value
}
