import { z } from 'zod'
import type { Clock } from './clock.js'
import type { Encoding } from './decode/compression.js'
import { ENCODINGS } from './decode/compression.js'
import type { Duration } from './duration.js'
import { OptionsError } from './errors.js'
import { duration, option, parseOptions, wholeNumber, withMethods } from './parse-options.js'
import type { SendOptions } from './producer/entry.js'
import type { Sent } from './producer/outbox.js'
import type { Queue } from './queue/definition.js'
import type { QueueOperation, QueuePort } from './queue/port.js'
import { QueueProducer } from './queue-producer.js'
import type { SentTrace } from './trace-context.js'

/** Options of `createProducer`. Every one has a default. */
export interface ProducerOptions {
  /** How long the first message of a batch waits for company. 0 ms–5 s; default '20ms'. */
  linger?: Duration | undefined
  /** How long a message is tried, through throttling and lost connections, before `send` rejects. 1 s–1 h; default '30s'. */
  sendTimeout?: Duration | undefined
  /** How many messages may be on their way; `send` waits for room beyond that. 1–100,000; default 1,000. */
  maxPending?: number | undefined
  /** Calls at a time. 1–100; default 10. A FIFO queue always gets one at a time, which keeps the order. */
  maxCalls?: number | undefined
  /**
   * Compresses bodies of more than `above` bytes (0–1,048,576; default 1,024) where that makes them smaller: 'gzip', 'br', or
   * 'zstd' from Node 22.15, alone or as `encoding`. A worker of Longshore unfolds them; others find the encoding in the
   * attribute `content-encoding`. Default: none.
   */
  compress?: Encoding | { encoding: Encoding; above?: number | undefined } | undefined
  /**
   * Asked once for each message, when it is sent, with the queue's name: the trace context that travels with it. What it
   * throws is ignored. Default: none.
   */
  trace?: ((queue: string) => SentTrace | undefined) | undefined
  /** The queue itself, for tests: `memoryQueue()` of `@longshore/core/testing`. Default: SQS. */
  port?: QueuePort | undefined
  /** Time, for tests: `manualClock()` of `@longshore/core/testing`. Default: the machine's. */
  clock?: Clock | undefined
  /** Numbers in [0, 1) for jitter, for tests. Default: Math.random. */
  random?: (() => number) | undefined
}

/** Sends messages of one queue, checked by its schema. Made by {@link createProducer}. */
export interface Producer<Input> extends AsyncDisposable {
  /**
   * Resolves when SQS has the message. Concurrent sends share calls, ten messages or 1 MiB each. While `maxPending` are on
   * their way it waits for room, in the order of calling.
   *
   * @throws PayloadError when the message, as JSON, fails the queue's schema, or is too large.
   * @throws OptionsError when the options do not fit the queue.
   * @throws SendError when SQS refuses the message itself.
   * @throws QueueCallError when the queue cannot be reached within `sendTimeout`, does not exist or refuses us.
   * @throws LifecycleError after `close()`.
   */
  send(message: Input, options?: SendOptions): Promise<Sent>
  /** {@link send}, unless it would have to wait for room: undefined then, and nothing is sent. */
  trySend(message: Input, options?: SendOptions): Promise<Sent> | undefined
  /** True while `maxPending` messages are on their way. */
  readonly isFull: boolean
  /**
   * Sends every message, as fast as SQS takes them, holding no more than `maxPending` of them. Stops reading at the first
   * that fails, waits for those under way, and then rejects. `options` may differ by message.
   *
   * @throws SendError with the failure of that message as its cause.
   */
  sendAll(
    messages: Iterable<Input> | AsyncIterable<Input>,
    options?: SendOptions | ((message: Input) => SendOptions),
  ): Promise<{ sent: number }>
  /** Sends what waits for company, and resolves when nothing is on its way. */
  flush(): Promise<void>
  /**
   * Flushes, then closes the connections, and says what became of the messages that were on their way. No send is taken from
   * the moment it is called. What SQS has not confirmed at the deadline is given up: its `send` rejects with a
   * LifecycleError, though it may have arrived. Default: none; `sendTimeout` bounds each message.
   *
   * @throws OptionsError when the deadline is neither a duration nor a Date.
   */
  close(options?: { deadline?: Duration | Date | undefined }): Promise<CloseReport>
  stats(): ProducerStats
}

/** What became of the messages that were on their way when a producer was closed. */
export interface CloseReport {
  readonly sent: number
  /** Refused by SQS, or not taken within `sendTimeout`. */
  readonly failed: number
  /** Given up at the deadline: they may have arrived. */
  readonly unconfirmed: number
  readonly elapsedMs: number
}

/** A snapshot of a producer. */
export interface ProducerStats {
  /** Messages on their way, those that wait for room not included. */
  readonly pending: number
  /** Messages that SQS has confirmed. */
  readonly sent: number
  /** Messages whose `send` rejected. */
  readonly failed: number
  /** Calls to SQS by operation, failed ones included. */
  readonly calls: Readonly<Partial<Record<QueueOperation, number>>>
}

const compression = z.union(
  [
    z.literal(ENCODINGS),
    z.strictObject({ encoding: z.literal(ENCODINGS), above: wholeNumber(0, 1_048_576) }),
  ],
  { error: `${ENCODINGS.map((name) => `'${name}'`).join(' or ')}, or { encoding, above }` },
)

const schema: z.ZodType<ProducerOptions> = z.strictObject({
  linger: duration('0ms', '5s'),
  sendTimeout: duration('1s', '1h'),
  maxPending: wholeNumber(1, 100_000),
  maxCalls: wholeNumber(1, 100),
  compress: compression.optional(),
  trace: option<(queue: string) => SentTrace | undefined>(
    'a function that returns a trace context',
    (value) => typeof value === 'function',
  ),
  port: withMethods<QueuePort>('a queue port', ['sendBatch', 'close']),
  clock: withMethods<Clock>('a clock with now and schedule', ['now', 'schedule']),
  random: option<() => number>(
    'a function that returns numbers in [0, 1)',
    (value) => typeof value === 'function',
  ),
})

/**
 * Makes a producer for `queue`; no call is made before the first send.
 *
 * @example
 * await using producer = createProducer(thumbnails)
 * await producer.send({ bucket: 'photos', key: 'cat.jpg' })
 *
 * @throws OptionsError listing every problem.
 */
export function createProducer<Input, Output>(
  queue: Queue<Input, Output>,
  options: ProducerOptions = {},
): Producer<Input> {
  const { envelope = 'raw' } = queue
  if (envelope !== 'raw' && envelope !== 'auto') {
    const expected = `'raw' or 'auto': what others wrap is not sent to the queue itself`
    throw new OptionsError('createProducer', [{ path: 'queue.envelope', expected, got: `'${envelope}'` }])
  }
  return new QueueProducer(queue, parseOptions('createProducer', schema, options))
}
