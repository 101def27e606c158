import type { S3Client } from '@aws-sdk/client-s3'
import { z } from 'zod'
import type { Duration } from '../duration.js'
import { durationMs } from '../duration.js'
import { duration, option, parseOptions, wholeNumber, withMethods } from '../parse-options.js'
import type { LargePayloads } from '../payload-store.js'
import { S3Store } from './s3-store.js'

/** Options of {@link s3Payloads}. */
export interface S3PayloadsOptions {
  /** Where payloads are stored, and read from. Give it a lifecycle rule: what a crash leaves behind goes with it. */
  bucket: string
  /** What the keys of stored payloads begin with; the rest is a UUID. At most 900 letters, digits and `. / _ -`; default none. */
  prefix?: string | undefined
  /**
   * Messages of more bytes, attributes included, are stored; 0 stores every one. 0–1,048,576; default 262,144, which a queue
   * takes whenever it was made, and about where storing becomes cheaper than four or more 64 KiB requests of SQS.
   */
  above?: number | undefined
  /**
   * When a payload is removed: 'done', once the delete of its message is confirmed; false leaves it to a lifecycle rule, as
   * it must be where several queues get the same messages from one topic. Default 'done'.
   */
  deleteAfter?: 'done' | false | undefined
  /** Other buckets that messages may point to. Payloads are read from there and never removed. Default none. */
  readFrom?: readonly string[] | undefined
  /** How long one attempt may take. 1 s–15 m; default '30s'. */
  callTimeout?: Duration | undefined
  /** Default: AWS_REGION, else the profile's. */
  region?: string | undefined
  /** Where to call instead of AWS. Default: AWS_ENDPOINT_URL_S3, else AWS_ENDPOINT_URL. */
  endpoint?: string | undefined
  /** A client of your own, never closed; attempts that it makes by itself count as one. Default: one of ours. */
  client?: S3Client | undefined
}

const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/
const isBucket = (value: unknown): boolean => typeof value === 'string' && BUCKET.test(value)

const schema: z.ZodType<S3PayloadsOptions> = z.strictObject({
  bucket: z.custom<string>(isBucket, { error: "a bucket's name" }),
  // What the Extended Client Library for Java takes as a prefix, so that it may share the bucket.
  prefix: option<string>('at most 900 letters, digits and . / _ -', (value) =>
    /^[\w./-]{1,900}$/.test(String(value)),
  ),
  above: wholeNumber(0, 1_048_576),
  deleteAfter: option<'done' | false>("'done' or false", (value) => value === 'done' || value === false),
  readFrom: option<readonly string[]>(
    'names of buckets',
    (value) => Array.isArray(value) && value.every(isBucket),
  ),
  callTimeout: duration('1s', '15m'),
  region: option<string>(
    "a region, such as 'eu-west-1'",
    (value) => typeof value === 'string' && value !== '',
  ),
  endpoint: option<string>("a URL, such as 'http://127.0.0.1:4566'", (value) => URL.canParse(String(value))),
  client: withMethods<S3Client>('an S3Client of @aws-sdk/client-s3', ['send', 'destroy']),
})

/**
 * Large payloads in an S3 bucket, for `defineQueue({ largePayloads })`: the producer stores what is too large for a
 * message, the worker fetches it before it handles the message. The wire form is that of the Amazon SQS Extended Client
 * Libraries, which may be at the other end. Makes no connection by itself.
 *
 * The task role needs s3:PutObject to send, s3:GetObject to handle, s3:DeleteObject for `deleteAfter`; and s3:ListBucket, or
 * S3 says of a payload that is gone that access to it is denied.
 *
 * @throws OptionsError listing every problem.
 */
export function s3Payloads(options: S3PayloadsOptions): LargePayloads {
  const given = parseOptions('s3Payloads', schema, options)
  const { above = 262_144, deleteAfter = 'done', callTimeout = '30s' } = given
  const callTimeoutMs = durationMs(callTimeout)
  return Object.freeze({ above, deleteAfter, callTimeoutMs, open: () => new S3Store(given, process.env) })
}
