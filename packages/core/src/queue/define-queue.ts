import type { SQSClient } from '@aws-sdk/client-sqs'
import type { StandardSchemaV1 } from '@standard-schema/spec'
import { z } from 'zod'
import { hasMethods, option, parseOptions, wholeNumber, withMethods } from '../parse-options.js'
import type { EnvelopeKind } from '../envelope.js'
import type { LargePayloads } from '../payload-store.js'
import type { Queue, QueueOptions, Versions } from './definition.js'
import type { Transport } from './transport.js'

const KINDS = ['raw', 'sns', 'eventbridge', 's3', 'auto']

const isText = (value: unknown): boolean => typeof value === 'string' && value !== ''
const isHttpUrl = (value: unknown): boolean =>
  typeof value === 'string' && URL.canParse(value) && /^https?:$/.test(new URL(value).protocol)

const schema: z.ZodType<QueueOptions<unknown, unknown>> = z
  .strictObject({
    url: option<string>(
      "a queue URL, such as 'https://sqs.eu-west-1.amazonaws.com/123456789012/orders'",
      isHttpUrl,
    ),
    name: option<string>('a queue name: letters, digits, - and _, at most 80', (value) =>
      /^[\w-]{1,75}(\.fifo)?$|^[\w-]{1,80}$/.test(String(value)),
    ),
    message: z.custom<StandardSchemaV1>(isStandardSchema, {
      error: 'a schema that speaks Standard Schema (zod, valibot, arktype)',
    }),
    envelope: option<EnvelopeKind>(`one of ${KINDS.map((kind) => `'${kind}'`).join(', ')}`, (value) =>
      KINDS.includes(value as string),
    ),
    versions: z
      .strictObject({
        property: option<string>('the name of a property', isText),
        upcast: z.custom<Versions['upcast']>(hasOnlyFunctions, {
          error: 'functions by version, a whole number',
        }),
      })
      .optional(),
    largePayloads: withMethods<LargePayloads>('s3Payloads() of @longshore/core/large-payloads', ['open']),
    maxPayloadBytes: wholeNumber(1_024, 1_073_741_824),
    region: option<string>("a region, such as 'eu-west-1'", isText),
    endpoint: option<string>("a URL, such as 'http://127.0.0.1:4566'", isHttpUrl),
    client: withMethods<SQSClient>('an SQSClient of @aws-sdk/client-sqs', ['send', 'destroy']),
    transport: option<Transport>('undiciTransport()', (value) => typeof value === 'function'),
  })
  .superRefine(({ client, transport }, context) => {
    if (client === undefined || transport === undefined) return
    context.addIssue({
      code: 'custom',
      path: ['transport'],
      message: 'none beside client, which has its own',
    })
  })

function hasOnlyFunctions(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  return Object.entries(value).every(([version, step]) => /^\d+$/.test(version) && typeof step === 'function')
}

function isStandardSchema(value: unknown): boolean {
  // arktype's schemas are functions.
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return false
  return hasMethods(Reflect.get(value, '~standard'), ['validate'])
}

/**
 * Names a queue and what its messages are. Makes no call and no connection, so a module can define its queue when it is
 * imported; a `url` that is still undefined is only an error when a worker or producer is created on it.
 *
 * @throws OptionsError listing every problem.
 */
export function defineQueue<Input, Output, Kind extends EnvelopeKind = 'raw'>(
  options: QueueOptions<Input, Output, Kind>,
): Queue<Input, Output, Kind> {
  parseOptions('defineQueue', schema, options)
  return Object.freeze({ ...options, label: labelOf(options) })
}

function labelOf({ url, name }: { url?: string | undefined; name?: string | undefined }): string {
  return url?.slice(url.lastIndexOf('/') + 1) ?? name ?? 'queue'
}
