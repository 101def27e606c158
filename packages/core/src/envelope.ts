import type { MessageAttribute } from './delivery.js'

/** The message was sent to the queue as it is, or published to SNS with raw delivery. */
export interface RawEnvelope {
  readonly kind: 'raw'
}

/** The message came through an SNS topic; its `Message` is what the schema reads. */
export interface SnsEnvelope {
  readonly kind: 'sns'
  /** SNS's own id of what was published: the same in every queue that it reached. */
  readonly messageId: string
  readonly topicArn: string
  readonly subject: string | undefined
  readonly publishedAt: Date | undefined
  /** What was published with it; not the attributes of the SQS message, which has none. */
  readonly attributes: Readonly<Record<string, MessageAttribute>>
  /** FIFO topics only. */
  readonly sequenceNumber: string | undefined
}

/** The message is an event of EventBridge; its `detail` is what the schema reads. */
export interface EventBridgeEnvelope {
  readonly kind: 'eventbridge'
  readonly id: string
  readonly detailType: string
  readonly source: string
  readonly account: string | undefined
  readonly region: string | undefined
  readonly time: Date | undefined
  readonly resources: readonly string[]
  /** The topic that it came through, if it did. */
  readonly sns: SnsEnvelope | undefined
}

/** One object of which an S3 event notification tells. */
export interface S3Record {
  /** `ObjectCreated:Put`, `ObjectRemoved:Delete`, … */
  readonly eventName: string
  readonly bucket: string
  /** As the object is called: S3 writes it URL-encoded, with `+` for a space, and this is decoded. */
  readonly key: string
  /** Bytes; undefined for what is removed. */
  readonly size: number | undefined
  readonly eTag: string | undefined
  readonly versionId: string | undefined
  /** Hexadecimal; orders the events of one key. */
  readonly sequencer: string | undefined
  readonly region: string | undefined
  readonly time: Date | undefined
  /** The record as S3 wrote it. */
  readonly raw: Readonly<Record<string, unknown>>
}

/** The message is an S3 event notification; its records are what the schema reads. */
export interface S3Envelope {
  readonly kind: 's3'
  readonly records: readonly S3Record[]
  /** The topic that it came through, if it did. */
  readonly sns: SnsEnvelope | undefined
}

/** What a message may come wrapped in, by kind. */
export interface Envelopes {
  readonly raw: RawEnvelope
  readonly sns: SnsEnvelope
  readonly eventbridge: EventBridgeEnvelope
  readonly s3: S3Envelope
}

/** What the messages of a queue come wrapped in; `auto` looks at each. */
export type EnvelopeKind = keyof Envelopes | 'auto'

/** What a handler learns of its message's envelope; of an `auto` queue, any of them. */
export type EnvelopeOf<Kind extends EnvelopeKind> = Kind extends keyof Envelopes
  ? Envelopes[Kind]
  : Envelopes[keyof Envelopes]
