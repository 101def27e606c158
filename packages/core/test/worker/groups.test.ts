import { expect, test } from 'vitest'
import { scripts, stage } from '../stage.js'

test('one group’s backlog delays another’s message by no more than its turn', async () => {
  const it = stage({ concurrency: 2, prefetch: 20 })
  for (const script of scripts(20, { takes: '1s' })) it.queue.put(script, { group: 'loud' })
  it.queue.put({ id: 100, takes: '1s' }, { group: 'quiet' })
  await it.begin()
  await it.clock.advance(2_500)
  expect(it.runs.findIndex(({ id }) => id === 100)).toBeLessThanOrEqual(4)
})

test('maxPerGroup bounds the handlings of a group, and the other slots go to others', async () => {
  const it = stage({ concurrency: 6, maxPerGroup: 2 })
  for (const script of scripts(18, { takes: '10s' })) it.queue.put(script, { group: 'loud' })
  it.put({ id: 100, takes: '10s' }, { id: 101, takes: '10s' })
  it.queue.put({ id: 102, takes: '10s' }, { group: 'quiet' })
  await it.begin()
  await it.clock.advance(5_000)
  const loud = it.runs.filter(({ id }) => id < 100)
  expect(loud).toHaveLength(2)
  expect(it.runs.filter(({ id }) => id >= 100)).toHaveLength(3)
})

test('what waits for its own group is bounded', async () => {
  const it = stage({ concurrency: 5, prefetch: 5, maxPerGroup: 1 })
  for (const script of scripts(500, { takes: '10m' })) it.queue.put(script, { group: 'loud' })
  await it.begin()
  await it.clock.advance(60_000)
  expect(it.worker.stats()).toMatchObject({ running: 1, received: 20 })
})

test('with a maxReceiveCount of two nothing is prefetched: a receive is too precious to wait', async () => {
  const it = stage({ concurrency: 3, prefetch: 20, queue: { maxReceiveCount: 2 } })
  it.put(...scripts(30, { takes: '1m' }))
  await it.begin()
  await it.clock.advance(30_000)
  expect(it.worker.stats()).toMatchObject({ running: 3, waiting: 0, received: 3 })
})

test('a message one receive from the dead-letter queue starts before all others', async () => {
  const it = stage({
    concurrency: 1,
    prefetch: 20,
    queue: { maxReceiveCount: 3 },
    retry: { base: '10s', cap: '10s' },
  })
  for (const { id } of scripts(8)) it.queue.put({ id, takes: '2s' }, { delay: '3s' })
  it.put({ id: 100, ends: 'throwOnce' })
  await it.begin()
  await it.clock.advance(40_000)
  const ids = it.runs.map(({ id }) => id)
  expect(ids[0]).toBe(100)
  expect(ids.indexOf(100, 1)).toBeLessThanOrEqual(4)
  expect(it.worker.stats()).toMatchObject({ done: 9, waiting: 0 })
})

// T33
test('a duplicate of a message that was handled is deleted with its own receipt, and no handler runs', async () => {
  const it = stage()
  const repeated = it.told('delivery:repeated')
  it.queue.intercept(({ operation, count }) =>
    operation === 'DeleteMessageBatch' && count === 1 ? { kind: 'hang' } : undefined,
  )
  it.put({ id: 1 })
  await it.begin()
  await it.clock.advance(500)
  // What a standard queue may do at any time: deliver what is in flight once more.
  it.queue.redeliver()
  await it.clock.advance(20_000)
  expect(it.runs).toHaveLength(1)
  expect(repeated.map(({ delivery }) => delivery.receiveCount)).toEqual([2])
  expect(it.queue.messages()).toEqual([])
  expect(it.worker.stats()).toMatchObject({ received: 2, repeated: 1, started: 1 })
})

// T27
test('the slots of stuck handlers are given to others, up to maxStuck; then the worker fails', async () => {
  const it = stage({
    concurrency: 2,
    maxStuck: 2,
    handlerTimeout: '5s',
    abortGrace: '1s',
    retry: { base: '1h', cap: '1h' },
  })
  const failed = it.told('worker:failed')
  it.put(...scripts(2, { takes: '12h', onAbort: 'ignore' }))
  await it.begin()
  const ended = it.worker.run().catch((error: unknown) => error)
  await it.clock.advance(7_000)
  it.put({ id: 10 }, { id: 11, takes: '12h', onAbort: 'ignore' })
  await it.clock.advance(1_000)
  expect(it.worker.stats()).toMatchObject({ state: 'running', stillStuck: 2, running: 1, done: 1 })
  expect(failed).toHaveLength(0)
  await it.clock.advance(6_000)
  expect(failed).toMatchObject([{ error: { code: 'LONGSHORE_STUCK_HANDLERS' } }])
  expect(it.worker.stats().state).not.toBe('running')
  await it.clock.advance(30_000)
  expect(await ended).toMatchObject({ code: 'LONGSHORE_STUCK_HANDLERS' })
  expect(it.worker.stats()).toMatchObject({ state: 'stopped', leases: 0 })
})

test('a handler that ends after all no longer counts as stuck', async () => {
  const it = stage({
    concurrency: 1,
    maxStuck: 1,
    handlerTimeout: '5s',
    abortGrace: '1s',
    retry: { base: '1h', cap: '1h' },
  })
  it.put({ id: 1, takes: '20s', onAbort: 'ignore' })
  await it.begin()
  await it.clock.advance(7_000)
  expect(it.worker.stats()).toMatchObject({ stillStuck: 1, running: 0 })
  await it.clock.advance(14_000)
  expect(it.worker.stats()).toMatchObject({ stillStuck: 0, running: 0 })
  it.put(...scripts(3))
  await it.clock.advance(1_000)
  expect(it.worker.stats()).toMatchObject({ done: 3, stuck: 1, running: 0 })
})

test('a duplicate that waits for a slot while its message is handled is deleted too', async () => {
  const it = stage({ concurrency: 1, prefetch: 2 })
  it.put({ id: 1, takes: '1s' })
  await it.begin()
  await it.clock.advance(500)
  it.queue.redeliver()
  await it.clock.advance(100)
  expect(it.worker.stats()).toMatchObject({ running: 1, waiting: 1 })
  await it.clock.advance(5_000)
  expect(it.runs).toHaveLength(1)
  expect(it.queue.messages()).toEqual([])
  expect(it.worker.stats()).toMatchObject({ repeated: 1, started: 1, running: 0, leases: 0 })
})
