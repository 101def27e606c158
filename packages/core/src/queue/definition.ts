import type { SQSClient } from '@aws-sdk/client-sqs'
import type { StandardSchemaV1 } from '@standard-schema/spec'

/** What {@link defineQueue} takes. */
export interface QueueOptions<Input, Output> {
  /** The queue's URL. Wins over `name`. May be undefined while only tests run, on a queue in memory. */
  url?: string | undefined
  /** The queue's name, if its URL is not at hand; the URL is then asked of SQS once, at start. */
  name?: string | undefined
  /** What a message is, by any schema that speaks Standard Schema: zod, valibot, arktype. */
  message: StandardSchemaV1<Input, Output>
  /** Default: the region in the URL's host, else AWS_REGION, else the profile's. There is no built-in region. */
  region?: string | undefined
  /** Where to call instead of AWS. Default: AWS_ENDPOINT_URL_SQS, else AWS_ENDPOINT_URL, else the URL's own host. */
  endpoint?: string | undefined
  /**
   * A client of your own, used for every call and never closed. Default: two of ours, so that long polls never keep
   * settlements waiting for a connection.
   */
  client?: SQSClient | undefined
}

/**
 * A queue and what its messages are: shared by the worker, the producer and the tests.
 * `Input` is what is sent, `Output` what the schema makes of it for the handler.
 */
export interface Queue<Input = unknown, Output = Input> extends Readonly<QueueOptions<Input, Output>> {
  /** The last part of the URL, or the name; `queue` if there is neither. */
  readonly label: string
}

/** Where a queue is, for what needs no more of it. */
export type QueueLocation = Pick<Queue, 'url' | 'name' | 'region' | 'endpoint' | 'client'>
