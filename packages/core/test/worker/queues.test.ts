import { expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { sleep } from '../../src/clock.js'
import type { HandlerContext, SourceOptions, StopReport, Worker, WorkerOptions } from '../../src/index.js'
import { createWorker, defineQueue, exitCodeOf, from, OptionsError } from '../../src/index.js'
import type { ManualClock, MemoryQueue, MemoryQueueOptions } from '../../src/testing/index.js'
import { manualClock, memoryQueue } from '../../src/testing/index.js'
import { passTime } from '../pass-time.js'

const schema = z.object({ takesMs: z.number() })

interface Start {
  readonly queue: string
  readonly atMs: number
  readonly context: HandlerContext
}

interface Plan extends SourceOptions {
  readonly queue?: Omit<MemoryQueueOptions, 'clock'>
}

interface Stage<Name extends string> {
  readonly clock: ManualClock
  readonly worker: Worker
  readonly queues: Readonly<Record<Name, MemoryQueue>>
  readonly starts: Start[]
  /** Slot time by queue, in milliseconds. */
  readonly busyMs: Readonly<Record<Name, number>>
  put(name: Name, count: number, takesMs: number): void
  begin(): Promise<void>
  stop(): Promise<StopReport>
}

function stage<Name extends string>(
  plans: Readonly<Record<Name, Plan>>,
  options: WorkerOptions = {},
): Stage<Name> {
  const clock = manualClock()
  const names = Object.keys(plans) as Name[]
  const starts: Start[] = []
  const each = <T>(make: (name: Name) => T): Record<Name, T> =>
    Object.fromEntries(names.map((name) => [name, make(name)])) as Record<Name, T>
  const queues = each((name) => memoryQueue({ clock, latency: '8ms', ...plans[name].queue, name }))
  const busyMs = each(() => 0)
  const sources = names.map((name) => {
    const { queue: _, ...own } = plans[name]
    const handler = async ({ takesMs }: { takesMs: number }, context: HandlerContext): Promise<void> => {
      starts.push({ queue: name, atMs: clock.now(), context })
      await sleep(clock, takesMs, context.signal)
      busyMs[name] += takesMs
    }
    return from(defineQueue({ name, message: schema }), handler, { port: queues[name], ...own })
  })
  const worker = createWorker(sources, { clock, random: () => 0.5, log: false, ...options })
  onTestFinished(() => passTime(clock, worker.stop({ deadline: '0s' })).then(() => undefined))
  return {
    clock,
    worker,
    queues,
    starts,
    busyMs,
    put: (name, count, takesMs) => {
      for (let index = 0; index < count; index += 1) queues[name].put({ takesMs })
    },
    begin: () => passTime(clock, worker.start()),
    stop: () => passTime(clock, worker.stop()),
  }
}

test('queues under contention have slot time by their weights, however different their handlings', async () => {
  const it = stage({ three: { weight: 3 }, two: { weight: 2 }, one: {} }, { concurrency: 4 })
  it.put('three', 1_500, 40)
  it.put('two', 400, 140)
  it.put('one', 100, 400)
  await it.begin()
  await it.clock.advance(20_000)
  const parts = Object.values(it.busyMs).map((busyMs) => busyMs / (4 * 20_000))
  for (const [index, part] of [3 / 6, 2 / 6, 1 / 6].entries()) {
    expect(Math.abs((parts[index] ?? 0) - part), parts.join()).toBeLessThan(0.05)
  }
})

test('what an idle queue leaves goes to the others, and it has its part as soon as it has work', async () => {
  const it = stage({ busy: {}, idle: { weight: 4 } }, { concurrency: 5 })
  it.put('busy', 1_000, 100)
  await it.begin()
  await it.clock.advance(5_000)
  expect(it.busyMs.busy).toBeGreaterThan(0.96 * 5 * 5_000)
  it.put('idle', 1_000, 100)
  await it.clock.advance(1_000)
  const before = { ...it.busyMs }
  await it.clock.advance(10_000)
  expect((it.busyMs.idle - before.idle) / 50_000).toBeCloseTo(0.8, 1)
  expect(it.busyMs.busy - before.busy).toBeGreaterThan(0.15 * 50_000)
})

test('a lower priority gets slots only when a higher one leaves some', async () => {
  const it = stage({ low: { weight: 100 }, high: { priority: 1 } }, { concurrency: 5 })
  it.put('low', 200, 20)
  it.put('high', 800, 20)
  await it.begin()
  await it.clock.advance(3_000)
  const low = it.starts.filter(({ queue }) => queue === 'low').length
  expect(low).toBe(0)
  expect(it.busyMs.high).toBeGreaterThan(0.95 * 5 * 2_900)
  await it.clock.advance(3_000)
  expect(it.worker.stats()).toMatchObject({ done: 1_000 })
})

test('a lower priority has the slots that a trickle of a higher one does not need', async () => {
  const it = stage({ low: {}, high: { priority: 1 } }, { concurrency: 4 })
  it.put('low', 1_000, 50)
  await it.begin()
  const startMs = it.clock.now()
  const waits: number[] = []
  for (let sent = 0; sent < 100; sent += 1) {
    it.put('high', 1, 50)
    const sentMs = it.clock.now()
    await it.clock.advance(100)
    const start = it.starts.findLast(({ queue }) => queue === 'high')
    waits.push((start?.atMs ?? Infinity) - sentMs)
  }
  const elapsedMs = it.clock.now() - startMs
  expect(it.busyMs.high).toBeGreaterThanOrEqual(99 * 50)
  expect(it.busyMs.low + it.busyMs.high).toBeGreaterThan(0.9 * 4 * elapsedMs)
  // No slot is taken away: it waits for the first handling that ends, and for its receive.
  expect(Math.max(...waits)).toBeLessThanOrEqual(50 + 2 * 8)
})

test('idle, each queue costs three calls a minute', async () => {
  const it = stage({ one: {}, two: { priority: 1 }, three: { weight: 5 } }, { concurrency: 50 })
  for (const name of ['one', 'two', 'three'] as const) it.put(name, 200, 5)
  await it.begin()
  await it.clock.advance(60_000)
  const before = Object.values(it.queues).map(({ calls }) => calls.length)
  await it.clock.advance(600_000)
  expect(Object.values(it.queues).map(({ calls }, index) => calls.length - (before[index] ?? 0))).toEqual([
    30, 30, 30,
  ])
})

test('no queue waits for ever behind another that prefetches, without prefetch of its own', async () => {
  const it = stage({ greedy: { prefetch: 50 }, frugal: { prefetch: 0 } }, { concurrency: 2 })
  it.put('greedy', 500, 100)
  await it.begin()
  await it.clock.advance(1_000)
  it.put('frugal', 100, 100)
  await it.clock.advance(10_000)
  expect(it.busyMs.frugal / 20_000).toBeGreaterThan(0.35)
  expect(it.worker.stats().queues.find(({ queue }) => queue === 'frugal')?.waiting).toBeLessThanOrEqual(1)
})

test('prefetched messages of one queue leave the others theirs', async () => {
  const it = stage({ one: { prefetch: 20 }, two: { prefetch: 5 } }, { concurrency: 3 })
  it.put('one', 100, 600_000)
  it.put('two', 100, 600_000)
  await it.begin()
  await it.clock.advance(60_000)
  const { queues, running, leases } = it.worker.stats()
  expect(running).toBe(3)
  expect(leases).toBeLessThanOrEqual(3 + 20 + 5 + 3)
  expect(queues.map(({ waiting }) => waiting >= 4)).toEqual([true, true])
})

test('each queue has its facts, its counts and its name in events and figures', async () => {
  const dead = memoryQueue({ name: 'dead' })
  const it = stage(
    {
      orders: { queue: { redrive: { to: dead, maxReceiveCount: 3 } } },
      'mails.fifo': { queue: { fifo: true } },
    },
    { concurrency: 4, retry: { base: '1s', cap: '1s' } },
  )
  const told: string[] = []
  it.worker.on('worker:started', ({ queues }) =>
    told.push(...queues.map(({ queue, url }) => `${queue} ${url}`)),
  )
  it.worker.on('delivery:settled', ({ queue, delivery }) => told.push(`${queue} ${delivery.queue}`))
  it.queues.orders.put('not json')
  it.put('mails.fifo', 3, 1_000)
  await it.begin()
  await it.clock.advance(2_500)
  // One group, one at a time, though four slots are free.
  expect(it.starts.map(({ queue }) => queue)).toEqual(['mails.fifo', 'mails.fifo', 'mails.fifo'])
  await it.clock.advance(10_000)
  expect(dead.messages()).toHaveLength(1)
  const { queues, ...all } = it.worker.stats()
  expect(queues).toMatchObject([
    { queue: 'orders', weight: 1, priority: 0, received: 3, rejected: 3, retried: 3, done: 0 },
    { queue: 'mails.fifo', received: 3, done: 3 },
  ])
  expect(all).toMatchObject({ received: 6, done: 3, rejected: 3, concurrency: 4 })
  expect(new Set(told)).toEqual(new Set(['orders orders', 'mails.fifo mails.fifo']))
})

test('one drain ends all queues, hands back what waits, and reports them together', async () => {
  const it = stage({ one: {}, two: {} }, { concurrency: 4, stopTimeout: '30s' })
  it.put('one', 10, 10_000)
  it.put('two', 10, 10_000)
  await it.begin()
  await it.clock.advance(1_000)
  const { running, waiting } = it.worker.stats()
  expect(running).toBe(4)
  const report = await it.stop()
  expect(report).toMatchObject({ finished: 4, aborted: 0, released: waiting, unsettled: 0 })
  expect(it.queues.one.counts().visible + it.queues.two.counts().visible).toBe(16)
  expect(it.worker.state).toBe('stopped')
})

test('drain() ends when every queue is empty', async () => {
  const it = stage(
    { one: {}, two: { priority: 5 }, three: { weight: 3 } },
    { concurrency: 3, waitTime: '2s' },
  )
  it.put('one', 40, 100)
  it.put('three', 10, 3_000)
  const report = await passTime(it.clock, it.worker.drain())
  expect(report).toMatchObject({ reason: 'empty', isEmpty: true, done: 50, leftBehind: 0 })
  expect(exitCodeOf(report)).toBe(0)
})

test('a queue that cannot be reached keeps the worker from starting, and the others are asked no longer', async () => {
  const it = stage({ there: {}, denied: {} })
  it.queues.denied.intercept(() => ({ kind: 'fail', reason: 'denied' }))
  it.queues.there.intercept(() => ({ kind: 'hang' }))
  await expect(it.begin()).rejects.toMatchObject({ reason: 'denied', queue: 'denied' })
  expect(it.worker.state).toBe('stopped')
  expect(it.queues.there.calls).toHaveLength(1)
})

test('a queue that is gone for good ends the whole worker, and what runs is settled', async () => {
  const it = stage({ gone: {}, fine: {} }, { concurrency: 4 })
  it.put('fine', 3, 60_000)
  const failed: Error[] = []
  it.worker.on('worker:failed', ({ error }) => failed.push(error))
  await it.begin()
  await it.clock.advance(100)
  it.queues.gone.intercept(() => ({ kind: 'fail', reason: 'notFound' }))
  await it.clock.advance(300_000)
  expect(failed).toHaveLength(1)
  expect(it.worker.state).toBe('stopped')
  expect(it.queues.fine.messages()).toHaveLength(0)
})

test('stuck handlers of all queues count together', async () => {
  const clock = manualClock()
  const queues = ['one', 'two'].map((name) => memoryQueue({ clock, name }))
  const stuck = (): Promise<void> => new Promise(() => {})
  const worker = createWorker(
    queues.map((port) => from(defineQueue({ name: port.name, message: z.unknown() }), stuck, { port })),
    { clock, log: false, concurrency: 2, maxStuck: 1, handlerTimeout: '1s', abortGrace: '1s', doctor: false },
  )
  for (const queue of queues) queue.put({})
  const running = worker.run()
  running.catch(() => {})
  await clock.advance(60_000)
  await expect(running).rejects.toMatchObject({ code: 'LONGSHORE_STUCK_HANDLERS' })
})

test('wrong sources and options are told, each with its place', () => {
  const one = defineQueue({ url: 'https://sqs.eu-west-1.amazonaws.com/123456789012/one', message: schema })
  const handler = (): void => {}
  const problemsOf = (make: () => unknown): unknown => {
    try {
      make()
    } catch (error) {
      if (error instanceof OptionsError) return error.problems
    }
    return undefined
  }
  expect(problemsOf(() => createWorker([]))).toMatchObject([{ expected: 'at least one queue' }])
  expect(problemsOf(() => createWorker([from(one, handler), from(one, handler)]))).toEqual([
    { path: '[1]', expected: 'each queue once', got: 'one again' },
  ])
  const two = defineQueue({ name: 'two', message: schema })
  expect(
    problemsOf(() => createWorker([from(one, handler), from(two, handler)], { port: memoryQueue() })),
  ).toMatchObject([{ path: 'port' }])
  expect(problemsOf(() => from(one, handler, { weight: 0, priority: 1.5, wait: 3 } as never))).toMatchObject([
    { path: 'weight', expected: 'a whole number from 1 to 1000', got: '0' },
    { path: 'priority', expected: 'a whole number from 0 to 100' },
    { path: 'wait', nearest: 'waitTime' },
  ])
  expect(problemsOf(() => from(one, handler, { concurrency: 3 } as never))).toMatchObject([
    { path: 'concurrency' },
  ])
  expect(problemsOf(() => from(one, undefined as never))).toMatchObject([{ path: 'handler' }])
  expect(problemsOf(() => createWorker([one] as never))).toMatchObject([
    { path: '[0]', expected: 'a queue with its handler: from(queue, handler)' },
  ])
  expect(
    problemsOf(() => createWorker([from(one, handler, { settleLinger: '2s' })], { visibilityTimeout: '3s' })),
  ).toMatchObject([{ path: 'settleLinger' }])
})

test('queues of one name are told apart', async () => {
  const clock = manualClock()
  const sources = ['eu-west-1', 'us-east-1'].map((region) => {
    const url = `https://sqs.${region}.amazonaws.com/123456789012/orders`
    return from(defineQueue({ url, message: schema }), () => {}, {
      port: memoryQueue({ clock, name: region }),
    })
  })
  const worker = createWorker(sources, { clock, log: false })
  expect(worker.stats().queues.map(({ queue }) => queue)).toEqual([
    'https://sqs.eu-west-1.amazonaws.com/123456789012/orders',
    'https://sqs.us-east-1.amazonaws.com/123456789012/orders',
  ])
})
