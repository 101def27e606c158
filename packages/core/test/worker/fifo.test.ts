import { expect, test } from 'vitest'
import { HandlerTimeoutError, LeaseLostError } from '../../src/index.js'
import type { Stage, StageOptions } from '../stage.js'
import { stage } from '../stage.js'

function fifo(options: StageOptions = {}): Stage {
  return stage({ ...options, queue: { fifo: true, ...options.queue } })
}

/** Puts messages with these ids into a group. */
function fill(it: Stage, group: string, ids: readonly number[], script: object = {}): void {
  for (const id of ids) it.queue.put({ id, ...script }, { group })
}

const deadIds = (it: Stage): number[] =>
  it.deadLetters.messages().map(({ body }) => (JSON.parse(body) as { id: number }).id)

const idsOf = (it: Stage): number[] => it.runs.map(({ id }) => id)

// T8
test('the messages of a group are handled one after the other, in their order, whatever the number of slots', async () => {
  const it = fifo({ concurrency: 10 })
  fill(it, 'a', [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], { takes: '100ms' })
  await it.begin()
  await it.clock.advance(5_000)
  expect(idsOf(it)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
  expect(it.peak).toBe(1)
  expect(it.worker.stats()).toMatchObject({ done: 12, released: 0, lost: 0 })
})

test('groups are handled side by side', async () => {
  const it = fifo({ concurrency: 4 })
  for (const [index, group] of ['a', 'b', 'c', 'd'].entries()) {
    fill(it, group, [index * 10 + 1, index * 10 + 2, index * 10 + 3], { takes: '1s' })
  }
  await it.begin()
  await it.clock.advance(3_500)
  expect(it.peak).toBe(4)
  expect(it.worker.stats().done).toBe(12)
})

test('a long group leaves no slot idle while other groups have messages', async () => {
  const it = fifo({ concurrency: 4, prefetch: 0 })
  fill(
    it,
    'long',
    Array.from({ length: 100 }, (_, id) => id),
    { takes: '10s' },
  )
  for (const group of ['b', 'c', 'd']) fill(it, group, [1_000], { takes: '10s' })
  await it.begin()
  await it.clock.advance(2_000)
  expect(it.worker.stats()).toMatchObject({ running: 4 })
})

test('what waits for a slot locks no more than ten groups', async () => {
  const it = fifo({ concurrency: 2, prefetch: 50 })
  for (let group = 0; group < 40; group += 1) fill(it, `group ${group}`, [group], { takes: '10m' })
  await it.begin()
  await it.clock.advance(60_000)
  const { running, waiting } = it.worker.stats()
  expect(running).toBe(2)
  expect(waiting).toBeGreaterThan(0)
  expect(waiting).toBeLessThanOrEqual(10)
})

test('a failed message takes its successors back at once, and the group goes on with it after its backoff', async () => {
  const it = fifo({ retry: { base: '10s', cap: '10s' } })
  fill(it, 'a', [1])
  fill(it, 'a', [2], { takes: '50ms', ends: 'throw' })
  fill(it, 'a', [3, 4, 5])
  await it.begin()
  await it.clock.advance(400)
  expect(idsOf(it)).toEqual([1, 2])
  // Behind the failed one, which SQS hides until its backoff is over, the three are locked though they are visible.
  expect(it.queue.counts()).toEqual({ visible: 3, inFlight: 1, delayed: 0 })
  expect(it.worker.stats()).toMatchObject({ leases: 0, retried: 1, released: 3 })
  await it.clock.advance(6_000)
  expect(idsOf(it).slice(2, 3)).toEqual([2])
})

test('a group behind a failed message does not wait for its visibility timeout when that succeeds', async () => {
  const it = fifo({ retry: { base: '2s', cap: '2s' } })
  let failures = 0
  it.worker.on('handler:failed', () => (failures += 1))
  fill(it, 'a', [1], { ends: 'throwOnce' })
  fill(it, 'a', [2, 3])
  await it.begin()
  await it.clock.advance(3_000)
  expect(failures).toBe(1)
  expect(idsOf(it)).toEqual([1, 1, 2, 3])
  expect(it.queue.messages()).toEqual([])
})

test('other groups go on while one waits for the backoff of its first', async () => {
  const it = fifo({ retry: { base: '10s', cap: '10s' } })
  fill(it, 'a', [1], { ends: 'throw' })
  fill(it, 'b', [11, 12, 13])
  await it.begin()
  await it.clock.advance(2_000)
  expect(idsOf(it)).toEqual([1, 11, 12, 13])
})

test('a drain finishes what runs and hands back the rest of each group', async () => {
  const it = fifo({ concurrency: 2, prefetch: 2 })
  fill(it, 'a', [1, 2, 3], { takes: '2s' })
  fill(it, 'b', [11, 12], { takes: '2s' })
  await it.begin()
  await it.clock.advance(500)
  expect(await it.stop()).toMatchObject({ finished: 2, released: 2, aborted: 0, unsettled: 0 })
  expect(idsOf(it)).toEqual([1, 11])
  expect(it.queue.counts()).toEqual({ visible: 3, inFlight: 0, delayed: 0 })
})

test('a lost lease aborts the handling and takes the successors back', async () => {
  const it = fifo({ visibilityTimeout: '10s', settleLinger: '50ms' })
  const lost = it.told('lease:lost')
  it.queue.intercept(({ operation, count }) =>
    operation === 'ChangeMessageVisibilityBatch' && count === 1
      ? { kind: 'failEntries', indexes: [0], code: 'ReceiptHandleIsInvalid' }
      : undefined,
  )
  fill(it, 'a', [1, 2, 3], { takes: '12s' })
  await it.begin()
  await it.clock.advance(9_000)
  expect(lost.map(({ delivery }) => delivery.message.body)).toEqual(['{"id":1,"takes":"12s"}'])
  expect(it.runs[0]?.context.signal.reason).toBeInstanceOf(LeaseLostError)
  expect(it.worker.stats()).toMatchObject({ released: 2 })
  await it.clock.advance(60_000)
  expect(idsOf(it)).toEqual([1, 1, 2, 3])
})

test('the deletes of a group are confirmed in its order: none overtakes one that SQS refuses for now', async () => {
  const it = fifo({ settleLinger: '10ms' })
  it.queue.intercept(({ operation, count }) =>
    operation === 'DeleteMessageBatch' && count <= 3
      ? { kind: 'failEntries', indexes: [0], code: 'InternalError' }
      : undefined,
  )
  const settled = it.told('delivery:settled')
  fill(it, 'a', [1, 2, 3, 4, 5, 6], { takes: '40ms' })
  await it.begin()
  await it.clock.advance(5_000)
  const order = settled.map(({ delivery }) => JSON.parse(delivery.message.body) as { id: number })
  expect(order.map(({ id }) => id)).toEqual([1, 2, 3, 4, 5, 6])
  expect(it.runs).toHaveLength(6)
})

test('when the delete of a message never holds, what was handled after it is handled again after it', async () => {
  const it = fifo({ visibilityTimeout: '4s', settleLinger: '10ms' })
  const startMs = it.clock.now()
  it.queue.intercept(({ operation }) =>
    operation === 'DeleteMessageBatch' && it.clock.now() - startMs < 5_000
      ? { kind: 'fail', reason: 'service' }
      : undefined,
  )
  fill(it, 'a', [1, 2, 3], { takes: '100ms' })
  await it.begin()
  await it.clock.advance(30_000)
  expect(it.queue.messages()).toEqual([])
  // This worker knows that it has handled the first; what came after it is repeated, never skipped.
  expect(idsOf(it)).toEqual([1, 2, 3, 2, 3])
})

test('a dead-lettered message is copied before the next of its group starts', async () => {
  const it = fifo({ queue: { maxReceiveCount: 5 } })
  fill(it, 'a', [1], { ends: 'deadLetter' })
  fill(it, 'a', [2])
  const seen: number[] = []
  it.worker.on('delivery:started', () => seen.push(it.deadLetters.messages().length))
  await it.begin()
  await it.clock.advance(2_000)
  expect(seen).toEqual([0, 1])
  expect(it.deadLetters.messages()).toHaveLength(1)
  expect(it.queue.messages()).toEqual([])
})

// T27
test('a stuck handler does not hold up its group', async () => {
  const it = fifo({ handlerTimeout: '5s', abortGrace: '1s', retry: { base: '1s', cap: '1s' } })
  fill(it, 'a', [1], { takes: '1h', onAbort: 'ignoreOnce' })
  fill(it, 'a', [2])
  await it.begin()
  await it.clock.advance(9_000)
  expect(idsOf(it)).toEqual([1, 1, 2])
  expect(it.runs[0]?.context.signal.reason).toBeInstanceOf(HandlerTimeoutError)
  expect(it.worker.stats()).toMatchObject({ stillStuck: 1, done: 2 })
})

test('a receive whose answer is lost is made again under its id and brings the same messages', async () => {
  const it = fifo()
  it.queue.intercept(({ operation, count }) =>
    operation === 'ReceiveMessage' && count === 1 ? { kind: 'loseAnswer' } : undefined,
  )
  fill(it, 'a', [1, 2, 3])
  await it.begin()
  await it.clock.advance(2_000)
  expect(it.runs.map(({ id, context }) => [id, context.receiveCount])).toEqual([
    [1, 1],
    [2, 1],
    [3, 1],
  ])
})

test('messages that a stopping worker’s given-up receive took are fetched and handed back', async () => {
  const it = fifo()
  await it.begin()
  it.queue.intercept(({ operation, count }) =>
    operation === 'ReceiveMessage' && count === 2 ? { kind: 'delayAnswer', delayMs: 60_000 } : undefined,
  )
  // The first receive ends empty; the second takes the messages, and its answer never comes.
  await it.clock.advance(20_100)
  fill(it, 'a', [1, 2])
  await it.clock.advance(1_000)
  expect(it.queue.counts()).toMatchObject({ inFlight: 2 })
  expect(await it.stop()).toMatchObject({ released: 2, unsettled: 0 })
  expect(it.queue.counts()).toEqual({ visible: 2, inFlight: 0, delayed: 0 })
})

const REDRIVES = [2, 3, 5, 10].flatMap((maxReceiveCount) =>
  [1, 4].map((concurrency) => ({ maxReceiveCount, concurrency })),
)

test.each(REDRIVES)(
  'poison takes nothing of its group to the dead-letter queue: maxReceiveCount $maxReceiveCount, concurrency $concurrency',
  async ({ maxReceiveCount, concurrency }) => {
    const it = fifo({ concurrency, retry: { base: '2s', cap: '10s' }, queue: { maxReceiveCount } })
    fill(it, 'a', [1, 2], { ends: 'throw' })
    fill(it, 'a', [3, 4, 5, 6, 7])
    fill(it, 'a', [8], { ends: 'throw' })
    fill(it, 'a', [9, 10, 11, 12])
    await it.begin()
    await it.clock.advance(600_000)
    expect(deadIds(it)).toEqual([1, 2, 8])
    expect(it.queue.messages()).toEqual([])
    expect(new Set(idsOf(it)).size).toBe(12)
    expect(it.worker.stats().done).toBe(9)
    expect(idsOf(it).filter((id) => id === 1)).toHaveLength(maxReceiveCount)
    // Until it is known to be poison the others are received with it, and once more by a receive already under way.
    const firstCounts = it.runs
      .filter(({ id }) => id > 2 && id !== 8)
      .map(({ context }) => context.receiveCount)
    expect(Math.max(...firstCounts)).toBeLessThanOrEqual(Math.ceil(maxReceiveCount / 2) + 1)
  },
)

test('what was received with a message that has its last receive goes on, though another of them fails too', async () => {
  const it = fifo({ concurrency: 1, retry: { base: '1s', cap: '1s' }, queue: { maxReceiveCount: 1 } })
  fill(it, 'a', [1, 2], { ends: 'throw' })
  fill(it, 'a', [3, 4])
  await it.begin()
  await it.clock.advance(60_000)
  expect(it.runs.map(({ id, context }) => [id, context.receiveCount])).toEqual([
    [1, 1],
    [2, 1],
    [3, 1],
    [4, 1],
  ])
  expect(deadIds(it)).toEqual([1, 2])
  expect(it.queue.messages()).toEqual([])
})

test('a message that was received more often than its queue allowed is retried in its turn: the policy has changed', async () => {
  const it = fifo({ retry: { base: '10s', cap: '10s' }, queue: { maxReceiveCount: 1 } })
  fill(it, 'a', [1], { ends: 'throw' })
  fill(it, 'a', [2])
  const receive = it.queue.receive.bind(it.queue)
  it.queue.receive = async (request, signal) =>
    (await receive(request, signal)).map((message) =>
      Object.assign(message, { receiveCount: message.receiveCount + 1 }),
    )
  await it.begin()
  await it.clock.advance(2_000)
  expect(idsOf(it)).toEqual([1])
  expect(it.worker.stats()).toMatchObject({ retried: 1, released: 1 })
})
