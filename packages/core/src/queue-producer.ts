import { systemClock, sleep } from './clock.js'
import type { Duration } from './duration.js'
import { DURATION_EXPECTED, durationMs, isDuration } from './duration.js'
import { Drafting } from './drafting.js'
import { LifecycleError, OptionsError, SendError } from './errors.js'
import { PayloadCalls } from './payload-calls.js'
import { readPayload } from './payload.js'
import type { CloseReport, Producer, ProducerOptions, ProducerStats } from './producer.js'
import type { Attributes } from './producer/attributes.js'
import { bodyOf } from './producer/body.js'
import type { Entry, SendOptions } from './producer/entry.js'
import { checkedAttributes, entryOf } from './producer/entry.js'
import type { Sent } from './producer/outbox.js'
import { Outbox } from './producer/outbox.js'
import type { Queue } from './queue/definition.js'
import { queueName } from './queue/definition.js'
import { GuardedPort } from './queue/guarded-port.js'
import { openQueue } from './queue/open-queue.js'
import type { SentTrace } from './trace-context.js'

const COMPRESSION_ABOVE = 1_024

/** The one life of a producer: open → closing → closed. */
export class QueueProducer<Input, Output> implements Producer<Input> {
  readonly #queue: Queue<Input, Output>
  readonly #options: ProducerOptions
  readonly #port: GuardedPort
  readonly #payloads: PayloadCalls | undefined
  readonly #drafting: Drafting
  /** Aborts when a close gives up what is on its way. */
  readonly #stop = new AbortController()
  readonly #outbox: Outbox
  readonly #isFifo: boolean
  readonly #sends = new Set<Promise<Sent>>()
  readonly #counts = { sent: 0, failed: 0 }
  /** On a FIFO queue: resolves when the send before has put its message in the outbox, or has failed. */
  #lastTurn: Promise<unknown> = Promise.resolve()
  #closing: Promise<CloseReport> | undefined

  constructor(queue: Queue<Input, Output>, options: ProducerOptions) {
    const { linger = '20ms', sendTimeout = '30s', maxPending = 1_000, maxCalls = 10 } = options
    const { clock = systemClock, random = Math.random } = options
    const { largePayloads: payloads } = queue
    this.#queue = queue
    this.#options = options
    this.#port = new GuardedPort(options.port ?? openQueue(queue), { clock })
    this.#isFifo = this.#port.name.endsWith('.fifo')
    const calls = payloads && new PayloadCalls({ payloads, clock, random })
    const timeoutMs = durationMs(sendTimeout)
    this.#payloads = calls
    this.#drafting = new Drafting({
      compression: compressionOf(options),
      offload: calls && {
        above: calls.above,
        put: (body) => calls.put(body, clock.now() + timeoutMs, this.#stop.signal),
      },
    })
    this.#outbox = new Outbox({
      clock,
      random,
      lingerMs: durationMs(linger),
      timeoutMs,
      maxCalls: this.#isFifo ? 1 : maxCalls,
      maxPending,
      sendBatch: (entries, stop) => this.#port.sendBatch(entries, stop),
    })
  }

  get isFull(): boolean {
    return this.#outbox.isFull
  }

  send(message: Input, options: SendOptions = {}): Promise<Sent> {
    return this.#sendIn(this.#outbox.reserve(), message, options)
  }

  trySend(message: Input, options: SendOptions = {}): Promise<Sent> | undefined {
    return this.#outbox.isFull ? undefined : this.send(message, options)
  }

  async sendAll(
    messages: Iterable<Input> | AsyncIterable<Input>,
    options: SendOptions | ((message: Input) => SendOptions) = {},
  ): Promise<{ sent: number }> {
    let sent = 0
    let index = 0
    let failure: SendError | undefined
    for await (const message of messages) {
      const given = typeof options === 'function' ? options(message) : options
      await this.#outbox.reserve()
      if (failure !== undefined) {
        this.#outbox.release()
        break
      }
      const place = index
      index += 1
      this.#sendIn(undefined, message, given).then(
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

  close({ deadline }: { deadline?: Duration | Date | undefined } = {}): Promise<CloseReport> {
    const { clock = systemClock } = this.#options
    const deadlineMs = deadline === undefined ? undefined : instantMs(deadline, clock.now())
    this.#closing ??= this.#close(deadlineMs)
    return this.#closing
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  stats(): ProducerStats {
    return { pending: this.#outbox.pending, ...this.#counts, calls: { ...this.#port.calls } }
  }

  /** Sends in a place that was reserved; it is there when `place` resolves. */
  #sendIn(place: Promise<void> | undefined, message: Input, options: SendOptions): Promise<Sent> {
    // Asked at once: the sender's trace context is the one of this turn.
    const trace =
      this.#options.trace && quietly(() => this.#options.trace?.(queueName(this.#queue, this.#port)))
    const sent = this.#send(place, { message, options, trace })
    const sending = trace?.onEnded === undefined ? sent : reported(trace, sent)
    this.#sends.add(sending)
    sending.then(
      () => this.#over(sending, 'sent'),
      () => this.#over(sending, 'failed'),
    )
    return sending
  }

  #over(sending: Promise<Sent>, count: 'sent' | 'failed'): void {
    this.#sends.delete(sending)
    this.#counts[count] += 1
  }

  // Most messages wait for nothing: they are in the outbox when `send` returns.
  #send(place: Promise<void> | undefined, sending: Sending<Input>): Promise<Sent> {
    if (place !== undefined || this.#isFifo) return this.#sendInTurn(place, sending)
    try {
      const entry = this.#entry(this.#sketch(sending))
      return entry instanceof Promise ? this.#addWhenMade(entry) : this.#outbox.add(entry)
    } catch (error) {
      this.#outbox.release()
      return Promise.reject(error)
    }
  }

  async #addWhenMade(making: Promise<Entry>): Promise<Sent> {
    const entry = await making.catch((error: unknown) => {
      this.#outbox.release()
      throw error
    })
    return await this.#outbox.add(entry)
  }

  // What is compressed or put elsewhere takes longer than what is not: on a FIFO queue none may overtake.
  async #sendInTurn(place: Promise<void> | undefined, sending: Sending<Input>): Promise<Sent> {
    const before = this.#lastTurn
    let end = (): void => {}
    this.#lastTurn = new Promise<void>((resolve) => {
      end = resolve
    })
    let entry: Entry
    try {
      const sketch = this.#sketch(sending)
      await place
      entry = await this.#entry(sketch)
      if (this.#isFifo) await before
    } catch (error) {
      // Its place comes in its turn even when it is known before that it is not needed.
      await place
      this.#outbox.release()
      throw error
    } finally {
      end()
    }
    return await this.#outbox.add(entry)
  }

  /** Read at once: the caller may go on with its object. */
  #sketch({ message, options, trace }: Sending<Input>): Sketch {
    const body = this.#bodyOf(message)
    const attributes = this.#drafting.withTrace(checkedAttributes(options, this.#isFifo), trace)
    return {
      body,
      attributes,
      options: trace === undefined ? options : { traceHeader: trace.traceHeader, ...options },
    }
  }

  #entry(sketch: Sketch): Entry | Promise<Entry> {
    // The worker will see the JSON, not the object: a Date, say, must pass as the text that it becomes.
    const read = readPayload(this.#queue.message, sketch.body)
    return read instanceof Promise ? read.then(() => this.#drafted(sketch)) : this.#drafted(sketch)
  }

  #drafted({ body, attributes, options }: Sketch): Entry | Promise<Entry> {
    const content = this.#drafting.draft(body, attributes)
    if (!(content instanceof Promise)) return entryOf(content, options, this.#isFifo)
    return content.then((made) => entryOf(made, options, this.#isFifo))
  }

  #bodyOf(message: Input): string {
    if (this.#closing !== undefined) throw new LifecycleError('This producer is closed; create another one.')
    return bodyOf(message)
  }

  async #close(deadlineMs: number | undefined): Promise<CloseReport> {
    const { clock = systemClock } = this.#options
    const startedMs = clock.now()
    const { sent, failed } = this.#counts
    const over = new AbortController()
    const flushed = this.flush().finally(() => over.abort())
    let unconfirmed = 0
    if (deadlineMs !== undefined) {
      await sleep(clock, deadlineMs - startedMs, over.signal)
      unconfirmed = this.#sends.size
      const error = new LifecycleError('The producer was closed before SQS had confirmed the message.')
      this.#stop.abort(error)
      this.#outbox.abandon(error)
    }
    await flushed
    this.#port.close()
    this.#payloads?.close()
    return {
      sent: this.#counts.sent - sent,
      failed: this.#counts.failed - failed - unconfirmed,
      unconfirmed,
      elapsedMs: clock.now() - startedMs,
    }
  }
}

interface Sending<Input> {
  readonly message: Input
  readonly options: SendOptions
  readonly trace: SentTrace | undefined
}

/** A message as it was when it was sent. */
interface Sketch {
  readonly body: string
  readonly attributes: Attributes
  readonly options: SendOptions
}

async function reported(trace: SentTrace, sending: Promise<Sent>): Promise<Sent> {
  try {
    const sent = await sending
    quietly(() => trace.onEnded?.({ messageId: sent.messageId }))
    return sent
  } catch (error) {
    quietly(() => trace.onEnded?.({ error }))
    throw error
  }
}

/** Telemetry that fails must not keep a message from being sent. */
function quietly<T>(run: () => T): T | undefined {
  try {
    return run()
  } catch {
    return undefined
  }
}

function compressionOf({
  compress,
}: ProducerOptions): { encoding: 'gzip' | 'br' | 'zstd'; above: number } | undefined {
  if (compress === undefined) return undefined
  return typeof compress === 'string'
    ? { encoding: compress, above: COMPRESSION_ABOVE }
    : { encoding: compress.encoding, above: compress.above ?? COMPRESSION_ABOVE }
}

function instantMs(deadline: Duration | Date, nowMs: number): number {
  if (deadline instanceof Date) return deadline.getTime()
  if (isDuration(deadline)) return nowMs + durationMs(deadline)
  const got = JSON.stringify(deadline)
  throw new OptionsError('close', [{ path: 'deadline', expected: `a Date, or ${DURATION_EXPECTED}`, got }])
}

function failureOf(index: number, cause: unknown): SendError {
  const text = cause instanceof Error ? cause.message : String(cause)
  return new SendError(`Message ${index} (counted from 0) was not sent. ${text}`, { cause })
}
