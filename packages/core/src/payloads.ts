import type { Decoded } from './decode/decoder.js'
import { Decoder } from './decode/decoder.js'
import type { Delivery } from './delivery.js'
import type { Queue } from './queue/definition.js'

const MAX_BYTES = 33_554_432

/** The payloads of a worker's messages: what the deliveries carry, or point to. */
export class Payloads<Message> {
  readonly #decoder: Decoder<Message>

  constructor(queue: Queue<unknown, Message>) {
    const { message: schema, envelope = 'raw', versions, maxPayloadBytes: maxBytes = MAX_BYTES } = queue
    this.#decoder = new Decoder({ schema, envelope, versions, maxBytes, fetch: undefined })
  }

  decode(delivery: Delivery): Decoded<Message> | undefined | Promise<Decoded<Message> | undefined> {
    return this.#decoder.decode(delivery)
  }
}
