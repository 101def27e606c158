import { expect, test } from 'vitest'
import { PayloadError, createWorker, defineQueue, done } from '../../src/index.js'
import { manualClock, memoryQueue } from '../../src/testing/index.js'
import { scripts, stage } from '../stage.js'

// T2
test('returning means done, whatever is returned', async () => {
  const { put, begin, clock, queue, told } = stage()
  const settled = told('delivery:settled')
  put(...scripts(30))
  await begin()
  await clock.advance(2_000)
  expect(settled.map(({ outcome }) => outcome)).toEqual(Array.from({ length: 30 }, () => 'done'))
  expect(queue.messages()).toEqual([])
})

// T2
test('a handler that returns nothing, or an object that only looks like an outcome, has handled its message', async () => {
  const clock = manualClock()
  const queue = memoryQueue({ clock })
  const returns: unknown[] = [undefined, null, false, 0, { kind: 'retry' }, new Error('returned'), done()]
  const next = [...returns]
  const worker = createWorker(defineQueue({ message: anything }), () => next.shift(), {
    port: queue,
    clock,
    log: false,
  })
  for (const _ of returns) queue.put('{}')
  await worker.start()
  await clock.advance(1_000)
  expect(worker.stats().done).toBe(returns.length)
  await worker.stop()
})

// T2, T13
test('throwing means retry, after a backoff that grows with the receive count', async () => {
  const { put, begin, clock, runs, worker } = stage()
  put({ id: 1, ends: 'throw' })
  await begin()
  await clock.advance(120_000)
  expect(runs.map((run) => run.context.receiveCount)).toEqual([1, 2, 3, 4, 5, 6, 7])
  const pauses = runs
    .slice(1)
    .map((run, index) => Math.round((run.startedMs - (runs[index]?.startedMs ?? 0)) / 1_000))
  // Half (random is 0.5 here) of 2, 4, 8, … seconds.
  expect(pauses).toEqual([1, 2, 4, 8, 16, 32])
  expect(worker.stats()).toMatchObject({ failed: 7, retried: 7, done: 0 })
})

// T13
test('a message that always fails at once is not received more than a dozen times in ten minutes', async () => {
  const { put, begin, clock, runs } = stage({ random: () => 0 })
  put({ id: 1, ends: 'throw' })
  await begin()
  await clock.advance(10_000)
  // Full jitter at its very lowest is still a second.
  expect(runs.length).toBeLessThanOrEqual(11)
})

test('retry after a given time comes back then', async () => {
  const { put, begin, clock, runs } = stage()
  put({ id: 1, ends: 'retry' })
  await begin()
  await clock.advance(60_000)
  expect(runs).toHaveLength(2)
  expect((runs[1]?.startedMs ?? 0) - (runs[0]?.startedMs ?? 0)).toBeGreaterThanOrEqual(45_000)
  expect((runs[1]?.startedMs ?? 0) - (runs[0]?.startedMs ?? 0)).toBeLessThan(46_000)
})

test('release hands the message back at once', async () => {
  const { put, begin, clock, worker } = stage()
  put({ id: 1, ends: 'release' })
  await begin()
  await clock.advance(1_000)
  expect(worker.stats().released).toBeGreaterThan(3)
  expect(worker.stats().failed).toBe(0)
})

test('a poisonous message goes to the dead-letter queue by SQS’s own redrive', async () => {
  const { put, begin, clock, runs, queue, deadLetters } = stage({ queue: { maxReceiveCount: 3 } })
  put({ id: 1, ends: 'throw' }, { id: 2 })
  await begin()
  await clock.advance(60_000)
  expect(runs.filter((run) => run.id === 1)).toHaveLength(3)
  expect(queue.messages()).toEqual([])
  expect(deadLetters.messages()).toHaveLength(1)
})

test('without a RedrivePolicy a dead letter is kept and retried, and an event says why', async () => {
  const { put, begin, clock, queue, told } = stage()
  const failed = told('deadLetter:failed')
  put({ id: 1, ends: 'deadLetter' })
  await begin()
  await clock.advance(500)
  expect(failed[0]?.error.message).toMatch(/no RedrivePolicy/)
  expect(queue.messages()).toHaveLength(1)
})

test('a message that is not JSON or fails the schema never reaches the handler and is never deleted', async () => {
  const { put, begin, clock, queue, deadLetters, runs, told, worker } = stage({
    queue: { maxReceiveCount: 4 },
  })
  const rejected = told('payload:rejected')
  queue.put('{ not JSON')
  queue.put({ id: 'seven', takes: 3 })
  put({ id: 3 })
  await begin()
  await clock.advance(500)
  expect(queue.messages().map(({ body }) => body)).toEqual(['{ not JSON', '{"id":"seven","takes":3}'])
  await clock.advance(60_000)
  expect(runs.map((run) => run.id)).toEqual([3])
  expect(rejected).toHaveLength(8)
  expect(rejected[0]).toMatchObject({ fate: expect.stringMatching(/dead-letter queue, after 4 receives/) })
  expect(rejected[0]?.error).toBeInstanceOf(PayloadError)
  expect(rejected[1]?.error.problems.map(({ path }) => path)).toEqual(['id', 'takes'])
  expect(rejected.map(({ error }) => error.message).join()).not.toContain('seven')
  expect(deadLetters.messages()).toHaveLength(2)
  expect(worker.stats()).toMatchObject({ rejected: 8, failed: 0, done: 1 })
})

const anything = {
  '~standard': { version: 1, vendor: 'test', validate: (value: unknown) => ({ value }) },
} as const

test('a schema that answers asynchronously is waited for', async () => {
  const clock = manualClock()
  const queue = memoryQueue({ clock })
  const later = {
    '~standard': {
      version: 1 as const,
      vendor: 'test',
      validate: (value: unknown) => Promise.resolve({ value: `read ${JSON.stringify(value)}` }),
    },
  }
  const handled: unknown[] = []
  const worker = createWorker(defineQueue({ message: later }), (message) => handled.push(message), {
    port: queue,
    clock,
    log: false,
  })
  queue.put({ a: 1 })
  await worker.start()
  await clock.advance(1_000)
  expect(handled).toEqual(['read {"a":1}'])
  await worker.stop()
})
