import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { scripts, stage } from '../stage.js'

// T1
test('a slow message holds up nothing but its own slot', async () => {
  const { put, begin, clock, runs, worker } = stage({ concurrency: 10 })
  put({ id: 0, takes: '60s' }, ...scripts(500, { takes: '20ms' }))
  await begin()
  await clock.advance(5_000)
  expect(runs).toHaveLength(501)
  expect(worker.stats()).toMatchObject({ done: 500, running: 1 })
})

test('no more handlings run at a time than there are slots', async () => {
  const it = stage({ concurrency: 7 })
  it.put(...scripts(100, { takes: '50ms' }))
  await it.begin()
  await it.clock.advance(10_000)
  expect(it.peak).toBe(7)
  expect(it.runs.map((run) => run.id).toSorted((a, b) => a - b)).toEqual(scripts(100).map(({ id }) => id))
})

/** Which handlings are slow: every twentieth, or as many in an order of chance. */
function skewedTakes(seed: number): string[] {
  const takes = Array.from({ length: 400 }, (_, id) => (id % 20 === 0 ? '1s' : '20ms'))
  if (seed === 0) return takes
  const order = fc.shuffledSubarray(takes, { minLength: takes.length })
  return fc.sample(order, { seed, numRuns: 1 })[0] ?? takes
}

test.each([0, 1, 2, 3, 4, 5])(
  'a skewed load (order %i) takes little longer than its handling time shared by the slots, at less than a quarter call a message',
  async (seed) => {
    const { put, begin, clock, queue, callsOf, worker } = stage({ concurrency: 10 })
    put(...skewedTakes(seed).map((takes, id) => ({ id, takes })))
    await begin()
    const startedMs = clock.now()
    const calls = queue.calls.length
    while (worker.stats().handled < 400) await clock.advance(10)
    // 20 × 1 s and 380 × 20 ms over ten slots are 2,760 ms; the tail of a 1 s message and round trips come on top.
    expect(clock.now() - startedMs).toBeLessThanOrEqual(3_600)
    while (worker.stats().done < 400) await clock.advance(10)
    // Forty bring ten each; two wait at the empty queue.
    expect(callsOf('ReceiveMessage')).toBeLessThanOrEqual(42)
    expect((queue.calls.length - calls) / 400).toBeLessThanOrEqual(0.23)
  },
)

test('receives bring whole tens while the buffer feeds the slots, however many slots there are', async () => {
  const { put, begin, clock, callsOf, worker, told } = stage({ concurrency: 50 })
  const answers = told('receive:completed')
  put(...scripts(2_000).map(({ id }) => ({ id, takes: id % 10 === 0 ? '1s' : '10ms' })))
  await begin()
  while (worker.stats().started < 2_000) await clock.advance(10)
  expect(answers.filter(({ received }) => received < 10)).toEqual([])
  expect(callsOf('ReceiveMessage')).toBeLessThanOrEqual(210)
})

test('slots that wait for a receive under way are not left idle when that is late', async () => {
  const { put, begin, clock, queue, worker } = stage({ concurrency: 10 })
  // The third is made while two slots are fed from the buffer, which is soon empty; ten more are enough for them.
  queue.intercept(({ operation, count }) =>
    operation === 'ReceiveMessage' && count === 3 ? { kind: 'hang' } : undefined,
  )
  put(...scripts(8, { takes: '10m' }), ...scripts(60, { takes: '20ms' }))
  await begin()
  await clock.advance(150)
  expect(worker.stats()).toMatchObject({ running: 8, waiting: 0, polling: 1 })
  await clock.advance(2_000)
  expect(worker.stats()).toMatchObject({ running: 8, done: 60 })
})

test('an idle worker makes three calls a minute, however many pollers it may have', async () => {
  const { put, begin, clock, callsOf, queue } = stage({ concurrency: 100, maxPollers: 20 })
  put(...scripts(1_000, { takes: '10ms' }))
  await begin()
  await clock.advance(120_000)
  const before = callsOf('ReceiveMessage')
  const all = queue.calls.length
  await clock.advance(600_000)
  expect(callsOf('ReceiveMessage') - before).toBe(30)
  expect(queue.calls.length - all).toBe(30)
})

test('pollers grow under a backlog up to their limit', async () => {
  const { put, begin, clock, queue, worker } = stage({ concurrency: 200, prefetch: 100, maxPollers: 5 })
  let open = 0
  put(...scripts(3_000, { takes: '1s' }))
  await begin()
  for (let step = 0; step < 200; step += 1) {
    await clock.advance(5)
    open = Math.max(open, worker.stats().polling)
  }
  expect(open).toBe(5)
  expect(
    queue.calls.filter((call) => call.operation === 'ReceiveMessage').every((call) => call.entries >= 8),
  ).toBe(true)
})

// T23
test('a message is received only when a slot or a prefetch place is free for it', async () => {
  const { put, begin, clock, worker } = stage({ concurrency: 3, prefetch: 2 })
  put(...scripts(50, { takes: '10m' }))
  await begin()
  await clock.advance(300_000)
  expect(worker.stats()).toMatchObject({ received: 5, running: 3, waiting: 2, leases: 5 })
})

test('without prefetch nothing waits in the worker', async () => {
  const { put, begin, clock, worker } = stage({ concurrency: 4, prefetch: 0 })
  put(...scripts(40, { takes: '1s' }))
  await begin()
  await clock.advance(500)
  expect(worker.stats()).toMatchObject({ received: 4, running: 4, waiting: 0 })
  await clock.advance(20_000)
  expect(worker.stats().done).toBe(40)
})

test('while SQS refuses every delete the worker takes in no more than it may hold unsettled', async () => {
  const { put, begin, clock, queue, worker } = stage({ concurrency: 5, visibilityTimeout: '12h' })
  queue.intercept(({ operation }) =>
    operation === 'DeleteMessageBatch' ? { kind: 'fail', reason: 'service' } : undefined,
  )
  put(...scripts(1_000))
  await begin()
  await clock.advance(60_000)
  const { received, settling } = worker.stats()
  expect(settling).toBe(received)
  expect(received).toBeLessThanOrEqual(120)
  queue.intercept(() => undefined)
  await clock.advance(60_000)
  expect(worker.stats()).toMatchObject({ done: 1_000, settling: 0 })
})
