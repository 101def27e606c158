import { expect, test } from 'vitest'
import { sleep } from '../../src/clock.js'
import { createWorker, defineQueue, from, OptionsError } from '../../src/index.js'
import { manualClock, memoryQueue } from '../../src/testing/index.js'
import { passTime } from '../pass-time.js'
import { scripts, scriptSchema, stage } from '../stage.js'
import type { Stage } from '../stage.js'

const failing = ({ queue }: Stage): number =>
  queue.messages().filter(({ receiveCount }) => receiveCount > 1).length

const breakerOf = ({ worker }: Stage): string | undefined => worker.stats().queues[0]?.breaker

// T23
test('an outage of what the handler needs costs few messages an attempt, not all of them', async () => {
  const it = stage({ concurrency: 5, breaker: { minimum: 10 }, retry: { base: '1s', cap: '1s' } })
  const opened = it.told('breaker:opened')
  it.put(...scripts(500, { takes: '50ms', ends: 'throw' }))
  await it.begin()
  await it.clock.advance(1_000)
  expect(opened).toMatchObject([{ queue: 'memory', failed: 10, handled: 10, probeInMs: 7_500 }])
  expect(breakerOf(it)).toBe('open')
  const { received, leases, polling } = it.worker.stats()
  expect([leases, polling]).toEqual([0, 0])
  await it.clock.advance(600_000)
  // Ten minutes of an outage: as many probes as fit between ever longer waits.
  expect(it.worker.stats().received - received).toBeLessThanOrEqual(8)
  expect(failing(it)).toBeLessThan(30)
})

test('what was prefetched is handed back at once when it opens', async () => {
  const it = stage({ concurrency: 2, prefetch: 20, breaker: { minimum: 2 } })
  it.put(...scripts(50, { takes: '100ms', ends: 'throw' }))
  await it.begin()
  await it.clock.advance(80)
  expect(it.worker.stats().waiting).toBeGreaterThan(5)
  await it.clock.advance(200)
  expect(it.worker.stats()).toMatchObject({ waiting: 0, running: 0, leases: 0 })
  expect(it.queue.counts().visible).toBeGreaterThanOrEqual(46)
})

test('one message is tried; when it can be handled, all are', async () => {
  const it = stage({
    concurrency: 4,
    breaker: { minimum: 4, probeAfter: '10s' },
    retry: { base: '1s', cap: '1s' },
  })
  const told: string[] = []
  it.worker.on('breaker:opened', () => told.push('opened'))
  it.worker.on('breaker:half-opened', () => told.push('half-opened'))
  it.worker.on('breaker:closed', () => told.push('closed'))
  it.put(...scripts(40, { takes: '1s', ends: 'throwOnce' }))
  await it.begin()
  await it.clock.advance(2_000)
  expect(breakerOf(it)).toBe('open')
  // 7.5 s with this chance; every message was received once by now, or its first receive is the probe.
  await it.clock.advance(7_000)
  expect(breakerOf(it)).toBe('halfOpen')
  expect(it.worker.stats()).toMatchObject({ running: 1, waiting: 0, polling: 0 })
  await it.clock.advance(120_000)
  expect(told[0]).toBe('opened')
  expect(told.at(-1)).toBe('closed')
  expect(it.worker.stats()).toMatchObject({ done: 40 })
})

test('each probe that fails doubles the time until the next, up to probeAtMost', async () => {
  const it = stage({
    concurrency: 1,
    prefetch: 0,
    breaker: { minimum: 1, probeAfter: '10s', probeAtMost: '1m' },
    retry: { base: '1s', cap: '1s' },
  })
  const opened = it.told('breaker:opened')
  it.put(...scripts(20, { ends: 'throw' }))
  await it.begin()
  await it.clock.advance(300_000)
  expect(opened.slice(0, 6).map(({ probeInMs }) => probeInMs)).toEqual([
    7_500, 15_000, 30_000, 45_000, 45_000, 45_000,
  ])
})

test('an error that says so opens it at once; few failures among many do not', async () => {
  const it = stage({
    concurrency: 1,
    breaker: { opensOn: (error) => error instanceof Error && error.message.includes('message 7') },
  })
  const opened = it.told('breaker:opened')
  it.put(
    ...scripts(20).map(({ id }) => ({
      id,
      ends: id === 7 || id === 3 ? ('throw' as const) : ('return' as const),
    })),
  )
  await it.begin()
  await it.clock.advance(1_000)
  expect(opened).toMatchObject([{ failed: 2, handled: 8 }])
  const other = stage({ concurrency: 5, breaker: { failures: 0.5, minimum: 5 } })
  other.put(
    ...scripts(200).map(({ id }) => ({ id, ends: id % 3 === 0 ? ('throw' as const) : ('return' as const) })),
  )
  await other.begin()
  await other.clock.advance(1_000)
  expect(other.worker.stats().handled).toBeGreaterThanOrEqual(200)
  expect(breakerOf(other)).toBe('closed')
})

test('failures that lie before the window, messages that cannot be read, and plain retries say nothing', async () => {
  const it = stage({
    concurrency: 1,
    breaker: { minimum: 4, window: '10s' },
    retry: { base: '12h', cap: '12h' },
  })
  await it.begin()
  for (let nth = 0; nth < 6; nth += 1) {
    it.put({ id: nth, ends: 'throw' })
    await it.clock.advance(4_000)
  }
  for (let nth = 0; nth < 10; nth += 1) it.queue.put('not json')
  it.put(...scripts(10, { ends: 'retry' }))
  await it.clock.advance(1_000)
  expect(it.worker.stats()).toMatchObject({ failed: 6, rejected: 10 })
  expect(breakerOf(it)).toBe('closed')
})

test('what runs when it opens is left to end, and settled', async () => {
  const it = stage({ concurrency: 3, prefetch: 0, breaker: { minimum: 2 } })
  it.put({ id: 0, takes: '30s' }, ...scripts(5, { takes: '10ms', ends: 'throw' }))
  await it.begin()
  await it.clock.advance(1_000)
  expect(breakerOf(it)).toBe('open')
  expect(it.worker.stats().running).toBe(1)
  // Its success is no probe's: it began before.
  await it.clock.advance(30_000)
  expect(it.worker.stats()).toMatchObject({ done: 1 })
})

test('a FIFO queue keeps its order through an outage', async () => {
  const it = stage({
    concurrency: 3,
    breaker: { minimum: 3, probeAfter: '2s' },
    retry: { base: '1s', cap: '1s' },
    queue: { fifo: true },
  })
  for (const group of ['a', 'b']) {
    for (let id = 0; id < 6; id += 1) it.queue.put({ id, ends: id < 2 ? 'throwOnce' : 'return' }, { group })
  }
  await it.begin()
  await it.clock.advance(200_000)
  expect(it.queue.messages()).toEqual([])
  for (const group of ['a', 'b']) {
    const ids = it.runs.filter(({ context }) => context.groupId === group).map(({ id }) => id)
    for (const [index, id] of ids.entries()) {
      expect(id).toBeLessThanOrEqual(Math.max(-1, ...ids.slice(0, index)) + 1)
    }
  }
})

test('the breaker of one queue leaves its slots to the others, and the worker live and ready', async () => {
  const clock = manualClock()
  const [down, fine] = ['down', 'fine'].map((name) => memoryQueue({ clock, name, latency: '8ms' }))
  if (down === undefined || fine === undefined) throw new Error('There are two.')
  const fails = async (): Promise<never> => {
    await sleep(clock, 20)
    throw new Error('is down')
  }
  const worker = createWorker(
    [
      from(defineQueue({ name: 'down', message: scriptSchema }), fails, {
        port: down,
        priority: 1,
        breaker: { minimum: 5, probeAfter: '1m' },
      }),
      from(defineQueue({ name: 'fine', message: scriptSchema }), () => sleep(clock, 100), { port: fine }),
    ],
    { clock, log: false, random: () => 0.5, concurrency: 3 },
  )
  for (let id = 0; id < 300; id += 1) {
    down.put({ id })
    fine.put({ id })
  }
  await passTime(clock, worker.start())
  await clock.advance(10_000)
  expect(worker.stats().queues).toMatchObject([{ breaker: 'open' }, { breaker: 'off' }])
  expect(worker.stats().done).toBeGreaterThan(270)
  await passTime(clock, worker.stop())
  expect(clock.pending).toBe(0)
})

test('an open breaker is no reason to end the task, nor to send it anything', async () => {
  const it = stage({ health: { port: 0 }, breaker: { minimum: 1, probeAfter: '30m', probeAtMost: '1h' } })
  const listening = it.told('health:listening')
  it.put(...scripts(1, { ends: 'throw' }))
  await it.begin()
  const page = async (path: string): Promise<number> => {
    const { status } = await fetch(`${listening[0]?.url}${path}`, { headers: { Connection: 'close' } })
    return status
  }
  for (let probes = 0; probes < 5; probes += 1) {
    await it.clock.advance(100_000)
    expect([await page('/live'), await page('/ready')]).toEqual([200, 503])
  }
})

test('its options are checked', () => {
  for (const breaker of [
    { failures: 0 },
    { failures: 2 },
    { minimum: 0 },
    { window: '10ms' },
    { opensOn: 'all' },
    { ratio: 1 },
  ]) {
    expect(() => stage({ breaker } as never)).toThrow(OptionsError)
  }
})
