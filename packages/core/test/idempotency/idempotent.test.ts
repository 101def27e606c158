import { expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import type {
  HandlerContext,
  IdempotencyOptions,
  IdempotencyStore,
  QueuePort,
  Worker,
  WorkerOptions,
} from '../../src/index.js'
import {
  createWorker,
  deadLetter,
  defineQueue,
  idempotent,
  LeaseLostError,
  OptionsError,
  release,
} from '../../src/index.js'
import { sleep } from '../../src/clock.js'
import type { MemoryIdempotencyStore } from '../../src/testing/index.js'
import { manualClock, memoryIdempotencyStore, memoryQueue } from '../../src/testing/index.js'
import { passTime } from '../pass-time.js'

const orders = defineQueue({ name: 'orders', message: z.object({ order: z.string() }) })
type Order = { order: string }
type Handle = (order: Order, context: HandlerContext, run: number) => unknown

/** What befalls the store's next calls of a method: it rejects, and does nothing. */
type Outages = Partial<Record<keyof IdempotencyStore, number>>

function scene(given: Partial<IdempotencyOptions<Order>> & { maxReceiveCount?: number } = {}) {
  const { maxReceiveCount = 5, ...options } = given
  const clock = manualClock()
  const deadLetters = memoryQueue({ clock, name: 'dead-letters' })
  const queue = memoryQueue({ clock, latency: '8ms', redrive: { to: deadLetters, maxReceiveCount } })
  const memory = memoryIdempotencyStore()
  const outages: Outages = {}
  const store = withOutages(memory, outages)
  const contexts: HandlerContext[] = []
  const lines: string[] = []
  const write = (level: string) => (_fields: object, text: string) => void lines.push(`${level}: ${text}`)
  const log = { debug: write('debug'), info: () => {}, warn: write('warn'), error: write('error') }

  const begin = async (
    handle: Handle,
    port: QueuePort = queue,
    workerOptions: WorkerOptions = {},
  ): Promise<Worker> => {
    const handler = (order: Order, context: HandlerContext): unknown => {
      contexts.push(context)
      return handle(order, context, contexts.length)
    }
    const { key = ({ order }: Order) => order } = options
    const around = idempotent<Order>({ name: 'orders', store, clock, random: () => 0.5, ...options, key })
    const worker = createWorker(orders, handler, {
      ...workerOptions,
      port,
      clock,
      random: () => 0.5,
      log,
      doctor: false,
      use: [around],
    })
    onTestFinished(() => passTime(clock, worker.stop({ deadline: '0s' })).then(() => undefined))
    await passTime(clock, worker.start())
    return worker
  }
  const receives = (): number => Math.max(0, ...queue.messages().map(({ receiveCount }) => receiveCount))
  return { clock, queue, deadLetters, memory, outages, contexts, lines, begin, receives }
}

function withOutages(store: MemoryIdempotencyStore, outages: Outages): IdempotencyStore {
  const guarded =
    <Argument, Answer>(name: keyof IdempotencyStore, run: (argument: Argument) => Promise<Answer>) =>
    async (argument: Argument): Promise<Answer> => {
      const left = outages[name] ?? 0
      if (left > 0) {
        outages[name] = left - 1
        throw new Error(`${name}: the store is down`)
      }
      return await run(argument)
    }
  return {
    begin: guarded('begin', (claim) => store.begin(claim)),
    extend: guarded('extend', (hold) => store.extend(hold)),
    complete: guarded('complete', (completion) => store.complete(completion)),
    release: guarded('release', (hold) => store.release(hold)),
  }
}

// T24
test('the lock ends with the lease, is extended with it, and a duplicate waits for it without burning its receives', async () => {
  const { clock, queue, memory, contexts, begin, receives } = scene()
  await begin((_order, { signal }) => sleep(clock, 10 * 60_000, signal))
  queue.put({ order: 'a' })
  await clock.advance(1_000)
  // The same order, sent twice: another message, which only its key tells.
  queue.put({ order: 'a' })
  for (let minute = 0; minute < 9; minute += 1) {
    await clock.advance(60_000)
    const record = memory.recordOf('orders#a')
    const untilMs = contexts[0]?.delivery.leasedUntilMs
    expect(record).toEqual({ state: 'inProgress', untilMs })
    // A third of the visibility timeout at least: what clocks may differ by.
    expect((untilMs ?? 0) - clock.now()).toBeGreaterThan(9_000)
  }
  expect(contexts).toHaveLength(1)
  expect(receives()).toBeLessThanOrEqual(5)
  await clock.advance(20 * 60_000)
  expect(contexts).toHaveLength(1)
  expect(queue.messages()).toEqual([])
  expect(memory.recordOf('orders#a')).toEqual({ state: 'completed', outcome: { kind: 'done' } })
})

// T24
test('a duplicate delivery of the same message in another worker leaves the handling alone', async () => {
  const { clock, queue, contexts, begin } = scene()
  const handle: Handle = (_order, { signal }) => sleep(clock, 90_000, signal)
  await begin(handle)
  await begin(handle)
  queue.put({ order: 'a' })
  await clock.advance(5_000)
  queue.redeliver()
  await clock.advance(10 * 60_000)
  expect(contexts).toHaveLength(1)
  expect(queue.messages()).toEqual([])
})

// T24
test('a worker that loses its lease is overtaken when the lease ends, and can then complete nothing', async () => {
  const { clock, queue, memory, contexts, begin } = scene()
  // After its first receive nothing gets through: the lease runs out under a handler that takes no notice.
  let receives = 0
  const nowhere = (): Promise<never> => new Promise(() => {})
  const cutOff: QueuePort = {
    name: queue.name,
    describe: (signal) => queue.describe(signal),
    receive: (request, signal) => (receives++ === 0 ? queue.receive(request, signal) : nowhere()),
    sendBatch: (entries, signal) => queue.sendBatch(entries, signal),
    open: (arn, signal) => queue.open(arn, signal),
    changeVisibilityBatch: nowhere,
    deleteBatch: nowhere,
    close: () => {},
  }
  queue.put({ order: 'a' })
  const lost = await begin(() => sleep(clock, 50_000), cutOff)
  await clock.advance(1_000)
  await begin((_order, _context, run) => (run === 2 ? sleep(clock, 60_000) : undefined))
  await clock.advance(40_000)
  expect(contexts.map(({ receiveCount }) => receiveCount)).toEqual([1, 2])
  expect(contexts[0]?.signal.reason).toBeInstanceOf(LeaseLostError)
  await clock.advance(15_000)
  // The first has returned by now, the second still runs and has the key.
  expect(memory.recordOf('orders#a')).toEqual({
    state: 'inProgress',
    untilMs: contexts[1]?.delivery.leasedUntilMs,
  })
  expect(lost.stats()).toMatchObject({ done: 0, lost: 1 })
  await clock.advance(60_000)
  expect(contexts).toHaveLength(2)
  expect(memory.recordOf('orders#a')?.state).toBe('completed')
  expect(queue.messages()).toEqual([])
})

test('what was handled is done without its handler when it comes again, in any worker, until the retention is over', async () => {
  const { clock, queue, contexts, lines, begin } = scene({ retention: '1h' })
  const worker = await begin(() => {})
  queue.put({ order: 'a' })
  await clock.advance(1_000)
  await begin(() => {})
  queue.put({ order: 'a' })
  await clock.advance(1_000)
  expect(contexts).toHaveLength(1)
  expect(queue.messages()).toEqual([])
  expect(lines).toContain('debug: Handled before: ends without its handler')
  expect(worker.stats().failed).toBe(0)
  await clock.advance(3_600_000)
  queue.put({ order: 'a' })
  await clock.advance(1_000)
  expect(contexts).toHaveLength(2)
})

test('a handling that fails or is released gives the key back, and is handled again', async () => {
  const { clock, queue, memory, contexts, begin } = scene()
  await begin((_order, _context, run) => {
    if (run === 1) throw new Error('the first fails')
    return run === 2 ? release() : undefined
  })
  queue.put({ order: 'a' })
  await clock.advance(500)
  expect(memory.recordOf('orders#a')).toBeUndefined()
  await clock.advance(30_000)
  expect(contexts).toHaveLength(3)
  expect(queue.messages()).toEqual([])
})

test('what was dead-lettered is dead-lettered again when only its delete was lost, and handled again after a redrive', async () => {
  const { clock, queue, deadLetters, memory, contexts, begin } = scene({
    key: (_order, { messageId }) => messageId,
  })
  await begin(() => deadLetter('no such order'))
  const id = queue.put({ order: 'a' })
  // A worker that got as far as the store, and crashed.
  const hold = { key: `orders#${id}`, holder: 'crashed' }
  await memory.begin({ ...hold, messageId: id, nowMs: clock.now(), untilMs: clock.now() + 30_000 })
  const outcome = { kind: 'deadLetter', reason: 'no such order' } as const
  await memory.complete({ ...hold, outcome, keepUntilMs: clock.now() + 3_600_000 })
  await clock.advance(1_000)
  expect(contexts).toHaveLength(0)
  expect(deadLetters.messages()).toHaveLength(1)
  expect(queue.messages()).toEqual([])
})

test('a store that is down for a while costs time, and no receive', async () => {
  const { clock, queue, contexts, outages, begin } = scene()
  outages.begin = 4
  outages.complete = 3
  await begin(() => {})
  queue.put({ order: 'a' })
  await clock.advance(15_000)
  expect(contexts.map(({ receiveCount }) => receiveCount)).toEqual([1])
  expect(queue.messages()).toEqual([])
})

test('a store that stays down before the handler sends the message back; it is not handled and not lost', async () => {
  const { clock, queue, contexts, outages, begin, lines } = scene({ storeTimeout: '5s' })
  outages.begin = Infinity
  const worker = await begin(() => {})
  queue.put({ order: 'a' })
  await clock.advance(9_000)
  expect(contexts).toHaveLength(0)
  expect(worker.stats()).toMatchObject({ failed: 1, retried: 1 })
  expect(lines).toContain('warn: The idempotency store could not be asked')
  outages.begin = 0
  await clock.advance(10_000)
  expect(contexts).toHaveLength(1)
  expect(queue.messages()).toEqual([])
})

test('a store that fails after the handler leaves its outcome as it is', async () => {
  const { clock, queue, contexts, outages, begin, lines } = scene({ storeTimeout: '5s' })
  outages.complete = Infinity
  const worker = await begin(() => {})
  queue.put({ order: 'a' })
  await clock.advance(15_000)
  expect(contexts).toHaveLength(1)
  expect(worker.stats()).toMatchObject({ done: 1, failed: 0 })
  expect(lines).toContain('warn: Handled, but not recorded: it may be handled again')
})

test('an extension that fails is repeated until the store has it', async () => {
  const { clock, queue, memory, contexts, outages, begin } = scene()
  await begin((_order, { signal }) => sleep(clock, 40_000, signal))
  queue.put({ order: 'a' })
  outages.extend = 3
  await clock.advance(24_000)
  expect(outages.extend).toBe(0)
  expect(memory.recordOf('orders#a')).toEqual({
    state: 'inProgress',
    untilMs: contexts[0]?.delivery.leasedUntilMs,
  })
})

test('a handler whose key was taken over, because the store was down for too long, is told to stop', async () => {
  const { clock, queue, memory, contexts, outages, begin } = scene()
  await begin((_order, { signal }, run) => (run === 1 ? sleep(clock, 120_000, signal) : undefined))
  queue.put({ order: 'a' })
  outages.extend = 9
  await clock.advance(31_000)
  await memory.begin({
    key: 'orders#a',
    holder: 'other',
    messageId: 'other',
    nowMs: clock.now(),
    untilMs: clock.now() + 30_000,
  })
  await clock.advance(15_000)
  expect(contexts[0]?.signal.reason).toBeInstanceOf(LeaseLostError)
  expect(String(contexts[0]?.signal.reason)).toMatch(/The idempotency key of message .* was taken over/)
  expect(memory.recordOf('orders#a')).toMatchObject({ state: 'inProgress' })
})

test('a key that is none fails the handling, and the message is kept', async () => {
  const { clock, queue, contexts, begin } = scene({ key: () => '' })
  const worker = await begin(() => {})
  queue.put({ order: 'a' })
  await clock.advance(1_000)
  expect(contexts).toHaveLength(0)
  expect(worker.stats().failed).toBe(1)
  expect(queue.messages()).toHaveLength(1)
})

test('without a key function the message’s id is the key', async () => {
  const { clock, queue, memory, begin } = scene({ key: undefined })
  await begin(() => {})
  queue.put({ order: 'a' })
  await clock.advance(1_000)
  expect(memory.recordOf('orders#a')?.state).toBe('completed')
})

test('wrong options are told at once, all of them', () => {
  const wrong = { name: 'or#ders', store: {}, key: 'id', retention: '5s', storeTimeot: '1s' }
  expect(() => idempotent(wrong as never)).toThrow(OptionsError)
  expect(() => idempotent(wrong as never)).toThrow(
    /name: expected a name[^]*store: expected a store with begin, extend, complete, release[^]*key: [^]*retention: [^]*did you mean storeTimeout/,
  )
})
