import type { SQSClient } from '@aws-sdk/client-sqs'
import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { EnvelopeKind } from '../envelope.js'
import type { LargePayloads } from '../payload-store.js'
import type { Transport } from './transport.js'

/** How messages of older versions become messages of the current one, before the schema sees them. */
export interface Versions {
  /** The property of a message that holds its version, a whole number; default 'version'. A message without it is of version 1. */
  readonly property?: string | undefined
  /** By version: makes of such a message one of the next version. What it throws is taken for passing: the message is retried. */
  readonly upcast: Readonly<Record<number, (message: never) => unknown>>
}

/** What {@link defineQueue} takes. */
export interface QueueOptions<Input, Output, Kind extends EnvelopeKind = EnvelopeKind> {
  /** The queue's URL. Wins over `name`. May be undefined while only tests run, on a queue in memory. */
  url?: string | undefined
  /** The queue's name, if its URL is not at hand; the URL is then asked of SQS once, at start. */
  name?: string | undefined
  /** What a message is, by any schema that speaks Standard Schema: zod, valibot, arktype. */
  message: StandardSchemaV1<Input, Output>
  /**
   * What the messages come wrapped in: 'raw', nothing; 'sns', notifications of a topic without raw delivery; 'eventbridge',
   * whose `detail` is the message; 's3', whose records are (see {@link s3Records}); 'auto' looks at each. Default 'raw'.
   */
  envelope?: Kind | undefined
  /** How messages of older versions are brought up to date. Default: they are not. */
  versions?: Versions | undefined
  /** Where payloads lie that are too large for a message: `s3Payloads()` of `@longshore/core/large-payloads`. Default: nowhere. */
  largePayloads?: LargePayloads | undefined
  /** The most bytes that a message may have once it is fetched and decompressed. 1 KiB–1 GiB; default 32 MiB. */
  maxPayloadBytes?: number | undefined
  /** Default: the region in the URL's host, else AWS_REGION, else the profile's. There is no built-in region. */
  region?: string | undefined
  /** Where to call instead of AWS. Default: AWS_ENDPOINT_URL_SQS, else AWS_ENDPOINT_URL, else the URL's own host. */
  endpoint?: string | undefined
  /**
   * A client of your own, used for every call and never closed. Default: two of ours, so that long polls never keep
   * settlements waiting for a connection.
   */
  client?: SQSClient | undefined
  /** How calls travel: `undiciTransport()` of `@longshore/core/undici`. Default: the SDK's own transport, over node:https. */
  transport?: Transport | undefined
}

/**
 * A queue and what its messages are: shared by the worker, the producer and the tests.
 * `Input` is what is sent, `Output` what the schema makes of it for the handler, `Kind` what it comes wrapped in.
 */
export interface Queue<
  Input = unknown,
  Output = Input,
  Kind extends EnvelopeKind = EnvelopeKind,
> extends Readonly<QueueOptions<Input, Output, Kind>> {
  /** The last part of the URL, or the name; `queue` if there is neither. */
  readonly label: string
}

/** What telemetry calls a queue: the last part of its URL, its name, or in tests what its port is called. */
export function queueName(
  queue: Pick<Queue, 'url' | 'name' | 'label'>,
  port: { name: string } | undefined,
): string {
  const isNamed = queue.url !== undefined || queue.name !== undefined
  return isNamed ? queue.label : (port?.name ?? queue.label)
}

/** Where a queue is, for what needs no more of it. */
export type QueueLocation = Pick<Queue, 'url' | 'name' | 'region' | 'endpoint' | 'client' | 'transport'>
