import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { Clock } from '../clock.js'
import { systemClock } from '../clock.js'
import type { Duration } from '../duration.js'
import { durationMs } from '../duration.js'
import type { HandlerContext, Middleware } from '../handler.js'
import type { CompletedOutcome, IdempotencyRecord, IdempotencyStore } from '../idempotency-store.js'
import type { Outcome } from '../outcome.js'
import { deadLetter, done, retry } from '../outcome.js'
import { duration, hasMethods, option, parseOptions, withMethods } from '../parse-options.js'
import { Lock } from './lock.js'

/** Options of `idempotent`. */
export interface IdempotencyOptions<Message = unknown> {
  /** Whose keys these are. Handlers with the same name and store share them; a key is `name#key` there. */
  name: string
  /** Where they are kept: `dynamoDbStore()` of `@longshore/core/idempotency-dynamodb`, or a store of your own. */
  store: IdempotencyStore
  /**
   * What must not be handled twice: messages with the same key. Default: the message's id, which a redelivery keeps and
   * a second send does not. 1–1,024 bytes.
   */
  key?: ((message: Message, context: HandlerContext) => string) | undefined
  /** How long a handled key is remembered. 1 m–365 d; default '24h'. */
  retention?: Duration | undefined
  /** How long a store that fails is asked again before the message goes back. 0 s–15 m; default '20s'. */
  storeTimeout?: Duration | undefined
  /** Time, for tests: the worker's. Default: the machine's. */
  clock?: Clock | undefined
  /** Numbers in [0, 1) for jitter, for tests. Default: Math.random. */
  random?: (() => number) | undefined
}

const STORE_METHODS = ['begin', 'extend', 'complete', 'release']
// A partition key of DynamoDB has at most 2,048 bytes, the name included:
// docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
const MAX_KEY_BYTES = 1_024
const MAX_WAIT_MS = 900_000
const MOST_DOUBLINGS = 6

const schema: z.ZodType<IdempotencyOptions<never>> = z.strictObject({
  name: z.custom<string>(isName, { error: 'a name of 1 to 200 letters, digits, _, -, . and :' }),
  store: z.custom<IdempotencyStore>((value) => hasMethods(value, STORE_METHODS), {
    error: `a store with ${STORE_METHODS.join(', ')}`,
  }),
  key: option<() => string>('a function of the message and its context', isFunction),
  retention: duration('1m', '365d'),
  storeTimeout: duration('0s', '15m'),
  clock: withMethods<Clock>('a clock with now and schedule', ['now', 'schedule']),
  random: option<() => number>('a function that returns numbers in [0, 1)', isFunction),
})

/**
 * Middleware that handles each key once, across workers: the first delivery takes the key and holds it for as long as
 * it holds its lease; others are retried when that is over, and are done without the handler once the key is handled.
 * A handling that fails, or is released, gives the key back.
 *
 * A store that cannot be reached never costs a message: before the handler it is retried; after it, its outcome stands.
 * Workers' clocks may differ by a third of the visibility timeout: a lock is extended that long before it ends.
 *
 * @example
 * createWorker(orders, handler, { use: [idempotent({ name: 'orders', store, key: ({ id }) => id })] })
 *
 * @throws OptionsError listing every problem.
 */
export function idempotent<Message = unknown>(options: IdempotencyOptions<Message>): Middleware<Message> {
  parseOptions('idempotent', schema, options)
  const { name, store, retention = '24h', storeTimeout = '20s' } = options
  const { key = (_message, { messageId }) => messageId } = options
  const { clock = systemClock, random = Math.random } = options
  const retentionMs = durationMs(retention)
  const patienceMs = durationMs(storeTimeout)

  return async (message, context, next) => {
    const lock = new Lock({
      store,
      clock,
      random,
      patienceMs,
      key: `${name}#${checkedKey(key(message, context))}`,
      holder: createHash('sha256').update(context.delivery.receiptHandle).digest('base64url'),
      context,
    })
    const inTheWay = await lock.begin()
    if (inTheWay !== undefined) return insteadOf(inTheWay, context, clock.now())
    let outcome: Outcome
    try {
      outcome = await next()
    } catch (error) {
      await lock.release()
      throw error
    }
    const completed = completedOutcome(outcome)
    if (completed === undefined) await lock.release()
    else if (!(await lock.complete(completed, clock.now() + retentionMs)))
      context.log.warn({ outcome: outcome.kind }, 'Handled, but not recorded: it may be handled again')
    return outcome
  }
}

/** How a delivery ends whose key another has, or has handled. */
function insteadOf(record: IdempotencyRecord, context: HandlerContext, nowMs: number): Outcome {
  if (record.state === 'completed') {
    context.log.debug({ outcome: record.outcome.kind }, 'Handled before: ends without its handler')
    return record.outcome.kind === 'done' ? done() : deadLetter(record.outcome.reason)
  }
  const waitMs = retryWaitMs(record.untilMs - nowMs, context.receiveCount)
  context.log.debug({ waitMs }, 'In progress elsewhere: retried when that lease is over')
  return retry({ after: `${Math.ceil(waitMs / 1_000)}s` })
}

// Until the lock ends. Its holder may go on extending it, and each look costs a receive on the way to the dead-letter
// queue: from one to the next the wait doubles.
function retryWaitMs(remainingMs: number, receiveCount: number): number {
  const leftMs = Math.max(remainingMs, 1_000)
  const doubledMs = leftMs * 2 ** Math.min(receiveCount - 1, MOST_DOUBLINGS)
  return Math.max(leftMs, Math.min(doubledMs, MAX_WAIT_MS))
}

function completedOutcome(outcome: Outcome): CompletedOutcome | undefined {
  if (outcome.kind === 'done') return { kind: 'done' }
  if (outcome.kind === 'deadLetter') return { kind: 'deadLetter', reason: outcome.reason }
  return undefined
}

function checkedKey(key: unknown): string {
  const bytes = typeof key === 'string' ? Buffer.byteLength(key) : 0
  if (typeof key === 'string' && bytes > 0 && bytes <= MAX_KEY_BYTES) return key
  const got = typeof key === 'string' ? `${bytes} bytes` : typeof key
  throw new TypeError(
    `The key of an idempotent handler: expected a text of 1 to ${MAX_KEY_BYTES} bytes, got ${got}.`,
  )
}

function isName(value: unknown): boolean {
  return typeof value === 'string' && /^[\w.:-]{1,200}$/.test(value)
}

function isFunction(value: unknown): boolean {
  return typeof value === 'function'
}
