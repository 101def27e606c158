import { expect, test } from 'vitest'
import { OptionsError } from '../../src/index.js'
import { stage } from '../stage.js'
import type { Script, Stage, StageOptions } from '../stage.js'

const byKey = (body: string): string => String((JSON.parse(body) as Script).id).slice(0, 1)

const keyed = (limit: number, options: StageOptions = {}): Stage =>
  stage({ rateLimit: { limit, per: '1s', key: ({ body }) => byKey(body) }, ...options })

/** Ids whose first digit is their key. */
function fill({ put }: Stage, key: number, count: number, takes = '0ms'): void {
  for (let index = 0; index < count; index += 1) put({ id: key * 1_000 + index, takes })
}

const startsOf = ({ runs }: Stage, key: number): number[] =>
  runs.filter(({ id }) => Math.floor(id / 1_000) === key).map(({ startedMs }) => startedMs)

function mostIn(startsMs: readonly number[], perMs: number): number {
  return Math.max(
    ...startsMs.map((atMs) => startsMs.filter((each) => each > atMs - perMs && each <= atMs).length),
  )
}

// T23
test('no more handlings of a key start than its budget has, and none is received again for that', async () => {
  const it = keyed(5)
  fill(it, 1, 40)
  await it.begin()
  await it.clock.advance(7_500)
  expect(mostIn(startsOf(it, 1), 1_000)).toBe(5)
  expect(it.worker.stats()).toMatchObject({ done: 40, received: 40, released: 0, retried: 0, limited: 0 })
  expect(it.runs.every(({ context }) => context.receiveCount === 1)).toBe(true)
})

test('messages of other keys go ahead, and find every slot', async () => {
  const it = keyed(1, { concurrency: 4 })
  fill(it, 1, 60)
  fill(it, 2, 1)
  for (let key = 3; key < 9; key += 1) fill(it, key, 1, '1s')
  await it.begin()
  await it.clock.advance(900)
  expect(startsOf(it, 1)).toHaveLength(1)
  expect(it.worker.stats()).toMatchObject({ running: 4, limited: 59 })
  await it.clock.advance(2_000)
  for (let key = 2; key < 9; key += 1) expect(startsOf(it, key), `key ${key}`).toHaveLength(1)
})

test('what waits for its budget keeps its lease, past many visibility timeouts', async () => {
  const it = stage({ rateLimit: { limit: 1, per: '1m' }, queue: { visibilityTimeout: '10s' } })
  fill(it, 1, 5)
  await it.begin()
  await it.clock.advance(241_000)
  expect(it.worker.stats()).toMatchObject({ done: 5, received: 5, lost: 0 })
})

test('without a key all messages share one budget; undefined needs none', async () => {
  const all = stage({ rateLimit: { limit: 3, per: '1s' } })
  fill(all, 1, 4)
  fill(all, 2, 4)
  await all.begin()
  await all.clock.advance(500)
  expect(all.runs).toHaveLength(3)
  const some = stage({
    rateLimit: { limit: 1, per: '1m', key: ({ body }) => (byKey(body) === '1' ? 'one' : undefined) },
  })
  fill(some, 1, 4)
  fill(some, 2, 4)
  await some.begin()
  await some.clock.advance(500)
  expect([startsOf(some, 1).length, startsOf(some, 2).length]).toEqual([1, 4])
})

test('what is held aside is bounded, and goes back when the worker stops', async () => {
  const it = stage({ rateLimit: { limit: 1, per: '1h' }, concurrency: 2, prefetch: 2 })
  fill(it, 1, 200)
  await it.begin()
  await it.clock.advance(60_000)
  expect(it.worker.stats()).toMatchObject({ done: 1, limited: 40 })
  const report = await it.stop()
  expect(report).toMatchObject({ released: 40, unsettled: 0 })
  expect(it.clock.pending).toBe(0)
})

test('a FIFO group waits as a whole for the budget of its first, and keeps its order', async () => {
  const it = keyed(2, { queue: { fifo: true } })
  for (let id = 0; id < 4; id += 1) it.queue.put({ id: 1_000 + id }, { group: 'a' })
  it.queue.put({ id: 2_000 }, { group: 'a' })
  it.queue.put({ id: 3_000 }, { group: 'b' })
  await it.begin()
  await it.clock.advance(500)
  expect(it.runs.map(({ id }) => id).toSorted((a, b) => a - b)).toEqual([1_000, 1_001, 3_000])
  await it.clock.advance(5_000)
  expect(it.runs.map(({ id }) => id).filter((id) => id !== 3_000)).toEqual([
    1_000, 1_001, 1_002, 1_003, 2_000,
  ])
})

test('a key that throws is logged, and its message needs the budget of all such', async () => {
  const errors: unknown[] = []
  const log = {
    debug: () => {},
    info: () => {},
    warn: () => {},
    error: (fields: unknown) => errors.push(fields),
  }
  const it = stage({
    log,
    doctor: false,
    rateLimit: {
      limit: 1,
      per: '1h',
      key: () => {
        throw new Error('no key')
      },
    },
  })
  fill(it, 1, 2)
  await it.begin()
  await it.clock.advance(1_000)
  expect(it.worker.stats()).toMatchObject({ done: 1, limited: 1 })
  expect(errors).toHaveLength(2)
})

test('a limit needs a number and a time', () => {
  for (const rateLimit of [
    { limit: 1 },
    { limit: 0, per: '1s' },
    { limit: 1, per: '2h' },
    { limit: 1, per: '1s', key: 'id' },
  ]) {
    expect(() => stage({ rateLimit } as never)).toThrow(OptionsError)
  }
})
