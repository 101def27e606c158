import { brotliCompressSync, gzipSync } from 'node:zlib'
import * as zlib from 'node:zlib'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { compress, ENCODINGS } from '../../src/decode/compression.js'
import type { Decoded } from '../../src/decode/decoder.js'
import { Decoder } from '../../src/decode/decoder.js'
import type { MessageAttribute } from '../../src/delivery.js'
import { Delivery } from '../../src/delivery.js'
import type { EnvelopeKind } from '../../src/index.js'
import { PayloadError, s3Records } from '../../src/index.js'
import type { Versions } from '../../src/queue/definition.js'
import { eventBridgeEvent, s3Event, s3TestEvent, snsNotification } from './samples.js'

const order = z.object({ id: z.number() })

interface Sent {
  readonly body: unknown
  readonly attributes?: Record<string, MessageAttribute>
}

function delivery({ body, attributes = {} }: Sent): Delivery {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const message = { messageId: 'm', receiptHandle: 'r', body: text, attributes }
  return new Delivery({ ...message, receiveCount: 1, sentAtMs: 0, firstReceivedAtMs: 0 }, 0, 'orders')
}

async function decode(
  envelope: EnvelopeKind,
  sent: Sent,
  more: { versions?: Versions; schema?: unknown } = {},
): Promise<Decoded<unknown> | undefined> {
  const schema = (more.schema ?? order) as typeof order
  const decoder = new Decoder({
    schema,
    envelope,
    versions: more.versions,
    maxBytes: 10_000,
    fetch: undefined,
  })
  return await decoder.decode(delivery(sent))
}

const problem = (decoding: Promise<unknown>): Promise<unknown> =>
  decoding.then(
    () => 'none',
    (error: unknown) => (error instanceof PayloadError ? error.message : error),
  )

test('what is published to a topic is the message, and the notification its envelope', async () => {
  const decoded = await decode('sns', { body: snsNotification({ id: 1 }) })
  expect(decoded).toEqual({
    message: { id: 1 },
    envelope: {
      kind: 'sns',
      messageId: '63a3f6b6-d533-4a47-aef9-fcf5cf758c76',
      topicArn: 'arn:aws:sns:us-west-2:123456789012:MyTopic',
      subject: 'Testing publish to subscribed queues',
      publishedAt: new Date('2017-03-29T05:12:16.901Z'),
      attributes: {
        event: { type: 'String', value: 'order_placed' },
        raw: { type: 'Binary', value: Buffer.from([1, 2, 3]) },
        tags: { type: 'String.Array', value: '["a","b"]' },
      },
      sequenceNumber: undefined,
    },
  })
})

test('the detail of an event is the message, and the event its envelope', async () => {
  const decoded = await decode('eventbridge', { body: eventBridgeEvent({ id: 2 }) })
  expect(decoded).toEqual({
    message: { id: 2 },
    envelope: {
      kind: 'eventbridge',
      id: '6a7e8feb-b491-4cf7-a9f1-bf3703467718',
      detailType: 'EC2 Instance State-change Notification',
      source: 'aws.ec2',
      account: '111122223333',
      region: 'us-west-1',
      time: new Date('2017-12-22T18:43:48Z'),
      resources: ['arn:aws:ec2:us-west-1:123456789012:instance/i-1234567890abcdef0'],
      sns: undefined,
    },
  })
})

test('the records of an S3 event are the message, with keys as the objects are called', async () => {
  const body = s3Event('red+flower.jpg', 'caf%C3%A9/1%2B1.txt')
  const decoded = await decode('s3', { body }, { schema: s3Records })
  expect(decoded?.message).toMatchObject([
    {
      eventName: 'ObjectCreated:Put',
      bucket: 'photos',
      key: 'red flower.jpg',
      size: 1024,
      eTag: 'd41d8cd98f00b204e9800998ecf8427e',
      versionId: '096fKKXTRTtl3on89fVO.nfljtsv6qko',
      sequencer: '0055AED6DCD90281E5',
      region: 'us-west-2',
      time: new Date(0),
    },
    { key: 'café/1+1.txt' },
  ])
  expect(decoded?.envelope).toMatchObject({ kind: 's3', sns: undefined, records: [{ bucket: 'photos' }, {}] })
})

test('the test event of S3 tells of nothing, also through a topic', async () => {
  expect(await decode('s3', { body: s3TestEvent })).toBeUndefined()
  expect(await decode('auto', { body: s3TestEvent })).toBeUndefined()
  expect(await decode('s3', { body: snsNotification(s3TestEvent) })).toBeUndefined()
})

test('an S3 event without a bucket or a decodable key is rejected', async () => {
  expect(await problem(decode('s3', { body: s3Event('ok', '%E0%A4%A') }))).toMatch(/of its record 1/)
  expect(await problem(decode('s3', { body: { Records: [{ s3: {} }] } }))).toMatch(/of its record 0/)
})

test.each([
  ['raw', { id: 3 }, 'raw'],
  ['sns', snsNotification({ id: 3 }), 'sns'],
  ['eventbridge', eventBridgeEvent({ id: 3 }), 'eventbridge'],
  ['eventbridge through a topic', snsNotification(eventBridgeEvent({ id: 3 })), 'eventbridge'],
])('auto knows %s', async (_name, body, kind) => {
  const decoded = await decode('auto', { body })
  expect(decoded).toMatchObject({ message: { id: 3 }, envelope: { kind } })
})

test('auto knows an S3 event through a topic, and both envelopes are there', async () => {
  const decoded = await decode('auto', { body: snsNotification(s3Event('a')) }, { schema: s3Records })
  expect(decoded).toMatchObject({ envelope: { kind: 's3', sns: { kind: 'sns' } }, message: [{ key: 'a' }] })
})

test('a raw queue takes what looks like an envelope for the message itself', async () => {
  const schema = z.looseObject({ Type: z.literal('Notification') })
  const decoded = await decode('raw', { body: snsNotification({ id: 1 }) }, { schema })
  expect(decoded).toMatchObject({ message: { Type: 'Notification' }, envelope: { kind: 'raw' } })
})

test.each([
  ['sns', { id: 1 }, /is no notification of SNS/],
  ['sns', { Type: 'SubscriptionConfirmation', Message: 'x', TopicArn: 'arn' }, /is no notification of SNS/],
  ['eventbridge', snsNotification({ id: 1 }), /is no event of EventBridge/],
  ['s3', { Records: [] }, /is no event notification of S3/],
  ['sns', snsNotification('not JSON'), /is not JSON/],
  ['sns', snsNotification({ id: 'x' }), /^The message fails the queue's schema: id: /],
  ['raw', '{', /is not JSON/],
] as const)(
  'a message of another envelope than %s is rejected, without a word of its body',
  async (kind, body, text) => {
    expect(await problem(decode(kind, { body }))).toMatch(text)
  },
)

const encoded = (value: string, attributes = {}): Record<string, MessageAttribute> => ({
  'content-encoding': { type: 'String', value },
  ...attributes,
})

test('compressed bodies are unfolded, whoever compressed them', async () => {
  const text = JSON.stringify({ id: 4 })
  const gzip = { body: gzipSync(text).toString('base64'), attributes: encoded('gzip') }
  expect(await decode('raw', gzip)).toMatchObject({ message: { id: 4 } })
  const brotli = { body: brotliCompressSync(text).toString('base64'), attributes: encoded('br') }
  expect(await decode('raw', brotli)).toMatchObject({ message: { id: 4 } })
  for (const encoding of ENCODINGS) {
    const sent = { body: await compress(text, encoding), attributes: encoded(encoding) }
    expect(await decode('auto', sent)).toMatchObject({ message: { id: 4 } })
  }
  expect(ENCODINGS.includes('zstd')).toBe('zstdCompress' in zlib)
  expect(await decode('raw', { body: text, attributes: encoded('utf-8') })).toMatchObject({
    message: { id: 4 },
  })
})

test('what was compressed before it was published is unfolded inside its notification', async () => {
  const Message = gzipSync(JSON.stringify({ id: 5 })).toString('base64')
  const MessageAttributes = { 'content-encoding': { Type: 'String', Value: 'gzip' } }
  const decoded = await decode('sns', { body: snsNotification(Message, { MessageAttributes }) })
  expect(decoded).toMatchObject({ message: { id: 5 }, envelope: { kind: 'sns' } })
})

test('a body that unfolds beyond the limit, is damaged, or unknown is rejected', async () => {
  const bomb = gzipSync('0'.repeat(20_000_000)).toString('base64')
  expect(bomb.length).toBeLessThan(30_000)
  expect(await problem(decode('raw', { body: bomb, attributes: encoded('gzip') }))).toBe(
    'The message unfolds to more than 10000 bytes (maxPayloadBytes).',
  )
  const body = gzipSync('{"id":1}').toString('base64')
  const damaged = { body: body.slice(0, -8), attributes: encoded('gzip') }
  expect(await problem(decode('raw', damaged))).toMatch(/is no gzip of UTF-8 text in base64/)
  const bytes = { body: gzipSync(Buffer.from([0xff])).toString('base64'), attributes: encoded('gzip') }
  expect(await problem(decode('raw', bytes))).toMatch(/is no gzip of UTF-8/)
  for (const encoding of ['lz4', 'constructor']) {
    const unknown = decode('raw', { body, attributes: encoded(encoding) })
    expect(await problem(unknown)).toMatch(/content-encoding that is not known here; known are gzip, br/)
  }
})

test('a large payload in S3 is rejected where the queue says nothing of S3, and kept', async () => {
  const attributes = { ExtendedPayloadSize: { type: 'Number', value: '300000' } }
  const body = ['software.amazon.payloadoffloading.PayloadS3Pointer', { s3BucketName: 'b', s3Key: 'k' }]
  expect(await problem(decode('raw', { body, attributes }))).toMatch(/no largePayloads/)
  expect(await problem(decode('raw', { body: {}, attributes }))).toMatch(/is no pointer/)
})

test('messages of older versions are brought up to date step by step, before the schema sees them', async () => {
  const schema = z.object({ version: z.literal(3), name: z.object({ first: z.string(), last: z.string() }) })
  const versions: Versions = {
    upcast: {
      1: ({ name }: { name: string }) => ({ version: 2, fullName: name }),
      2: ({ fullName }: { fullName: string }) => {
        const [first = '', last = ''] = fullName.split(' ')
        return { version: 3, name: { first, last } }
      },
    },
  }
  const message = { version: 3, name: { first: 'Ada', last: 'Lovelace' } }
  for (const body of [{ name: 'Ada Lovelace' }, { version: 2, fullName: 'Ada Lovelace' }, message]) {
    expect(await decode('raw', { body }, { schema, versions })).toMatchObject({ message })
    expect(await decode('sns', { body: snsNotification(body) }, { schema, versions })).toMatchObject({
      message,
    })
  }
  expect(await problem(decode('raw', { body: { version: 4 } }, { schema, versions }))).toMatch(
    /fails the queue's schema/,
  )
  const toString = { version: 'toString' }
  expect(await problem(decode('raw', { body: toString }, { schema, versions }))).toMatch(
    /fails the queue's schema/,
  )
})

// T15
test('whatever a body is, it is a message, tells of nothing, or is the fault of its sender', async () => {
  const anything = fc.jsonValue()
  const nearly = fc.oneof(
    fc.record({
      Type: fc.constant('Notification'),
      TopicArn: fc.string(),
      Message: fc.oneof(fc.string(), fc.json()),
      MessageAttributes: anything,
      Timestamp: anything,
    }),
    fc.record({
      'detail-type': fc.string(),
      source: fc.string(),
      detail: anything,
      time: anything,
      resources: anything,
    }),
    fc.record({ Records: fc.array(fc.record({ s3: anything, eventTime: anything })) }),
    fc.record({
      Records: fc.array(
        fc.record({ s3: fc.record({ bucket: anything, object: fc.record({ key: fc.string() }) }) }),
      ),
    }),
    fc.record({ Service: fc.constant('Amazon S3'), Event: fc.constant('s3:TestEvent') }),
    anything,
  )
  const attributes = fc.dictionary(
    fc.constantFrom('content-encoding', 'ExtendedPayloadSize', 'SQSLargePayloadSize', 'tenant'),
    fc.record({ type: fc.constant('String'), value: fc.constantFrom('gzip', 'br', 'zstd', '12', 'utf-8') }),
    { maxKeys: 2 },
  )
  const kinds = fc.constantFrom<EnvelopeKind[]>('raw', 'sns', 'eventbridge', 's3', 'auto')
  await fc.assert(
    fc.asyncProperty(kinds, nearly, attributes, async (kind, body, given) => {
      const outcome = await problem(
        decode(kind, { body: JSON.stringify(body), attributes: given }, { schema: z.unknown() }),
      )
      expect(outcome).toBeTypeOf('string')
    }),
    { numRuns: 500 },
  )
})
