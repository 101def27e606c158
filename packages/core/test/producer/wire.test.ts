// What a message becomes on its way: attributes, groups, trace context, compression.
import { AsyncLocalStorage } from 'node:async_hooks'
import { randomBytes } from 'node:crypto'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import type { ProducerOptions, TraceContext } from '../../src/index.js'
import { createProducer, createWorker, defineQueue, OptionsError } from '../../src/index.js'
import type { SendBatchResult } from '../../src/queue/port.js'
import { memoryQueue } from '../../src/testing/index.js'
import { eventually } from '../ecs/agent.js'
import { passRealTime } from '../pass-time.js'
import type { Message } from './stage.js'
import { numbers, passed, stage } from './stage.js'

const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
const traceHeader = 'Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1'

test('an entry is tried again where SQS blames itself, and not where it blames the message', async () => {
  const { clock, queue, producer } = stage()
  const tried: string[][] = []
  queue.sendBatch = async (entries): Promise<SendBatchResult> => {
    const bodies = entries.map(({ body }) => body)
    tried.push(bodies)
    const failure = (index: number, isSenderFault: boolean): SendBatchResult['failures'][number] => ({
      index,
      code: 'NewInThisYear',
      message: 'No.',
      isSenderFault,
    })
    const failures = tried.length === 1 ? [failure(0, false), failure(1, true)] : []
    const sent = bodies.map((_, index) => ({ index, messageId: `m${index}` }))
    // What the answer does not name at all was not heard of either.
    return { sent: tried.length === 1 ? sent.slice(3) : sent, failures }
  }
  const results = await passed(clock, Promise.allSettled(numbers(4).map((each) => producer.send(each))))
  expect(tried).toEqual([
    ['{"n":0}', '{"n":1}', '{"n":2}', '{"n":3}'],
    ['{"n":0}', '{"n":2}'],
  ])
  expect((results as PromiseSettledResult<unknown>[]).map(({ status }) => status)).toEqual([
    'fulfilled',
    'rejected',
    'fulfilled',
    'fulfilled',
  ])
})

test('a standard queue takes groups, for fair queues; options may differ by message', async () => {
  const { clock, producer, entries } = stage()
  const tenantOf = ({ n }: Message): { groupId: string } => ({ groupId: `tenant-${n % 2}` })
  await passed(clock, producer.sendAll(numbers(4), tenantOf))
  expect(entries.map(({ groupId, deduplicationId }) => [groupId, deduplicationId])).toEqual([
    ['tenant-0', undefined],
    ['tenant-1', undefined],
    ['tenant-0', undefined],
    ['tenant-1', undefined],
  ])
})

test('a deduplication id that is given goes along', async () => {
  const { clock, producer, entries } = stage({ name: 'orders.fifo' })
  await passed(clock, producer.send({ n: 1 }, { groupId: 'g', deduplicationId: 'order-1' }))
  expect(entries).toMatchObject([{ groupId: 'g', deduplicationId: 'order-1' }])
})

test.each([
  [{ groupId: 'two words' }, 'groupId'],
  [{ groupId: 'x'.repeat(129) }, 'groupId'],
  [{ groupId: '' }, 'groupId'],
  [{ attributes: { 'AWS.trace': 'x' } }, 'attributes.AWS.trace'],
  [{ attributes: { 'a..b': 'x' } }, 'attributes.a..b'],
  [{ attributes: { 'a b': 'x' } }, 'attributes.a b'],
  [{ attributes: { empty: '' } }, 'attributes.empty'],
  [{ attributes: { n: Number.NaN } }, 'attributes.n'],
  [{ attributes: { kind: { type: 'Date', value: 'x' } } }, 'attributes.kind'],
  [{ attributes: { ExtendedPayloadSize: 5 } }, 'attributes.ExtendedPayloadSize'],
])('what SQS would refuse is refused before it is sent: %j', async (options, path) => {
  const { clock, producer, entries } = stage()
  const error = await passed(clock, producer.send({ n: 1 }, options))
  expect(error).toBeInstanceOf(OptionsError)
  expect((error as OptionsError).problems.map((problem) => problem.path)).toEqual([path])
  expect(entries).toEqual([])
})

test('characters that SQS refuses arrive all the same', async () => {
  const { clock, queue, producer } = stage()
  const filler = 'a\uFFFE\uFFFFz\u0001\uD800'
  await passed(clock, producer.send({ n: 1, filler }))
  const [message] = queue.messages()
  // What SQS takes: docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
  expect(message?.body).toMatch(/^[\t\n\r\u0020-\uD7FF\uE000-\uFFFD]*$/)
  expect(JSON.parse(message?.body ?? '')).toEqual({ n: 1, filler })
})

test('the trace context of each send travels with it', async () => {
  const current = new AsyncLocalStorage<TraceContext>()
  const { clock, producer, entries } = stage({ trace: () => current.getStore() })
  const sends = [
    current.run({ traceparent, tracestate: 'vendor=1', traceHeader }, () => producer.send({ n: 1 })),
    producer.send({ n: 2 }),
    current.run({ traceparent, traceHeader }, () =>
      producer.send({ n: 3 }, { traceHeader: 'Root=own', attributes: { traceparent: 'own' } }),
    ),
  ]
  await passed(clock, Promise.all(sends))
  expect(entries.map((entry) => [entry.traceHeader, entry.attributes])).toEqual([
    [
      traceHeader,
      {
        traceparent: { type: 'String', value: traceparent },
        tracestate: { type: 'String', value: 'vendor=1' },
      },
    ],
    [undefined, undefined],
    ['Root=own', { traceparent: { type: 'String', value: 'own' } }],
  ])
})

test('a trace context takes no attribute that the sender needs, and one that cannot be had keeps nothing back', async () => {
  const trace = (): TraceContext => ({ traceparent, tracestate: 'vendor=1', traceHeader })
  const attributes = Object.fromEntries(Array.from({ length: 9 }, (_, n) => [`a${n}`, 'x']))
  const { clock, producer, entries } = stage({ trace })
  await passed(clock, producer.send({ n: 1 }, { attributes }))
  expect(Object.keys(entries[0]?.attributes ?? {})).toEqual([...Object.keys(attributes), 'traceparent'])
  expect(entries[0]?.traceHeader).toBe(traceHeader)
  const broken = stage({
    trace: () => {
      throw new Error('no context manager')
    },
  })
  await passed(broken.clock, broken.producer.send({ n: 1 }))
  expect(broken.entries).toHaveLength(1)
})

const compressible = 'x'.repeat(5_000)

test('large bodies are compressed where that helps, and a worker unfolds them', async () => {
  const { clock, queue, producer, entries } = stage({ compress: 'gzip' })
  const noise = randomBytes(800).toString('base64')
  const sends = [
    { n: 1, filler: compressible },
    { n: 2, filler: 'short' },
    { n: 3, filler: noise },
  ]
  await passRealTime(clock, Promise.all(sends.map((message) => producer.send(message))))
  const byContent = entries.map(({ body, attributes }) => [
    body.startsWith('{'),
    attributes?.['content-encoding']?.value,
  ])
  expect(byContent).toContainEqual([false, 'gzip'])
  expect(byContent.filter(([isPlain]) => isPlain)).toHaveLength(2)
  const packed = entries.find(({ body }) => !body.startsWith('{'))
  expect(gunzipSync(Buffer.from(packed?.body ?? '', 'base64')).toString()).toBe(JSON.stringify(sends[0]))

  const handled: unknown[] = []
  const definition = defineQueue({ message: anyMessage })
  const worker = createWorker(definition, (message) => void handled.push(message), {
    port: queue,
    clock,
    log: false,
  })
  await passed(clock, worker.start())
  await clock.advance(1_000)
  await eventually(() => handled.length === 3)
  await passed(clock, worker.stop())
  expect(handled).toEqual(expect.arrayContaining(sends))
})

const anyMessage = defineQueue<Message, Message>({
  message: {
    '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value: value as Message }) },
  },
}).message

test('a message with ten attributes of its own is not compressed: there is no room to say so', async () => {
  const { clock, producer, entries } = stage({ compress: { encoding: 'br', above: 0 } })
  const attributes = Object.fromEntries(Array.from({ length: 10 }, (_, n) => [`a${n}`, 'x']))
  await passed(clock, producer.send({ n: 1, filler: compressible }, { attributes }))
  expect(entries[0]?.body).toMatch(/^\{/)
})

test('a batch counts what messages have after compression', async () => {
  const { clock, queue, producer } = stage({ compress: 'br', linger: '5s' })
  const filler = 'x'.repeat(300_000)
  const sends = Promise.all(numbers(10).map((message) => producer.send({ ...message, filler })))
  void producer.flush()
  // Compression runs on threads of its own, in real time: the flush waits for it, and for nothing else.
  while (queue.calls.length === 0) await new Promise((resolve) => setImmediate(resolve))
  await passed(clock, sends)
  expect(queue.calls.map(({ entries }) => entries)).toEqual([10])
})

test('on a FIFO queue nothing overtakes what takes longer to compress', async () => {
  const { clock, producer, entries } = stage({ name: 'orders.fifo', compress: 'gzip', maxPending: 3 })
  const messages = numbers(12).map(({ n }): Message => (n % 3 === 0 ? { n, filler: compressible } : { n }))
  await passRealTime(clock, producer.sendAll(messages, { groupId: 'g' }))
  const sent = entries.map(({ body, attributes }) => {
    const text = attributes === undefined ? body : gunzipSync(Buffer.from(body, 'base64')).toString()
    return (JSON.parse(text) as Message).n
  })
  expect(sent).toEqual(numbers(12).map(({ n }) => n))
})

test('an encoding that Node does not know, and a queue that others fill, are refused when the producer is made', () => {
  const definition = defineQueue({ message: anyMessage, envelope: 'sns' })
  expect(() => createProducer(definition, { port: memoryQueue() })).toThrow(/queue\.envelope/)
  const wrong: ProducerOptions = { compress: 'lz4' as never, trace: 'yes' as never }
  const problems = (): unknown => createProducer(defineQueue({ message: anyMessage }), wrong)
  expect(problems).toThrow(/compress: expected 'gzip' or 'br'/)
  expect(problems).toThrow(/trace/)
})
