import type { Clock } from './clock.js'
import type { Decoded } from './decode/decoder.js'
import { Decoder } from './decode/decoder.js'
import { isPointer, pointerOf } from './decode/pointer.js'
import type { Delivery } from './delivery.js'
import { LifecycleError, PayloadStoreError } from './errors.js'
import type { Events } from './events.js'
import { PayloadCalls } from './payload-calls.js'
import type { Queue } from './queue/definition.js'

const MAX_BYTES = 33_554_432

/** What the payloads are given by the worker. */
export interface PayloadsParts {
  /** What events call the queue. */
  readonly name: string
  readonly clock: Clock
  readonly random: () => number
  readonly events: Events
}

/** The payloads of a worker's messages: what the deliveries carry, or point to. */
export class Payloads<Message> {
  readonly #decoder: Decoder<Message>
  readonly #calls: PayloadCalls | undefined
  readonly #removes: boolean
  readonly #name: string
  readonly #events: Events
  readonly #removals = new Set<Promise<void>>()
  readonly #stop = new AbortController()

  constructor(queue: Queue<unknown, Message>, { name, clock, random, events }: PayloadsParts) {
    const { message: schema, envelope = 'raw', versions, largePayloads: payloads } = queue
    const { maxPayloadBytes: maxBytes = MAX_BYTES } = queue
    const calls = payloads && new PayloadCalls({ payloads, clock, random })
    this.#name = name
    this.#events = events
    this.#calls = calls
    this.#removes = payloads?.deleteAfter === 'done'
    this.#decoder = new Decoder({
      schema,
      envelope,
      versions,
      maxBytes,
      fetch: calls && ((pointer, signal) => calls.get(pointer, maxBytes, signal)),
    })
  }

  decode(delivery: Delivery): Decoded<Message> | undefined | Promise<Decoded<Message> | undefined> {
    return this.#decoder.decode(delivery)
  }

  /**
   * Removes the payload of a message that is done, and whose delete SQS has confirmed: before that it may come again, and
   * would be lost. A payload that came through SNS stays, since other queues may have the same pointer.
   */
  removeAfter(delivery: Delivery): void {
    if (this.#calls === undefined || !this.#removes || !isPointer(delivery.message.attributes)) return
    const removal = this.#remove(this.#calls, delivery)
    this.#removals.add(removal)
    void removal.then(() => this.#removals.delete(removal))
  }

  /** Resolves when no removal is under way. */
  async whenRemoved(): Promise<void> {
    while (this.#removals.size > 0) await Promise.all(this.#removals)
  }

  /** Gives up what is under way, and closes the connections. */
  close(): void {
    this.#stop.abort(new LifecycleError('The worker stopped before the payload was removed.'))
    this.#calls?.close()
  }

  async #remove(calls: PayloadCalls, delivery: Delivery): Promise<void> {
    try {
      await calls.remove(pointerOf(delivery.message.body), this.#stop.signal)
    } catch (thrown) {
      const error = thrown instanceof PayloadStoreError ? thrown : givenUp(delivery, thrown)
      this.#events.emit('payload:failed', { queue: this.#name, delivery, error })
    }
  }
}

function givenUp({ messageId }: Delivery, thrown: unknown): PayloadStoreError {
  const detail = thrown instanceof Error ? thrown.message : String(thrown)
  const place = `of message ${messageId}`
  return new PayloadStoreError({ operation: 'remove', place, detail, mayPass: false, cause: thrown })
}
