// Two workers, one store that fails by chance, a queue that repeats itself: every order is handled, and none twice over.
import { assert, asyncProperty, integer } from 'fast-check'
import { expect, test } from 'vitest'
import { z } from 'zod'
import type { IdempotencyStore } from '../../src/index.js'
import { createWorker, defineQueue, idempotent, silentLogger } from '../../src/index.js'
import { sleep } from '../../src/clock.js'
import { manualClock, memoryIdempotencyStore, memoryQueue } from '../../src/testing/index.js'

const ORDERS = 12
const RUNS = 30
const FAULTS = 0.15

const orders = defineQueue({ name: 'orders', message: z.object({ order: z.number() }) })

/** mulberry32: small, and the same everywhere. */
function chance(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** A store whose calls fail before, or after, they had their effect, and take their time. */
function unreliable(
  store: IdempotencyStore,
  random: () => number,
  wait: (ms: number) => Promise<void>,
): IdempotencyStore {
  const carry = async <T>(run: () => Promise<T>): Promise<T> => {
    await wait(random() * 20)
    const fate = random()
    if (fate < FAULTS) throw new Error('The store is throttled.')
    const answer = await run()
    await wait(random() * 20)
    if (fate < 2 * FAULTS) throw new Error('The answer is lost.')
    return answer
  }
  return {
    begin: (claim) => carry(() => store.begin(claim)),
    extend: (hold) => carry(() => store.extend(hold)),
    complete: (completion) => carry(() => store.complete(completion)),
    release: (hold) => carry(() => store.release(hold)),
  }
}

async function play(seed: number): Promise<{ done: Map<number, number>; peak: number; left: number }> {
  const random = chance(seed)
  const clock = manualClock()
  const queue = memoryQueue({ clock, latency: '10ms' })
  const store = unreliable(memoryIdempotencyStore(), random, (ms) => sleep(clock, ms))
  const done = new Map<number, number>()
  const running = new Map<number, number>()
  let peak = 0
  const handler = async (
    { order }: { order: number },
    { signal }: { signal: AbortSignal },
  ): Promise<void> => {
    const now = (running.get(order) ?? 0) + 1
    running.set(order, now)
    peak = Math.max(peak, now)
    try {
      await sleep(clock, random() * 45_000, signal)
      if (random() < 0.2) throw new Error('The handler fails.')
      done.set(order, (done.get(order) ?? 0) + 1)
    } finally {
      running.set(order, (running.get(order) ?? 1) - 1)
    }
  }
  const use = [
    idempotent({ name: 'orders', store, clock, random, key: ({ order }: { order: number }) => `${order}` }),
  ]
  const workers = [1, 2].map(() =>
    createWorker(orders, handler, { port: queue, clock, random, use, log: silentLogger, doctor: false }),
  )
  // Each twice: as two messages of one order.
  for (let order = 0; order < 2 * ORDERS; order += 1) queue.put({ order: order % ORDERS })
  const started = Promise.all(workers.map((worker) => worker.start()))
  await clock.advance(100)
  await started
  for (let step = 0; step < 400 && queue.messages().length > 0; step += 1) {
    await clock.advance(30_000)
    if (random() < 0.05) queue.redeliver()
  }
  const left = queue.messages().length
  const stopped = Promise.all(workers.map((worker) => worker.stop({ deadline: '0s' })))
  await clock.advance(30_000)
  await stopped
  return { done, peak, left }
}

test('whatever the store does, no order is lost, none is handled twice at once, and none again once it is done', async () => {
  await assert(
    asyncProperty(integer(), async (seed) => {
      const { done, peak, left } = await play(seed)
      expect(left).toBe(0)
      expect(peak).toBe(1)
      expect([...done.keys()].toSorted((a, b) => a - b)).toEqual(
        Array.from({ length: ORDERS }, (_, order) => order),
      )
      expect([...done.values()].filter((times) => times > 1)).toEqual([])
    }),
    { numRuns: RUNS },
  )
})
