import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { Delivery, MessageAttribute } from '../delivery.js'
import type { EnvelopeKind, EnvelopeOf, RawEnvelope, SnsEnvelope } from '../envelope.js'
import type { PayloadPointer } from '../payload-store.js'
import { parseJson, unreadable, validated } from '../payload.js'
import type { Versions } from '../queue/definition.js'
import { decompress, encodingOf } from './compression.js'
import { eventBridgeEnvelope, isEventBridge } from './eventbridge.js'
import { isPointer, pointerOf } from './pointer.js'
import { isS3Event, isS3TestEvent, s3RecordsOf } from './s3-events.js'
import { isSns, snsEnvelope } from './sns.js'
import { upcast } from './versions.js'

/** What the decoder is given by its owner: what a queue's definition says of its messages. */
export interface DecoderParts<Message> {
  readonly schema: StandardSchemaV1<unknown, Message>
  readonly envelope: EnvelopeKind
  readonly versions: Versions | undefined
  readonly maxBytes: number
  /** Gets a payload that lies elsewhere; undefined where the queue's definition names no place. */
  readonly fetch: ((pointer: PayloadPointer, signal: AbortSignal) => Promise<string>) | undefined
}

/** A message as its handler gets it. */
export interface Decoded<Message> {
  readonly message: Message
  readonly envelope: EnvelopeOf<EnvelopeKind>
}

type MaybeDecoded<Message> = Decoded<Message> | undefined

type Attributes = Readonly<Record<string, MessageAttribute>>

const RAW: RawEnvelope = Object.freeze({ kind: 'raw' })

const NOT_IN_ENVELOPE = {
  sns: 'is no notification of SNS (envelope)',
  eventbridge: 'is no event of EventBridge (envelope)',
  s3: 'is no event notification of S3 (envelope)',
} as const

/**
 * From a delivery to the message in it: fetch, decompress, unwrap, bring up to date, validate. SNS is unwrapped below any
 * other envelope, because all of them may come through a topic; a published message may itself be fetched and unfolded.
 *
 * Answers at once for a plain body, unless the schema is asynchronous: most messages are that.
 */
export class Decoder<Message> {
  readonly #parts: DecoderParts<Message>

  constructor(parts: DecoderParts<Message>) {
    this.#parts = parts
  }

  /**
   * Undefined for a message that tells of nothing, such as the test event of S3.
   *
   * @throws PayloadError when the message can never be read; anything else may pass.
   */
  decode(delivery: Delivery): MaybeDecoded<Message> | Promise<MaybeDecoded<Message>> {
    const { body, attributes } = delivery.message
    if (!isEncoded(attributes)) return this.#unwrap(body, delivery)
    return this.#plainText(body, attributes, delivery).then((text) => this.#unwrap(text, delivery))
  }

  async #plainText(body: string, attributes: Attributes, delivery: Delivery): Promise<string> {
    const text = isPointer(attributes) ? await this.#fetched(pointerOf(body), delivery) : body
    const encoding = encodingOf(attributes)
    return encoding === undefined ? text : await decompress(text, encoding, this.#parts.maxBytes)
  }

  async #fetched(pointer: PayloadPointer, delivery: Delivery): Promise<string> {
    const { fetch } = this.#parts
    if (fetch !== undefined) return await fetch(pointer, delivery.signal)
    throw unreadable("lies in S3, and the queue's definition has no largePayloads to get it from")
  }

  #unwrap(text: string, delivery: Delivery): MaybeDecoded<Message> | Promise<MaybeDecoded<Message>> {
    const value = parseJson(text)
    if (this.#parts.envelope === 'raw') return this.#validated(value, RAW)
    if (!isSns(value)) return this.#open(value, undefined)
    const sns = snsEnvelope(value)
    if (!isEncoded(sns.attributes)) return this.#open(parseJson(value.Message), sns)
    const published = this.#plainText(value.Message, sns.attributes, delivery)
    return published.then((inner) => this.#open(parseJson(inner), sns))
  }

  #open(
    value: unknown,
    sns: SnsEnvelope | undefined,
  ): MaybeDecoded<Message> | Promise<MaybeDecoded<Message>> {
    const { envelope } = this.#parts
    const mayBe = (kind: EnvelopeKind): boolean => envelope === kind || envelope === 'auto'
    if (isS3TestEvent(value)) return undefined
    if (envelope === 'sns' && sns !== undefined) return this.#validated(value, sns)
    if (mayBe('eventbridge') && isEventBridge(value))
      return this.#validated(value.detail, eventBridgeEnvelope(value, sns))
    if (mayBe('s3') && isS3Event(value)) {
      const records = s3RecordsOf(value)
      return this.#validated(records, { kind: 's3', records, sns })
    }
    if (envelope === 'auto' || envelope === 'raw') return this.#validated(value, sns ?? RAW)
    throw unreadable(NOT_IN_ENVELOPE[envelope])
  }

  #validated(
    value: unknown,
    envelope: EnvelopeOf<EnvelopeKind>,
  ): Decoded<Message> | Promise<Decoded<Message>> {
    const { schema, versions } = this.#parts
    const message = validated(schema, upcast(versions, value))
    return message instanceof Promise
      ? message.then((awaited) => ({ message: awaited, envelope }))
      : { message, envelope }
  }
}

function isEncoded(attributes: Attributes): boolean {
  return isPointer(attributes) || encodingOf(attributes) !== undefined
}
