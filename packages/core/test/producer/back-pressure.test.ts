import { expect, test } from 'vitest'
import { LifecycleError, OptionsError, PayloadError } from '../../src/index.js'
import { numbers, passed, stage } from './stage.js'

test('a full producer lets send wait, in the order of calling, and refuses trySend', async () => {
  const { clock, producer, entries } = stage({ maxPending: 10, maxCalls: 1 })
  const first = numbers(10).map((message) => producer.send(message))
  expect(producer.isFull).toBe(true)
  expect(producer.trySend({ n: 99 })).toBeUndefined()
  const more = [10, 11, 12].map((n) => producer.send({ n }))
  expect(producer.stats().pending).toBe(10)
  await passed(clock, Promise.all([...first, ...more]))
  expect(entries.map(({ body }) => (JSON.parse(body) as { n: number }).n)).toEqual([
    0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12,
  ])
  expect(producer.isFull).toBe(false)
  expect(await passed(clock, producer.trySend({ n: 13 }) ?? Promise.reject(new Error('full')))).toMatchObject(
    {
      messageId: expect.any(String),
    },
  )
  expect(producer.stats()).toMatchObject({ pending: 0, sent: 14, failed: 0 })
})

test('never more than maxPending messages are on their way, whoever sends, and wrong ones give their place back', async () => {
  const { clock, queue, producer } = stage({ maxPending: 5, linger: '0ms' })
  let most = 0
  queue.intercept(() => {
    most = Math.max(most, producer.stats().pending)
    return undefined
  })
  const sends = numbers(60).map(({ n }) =>
    producer.send({ n: n % 7 === 3 ? ('wrong' as never) : n }).catch((error: unknown) => error),
  )
  const results = (await passed(clock, Promise.all(sends))) as unknown[]
  expect(results.filter((result) => result instanceof PayloadError)).toHaveLength(9)
  expect(queue.messages()).toHaveLength(51)
  expect(most).toBe(5)
  expect(producer.stats()).toMatchObject({ pending: 0, sent: 51, failed: 9 })
})

test('a message is what it was when it was sent, whatever becomes of the object', async () => {
  const { clock, queue, producer } = stage({ maxPending: 1 })
  const message = { n: 1 }
  const sends = [producer.send(message), producer.send(message)]
  message.n = 2
  await passed(clock, Promise.all(sends))
  expect(queue.messages().map(({ body }) => body)).toEqual(['{"n":1}', '{"n":1}'])
})

test('closing reports what became of the messages on their way', async () => {
  const { clock, queue, producer } = stage({ linger: '5s' })
  queue.intercept(() => ({ kind: 'failEntries', indexes: [1], code: 'InvalidMessageContents' }))
  const sends = Promise.allSettled(numbers(3).map((message) => producer.send(message)))
  expect(await passed(clock, producer.close())).toMatchObject({ sent: 2, failed: 1, unconfirmed: 0 })
  await sends
})

test('a close with a deadline gives up what SQS has not confirmed by then, and says how many', async () => {
  const { clock, queue, producer } = stage({ maxPending: 15 })
  queue.intercept(({ count }) => (count === 1 ? undefined : { kind: 'hang' }))
  const sends = Promise.allSettled(numbers(25).map((message) => producer.send(message)))
  const startedMs = clock.now()
  const report = await passed(clock, producer.close({ deadline: '2s' }))
  expect(report).toMatchObject({ sent: 10, failed: 0, unconfirmed: 15 })
  expect(clock.now() - startedMs).toBeLessThan(2_100)
  const reasons = (await sends).flatMap((result) =>
    result.status === 'rejected' ? [result.reason as Error] : [],
  )
  expect(reasons).toHaveLength(15)
  for (const reason of reasons) expect(reason).toBeInstanceOf(LifecycleError)
  expect(await passed(clock, producer.send({ n: 1 }))).toBeInstanceOf(LifecycleError)
})

test('a close whose messages are confirmed in time does not wait for its deadline', async () => {
  const { clock, producer } = stage()
  const send = producer.send({ n: 1 })
  const startedMs = clock.now()
  expect(await passed(clock, producer.close({ deadline: '1m' }))).toMatchObject({ sent: 1, unconfirmed: 0 })
  expect(clock.now() - startedMs).toBeLessThan(100)
  await send
})

test('a deadline without a unit is refused', () => {
  const { producer } = stage()
  expect(() => producer.close({ deadline: 5 as never })).toThrow(OptionsError)
})
