import { z } from 'zod'
import type { Clock } from './clock.js'
import { systemClock } from './clock.js'
import type { Duration } from './duration.js'
import { durationMs } from './duration.js'
import { LifecycleError, PayloadError, SendError } from './errors.js'
import { duration, option, parseOptions, wholeNumber, withMethods } from './parse-options.js'
import { readPayload } from './payload.js'
import type { SendOptions } from './producer/entry.js'
import { entryOf } from './producer/entry.js'
import type { Sent } from './producer/outbox.js'
import { Outbox } from './producer/outbox.js'
import type { Queue } from './queue/definition.js'
import { GuardedPort } from './queue/guarded-port.js'
import { openQueue } from './queue/open-queue.js'
import type { QueueOperation, QueuePort } from './queue/port.js'

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
   * Resolves when SQS has the message. Concurrent sends share calls, ten messages or 1 MiB each.
   *
   * @throws PayloadError when the message, as JSON, fails the queue's schema, or is too large.
   * @throws OptionsError when the options do not fit the queue.
   * @throws SendError when SQS refuses the message itself.
   * @throws QueueCallError when the queue cannot be reached within `sendTimeout`, does not exist or refuses us.
   * @throws LifecycleError after `close()`.
   */
  send(message: Input, options?: SendOptions): Promise<Sent>
  /**
   * Sends every message, as fast as SQS takes them, holding no more than `maxPending` of them. Stops reading at the first
   * that fails, waits for those under way, and then rejects.
   *
   * @throws SendError with the failure of that message as its cause.
   */
  sendAll(messages: Iterable<Input> | AsyncIterable<Input>, options?: SendOptions): Promise<{ sent: number }>
  /** Sends what waits for company, and resolves when nothing is on its way. */
  flush(): Promise<void>
  /** Flushes, then closes the connections. No send is taken from the moment it is called. */
  close(): Promise<void>
  /** Messages on their way, and calls to SQS by operation. */
  stats(): { pending: number; calls: Readonly<Partial<Record<QueueOperation, number>>> }
}

const schema: z.ZodType<ProducerOptions> = z.strictObject({
  linger: duration('0ms', '5s'),
  sendTimeout: duration('1s', '1h'),
  maxPending: wholeNumber(1, 100_000),
  maxCalls: wholeNumber(1, 100),
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
  return new QueueProducer(queue, parseOptions('createProducer', schema, options))
}

class QueueProducer<Input, Output> implements Producer<Input> {
  readonly #queue: Queue<Input, Output>
  readonly #port: GuardedPort
  readonly #outbox: Outbox
  readonly #isFifo: boolean
  readonly #sends = new Set<Promise<Sent>>()
  #closing: Promise<void> | undefined

  constructor(queue: Queue<Input, Output>, options: ProducerOptions) {
    const { linger = '20ms', sendTimeout = '30s', maxPending = 1_000, maxCalls = 10 } = options
    const { clock = systemClock, random = Math.random } = options
    this.#queue = queue
    this.#port = new GuardedPort(options.port ?? openQueue(queue), { clock })
    this.#isFifo = this.#port.name.endsWith('.fifo')
    this.#outbox = new Outbox({
      clock,
      random,
      lingerMs: durationMs(linger),
      timeoutMs: durationMs(sendTimeout),
      maxCalls: this.#isFifo ? 1 : maxCalls,
      maxPending,
      sendBatch: (entries) => this.#port.sendBatch(entries),
    })
  }

  send(message: Input, options: SendOptions = {}): Promise<Sent> {
    const sending = this.#send(message, options)
    const over = (): void => void this.#sends.delete(sending)
    this.#sends.add(sending)
    sending.then(over, over)
    return sending
  }

  async sendAll(
    messages: Iterable<Input> | AsyncIterable<Input>,
    options: SendOptions = {},
  ): Promise<{ sent: number }> {
    let sent = 0
    let index = 0
    let failure: SendError | undefined
    for await (const message of messages) {
      await this.#outbox.room()
      if (failure !== undefined) break
      const place = index
      index += 1
      this.send(message, options).then(
        () => (sent += 1),
        (cause: unknown) => (failure ??= failureOf(place, cause)),
      )
    }
    await this.flush()
    if (failure !== undefined) throw failure
    return { sent }
  }

  async flush(): Promise<void> {
    await this.#outbox.flushUntil(Promise.allSettled(this.#sends))
  }

  close(): Promise<void> {
    this.#closing ??= this.flush().finally(() => this.#port.close())
    return this.#closing
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  stats(): { pending: number; calls: Readonly<Partial<Record<QueueOperation, number>>> } {
    return { pending: this.#outbox.pending, calls: { ...this.#port.calls } }
  }

  async #send(message: Input, options: SendOptions): Promise<Sent> {
    if (this.#closing !== undefined) throw new LifecycleError('This producer is closed; create another one.')
    const body = bodyOf(message)
    // The worker will see the JSON, not the object: a Date, say, must pass as the text that it becomes.
    const read = readPayload(this.#queue.message, body)
    if (read instanceof Promise) await read
    const entry = entryOf(body, options, this.#isFifo)
    if (!this.#outbox.hasRoom) await this.#outbox.room()
    return await this.#outbox.add(entry)
  }
}

function bodyOf(message: unknown): string {
  const body: string | undefined = JSON.stringify(message)
  if (body !== undefined) return body
  throw new PayloadError('The message has no JSON form.', [{ path: '', message: `is a ${typeof message}` }])
}

function failureOf(index: number, cause: unknown): SendError {
  const text = cause instanceof Error ? cause.message : String(cause)
  return new SendError(`Message ${index} (counted from 0) was not sent. ${text}`, { cause })
}
