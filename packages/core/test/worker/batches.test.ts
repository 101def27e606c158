import { expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { sleep } from '../../src/clock.js'
import { durationMs } from '../../src/duration.js'
import type {
  BatchContext,
  BatchItem,
  BatchOptions,
  Duration,
  Middleware,
  StopReport,
  Worker,
  WorkerEventName,
  WorkerEvents,
  WorkerOptions,
} from '../../src/index.js'
import {
  createWorker,
  deadLetter,
  defineQueue,
  done,
  DrainDeadlineError,
  from,
  handleBatch,
  HandlerTimeoutError,
  jsonLogger,
  LeaseLostError,
  OptionsError,
  release,
  retry,
} from '../../src/index.js'
import type { ManualClock, MemoryQueue, MemoryQueueOptions } from '../../src/testing/index.js'
import { manualClock, memoryQueue } from '../../src/testing/index.js'
import { passTime } from '../pass-time.js'

const schema = z.object({ id: z.number() })
type Message = z.output<typeof schema>
type Item = BatchItem<Message>

interface Run {
  readonly ids: readonly number[]
  readonly atMs: number
  readonly items: readonly Item[]
  readonly context: BatchContext
}

interface Stage {
  readonly clock: ManualClock
  readonly queue: MemoryQueue
  readonly deadLetters: MemoryQueue
  readonly worker: Worker
  readonly runs: Run[]
  put(count: number, group?: string, firstId?: number): void
  begin(): Promise<void>
  stop(): Promise<StopReport>
  told<Name extends WorkerEventName>(name: Name): WorkerEvents[Name][]
}

interface Plan extends BatchOptions, WorkerOptions<Message> {
  readonly queue?: Omit<MemoryQueueOptions, 'clock'> & { maxReceiveCount?: number }
  readonly takes?: Duration
  readonly ends?: (items: readonly Item[], context: BatchContext) => unknown
  readonly ignoresAbort?: boolean
}

function stage(plan: Plan = {}): Stage {
  const { queue: given = {}, size, maxWait, takes = '0ms', ends, ignoresAbort = false, ...options } = plan
  const { maxReceiveCount, ...queueOptions } = given
  const clock = manualClock()
  const deadLetters = memoryQueue({ clock, name: 'dead', fifo: queueOptions.fifo ?? false })
  const redrive = maxReceiveCount === undefined ? {} : { redrive: { to: deadLetters, maxReceiveCount } }
  const queue = memoryQueue({ clock, latency: '8ms', ...queueOptions, ...redrive })
  const runs: Run[] = []
  const handler = handleBatch(
    async (items: readonly Item[], context) => {
      runs.push({ ids: items.map(({ message }) => message.id), atMs: clock.now(), items, context })
      await sleep(clock, durationMs(takes), ignoresAbort ? undefined : context.signal)
      if (!ignoresAbort) context.signal.throwIfAborted()
      return await ends?.(items, context)
    },
    { size, maxWait },
  )
  const worker = createWorker(defineQueue({ message: schema }), handler, {
    port: queue,
    clock,
    random: () => 0.5,
    log: false,
    ...options,
  })
  onTestFinished(() => passTime(clock, worker.stop({ deadline: '0s' })).then(() => undefined))
  return {
    clock,
    queue,
    deadLetters,
    worker,
    runs,
    put: (count, group, firstId = 0) => {
      for (let id = firstId; id < firstId + count; id += 1) queue.put({ id }, { group })
    },
    begin: () => passTime(clock, worker.start()),
    stop: () => passTime(clock, worker.stop()),
    told: (name) => {
      const events: WorkerEvents[typeof name][] = []
      worker.on(name, (event) => events.push(event))
      return events
    },
  }
}

const idsOf = (queue: MemoryQueue): number[] =>
  queue.messages().map(({ body }) => (JSON.parse(body) as Message).id)

test('a batch is as large as it may be, beyond the ten of a receive, and is deleted at 0.2 calls a message', async () => {
  const it = stage({ size: 50, concurrency: 2, takes: '100ms' })
  it.put(500)
  await it.begin()
  const calls = it.queue.calls.length
  await it.clock.advance(5_000)
  expect(it.runs.map(({ ids }) => ids.length)).toEqual(Array.from({ length: 10 }, () => 50))
  expect(it.runs.flatMap(({ ids }) => ids).toSorted((a, b) => a - b)).toEqual(
    Array.from({ length: 500 }, (_, id) => id),
  )
  expect(it.worker.stats()).toMatchObject({ done: 500, handled: 500, handlingMs: 10 * 100 })
  expect((it.queue.calls.length - calls) / 500).toBeLessThanOrEqual(0.21)
})

test('a batch that does not fill starts when its first message has waited for maxWait', async () => {
  const it = stage({ size: 100, maxWait: '2s' })
  await it.begin()
  it.put(3)
  await it.clock.advance(1_500)
  it.put(4, undefined, 3)
  await it.clock.advance(400)
  expect(it.runs).toEqual([])
  expect(it.worker.stats()).toMatchObject({ waiting: 7, leases: 7, running: 0 })
  await it.clock.advance(150)
  expect(it.runs.map(({ ids }) => ids)).toEqual([[0, 1, 2, 3, 4, 5, 6]])
})

test('no more batches run at a time than there are slots, and each takes one', async () => {
  const it = stage({ size: 10, concurrency: 3, takes: '1s', maxWait: '100ms' })
  it.put(100)
  await it.begin()
  await it.clock.advance(500)
  expect(it.worker.stats()).toMatchObject({ running: 3, concurrency: 3 })
  expect(it.runs).toHaveLength(3)
})

test('one outcome for each: what failed comes again, the others are done', async () => {
  let attempt = 0
  const it = stage({
    size: 6,
    maxWait: '100ms',
    retry: { base: '1s', cap: '1s' },
    queue: { maxReceiveCount: 10 },
    ends: (items) => {
      attempt += 1
      if (attempt > 1) return undefined
      return items.map(({ message: { id } }) => {
        if (id === 1) return retry({ after: '10s' })
        if (id === 2) return deadLetter('cannot be')
        if (id === 3) return new Error('is wrong')
        return id === 4 ? release() : [done(), 'whatever', undefined][id % 3]
      })
    },
  })
  it.put(6)
  await it.begin()
  const failed = it.told('handler:failed')
  await it.clock.advance(300)
  expect(idsOf(it.queue).toSorted((a, b) => a - b)).toEqual([1, 3, 4])
  expect(idsOf(it.deadLetters)).toEqual([2])
  expect(failed.map(({ error }) => (error as Error).message)).toEqual(['is wrong'])
  await it.clock.advance(20_000)
  expect(it.runs.map(({ ids }) => ids)).toEqual([[0, 1, 2, 3, 4, 5], [4], [3], [1]])
  expect(it.worker.stats()).toMatchObject({ done: 5, deadLettered: 1, retried: 2, released: 1 })
})

test('what Promise.allSettled says of each message counts', async () => {
  const it = stage({
    size: 3,
    maxWait: '100ms',
    ends: (items) =>
      Promise.allSettled(
        items.map(async ({ message: { id } }) => {
          await Promise.resolve()
          if (id === 0) throw new Error('fails')
          if (id === 1) throw deadLetter('no use')
          return 'fine'
        }),
      ),
    queue: { maxReceiveCount: 10 },
  })
  it.put(3)
  await it.begin()
  await it.clock.advance(500)
  expect(it.worker.stats()).toMatchObject({ done: 1, deadLettered: 1, retried: 1, failed: 1 })
})

test('a throw has the whole batch retried, a thrown outcome is that of all', async () => {
  const it = stage({
    size: 4,
    maxWait: '100ms',
    ends: () => Promise.reject(new Error('the database is gone')),
  })
  it.put(4)
  await it.begin()
  await it.clock.advance(500)
  expect(it.worker.stats()).toMatchObject({ retried: 4, failed: 4, done: 0 })
  expect(it.queue.messages()).toHaveLength(4)
  const other = stage({ size: 4, maxWait: '100ms', ends: () => Promise.reject(release()) })
  other.put(4)
  await other.begin()
  await other.clock.advance(150)
  expect(other.worker.stats()).toMatchObject({ failed: 0, done: 0 })
  expect(other.worker.stats().released).toBeGreaterThanOrEqual(4)
})

test('outcomes for another number of messages are an error: nothing is deleted on a guess', async () => {
  const it = stage({ size: 3, maxWait: '100ms', ends: () => [done(), retry()] })
  it.put(3)
  const failed = it.told('handler:failed')
  await it.begin()
  await it.clock.advance(500)
  expect(failed[0]?.error).toEqual(new TypeError('The handler returned 2 outcomes for 3 messages.'))
  expect(it.worker.stats()).toMatchObject({ done: 0, retried: 3 })
  // A list that says nothing of outcomes, such as the rows that were inserted, is as good as none.
  const other = stage({ size: 3, maxWait: '100ms', ends: () => ['row'] })
  other.put(3)
  await other.begin()
  await other.clock.advance(500)
  expect(other.worker.stats()).toMatchObject({ done: 3 })
})

test('a message that cannot be read is rejected alone', async () => {
  const it = stage({ size: 5, maxWait: '100ms', takes: '1s' })
  it.put(2)
  it.queue.put('not json')
  it.put(2, undefined, 2)
  const rejected = it.told('payload:rejected')
  await it.begin()
  await it.clock.advance(300)
  expect(it.runs.map(({ ids }) => ids)).toEqual([[0, 1, 2, 3]])
  expect(rejected).toHaveLength(1)
  expect(it.worker.stats()).toMatchObject({ rejected: 1, retried: 1, running: 1 })
  await it.clock.advance(1_000)
  expect(it.worker.stats()).toMatchObject({ done: 4 })
})

test('a batch of messages none of which can be read runs no handler', async () => {
  const it = stage({ size: 3, maxWait: '100ms' })
  for (let index = 0; index < 3; index += 1) it.queue.put('{}')
  await it.begin()
  await it.clock.advance(500)
  expect(it.runs).toEqual([])
  expect(it.worker.stats()).toMatchObject({ rejected: 3, running: 0 })
})

test('each message keeps its lease for as long as it waits and runs', async () => {
  const it = stage({ size: 20, maxWait: '1m', takes: '5m', queue: { visibilityTimeout: '10s' } })
  it.put(12)
  await it.begin()
  await it.clock.advance(59_000)
  expect(it.runs).toEqual([])
  await it.clock.advance(301_500)
  expect(it.runs.map(({ ids }) => ids.length)).toEqual([12])
  expect(it.worker.stats()).toMatchObject({ done: 12, lost: 0, received: 12 })
})

test('a lost lease aborts the signal of its message alone, and its message is not deleted', async () => {
  const it = stage({
    size: 3,
    maxWait: '100ms',
    takes: '30s',
    abortGrace: '1s',
    queue: { visibilityTimeout: '10s' },
  })
  it.put(3)
  await it.begin()
  await it.clock.advance(200)
  const [run] = it.runs
  const lostHandle = run?.items[1]?.context.delivery.receiptHandle
  const change = it.queue.changeVisibilityBatch.bind(it.queue)
  it.queue.changeVisibilityBatch = async (changes, signal) => {
    const failures = await change(changes, signal)
    const index = changes.findIndex(({ receiptHandle }) => receiptHandle === lostHandle)
    return index < 0 ? failures : [{ index, code: 'ReceiptHandleIsInvalid', message: 'gone' }]
  }
  const stuck = it.told('handler:stuck')
  const signals = run?.items.map(({ context }) => context.signal) ?? []
  await it.clock.advance(20_000)
  expect(signals.map(({ aborted }) => aborted)).toEqual([false, true, false])
  expect(signals[1]?.reason).toBeInstanceOf(LeaseLostError)
  expect(run?.context.signal.aborted).toBe(false)
  expect(stuck).toEqual([])
  await it.clock.advance(11_000)
  expect(it.worker.stats()).toMatchObject({ done: 2, lost: 1 })
})

test('past its deadline every signal aborts; a batch that ignores it is given up as one', async () => {
  const it = stage({
    size: 3,
    maxWait: '100ms',
    takes: '1h',
    ignoresAbort: true,
    concurrency: 1,
    maxStuck: 1,
    handlerTimeout: '10s',
    abortGrace: '5s',
    retry: { base: '5m', cap: '5m' },
  })
  it.put(3)
  const stuck = it.told('handler:stuck')
  await it.begin()
  await it.clock.advance(10_500)
  const [run] = it.runs
  expect(run?.context.signal.reason).toBeInstanceOf(HandlerTimeoutError)
  expect(it.worker.stats()).toMatchObject({ timedOut: 3, running: 1 })
  await it.clock.advance(5_000)
  expect(stuck).toHaveLength(3)
  expect(it.worker.stats()).toMatchObject({ stuck: 3, stillStuck: 1, running: 0, retried: 3 })
  it.put(3, undefined, 3)
  await it.clock.advance(500)
  expect(it.runs.map(({ ids }) => ids)).toEqual([
    [0, 1, 2],
    [3, 4, 5],
  ])
})

test('a drain releases what waits for its batch, and lets a batch that runs finish', async () => {
  const it = stage({ size: 4, maxWait: '1m', takes: '5s', concurrency: 1, prefetch: 4 })
  it.put(7)
  await it.begin()
  await it.clock.advance(1_000)
  expect(it.worker.stats()).toMatchObject({ running: 1, waiting: 3 })
  const report = await it.stop()
  expect(report).toMatchObject({ finished: 4, released: 3, aborted: 0, unsettled: 0 })
  expect(it.queue.counts()).toEqual({ visible: 3, inFlight: 0, delayed: 0 })
})

test('a drain that runs out of time aborts the batch and hands every message back', async () => {
  const it = stage({ size: 4, maxWait: '100ms', takes: '1h', stopTimeout: '10s' })
  it.put(4)
  await it.begin()
  await it.clock.advance(500)
  const report = await it.stop()
  expect(it.runs[0]?.context.signal.reason).toBeInstanceOf(DrainDeadlineError)
  expect(report).toMatchObject({ finished: 0, aborted: 4, unsettled: 0 })
  expect(it.queue.counts()).toMatchObject({ visible: 4 })
})

test('drain() flushes the last, partial batch', async () => {
  const it = stage({ size: 8, maxWait: '3s', waitTime: '1s' })
  it.put(21)
  const report = await passTime(it.clock, it.worker.drain())
  expect(report).toMatchObject({ isEmpty: true, done: 21, leftBehind: 0 })
  expect(it.runs.map(({ ids }) => ids.length)).toEqual([8, 8, 5])
})

test('a FIFO group comes in its order, several of it in one batch, and one batch at a time', async () => {
  const it = stage({ size: 5, maxWait: '100ms', takes: '1s', concurrency: 4, queue: { fifo: true } })
  it.put(12, 'a')
  it.put(3, 'b', 100)
  await it.begin()
  await it.clock.advance(20_000)
  const order = (group: number): number[] =>
    it.runs.flatMap(({ ids }) => ids).filter((id) => (group === 0 ? id < 100 : id >= 100))
  expect(order(0)).toEqual(Array.from({ length: 12 }, (_, id) => id))
  expect(order(1)).toEqual([100, 101, 102])
  expect(it.worker.stats()).toMatchObject({ done: 15 })
  expect(it.runs.length).toBeLessThan(8)
})

test('a failed message of a FIFO group takes its successors of the batch along, not those of other groups', async () => {
  let fails = true
  const it = stage({
    size: 8,
    maxWait: '200ms',
    retry: { base: '1s', cap: '1s' },
    queue: { fifo: true },
    ends: (items) => {
      const outcomes = items.map(({ message: { id } }) => (fails && id === 1 ? retry() : done()))
      fails = false
      return outcomes
    },
  })
  it.put(4, 'a')
  it.put(4, 'b', 100)
  await it.begin()
  await it.clock.advance(600)
  expect(idsOf(it.queue)).toEqual([1, 2, 3])
  expect(it.worker.stats()).toMatchObject({ done: 5, retried: 1, released: 2 })
  await it.clock.advance(10_000)
  expect(it.runs.slice(1).flatMap(({ ids }) => ids)).toEqual([1, 2, 3])
  expect(it.queue.messages()).toEqual([])
})

test('what follows an unreadable message of its FIFO group is not handled before it', async () => {
  const it = stage({ size: 4, maxWait: '200ms', retry: { base: '1s', cap: '1s' }, queue: { fifo: true } })
  it.put(1, 'a')
  it.queue.put('not json', { group: 'a' })
  it.put(2, 'a', 1)
  it.put(2, 'b', 100)
  await it.begin()
  await it.clock.advance(30_000)
  expect(it.runs.flatMap(({ ids }) => ids)).toEqual([0, 100, 101])
  expect(it.queue.messages()).toHaveLength(3)
})

test('a copy to the dead-letter queue that fails sends what follows it in its group back as well', async () => {
  let attempt = 0
  const it = stage({
    size: 3,
    maxWait: '200ms',
    retry: { base: '1s', cap: '1s' },
    queue: { fifo: true, maxReceiveCount: 9 },
    ends: (items) => {
      attempt += 1
      return attempt > 1
        ? undefined
        : items.map(({ message: { id } }) => (id === 1 ? deadLetter('no') : done()))
    },
  })
  it.deadLetters.intercept(({ operation }) =>
    operation === 'SendMessageBatch' ? { kind: 'fail', reason: 'denied' } : undefined,
  )
  it.put(3, 'a')
  await it.begin()
  await it.clock.advance(20_000)
  expect(it.runs.map(({ ids }) => ids)).toEqual([
    [0, 1, 2],
    [1, 2],
  ])
})

test('middleware wraps each message of a batch', async () => {
  const seen: string[] = []
  const use: Middleware<Message>[] = [
    async ({ id }, _context, next) => {
      if (id === 1) return done()
      const outcome = await next()
      seen.push(`${id} ${outcome.kind}`)
      return id === 2 ? retry() : outcome
    },
  ]
  const it = stage({ size: 4, maxWait: '100ms', use })
  it.put(4)
  await it.begin()
  await it.clock.advance(500)
  expect(it.runs.map(({ ids }) => ids)).toEqual([[0, 2, 3]])
  expect(seen).toEqual(['0 done', '2 done', '3 done'])
  expect(it.worker.stats()).toMatchObject({ done: 3, retried: 1 })
})

test('batches and single messages share the slots of one worker', async () => {
  const clock = manualClock()
  const rows = memoryQueue({ clock, name: 'rows', latency: '8ms' })
  const mails = memoryQueue({ clock, name: 'mails', latency: '8ms' })
  const sizes: number[] = []
  const insert = handleBatch(
    async (batch) => {
      sizes.push(batch.length)
      await sleep(clock, 100)
    },
    { size: 25, maxWait: '500ms' },
  )
  const worker = createWorker(
    [
      from(defineQueue({ name: 'rows', message: schema }), insert, { port: rows }),
      from(defineQueue({ name: 'mails', message: schema }), () => sleep(clock, 100), { port: mails }),
    ],
    { clock, log: false, random: () => 0.5, concurrency: 2, waitTime: '1s' },
  )
  for (let id = 0; id < 260; id += 1) rows.put({ id })
  for (let id = 0; id < 40; id += 1) mails.put({ id })
  const report = await passTime(clock, worker.drain())
  expect(report).toMatchObject({ isEmpty: true, done: 300, leftBehind: 0 })
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(260)
  expect(sizes.length).toBeLessThanOrEqual(13)
})

test('wrong options of a batch are told', () => {
  expect(() => handleBatch(() => {}, { size: 1 })).toThrow(OptionsError)
  expect(() => handleBatch(() => {}, { maxWait: '1h' })).toThrow(OptionsError)
  expect(() => handleBatch(undefined as never)).toThrow(OptionsError)
})

test('a batch that fails is told in one line, whatever its size, and again when it fails again', async () => {
  const lines: string[] = []
  const failing = stage({
    size: 8,
    log: jsonLogger((line) => lines.push(line)),
    ends: () => Promise.reject(theIndexIsDown),
  })
  const theIndexIsDown = new Error('the index is down')
  const told = (): number => lines.filter((line) => line.includes('The handler failed')).length
  failing.put(8)
  await failing.begin()
  await failing.clock.advance(500)
  expect(told()).toBe(1)
  await failing.clock.advance(60_000)
  expect(told()).toBeGreaterThan(1)
  await failing.stop()
})
