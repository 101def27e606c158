import { expect, test } from 'vitest'
import { QueueCallError } from '../../src/index.js'
import type { QueueCallReason } from '../../src/index.js'
import { scripts, stage } from '../stage.js'

// T3, T28
test('a poll on a dead connection is given up five seconds after its wait, and the next goes out at once', async () => {
  const { put, begin, clock, queue, worker, told } = stage()
  const failed = told('receive:failed')
  queue.intercept(({ operation, count }) =>
    operation === 'ReceiveMessage' && count <= 1 ? { kind: 'hang' } : undefined,
  )
  await begin()
  put(...scripts(5))
  await clock.advance(24_900)
  expect(worker.stats().done).toBe(0)
  await clock.advance(600)
  expect(worker.stats().done).toBe(5)
  expect(failed).toMatchObject([{ failures: 1, retryInMs: 0, error: { reason: 'timeout' } }])
})

// T3
test('what a poll brings after it was given up is handed back, not handled: its lease may be over', async () => {
  const { put, begin, clock, queue, worker, runs } = stage()
  queue.intercept(({ operation, count }) =>
    operation === 'ReceiveMessage' && count === 1 ? { kind: 'delayAnswer', delayMs: 27_000 } : undefined,
  )
  put(...scripts(5))
  await begin()
  await clock.advance(26_900)
  expect(runs).toHaveLength(0)
  await clock.advance(1_000)
  expect(worker.stats()).toMatchObject({ received: 10, released: 5, done: 5 })
  expect(runs.map(({ context }) => context.receiveCount)).toEqual([2, 2, 2, 2, 2])
})

// T28
test.each(['DeleteMessageBatch', 'ChangeMessageVisibilityBatch', 'GetQueueAttributes'] as const)(
  'a %s that is never answered is given up and repeated',
  async (operation) => {
    const { put, begin, clock, queue, worker } = stage()
    queue.intercept((call) =>
      call.operation === operation && call.count === 1 ? { kind: 'hang' } : undefined,
    )
    put({ id: 1, takes: '25s' })
    await begin()
    await clock.advance(40_000)
    expect(worker.stats()).toMatchObject({ done: 1, lost: 0 })
  },
)

test('every failed receive backs off further, with an event, and a success starts anew', async () => {
  const { put, begin, clock, queue, told, worker } = stage()
  const failed = told('receive:failed')
  let isDown = true
  queue.intercept(({ operation }) =>
    isDown && operation === 'ReceiveMessage' ? { kind: 'fail', reason: 'unreachable' } : undefined,
  )
  await begin()
  await clock.advance(180_000)
  expect(failed.map(({ failures }) => failures).slice(0, 8)).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
  // Three quarters (random is 0.5 here) of 1, 2, 4, … 30 s.
  const waits = failed.map(({ retryInMs }) => retryInMs)
  expect(waits.slice(0, 8)).toEqual([750, 1_500, 3_000, 6_000, 12_000, 22_500, 22_500, 22_500])
  isDown = false
  put(...scripts(3))
  await clock.advance(31_000)
  expect(worker.stats().done).toBe(3)
})

test('while receives fail none is made beside the backoff, however many pollers there may be', async () => {
  const { begin, clock, queue, callsOf } = stage({ concurrency: 100, maxPollers: 10 })
  queue.intercept(({ operation }) =>
    operation === 'ReceiveMessage' ? { kind: 'fail', reason: 'throttled' } : undefined,
  )
  await begin()
  await clock.advance(60_000)
  expect(callsOf('ReceiveMessage')).toBeLessThanOrEqual(7)
})

test('a server that does not long-poll is not asked in a tight loop', async () => {
  const { begin, clock, callsOf, queue } = stage()
  const receive = queue.receive.bind(queue)
  queue.receive = (request, signal) => receive({ ...request, waitSeconds: 0 }, signal)
  await begin()
  await clock.advance(60_000)
  expect(callsOf('ReceiveMessage')).toBeLessThanOrEqual(61)
})

// T19
test('a queue that is gone stops the worker with an error after a few tries, and what ran is settled', async () => {
  const { put, begin, clock, queue, worker, told } = stage()
  const failures = told('worker:failed')
  put({ id: 1, takes: '5s' })
  await begin()
  const ended = worker.run().then(
    () => 'resolved',
    (error: unknown) => error,
  )
  await clock.advance(100)
  queue.intercept(({ operation }) =>
    operation === 'ReceiveMessage'
      ? { kind: 'fail', reason: 'notFound', awsCode: 'QueueDoesNotExist' }
      : undefined,
  )
  await clock.advance(120_000)
  const error = await ended
  expect(error).toBeInstanceOf(QueueCallError)
  expect(error).toMatchObject({ reason: 'notFound', code: 'LONGSHORE_QUEUE_CALL' })
  expect(failures).toHaveLength(1)
  expect(worker.state).toBe('stopped')
  expect(worker.stats().done).toBe(1)
  expect(await worker.stop()).toMatchObject({ reason: 'failure' })
})

// T19
test('receives that are refused from the start end the worker; refused later on, it keeps trying', async () => {
  const first = stage()
  first.queue.intercept(({ operation }) =>
    operation === 'ReceiveMessage' ? { kind: 'fail', reason: 'denied' } : undefined,
  )
  await first.begin()
  const ended = first.worker.run().catch((error: unknown) => error)
  await first.clock.advance(20_000)
  expect(await ended).toMatchObject({ reason: 'denied' })

  const later = stage()
  let isDenied = false
  later.queue.intercept(({ operation }) =>
    isDenied && operation === 'ReceiveMessage' ? { kind: 'fail', reason: 'denied' } : undefined,
  )
  await later.begin()
  await later.clock.advance(21_000)
  isDenied = true
  await later.clock.advance(600_000)
  expect(later.worker.state).toBe('running')
  isDenied = false
  later.put(...scripts(2))
  await later.clock.advance(40_000)
  expect(later.worker.stats().done).toBe(2)
})

// T19
test('deletes that are refused for a quarter of a minute end the worker, rather than handle the same messages for ever', async () => {
  const { put, begin, clock, queue, worker, runs } = stage()
  queue.intercept(({ operation }) =>
    operation === 'DeleteMessageBatch'
      ? { kind: 'fail', reason: 'denied', awsCode: 'AccessDenied' }
      : undefined,
  )
  put(...scripts(5))
  await begin()
  const ended = worker.run().catch((error: unknown) => error)
  await clock.advance(60_000)
  expect(await ended).toMatchObject({ reason: 'denied', operation: 'DeleteMessageBatch' })
  expect(runs).toHaveLength(5)
})

test('deletes that are refused for a moment end nothing', async () => {
  const { put, begin, clock, queue, worker } = stage()
  const startMs = clock.now()
  queue.intercept(({ operation }) =>
    operation === 'DeleteMessageBatch' && clock.now() - startMs < 10_000
      ? { kind: 'fail', reason: 'denied' }
      : undefined,
  )
  put(...scripts(5))
  await begin()
  await clock.advance(60_000)
  expect(worker.state).toBe('running')
  expect(worker.stats()).toMatchObject({ done: 5, lost: 0 })
})

test.each(['notFound', 'denied', 'credentials', 'region', 'invalid'] as const)(
  'a start on a queue that answers “%s” fails at once, saying which queue and what to do',
  async (reason: QueueCallReason) => {
    const { clock, queue, worker, callsOf } = stage()
    queue.intercept(() => ({ kind: 'fail', reason }))
    const ended = worker.run().catch((error: unknown) => error)
    await clock.advance(100)
    const error = await ended
    expect(error).toMatchObject({ reason, queue: 'memory', operation: 'GetQueueAttributes' })
    expect(String(error)).toMatch(/queue memory.*failed: .*\. [A-Z].*\.$/)
    expect(callsOf('GetQueueAttributes')).toBe(1)
    expect(worker.state).toBe('stopped')
  },
)

test.each(['throttled', 'service', 'timeout', 'unreachable'] as const)(
  'a start on a queue that answers “%s” goes on until the queue answers, with a warning each time',
  async (reason) => {
    const warnings: unknown[] = []
    const log = { debug() {}, info() {}, error() {}, warn: (fields: object) => void warnings.push(fields) }
    const { queue, worker, clock, put } = stage({ log, doctor: false })
    queue.intercept(({ operation, count }) =>
      operation === 'GetQueueAttributes' && count <= 12 ? { kind: 'fail', reason } : undefined,
    )
    put({ id: 1 })
    const started = worker.start()
    await clock.advance(150_000)
    expect(worker.stats()).toMatchObject({ state: 'running', received: 0 })
    await clock.advance(90_000)
    await started
    expect(warnings).toHaveLength(12)
    expect(warnings.at(-1)).toMatchObject({ err: { reason }, retryInMs: 22_500 })
    expect(worker.stats().done).toBe(1)
  },
)

test('a stop ends a start that gets no answer', async () => {
  const { queue, worker, clock, callsOf } = stage()
  queue.intercept(() => ({ kind: 'hang' }))
  const ended = worker.run()
  await clock.advance(100_000)
  expect(callsOf('GetQueueAttributes')).toBeGreaterThan(5)
  const stopped = worker.stop()
  await clock.advance(0)
  expect(await stopped).toMatchObject({ reason: 'stop', finished: 0 })
  expect(await ended).toEqual(await stopped)
})

test('a queue whose visibility timeout is 0 needs the option', async () => {
  const { worker, clock } = stage({ queue: { visibilityTimeout: '0s' } })
  const ended = worker.run().catch((error: unknown) => error)
  await clock.advance(100)
  expect(String(await ended)).toMatch(/visibilityTimeout: expected at least '1s'/)
})
