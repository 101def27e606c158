// Large payloads under faults of the queue and of the store, in virtual time: no message may ever miss its payload.
// A failure prints its seed and path; LONGSHORE_SEED=<seed> runs it again, LONGSHORE_RUNS=<n> runs so many.
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { z } from 'zod'
import type { LargePayloads, Worker } from '../../src/index.js'
import { createProducer, createWorker, deadLetter, defineQueue } from '../../src/index.js'
import { sleep } from '../../src/clock.js'
import type { Fault, MemoryQueue, PayloadFault } from '../../src/testing/index.js'
import { manualClock, memoryPayloads, memoryQueue } from '../../src/testing/index.js'
import { passTime } from '../pass-time.js'

const RUNS = Number(process.env.LONGSHORE_RUNS ?? 30)
const TIMEOUT_MS = 60_000
// Past this nothing fails any more: what is promised must then come true.
const FAULTY_MS = 40_000

const FAULTS = {
  none: undefined,
  throttled: { kind: 'fail', reason: 'throttled' },
  lost: { kind: 'loseAnswer' },
  hang: { kind: 'hang' },
  entry: { kind: 'failEntries', indexes: [0, 2], code: 'InternalError' },
} as const satisfies Record<string, Fault | undefined>

type Kind = keyof typeof FAULTS

const plans = fc.record({
  messages: fc.array(
    fc.record({
      size: fc.constantFrom(10, 2_000),
      takesMs: fc.constantFrom(0, 10, 4_000, 15_000),
      failures: fc.constantFrom(0, 0, 0, 1),
      isDead: fc.constantFrom(false, false, false, true),
    }),
    { minLength: 1, maxLength: 20 },
  ),
  workers: fc.integer({ min: 1, max: 2 }),
  queueFaults: fc.array(fc.constantFrom<Kind[]>('none', 'throttled', 'lost', 'hang', 'entry'), {
    minLength: 1,
    maxLength: 8,
  }),
  storeFaults: fc.array(
    fc.constantFrom<(PayloadFault | 'none')[]>('none', 'none', 'fail', 'refuse', 'hang'),
    {
      minLength: 1,
      maxLength: 8,
    },
  ),
  stopMs: fc.option(fc.integer({ min: 100, max: FAULTY_MS })),
})
type Plan = typeof plans extends fc.Arbitrary<infer T> ? T : never

interface Ending {
  readonly queue: MemoryQueue
  readonly deadLetters: MemoryQueue
  readonly stored: ReadonlyMap<string, string>
  readonly handled: ReadonlySet<number>
  /** What must never be. */
  readonly wrongs: readonly string[]
}

async function play({ messages, workers: count, queueFaults, storeFaults, stopMs }: Plan): Promise<Ending> {
  const clock = manualClock()
  const startMs = clock.now()
  const deadLetters = memoryQueue({ clock, name: 'dead-letters' })
  const redrive = { to: deadLetters, maxReceiveCount: 100 }
  const queue = memoryQueue({ clock, latency: '6ms', visibilityTimeout: '12s', redrive })
  const payloads = memoryPayloads({ above: 1_000 })
  const wrongs: string[] = []
  const handled = new Set<number>()
  const attempts = new Map<number, number>()
  const largePayloads: LargePayloads = {
    ...payloads,
    open: () => {
      const store = payloads.open()
      return {
        ...store,
        async remove(pointer, signal) {
          const held = [...queue.messages(), ...deadLetters.messages()]
          if (held.some(({ body }) => body.includes(pointer.key)))
            wrongs.push('removed before its message was')
          await store.remove(pointer, signal)
        },
      }
    },
  }
  const message = z.object({ id: z.number(), filler: z.string() })
  const definition = defineQueue({ message, largePayloads })
  const start = async (): Promise<Worker> => {
    const worker = createWorker(
      definition,
      async ({ id }, { signal }) => {
        const { takesMs, failures, isDead } = messages[id] ?? { takesMs: 0, failures: 0, isDead: false }
        await sleep(clock, takesMs, signal)
        signal.throwIfAborted()
        const attempt = (attempts.get(id) ?? 0) + 1
        attempts.set(id, attempt)
        if (attempt <= failures) throw new Error('fails')
        if (isDead) return deadLetter('dead')
        handled.add(id)
        return undefined
      },
      { port: queue, clock, random: () => 0.5, log: false, concurrency: 4, retry: { base: '1s', cap: '4s' } },
    )
    worker.on('payload:rejected', ({ error }) => wrongs.push(error.message))
    await passTime(clock, worker.start())
    return worker
  }
  const producer = createProducer(definition, { port: queue, clock, random: () => 0.5 })
  const sent = messages.map(({ size }, id) => producer.send({ id, filler: 'x'.repeat(size) }))
  await passTime(clock, Promise.all(sent))
  await passTime(clock, producer.close())

  const workers = await Promise.all(Array.from({ length: count }, start))
  const isFaulty = (): boolean => clock.now() - startMs <= FAULTY_MS
  const counts = new Map<string, number>()
  queue.intercept(({ operation }) => {
    if (operation === 'GetQueueAttributes' || !isFaulty()) return undefined
    const turn = counts.get(operation) ?? 0
    counts.set(operation, turn + 1)
    return FAULTS[queueFaults[turn % queueFaults.length] ?? 'none']
  })
  payloads.intercept(({ count: turn }) => {
    const fault = storeFaults[turn % storeFaults.length]
    return fault === 'none' || !isFaulty() ? undefined : fault
  })
  if (stopMs !== null) {
    await clock.advance(stopMs)
    await passTime(clock, Promise.resolve(workers[0]?.stop({ deadline: '0s' })))
    workers[0] = await start()
  }
  for (let waited = 0; waited < 600 && queue.messages().length > 0; waited += 1) await clock.advance(1_000)
  for (const worker of workers) await passTime(clock, worker.stop({ deadline: '0s' }))
  return { queue, deadLetters, stored: payloads.objects, handled, wrongs }
}

// T11, T15
test(
  'whatever the queue and the store do, no message loses its payload, and none is lost',
  async () => {
    await fc.assert(
      fc.asyncProperty(plans, async (plan) => {
        const { queue, deadLetters, stored, handled, wrongs } = await play(plan)
        expect(wrongs).toEqual([])
        expect(queue.messages()).toEqual([])
        const dead = plan.messages.flatMap(({ isDead }, id) => (isDead ? [id] : []))
        const alive = plan.messages.flatMap(({ isDead }, id) => (isDead ? [] : [id]))
        expect([...handled].toSorted((a, b) => a - b)).toEqual(alive)
        // A copy whose answer was lost is made again: a dead letter may be there twice, with the one payload.
        const copies = new Set(deadLetters.messages().map(({ body }) => body))
        expect(copies.size).toBe(dead.length)
        for (const body of copies) {
          const [, key] = /"s3Key":"([^"]+)"/.exec(body) ?? []
          if (key !== undefined) expect(stored.has(key)).toBe(true)
        }
      }),
      { numRuns: RUNS },
    )
  },
  TIMEOUT_MS,
)
