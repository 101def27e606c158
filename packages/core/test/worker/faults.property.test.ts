// Workers on a queue in memory, in virtual time, under faults: what is promised must hold whatever happens.
// A failure prints its seed and path; LONGSHORE_SEED=<seed> runs it again, LONGSHORE_RUNS=<n> runs so many.
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { createWorker, defineQueue } from '../../src/index.js'
import type { Worker } from '../../src/index.js'
import { sleep } from '../../src/clock.js'
import type { Fault, ManualClock, MemoryQueue } from '../../src/testing/index.js'
import { manualClock, memoryQueue } from '../../src/testing/index.js'
import { passTime } from '../pass-time.js'

const RUNS = Number(process.env.LONGSHORE_RUNS ?? 250)
const TIMEOUT_MS = 60_000
const GROUPS = 4
// Past this nothing fails any more: what is promised must then come true.
const FAULTY_MS = 40_000

interface Plan {
  readonly isFifo: boolean
  readonly messages: readonly {
    readonly group: number
    readonly takesMs: number
    readonly failures: number
  }[]
  readonly workers: readonly { readonly concurrency: number; readonly prefetch: number }[]
  /** Of each operation's calls in turn, again and again. */
  readonly faults: readonly (keyof typeof FAULTS)[]
  /** When workers stop, without the time to finish: others start in their place. */
  readonly stopsMs: readonly number[]
}

const FAULTS = {
  none: undefined,
  throttled: { kind: 'fail', reason: 'throttled' },
  lost: { kind: 'loseAnswer' },
  late: { kind: 'delayAnswer', delayMs: 7_000 },
  hang: { kind: 'hang' },
  entry: { kind: 'failEntries', indexes: [0, 2], code: 'InternalError' },
} as const satisfies Record<string, Fault | undefined>

const plans = (isFifo: boolean, kinds: readonly (keyof typeof FAULTS)[]): fc.Arbitrary<Plan> =>
  fc.record({
    isFifo: fc.constant(isFifo),
    messages: fc.array(
      fc.record({
        group: fc.integer({ min: 0, max: GROUPS - 1 }),
        takesMs: fc.constantFrom(0, 10, 300, 4_000, 15_000),
        failures: fc.constantFrom(0, 0, 0, 0, 1, 2),
      }),
      { minLength: 1, maxLength: 30 },
    ),
    workers: fc.array(
      fc.record({ concurrency: fc.integer({ min: 1, max: 8 }), prefetch: fc.integer({ min: 0, max: 10 }) }),
      { minLength: 1, maxLength: 3 },
    ),
    faults: fc.array(fc.constantFrom('none' as const, ...kinds), { minLength: 1, maxLength: 12 }),
    stopsMs: fc.array(fc.integer({ min: 100, max: FAULTY_MS }), { maxLength: kinds.length === 0 ? 0 : 3 }),
  })

interface Handling {
  readonly id: number
  readonly group: number
  readonly isDone: boolean
}

/** Runs the plan to its end; every handling in the order of ending, and what is left. */
async function play(plan: Plan): Promise<{ handlings: Handling[]; queue: MemoryQueue; overlaps: number }> {
  const clock = manualClock()
  const startMs = clock.now()
  const queue = memoryQueue({ clock, fifo: plan.isFifo, latency: '6ms', visibilityTimeout: '12s' })
  const handlings: Handling[] = []
  const running = new Map<number, number>()
  let overlaps = 0
  const attempts = new Map<number, number>()
  const start = async (index: number): Promise<Worker> => {
    const given = plan.workers[index % plan.workers.length]
    const handler = async ({ id }: { id: number }, { signal }: { signal: AbortSignal }): Promise<void> => {
      const { group, takesMs, failures } = plan.messages[id] ?? { group: 0, takesMs: 0, failures: 0 }
      if ((running.get(group) ?? 0) > 0) overlaps += 1
      running.set(group, (running.get(group) ?? 0) + 1)
      await sleep(clock, takesMs, signal)
      running.set(group, (running.get(group) ?? 0) - 1)
      signal.throwIfAborted()
      const attempt = (attempts.get(id) ?? 0) + 1
      attempts.set(id, attempt)
      handlings.push({ id, group, isDone: attempt > failures })
      if (attempt <= failures) throw new Error('fails')
    }
    const worker = createWorker(defineQueue({ message: z.object({ id: z.number() }) }), handler, {
      ...given,
      port: queue,
      clock,
      random: () => 0.5,
      log: false,
      retry: { base: '1s', cap: '4s' },
    })
    await passTime(clock, worker.start())
    return worker
  }
  for (const [id, { group }] of plan.messages.entries()) queue.put({ id }, { group: `group ${group}` })
  const workers = await Promise.all(plan.workers.map((_, index) => start(index)))
  const counts = new Map<string, number>()
  queue.intercept(({ operation }) => {
    // To reach the queue is another story: workers that cannot start fail.
    if (operation === 'GetQueueAttributes' || clock.now() - startMs > FAULTY_MS) return undefined
    const count = counts.get(operation) ?? 0
    counts.set(operation, count + 1)
    return FAULTS[plan.faults[count % plan.faults.length] ?? 'none']
  })
  await stopAndReplace({ plan, clock, startMs, workers, start })
  for (let waited = 0; waited < 600 && queue.messages().length > 0; waited += 1) await clock.advance(1_000)
  for (const worker of workers) await passTime(clock, worker.stop({ deadline: '0s' }))
  return { handlings, queue, overlaps }
}

async function stopAndReplace(stage: {
  plan: Plan
  clock: ManualClock
  startMs: number
  workers: Worker[]
  start: (index: number) => Promise<Worker>
}): Promise<void> {
  const { plan, clock, startMs, workers, start } = stage
  for (const atMs of plan.stopsMs.toSorted((a, b) => a - b)) {
    await clock.advance(Math.max(0, startMs + atMs - clock.now()))
    const index = atMs % workers.length
    const worker = workers[index]
    if (worker !== undefined) await passTime(clock, worker.stop({ deadline: '0s' }))
    workers[index] = await start(index)
  }
}

/**
 * After a handling that was done, the group may go on with the next message, or begin again earlier; never further on.
 * After one that failed, not further than that one.
 */
function expectOrder(handlings: readonly Handling[], plan: Plan): void {
  for (let group = 0; group < GROUPS; group += 1) {
    const ids = [...plan.messages.entries()].flatMap(([id, message]) => (message.group === group ? [id] : []))
    let furthest = 0
    for (const { id, isDone } of handlings.filter((one) => one.group === group)) {
      const place = ids.indexOf(id)
      expect(place, `message ${id} of group ${group} overtakes`).toBeLessThanOrEqual(furthest)
      furthest = isDone ? place + 1 : place
    }
  }
}

function expectAllDone(handlings: readonly Handling[], plan: Plan): void {
  const done = new Set(handlings.filter(({ isDone }) => isDone).map(({ id }) => id))
  expect([...plan.messages.keys()].filter((id) => !done.has(id))).toEqual([])
}

// SQS may refuse one entry of a batch and take the next, of the same group: what it refused is handled again then, out of
// its order. Nothing but a call for each message would avoid that.
const WHOLE_CALLS = ['throttled', 'lost', 'late', 'hang'] as const
const ALL = [...WHOLE_CALLS, 'entry'] as const

test(
  'whatever fails, no message is lost and each group of a FIFO queue keeps its order',
  { timeout: TIMEOUT_MS },
  async () => {
    await fc.assert(
      fc.asyncProperty(plans(true, WHOLE_CALLS), async (plan) => {
        const { handlings, queue } = await play(plan)
        expect(queue.messages()).toEqual([])
        expectAllDone(handlings, plan)
        expectOrder(handlings, plan)
      }),
      { numRuns: RUNS },
    )
  },
)

test('whatever fails, no message of a standard queue is lost', { timeout: TIMEOUT_MS }, async () => {
  await fc.assert(
    fc.asyncProperty(plans(false, ALL), async (plan) => {
      const { handlings, queue } = await play(plan)
      expect(queue.messages()).toEqual([])
      expectAllDone(handlings, plan)
    }),
    { numRuns: RUNS },
  )
})

test(
  'while calls are only refused, every message is handled to its end exactly once, one of a group at a time',
  { timeout: TIMEOUT_MS },
  async () => {
    const plan = fc.boolean().chain((isFifo) => plans(isFifo, ['throttled', 'entry']))
    await fc.assert(
      fc.asyncProperty(plan, async (given) => {
        // Refusals now and then: those that last longer than a lease lose it, whoever asks.
        const faults = [...given.faults.slice(0, 2), 'none', 'none', 'none'] as const
        const { handlings, overlaps } = await play({ ...given, faults, stopsMs: [] })
        const done = handlings.filter(({ isDone }) => isDone).map(({ id }) => id)
        expect(done.toSorted((a, b) => a - b)).toEqual([...given.messages.keys()])
        if (given.isFifo) expect(overlaps).toBe(0)
      }),
      { numRuns: RUNS },
    )
  },
)
