import { expect, test } from 'vitest'
import { LifecycleError, OptionsError, PayloadError, QueueCallError, SendError } from '../../src/index.js'
import type { Message } from './stage.js'
import { numbers, passed, stage } from './stage.js'

test('a message is sent as JSON, and its id comes back', async () => {
  const { clock, queue, producer } = stage()
  const attributes = { tenant: 'acme', weight: 3, raw: { type: 'Binary', value: new Uint8Array([1, 2]) } }
  const sent = await passed(clock, producer.send({ n: 1 }, { attributes }))
  expect(queue.messages()).toMatchObject([
    {
      messageId: (sent as { messageId: string }).messageId,
      body: '{"n":1}',
      attributes: {
        tenant: { type: 'String', value: 'acme' },
        weight: { type: 'Number', value: '3' },
        raw: { type: 'Binary', value: new Uint8Array([1, 2]) },
      },
    },
  ])
})

test('concurrent sends share calls of ten', async () => {
  const { clock, queue, producer } = stage()
  await passed(clock, Promise.all(numbers(25).map((message) => producer.send(message))))
  expect(queue.calls.map(({ entries }) => entries)).toEqual([10, 10, 5])
  expect(queue.messages()).toHaveLength(25)
})

test('a batch never exceeds 1 MiB', async () => {
  const { clock, queue, producer } = stage()
  const filler = 'x'.repeat(300_000)
  await passed(clock, Promise.all(numbers(7).map((message) => producer.send({ ...message, filler }))))
  expect(queue.calls.map(({ entries }) => entries)).toEqual([3, 3, 1])
})

test('sendAll sends everything, holding no more than maxPending', async () => {
  const { clock, queue, producer } = stage({ maxPending: 50 })
  let most = 0
  function* source(): Iterable<Message> {
    for (const message of numbers(2_000)) {
      most = Math.max(most, producer.stats().pending)
      yield message
    }
  }
  expect(await passed(clock, producer.sendAll(source()))).toEqual({ sent: 2_000 })
  expect(queue.messages()).toHaveLength(2_000)
  expect(most).toBeLessThanOrEqual(50)
  expect(producer.stats().calls.SendMessageBatch).toBeLessThanOrEqual(210)
})

test('sendAll stops at the first message that fails, names it, and finishes what is under way', async () => {
  const { clock, queue, producer } = stage()
  async function* source(): AsyncIterable<Message> {
    for (const { n } of numbers(30)) yield { n: n === 12 ? ('twelve' as never) : n }
  }
  const error = await passed(clock, producer.sendAll(source()))
  expect(error).toBeInstanceOf(SendError)
  expect((error as Error).message).toMatch(/^Message 12 .* n: /)
  expect((error as Error).cause).toBeInstanceOf(PayloadError)
  expect(queue.messages().length).toBeGreaterThanOrEqual(12)
  expect(queue.messages().length).toBeLessThan(29)
})

test('a message that fails the schema, as the JSON that it becomes, is not sent, and the error names the place', async () => {
  const { clock, queue, producer } = stage()
  const wrong = await passed(clock, producer.send({ n: 'x' } as never))
  expect(wrong).toMatchObject({ code: 'LONGSHORE_PAYLOAD', problems: [{ path: 'n' }] })
  // A Date passes z.date(), but what arrives is a text.
  expect(await passed(clock, producer.send({ n: 1, at: new Date(0) } as never))).toMatchObject({
    messageId: expect.any(String),
  })
  expect(await passed(clock, producer.send(undefined as never))).toBeInstanceOf(PayloadError)
  expect(queue.messages()).toHaveLength(1)
})

test('a message too large for SQS is refused with its size', async () => {
  const { clock, producer } = stage()
  const error = await passed(clock, producer.send({ n: 1, filler: 'x'.repeat(1_048_576) }))
  expect(error).toMatchObject({ message: expect.stringMatching(/1048595 bytes .* takes 1048576/) })
})

test('entries that fail for now are repeated alone, others are not held up', async () => {
  const { clock, queue, producer } = stage()
  queue.intercept(({ count }) =>
    count <= 2 ? { kind: 'failEntries', indexes: [1, 3], code: 'InternalError' } : undefined,
  )
  const sends = numbers(10).map((message) => producer.send(message))
  await clock.advance(20)
  expect(queue.messages()).toHaveLength(8)
  await passed(clock, Promise.all(sends))
  expect(
    queue
      .messages()
      .map(({ body }) => body)
      .toSorted(),
  ).toEqual(numbers(10).map((each) => JSON.stringify(each)))
  expect(queue.calls.map(({ entries }) => entries)).toEqual([10, 2, 1])
})

test('an entry that SQS refuses for good rejects with what SQS said, and no other does', async () => {
  const { clock, queue, producer } = stage()
  queue.intercept(() => ({ kind: 'failEntries', indexes: [4], code: 'InvalidMessageContents' }))
  const results = await passed(
    clock,
    Promise.allSettled(numbers(10).map((message) => producer.send(message))),
  )
  const failed = (results as PromiseSettledResult<unknown>[]).filter(({ status }) => status === 'rejected')
  expect(failed).toHaveLength(1)
  expect(failed[0]).toMatchObject({ reason: expect.any(SendError) })
})

test('calls that fail are repeated until the send timeout, then the sends reject', async () => {
  const { clock, queue, producer } = stage({ sendTimeout: '10s' })
  queue.intercept(({ count }) => (count <= 4 ? { kind: 'fail', reason: 'unreachable' } : undefined))
  expect(await passed(clock, producer.send({ n: 1 }))).toMatchObject({ messageId: expect.any(String) })
  queue.intercept(() => ({ kind: 'hang' }))
  const startedMs = clock.now()
  const error = await passed(clock, producer.send({ n: 2 }))
  expect(error).toBeInstanceOf(QueueCallError)
  expect(error).toMatchObject({ reason: 'timeout' })
  expect(clock.now() - startedMs).toBeLessThan(20_000)
})

test('a queue that does not exist rejects at once', async () => {
  const { clock, queue, producer } = stage()
  queue.intercept(() => ({ kind: 'fail', reason: 'notFound' }))
  expect(await passed(clock, producer.send({ n: 1 }))).toMatchObject({ reason: 'notFound' })
  expect(queue.calls).toHaveLength(1)
})

test('a FIFO queue gets one call at a time, in order, each message with an id of its own', async () => {
  const { clock, queue, producer } = stage({ name: 'orders.fifo' })
  const entries: { body: string; deduplicationId?: string | undefined }[] = []
  const sendBatch = queue.sendBatch.bind(queue)
  let open = 0
  queue.sendBatch = async (batch, signal) => {
    open += 1
    expect(open).toBe(1)
    entries.push(...batch)
    const result = await sendBatch(batch, signal)
    open -= 1
    return result
  }
  const same = { n: 7 }
  const messages = [...numbers(35), same, same]
  await passed(clock, producer.sendAll(messages, { groupId: 'g' }))
  expect(entries.map(({ body }) => body)).toEqual(messages.map((message) => JSON.stringify(message)))
  // T20
  expect(new Set(entries.map(({ deduplicationId }) => deduplicationId)).size).toBe(37)
})

test('options that the queue cannot honour are refused with all their problems', async () => {
  const fifo = stage({ name: 'orders.fifo' })
  const error = await passed(fifo.clock, fifo.producer.send({ n: 1 }, { delay: '5s' }))
  expect(error).toBeInstanceOf(OptionsError)
  expect((error as OptionsError).problems.map(({ path }) => path)).toEqual(['delay', 'groupId'])
  const standard = stage()
  const attributes = Object.fromEntries(Array.from({ length: 11 }, (_, n) => [`a${n}`, 'x']))
  const options = { delay: '16m', deduplicationId: 'd', attributes } as const
  const other = await passed(standard.clock, standard.producer.send({ n: 1 }, options))
  expect((other as OptionsError).problems.map(({ path }) => path)).toEqual([
    'delay',
    'deduplicationId',
    'attributes',
  ])
})

test('a delayed message stays hidden for its delay', async () => {
  const { clock, queue, producer } = stage()
  await passed(clock, producer.send({ n: 1 }, { delay: '30s' }))
  expect(queue.counts()).toEqual({ visible: 0, inFlight: 0, delayed: 1 })
  await clock.advance(30_000)
  expect(queue.counts().visible).toBe(1)
})

test('closing sends what lingers and takes nothing more', async () => {
  const { clock, queue, producer } = stage({ linger: '5s' })
  const sends = Promise.all(numbers(3).map((message) => producer.send(message)))
  const startedMs = clock.now()
  await passed(clock, producer.close())
  await sends
  expect(clock.now() - startedMs).toBeLessThan(100)
  expect(queue.messages()).toHaveLength(3)
  await expect(producer.send({ n: 1 })).rejects.toThrow(LifecycleError)
})

test('flush waits for everything that was sent before it', async () => {
  const { clock, queue, producer } = stage({ linger: '5s' })
  void producer.send({ n: 1 })
  await passed(clock, producer.flush())
  expect(queue.messages()).toHaveLength(1)
  expect(producer.stats().pending).toBe(0)
})
