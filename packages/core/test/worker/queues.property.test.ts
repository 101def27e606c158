// Workers of several queues in virtual time: random queues, standings, batches and bursts.
// A failure prints its seed and path; LONGSHORE_SEED=<seed> runs it again, LONGSHORE_RUNS=<n> runs so many.
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { sleep } from '../../src/clock.js'
import type { QueueStats, SourceOptions } from '../../src/index.js'
import { createWorker, defineQueue, from, handleBatch } from '../../src/index.js'
import type { ManualClock, MemoryQueue } from '../../src/testing/index.js'
import { manualClock, memoryQueue } from '../../src/testing/index.js'
import { passTime } from '../pass-time.js'

const RUNS = Number(process.env.LONGSHORE_RUNS ?? 25)
const TIMEOUT_MS = 60_000

interface QueuePlan extends SourceOptions {
  readonly isFifo: boolean
  /** 1 for messages one by one. */
  readonly batchSize: number
  readonly takesMs: number
  readonly bursts: readonly { readonly atMs: number; readonly count: number }[]
}

const plan: fc.Arbitrary<{ concurrency: number; queues: QueuePlan[] }> = fc.record({
  concurrency: fc.integer({ min: 1, max: 8 }),
  queues: fc.array(
    fc.record({
      weight: fc.integer({ min: 1, max: 5 }),
      priority: fc.integer({ min: 0, max: 2 }),
      prefetch: fc.integer({ min: 0, max: 12 }),
      isFifo: fc.boolean(),
      batchSize: fc.constantFrom(1, 1, 3, 25),
      takesMs: fc.constantFrom(0, 15, 120, 900),
      bursts: fc.array(fc.record({ atMs: fc.nat(4_000), count: fc.integer({ min: 1, max: 25 }) }), {
        maxLength: 4,
      }),
    }),
    { minLength: 2, maxLength: 4 },
  ),
})

interface Played {
  readonly handled: Map<string, number>
  readonly sent: number
  readonly left: number
  /** Starts of a lower priority while a message of a higher one waited for nothing but a slot. */
  readonly overtakings: number
  readonly peak: number
  readonly stats: readonly QueueStats[]
}

async function play(given: { concurrency: number; queues: readonly QueuePlan[] }): Promise<Played> {
  const clock = manualClock()
  const queues = given.queues.map(({ isFifo }, index) =>
    memoryQueue({ clock, fifo: isFifo, latency: '6ms', name: `q${index}${isFifo ? '.fifo' : ''}` }),
  )
  const handled = new Map<string, number>()
  const slots = { running: 0, peak: 0 }
  const work = async (index: number, ids: readonly string[]): Promise<void> => {
    slots.running += 1
    slots.peak = Math.max(slots.peak, slots.running)
    await sleep(clock, given.queues[index]?.takesMs ?? 0)
    slots.running -= 1
    for (const id of ids) handled.set(id, (handled.get(id) ?? 0) + 1)
  }
  const sources = given.queues.map(({ weight, priority, prefetch, batchSize }, index) => {
    const options = { weight, priority, prefetch }
    const queue = defineQueue({ name: `q${index}`, message: z.object({ id: z.string() }) })
    const port = queues[index] ?? memoryQueue({ clock })
    if (batchSize === 1) return from(queue, ({ id }) => work(index, [id]), { ...options, port })
    const batches = handleBatch<{ id: string }>(
      (batch) =>
        work(
          index,
          batch.map(({ message }) => message.id),
        ),
      { size: batchSize, maxWait: '300ms' },
    )
    return from(queue, batches, { ...options, port })
  })
  const worker = createWorker(sources, {
    concurrency: given.concurrency,
    clock,
    random: () => 0.5,
    log: false,
    waitTime: '2s',
  })
  let overtakings = 0
  worker.on('delivery:started', ({ queue }) => {
    const all = worker.stats().queues
    const own = all.find((each) => each.queue === queue)?.priority ?? 0
    const isPassedOver = ({ priority, waiting }: QueueStats, index: number): boolean => {
      // What waits for its group, or for the rest of its batch, could not start.
      const { isFifo, batchSize } = given.queues[index] ?? { isFifo: true, batchSize: 0 }
      return priority > own && waiting > 0 && !isFifo && batchSize === 1
    }
    if (all.some(isPassedOver)) overtakings += 1
  })
  await passTime(clock, worker.start())
  const sent = await burst(given.queues, queues, clock)
  await passTime(clock, worker.drain())
  const left = queues.reduce((sum, queue) => sum + queue.messages().length, 0)
  return { handled, sent, left, overtakings, peak: slots.peak, stats: worker.stats().queues }
}

async function burst(
  plans: readonly QueuePlan[],
  queues: readonly MemoryQueue[],
  clock: ManualClock,
): Promise<number> {
  const startMs = clock.now()
  const all = plans.flatMap(({ bursts }, index) => bursts.map((each) => ({ ...each, index })))
  let sent = 0
  for (const { atMs, count, index } of all.toSorted((a, b) => a.atMs - b.atMs)) {
    await clock.advance(Math.max(0, startMs + atMs - clock.now()))
    for (let nth = 0; nth < count; nth += 1) {
      queues[index]?.put(
        { id: `${index}-${sent}` },
        { group: plans[index]?.isFifo ? `g${nth % 3}` : undefined },
      )
      sent += 1
    }
  }
  return sent
}

test(
  'whatever queues share a worker, each message is handled once, no slot too many is used, and none overtakes a higher priority',
  { timeout: TIMEOUT_MS },
  async () => {
    await fc.assert(
      fc.asyncProperty(plan, async (given) => {
        const { handled, sent, left, overtakings, peak, stats } = await play(given)
        expect(left).toBe(0)
        expect([...handled.values()].filter((times) => times !== 1)).toEqual([])
        expect(handled.size).toBe(sent)
        expect(overtakings).toBe(0)
        expect(peak).toBeLessThanOrEqual(given.concurrency)
        expect(stats.reduce((sum, { lost, retried, released }) => sum + lost + retried + released, 0)).toBe(0)
      }),
      { numRuns: RUNS },
    )
  },
)

const HORIZON_MS = 8_000

const contention = fc.record({
  concurrency: fc.integer({ min: 1, max: 6 }),
  queues: fc.array(
    fc.record({
      weight: fc.integer({ min: 1, max: 5 }),
      takesMs: fc.integer({ min: 40, max: 250 }),
    }),
    { minLength: 2, maxLength: 3 },
  ),
})

test('under contention each queue has its part of the slot time', { timeout: TIMEOUT_MS }, async () => {
  await fc.assert(
    fc.asyncProperty(contention, async ({ concurrency, queues }) => {
      const clock = manualClock()
      const busyMs = queues.map(() => 0)
      const sources = queues.map(({ weight, takesMs }, index) => {
        const port = memoryQueue({ clock, latency: '6ms', name: `q${index}` })
        for (let sent = 0; sent < (concurrency * HORIZON_MS) / takesMs; sent += 1) port.put({})
        const handler = async (): Promise<void> => {
          await sleep(clock, takesMs)
          busyMs[index] = (busyMs[index] ?? 0) + takesMs
        }
        return from(defineQueue({ name: `q${index}`, message: z.unknown() }), handler, { weight, port })
      })
      const worker = createWorker(sources, {
        concurrency,
        clock,
        random: () => 0.5,
        log: false,
        doctor: false,
      })
      await passTime(clock, worker.start())
      await clock.advance(HORIZON_MS)
      const all = busyMs.reduce((sum, each) => sum + each, 0)
      const weights = queues.reduce((sum, { weight }) => sum + weight, 0)
      for (const [index, { weight }] of queues.entries()) {
        expect(Math.abs((busyMs[index] ?? 0) / all - weight / weights)).toBeLessThan(0.08)
      }
      expect(all).toBeGreaterThan(0.9 * concurrency * HORIZON_MS)
      await passTime(clock, worker.stop({ deadline: '0s' }))
    }),
    { numRuns: Math.ceil(RUNS / 3) },
  )
})
