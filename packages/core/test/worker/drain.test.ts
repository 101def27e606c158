import { expect, test } from 'vitest'
import { DrainDeadlineError, LifecycleError } from '../../src/index.js'
import { scripts, stage } from '../stage.js'

// T5
test('once stop has resolved, and from the moment it was called, no handler starts', async () => {
  const { put, begin, clock, runs, stop, queue } = stage({ concurrency: 5 })
  put(...scripts(200, { takes: '300ms' }))
  await begin()
  await clock.advance(1_000)
  const started = runs.length
  const report = await stop()
  await clock.advance(60_000)
  expect(runs).toHaveLength(started)
  expect(report).toMatchObject({ reason: 'stop', finished: 5, aborted: 0, abandoned: 0, unsettled: 0 })
  expect(queue.counts()).toMatchObject({ inFlight: 0, visible: queue.messages().length })
})

// T5: taken in, but not started before the stop.
test('a stop in the same turn as a receive starts nothing of it', async () => {
  const { put, begin, clock, runs, worker, queue, stop } = stage({ concurrency: 5 })
  worker.on('receive:completed', ({ received }) => {
    if (received > 0) void worker.stop()
  })
  await begin()
  put(...scripts(8))
  await clock.advance(1_000)
  await stop()
  expect(runs).toHaveLength(0)
  expect(queue.counts()).toEqual({ visible: 8, inFlight: 0, delayed: 0 })
})

// T14: a framework's shutdown hook awaits the stop, and only then closes what handlers use.
test('what a handler uses may be closed once stop has resolved, since nothing runs or settles then', async () => {
  const { put, begin, clock, runs, stop, worker } = stage({ concurrency: 2 })
  put(...scripts(2, { takes: '3s' }))
  await begin()
  await clock.advance(1_000)
  const order: string[] = []
  worker.on('delivery:settled', () => order.push('settled'))
  const shutdown = stop().then(() => order.push('database closed'))
  expect(runs.map(({ endedMs }) => endedMs)).toEqual([undefined, undefined])
  await shutdown
  expect(order).toEqual(['settled', 'settled', 'database closed'])
  expect(runs.every(({ endedMs }) => endedMs !== undefined)).toBe(true)
})

test('what has not started is handed back at once, in tens, and what runs may finish', async () => {
  const { put, begin, clock, queue, worker, stop } = stage({ concurrency: 5, prefetch: 20 })
  put(...scripts(25, { takes: '10s' }))
  await begin()
  await clock.advance(1_000)
  expect(worker.stats()).toMatchObject({ running: 5, waiting: 15 })
  const calls = queue.calls.length
  const stopped = stop()
  await clock.advance(50)
  expect(queue.counts()).toEqual({ visible: 20, inFlight: 5, delayed: 0 })
  expect(queue.calls.slice(calls).map(({ operation, entries }) => [operation, entries])).toEqual([
    ['ChangeMessageVisibilityBatch', 10],
    ['ChangeMessageVisibilityBatch', 5],
  ])
  expect(worker.state).toBe('draining')
  expect(await stopped).toMatchObject({ finished: 5, released: 15, unsettled: 0 })
  expect(worker.state).toBe('stopped')
  expect(queue.counts()).toEqual({ visible: 20, inFlight: 0, delayed: 0 })
})

// T6
test('aborting the receives at a stop aborts no settlement', async () => {
  const { put, begin, clock, queue, stop, worker } = stage({ concurrency: 5, queue: { latency: '200ms' } })
  put(...scripts(5, { takes: '1s' }))
  await begin()
  // The handlers are through, their deletes are on the way, and an empty long poll waits.
  await clock.advance(1_450)
  expect(worker.stats()).toMatchObject({ settling: 5, polling: 1 })
  const report = await stop()
  expect(report.unsettled).toBe(0)
  expect(worker.stats().done).toBe(5)
  expect(queue.messages()).toEqual([])
})

// T16
test.each([1, 5, 9])('%i settlements that linger at a stop are sent at once', async (count) => {
  const { put, begin, clock, stop, worker, queue } = stage({ settleLinger: '5s', queue: { latency: '40ms' } })
  put(...scripts(count))
  await begin()
  await clock.advance(500)
  expect(worker.stats()).toMatchObject({ settling: count, done: 0 })
  const report = await stop()
  expect(report.elapsedMs).toBeLessThanOrEqual(50)
  expect(report.unsettled).toBe(0)
  expect(queue.messages()).toEqual([])
})

// T17
test('a message between its receive and its slot at the moment of a stop is not lost', async () => {
  for (let offsetMs = 0; offsetMs < 60; offsetMs += 3) {
    const { put, begin, clock, stop, queue, runs } = stage({ concurrency: 3, queue: { latency: '30ms' } })
    await begin()
    put(...scripts(12, { takes: '10ms' }))
    await clock.advance(offsetMs)
    const report = await stop()
    const handled = runs.length
    expect(report.unsettled).toBe(0)
    expect(queue.counts()).toEqual({ visible: 12 - handled, inFlight: 0, delayed: 0 })
  }
})

// T18
test('a receive that answers after the stop is handed back at once', async () => {
  const { put, begin, clock, queue, runs, stop } = stage()
  queue.intercept(({ operation, count }) =>
    operation === 'ReceiveMessage' && count === 1 ? { kind: 'delayAnswer', delayMs: 300 } : undefined,
  )
  put(...scripts(7))
  await begin()
  await clock.advance(100)
  const report = await stop()
  expect(report).toMatchObject({ released: 7, unsettled: 0 })
  expect(runs).toHaveLength(0)
  expect(queue.counts()).toEqual({ visible: 7, inFlight: 0, delayed: 0 })
})

// T22
test('leases are extended throughout a drain', async () => {
  const { put, begin, clock, runs, stop } = stage({ visibilityTimeout: '6s', stopTimeout: '2m' })
  put({ id: 1, takes: '60s' })
  await begin()
  await clock.advance(1_000)
  expect(await stop()).toMatchObject({ finished: 1, aborted: 0, unsettled: 0 })
  expect(runs).toHaveLength(1)
})

// T25
test('a drain waits, then aborts, then hands back, all inside the stop timeout', async () => {
  const { put, begin, clock, queue, stop, runs } = stage({ concurrency: 4, prefetch: 2, stopTimeout: '30s' })
  put(
    { id: 1, takes: '20s' },
    { id: 2, takes: '5m' },
    { id: 3, takes: '5m', onAbort: 'return' },
    { id: 4, takes: '5m', onAbort: 'ignore' },
    { id: 5 },
    { id: 6 },
  )
  await begin()
  await clock.advance(1_000)
  const startedMs = clock.now()
  const report = await stop()
  expect(report).toMatchObject({ finished: 1, aborted: 2, abandoned: 1, released: 2, unsettled: 0 })
  expect(clock.now() - startedMs).toBeLessThan(29_000)
  expect(runs[1]?.context.signal.reason).toBeInstanceOf(DrainDeadlineError)
  // 1 finished and 3 returned on its abort: done. 2, 4, 5 and 6 are visible again, 4 although it still runs here.
  expect(queue.messages().map(({ body }) => (JSON.parse(body) as { id: number }).id)).toEqual([2, 4, 5, 6])
  expect(queue.counts()).toEqual({ visible: 4, inFlight: 0, delayed: 0 })
})

// T31
test.each(['2s', '10s', '30s', '120s'] as const)(
  'a drain with a stop timeout of %s ends before it',
  async (stopTimeout) => {
    const { put, begin, clock, stop } = stage({ concurrency: 50, prefetch: 100, stopTimeout })
    put(...scripts(150, { takes: '1h', onAbort: 'ignore' }))
    await begin()
    await clock.advance(1_000)
    const report = await stop()
    expect(report).toMatchObject({ abandoned: 50, released: 100, unsettled: 0 })
    expect(report.elapsedMs).toBeLessThan(Number.parseInt(stopTimeout, 10) * 1_000)
  },
)

// T25
test('calls of stop share one drain and one report, and an earlier deadline hastens it', async () => {
  const { put, begin, clock, worker, stop } = stage()
  put({ id: 1, takes: '20s' })
  await begin()
  await clock.advance(100)
  const first = worker.stop()
  await clock.advance(1_000)
  const second = worker.stop({ deadline: '10m' })
  const third = await stop({ deadline: '3s' })
  expect(await first).toBe(third)
  expect(await second).toBe(third)
  expect(third).toMatchObject({ finished: 0, aborted: 1 })
  expect(third.elapsedMs).toBeGreaterThanOrEqual(4_000)
  expect(third.elapsedMs).toBeLessThan(4_200)
})

test('a deadline may be an instant', async () => {
  const { put, begin, clock, worker, stop } = stage()
  put({ id: 1, takes: '20s' })
  await begin()
  await clock.advance(100)
  void worker.stop({ deadline: new Date(clock.now() + 2_000) })
  const report = await stop()
  expect(report.elapsedMs).toBeGreaterThanOrEqual(2_000)
  expect(report.elapsedMs).toBeLessThan(2_200)
})

test('a handling interrupted by the stop is no failed attempt: its message is visible at once', async () => {
  const { put, begin, clock, worker, stop, queue, told } = stage()
  const failed = told('handler:failed')
  put({ id: 1, takes: '5m' })
  await begin()
  await clock.advance(100)
  await stop({ deadline: '0s' })
  expect(queue.counts().visible).toBe(1)
  expect(failed).toEqual([])
  expect(worker.stats().failed).toBe(0)
})

test('settlements that SQS refuses until the end are reported, not waited for', async () => {
  const { put, begin, clock, stop, queue } = stage({ stopTimeout: '10s' })
  queue.intercept(({ operation }) => (operation === 'DeleteMessageBatch' ? { kind: 'hang' } : undefined))
  put(...scripts(4))
  await begin()
  await clock.advance(500)
  const report = await stop()
  expect(report.unsettled).toBe(4)
  expect(report.elapsedMs).toBeLessThan(10_000)
})

test('settlements that fail for a while are repeated for as long as the handlings might have taken', async () => {
  const { put, begin, clock, stop, queue, worker } = stage({ stopTimeout: '30s' })
  put(...scripts(4))
  const startMs = clock.now()
  queue.intercept(({ operation }) =>
    operation === 'DeleteMessageBatch' && clock.now() - startMs < 15_000
      ? { kind: 'fail', reason: 'throttled' }
      : undefined,
  )
  await begin()
  await clock.advance(500)
  expect(await stop()).toMatchObject({ unsettled: 0 })
  expect(worker.stats().done).toBe(4)
  expect(queue.messages()).toEqual([])
})

test('a hastened stop waits no longer for settlements either', async () => {
  const { put, begin, clock, worker, stop, queue } = stage({ stopTimeout: '30s' })
  queue.intercept(({ operation }) => (operation === 'DeleteMessageBatch' ? { kind: 'hang' } : undefined))
  put(...scripts(4))
  await begin()
  await clock.advance(500)
  void worker.stop()
  await clock.advance(1_000)
  const report = await stop({ deadline: '0s' })
  expect(report.unsettled).toBe(4)
  expect(report.elapsedMs).toBeLessThan(5_500)
})

test('a worker starts once', async () => {
  const { begin, stop, worker } = stage()
  await begin()
  await worker.start()
  await stop()
  await expect(worker.start()).rejects.toThrow(LifecycleError)
  await expect(worker.run()).rejects.toThrow(/starts once/)
})

test('stopping a worker that never started is done at once', async () => {
  const { worker } = stage()
  expect(await worker.stop()).toMatchObject({ finished: 0, released: 0 })
  expect(worker.state).toBe('stopped')
  await expect(worker.start()).rejects.toThrow(LifecycleError)
})

test('a worker that is stopped while it starts ends without having received', async () => {
  const { worker, clock, queue, callsOf } = stage()
  queue.intercept(({ operation }) => (operation === 'GetQueueAttributes' ? { kind: 'hang' } : undefined))
  const run = worker.run()
  const started = worker.start().catch((error: unknown) => error)
  await clock.advance(100)
  const stopped = worker.stop()
  await clock.advance(100)
  expect(String(await started)).toMatch(/stopped before it had started/)
  expect(await run).toBe(await stopped)
  expect(callsOf('ReceiveMessage')).toBe(0)
})

test('leaving the scope of `await using` drains the worker', async () => {
  const { put, begin, clock, worker, queue } = stage()
  put({ id: 1, takes: '1s' })
  await begin()
  await clock.advance(100)
  const left = worker[Symbol.asyncDispose]()
  await clock.advance(2_000)
  await left
  expect(worker.state).toBe('stopped')
  expect(queue.messages()).toEqual([])
})

test('a listener may stop the worker that has just started', async () => {
  const { put, begin, clock, worker, stop, queue, callsOf } = stage()
  worker.on('worker:started', () => worker.stop())
  put(...scripts(3))
  await begin()
  await stop()
  await clock.advance(60_000)
  expect(callsOf('ReceiveMessage')).toBe(1)
  expect(queue.counts()).toEqual({ visible: 3, inFlight: 0, delayed: 0 })
})

test('the events of a life come in order', async () => {
  const { put, begin, clock, worker, stop } = stage()
  const told: string[] = []
  const names = ['worker:started', 'delivery:received', 'delivery:started', 'delivery:handled'] as const
  for (const name of [...names, 'delivery:settled', 'worker:draining', 'worker:stopped'] as const) {
    worker.on(name, () => told.push(name))
  }
  await begin()
  put({ id: 1, takes: '10ms' })
  await clock.advance(500)
  await stop()
  expect(told).toEqual([...names, 'delivery:settled', 'worker:draining', 'worker:stopped'])
})

test('a listener that throws or rejects harms nobody, and one that left hears nothing', async () => {
  const errors: unknown[] = []
  const logger = {
    debug: () => {},
    info: () => {},
    warn: () => {},
    error: (fields: object) => void errors.push(fields),
  }
  const { put, begin, clock, worker } = stage({ log: logger })
  let heard = 0
  worker.on('delivery:started', () => {
    throw new Error('listener')
  })
  worker.on('delivery:settled', async () => {
    await Promise.reject(new Error('async listener'))
  })
  const off = worker.on('delivery:settled', () => {
    heard += 1
    off()
  })
  put(...scripts(3))
  await begin()
  await clock.advance(500)
  expect(worker.stats().done).toBe(3)
  expect(heard).toBe(1)
  expect(errors).toHaveLength(6)
})
