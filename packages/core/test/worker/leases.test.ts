import { expect, test } from 'vitest'
import { HandlerTimeoutError, LeaseLostError } from '../../src/index.js'
import { scripts, stage } from '../stage.js'

test('a handling keeps its message for as long as it runs, far past the visibility timeout', async () => {
  const { put, begin, clock, runs, worker, queue } = stage({ handlerTimeout: '1h' })
  put({ id: 1, takes: '20m' })
  await begin()
  await clock.advance(21 * 60_000)
  expect(runs).toHaveLength(1)
  expect(worker.stats()).toMatchObject({ done: 1, lost: 0 })
  expect(queue.messages()).toEqual([])
})

test('a heartbeat extends ten leases a call, and only those near their expiry', async () => {
  const { put, begin, clock, callsOf } = stage({ concurrency: 100, prefetch: 0, maxPollers: 10 })
  put(...scripts(100, { takes: '5m' }))
  await begin()
  await clock.advance(19_000)
  expect(callsOf('ChangeMessageVisibilityBatch')).toBe(0)
  await clock.advance(3_000)
  expect(callsOf('ChangeMessageVisibilityBatch')).toBe(10)
  await clock.advance(20_000)
  expect(callsOf('ChangeMessageVisibilityBatch')).toBe(20)
})

// T9
test('heartbeats never come in a storm, however short the visibility timeout and slow the calls', async () => {
  const { put, begin, clock, callsOf, worker } = stage({
    visibilityTimeout: '1s',
    settleLinger: '50ms',
    queue: { latency: '400ms' },
  })
  put({ id: 1, takes: '60s' })
  await begin()
  await clock.advance(30_000)
  expect(callsOf('ChangeMessageVisibilityBatch')).toBeLessThanOrEqual(90)
  expect(worker.stats()).toMatchObject({ running: 1, lost: 0 })
})

// T32
test('messages that wait for a slot are leased like those that run', async () => {
  const { put, begin, clock, runs, worker } = stage({ concurrency: 1, prefetch: 5 })
  put(...scripts(6, { takes: '2m' }))
  await begin()
  await clock.advance(13 * 60_000)
  expect(runs.map((run) => run.context.receiveCount)).toEqual([1, 1, 1, 1, 1, 1])
  expect(worker.stats()).toMatchObject({ done: 6, lost: 0 })
})

// T4
test('a delete is never in flight together with a heartbeat of the same receipt', async () => {
  // The handling ends at 21 s, while its heartbeat, sent at 20 s, is on its way for two seconds.
  const { put, begin, clock, queue, worker } = stage({
    concurrency: 1,
    prefetch: 0,
    queue: { latency: '2s' },
  })
  const inFlight: string[] = []
  const startMs = clock.now() + 2_000
  queue.intercept(({ operation }) => {
    inFlight.push(`${operation} at ${Math.round((clock.now() - startMs) / 1_000)}`)
    return undefined
  })
  put({ id: 1, takes: '19s' })
  await begin()
  await clock.advance(26_000)
  const beat = inFlight.find((call) => call.startsWith('Change'))
  const del = inFlight.find((call) => call.startsWith('Delete'))
  expect(beat).toBe('ChangeMessageVisibilityBatch at 20')
  expect(del).toBe('DeleteMessageBatch at 22')
  expect(worker.stats()).toMatchObject({ done: 1, lost: 0 })
})

// T4
test('a delete whose answer was lost is sent again, and a message that is gone by then counts as done', async () => {
  const { put, begin, clock, queue, worker, told } = stage()
  const failed = told('settle:failed')
  queue.intercept(({ operation, count }) => {
    if (operation !== 'DeleteMessageBatch') return undefined
    if (count === 1) return { kind: 'loseAnswer' }
    return count === 2 ? { kind: 'failEntries', indexes: [0], code: 'ReceiptHandleIsInvalid' } : undefined
  })
  put({ id: 1 })
  await begin()
  await clock.advance(2_000)
  expect(worker.stats()).toMatchObject({ done: 1, lost: 0 })
  expect(failed).toHaveLength(1)
})

// T10
test('a delete that fails, whole or for entries of it, is repeated until it succeeds', async () => {
  const { put, begin, clock, queue, worker, runs } = stage()
  queue.intercept(({ operation, count }) => {
    if (operation !== 'DeleteMessageBatch') return undefined
    if (count <= 2) return { kind: 'fail', reason: 'throttled' }
    return count <= 4 ? { kind: 'failEntries', indexes: [0, 3, 4], code: 'InternalError' } : undefined
  })
  put(...scripts(25))
  await begin()
  await clock.advance(20_000)
  expect(worker.stats()).toMatchObject({ done: 25, lost: 0, settling: 0, leases: 0 })
  expect(queue.messages()).toEqual([])
  expect(runs).toHaveLength(25)
})

// T10, T33
test('a delete is repeated no longer than the lease lasts; the message comes again and is deleted, not handled', async () => {
  const { put, begin, clock, queue, worker, runs, told } = stage()
  const lost = told('lease:lost')
  const startMs = clock.now()
  queue.intercept(({ operation }) =>
    operation === 'DeleteMessageBatch' && clock.now() - startMs < 40_000
      ? { kind: 'fail', reason: 'service' }
      : undefined,
  )
  put({ id: 1 })
  await begin()
  await clock.advance(31_000)
  expect(lost).toHaveLength(1)
  expect(worker.stats()).toMatchObject({ received: 2, repeated: 1 })
  await clock.advance(30_000)
  expect(runs).toHaveLength(1)
  expect(worker.stats()).toMatchObject({ done: 1, lost: 1, settling: 0, leases: 0 })
  expect(queue.messages()).toEqual([])
})

// T26 in part: what a blocked event loop or a dead network leaves behind.
test('a handling whose lease could not be extended is told so, and its message is not deleted by it', async () => {
  const { put, begin, clock, queue, worker, runs, callsOf } = stage()
  const beats: number[] = []
  queue.intercept(({ operation }) => {
    if (operation !== 'ChangeMessageVisibilityBatch') return undefined
    beats.push(clock.now())
    return { kind: 'fail', reason: 'unreachable' }
  })
  put({ id: 1, takes: '70s', onAbort: 'ignore' })
  await begin()
  await clock.advance(35_000)
  const [first, second] = runs
  expect(beats.length).toBeGreaterThan(5)
  expect(first?.context.signal.reason).toBeInstanceOf(LeaseLostError)
  expect(second?.context.receiveCount).toBe(2)
  expect(worker.stats().lost).toBe(1)
  queue.intercept(() => undefined)
  await clock.advance(40_000)
  expect(first?.endedMs).toBeDefined()
  expect(second?.endedMs).toBeUndefined()
  expect(callsOf('DeleteMessageBatch')).toBe(0)
  await clock.advance(40_000)
  expect(worker.stats()).toMatchObject({ done: 1, lost: 1 })
})

test('a heartbeat whose answer comes after the expiry is too late', async () => {
  const { put, begin, clock, queue, runs, worker } = stage()
  queue.intercept(({ operation }) =>
    operation === 'ChangeMessageVisibilityBatch' ? { kind: 'hang' } : undefined,
  )
  put({ id: 1, takes: '60s' })
  await begin()
  await clock.advance(31_000)
  expect(runs[0]?.context.signal.reason).toBeInstanceOf(LeaseLostError)
  // That was not the handler's fault, although it threw.
  expect(worker.stats()).toMatchObject({ lost: 1, failed: 0 })
})

test('a lease that SQS disowns is lost at once', async () => {
  const { put, begin, clock, queue, runs } = stage()
  queue.intercept(({ operation, count }) =>
    operation === 'ChangeMessageVisibilityBatch' && count === 1
      ? { kind: 'failEntries', indexes: [0], code: 'InvalidParameterValue' }
      : undefined,
  )
  put({ id: 1, takes: '60s' })
  await begin()
  await clock.advance(20_500)
  expect(runs[0]?.context.signal.reason).toBeInstanceOf(LeaseLostError)
})

test('a prefetched message whose lease is lost is not started', async () => {
  const { put, begin, clock, queue, runs, worker } = stage({ concurrency: 1, prefetch: 1 })
  const startMs = clock.now()
  queue.intercept(({ operation, entries }) =>
    operation === 'ChangeMessageVisibilityBatch' && clock.now() < startMs + 33_000
      ? { kind: 'failEntries', indexes: [entries - 1], code: 'InternalError' }
      : undefined,
  )
  put({ id: 1, takes: '33s', onAbort: 'ignore' }, { id: 2 })
  await begin()
  await clock.advance(32_000)
  expect(worker.stats()).toMatchObject({ lost: 1 })
  await clock.advance(60_000)
  expect(runs.map(({ id, context }) => [id, context.receiveCount])).toEqual([
    [1, 1],
    [2, 2],
  ])
})

// T12
test('a redelivery that arrives while the first receipt is still settling keeps its own receipt', async () => {
  const { put, begin, clock, queue, worker, told } = stage({ visibilityTimeout: '2s', settleLinger: '100ms' })
  const settled = told('delivery:settled')
  const lost = told('lease:lost')
  // The first two seconds of deletes fail: the lease ends, SQS hands the message out anew under the same message id.
  const startMs = clock.now()
  queue.intercept(({ operation }) =>
    operation === 'DeleteMessageBatch' && clock.now() - startMs < 2_500
      ? { kind: 'fail', reason: 'service' }
      : undefined,
  )
  put({ id: 1 })
  await begin()
  await clock.advance(10_000)
  expect(lost.map(({ delivery }) => delivery.receiveCount)).toEqual([1])
  expect(settled.map(({ delivery, outcome }) => [delivery.receiveCount, outcome])).toEqual([[2, 'done']])
  expect(settled[0]?.delivery.messageId).toBe(lost[0]?.delivery.messageId)
  expect(settled[0]?.delivery.receiptHandle).not.toBe(lost[0]?.delivery.receiptHandle)
  expect(queue.messages()).toEqual([])
  expect(worker.stats().leases).toBe(0)
})

// T21
test('there is a lease for exactly what waits, runs or settles, at every moment', async () => {
  const { put, begin, clock, queue, worker } = stage({ concurrency: 5, visibilityTimeout: '3s' })
  let calls = 0
  queue.intercept(({ operation }) => {
    calls += 1
    const isUnlucky = calls % 4 === 0 && operation !== 'GetQueueAttributes'
    return isUnlucky ? { kind: calls % 8 === 0 ? 'loseAnswer' : 'fail', reason: 'throttled' } : undefined
  })
  put(
    ...scripts(150).map(
      ({ id }) => ({ id, takes: `${(id % 13) * 400}ms`, ends: id % 5 === 0 ? 'throw' : 'return' }) as const,
    ),
  )
  await begin()
  for (let step = 0; step < 4_000; step += 1) {
    await clock.advance(100)
    const { leases, waiting, running, settling } = worker.stats()
    expect(leases).toBe(waiting + running + settling)
  }
  expect(worker.stats().done).toBe(120)
})

// T7
test('a handling past its deadline is aborted and keeps its lease until it ends', async () => {
  const { put, begin, clock, runs, worker, told } = stage({ handlerTimeout: '40s', abortGrace: '5m' })
  const timedOut = told('handler:timed-out')
  put({ id: 1, takes: '3m', onAbort: 'ignore' })
  await begin()
  await clock.advance(179_000)
  expect(timedOut).toHaveLength(1)
  expect(runs).toHaveLength(1)
  expect(runs[0]?.context.signal.reason).toBeInstanceOf(HandlerTimeoutError)
  expect(worker.stats()).toMatchObject({ running: 1, timedOut: 1, lost: 0 })
  await clock.advance(2_000)
  // It did end, by returning: it has handled its message.
  expect(worker.stats()).toMatchObject({ running: 0, done: 1 })
})

// T7
test('a handler that ignores its abort is reported stuck after the grace, and its message goes on without it', async () => {
  const { put, begin, clock, runs, worker, told } = stage({
    concurrency: 2,
    handlerTimeout: '40s',
    abortGrace: '10s',
  })
  const stuck = told('handler:stuck')
  put({ id: 1, takes: '10m', onAbort: 'ignore' })
  await begin()
  await clock.advance(49_000)
  expect(stuck).toHaveLength(0)
  expect(runs).toHaveLength(1)
  await clock.advance(3_000)
  expect(stuck).toHaveLength(1)
  expect(runs.map((run) => run.context.receiveCount)).toEqual([1, 2])
  expect(worker.stats()).toMatchObject({ running: 1, stillStuck: 1, stuck: 1, retried: 1 })
})

test('a handler that ends on its abort has its message again after the backoff', async () => {
  const { put, begin, clock, runs, worker } = stage({ handlerTimeout: '5s' })
  put({ id: 1, takes: '10m' })
  await begin()
  await clock.advance(5_500)
  expect(worker.stats()).toMatchObject({ timedOut: 1, failed: 1, stuck: 0 })
  await clock.advance(1_000)
  expect(runs).toHaveLength(2)
})

test('no lease is asked for beyond twelve hours from the receive', async () => {
  const { put, begin, clock, queue, runs, worker } = stage({ handlerTimeout: false, visibilityTimeout: '4h' })
  put({ id: 1, takes: '13h' })
  await begin()
  await clock.advance(12 * 3_600_000 - 10_000)
  expect(worker.stats()).toMatchObject({ lost: 0, running: 1 })
  await clock.advance(20_000)
  expect(runs[0]?.context.signal.reason).toBeInstanceOf(LeaseLostError)
  expect(queue.messages()[0]?.receiveCount).toBe(2)
})
