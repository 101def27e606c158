// One run: workers on a queue in memory, in virtual time, under faults, stops and crashes.
import type { QueuePort, Worker } from '@longshore/core'
import { createWorker, defineQueue } from '@longshore/core'
import type { Fault, ManualClock, MemoryQueue } from '@longshore/core/testing'
import { manualClock, memoryQueue } from '@longshore/core/testing'
import { sleep } from '@longshore/core/time'
import * as fc from 'fast-check'
import { z } from 'zod'

export const GROUPS = 4
// Past this nothing fails any more: what is promised must then come true.
const FAULTY_MS = 40_000
// Every lease has ended many times by then.
const PATIENCE_MS = 900_000

export const FAULTS = {
  none: undefined,
  throttled: { kind: 'fail', reason: 'throttled' },
  lost: { kind: 'loseAnswer' },
  late: { kind: 'delayAnswer', delayMs: 7_000 },
  hang: { kind: 'hang' },
  entry: { kind: 'failEntries', indexes: [0, 2], code: 'InternalError' },
} as const satisfies Record<string, Fault | undefined>
export type FaultKind = keyof typeof FAULTS

export interface Plan {
  readonly isFifo: boolean
  readonly visibilitySeconds: 12 | 30
  readonly messages: readonly {
    readonly group: number
    readonly takesMs: number
    /** How often its handling throws before it succeeds. */
    readonly failures: number
  }[]
  readonly workers: readonly { readonly concurrency: number; readonly prefetch: number }[]
  /** Of each operation's calls in turn, again and again. */
  readonly faults: readonly FaultKind[]
  /** When workers end, to be replaced by others. */
  readonly ends: readonly {
    readonly atMs: number
    /** A crash tells nobody; an abort leaves no time to finish; a drain leaves all that is needed. */
    readonly how: 'abort' | 'drain' | 'crash'
  }[]
  /** When the queue hands out again what is held, as standard queues may. */
  readonly redeliversMs: readonly number[]
}

export interface Handling {
  readonly id: number
  readonly group: number
  readonly isDone: boolean
}

/** How a run went. */
export interface Played {
  /** Every handling that ended, in that order. */
  readonly handlings: readonly Handling[]
  /** Bodies of the messages that are left. */
  readonly left: readonly string[]
  /** How often two of one group ran at a time. */
  readonly overlaps: number
  /** Timers that are still set once every worker has stopped. */
  readonly timers: number
}

/** Random plans: mostly a few messages, now and then many. */
export function plans(options: {
  readonly isFifo: boolean
  readonly faults: readonly FaultKind[]
  readonly ends: readonly Plan['ends'][number]['how'][]
  readonly redelivers?: boolean
  readonly visibilitySeconds?: Plan['visibilitySeconds']
}): fc.Arbitrary<Plan> {
  const { isFifo, faults, ends, redelivers = false, visibilitySeconds = 12 } = options
  const message = fc.record({
    group: fc.integer({ min: 0, max: GROUPS - 1 }),
    takesMs: fc.constantFrom(0, 0, 10, 10, 300, 300, 4_000, 15_000),
    failures: fc.constantFrom(0, 0, 0, 0, 0, 0, 1, 2),
  })
  const messages = (most: number): fc.Arbitrary<Plan['messages']> =>
    fc.array(message, { minLength: 1, maxLength: most })
  const instant = fc.integer({ min: 100, max: 20_000 })
  const end = ends.length === 0 ? undefined : fc.record({ atMs: instant, how: fc.constantFrom(...ends) })
  return fc.record({
    isFifo: fc.constant(isFifo),
    visibilitySeconds: fc.constant(visibilitySeconds),
    messages: fc.oneof({ weight: 9, arbitrary: messages(4) }, { weight: 1, arbitrary: messages(30) }),
    workers: fc.array(
      fc.record({ concurrency: fc.integer({ min: 1, max: 6 }), prefetch: fc.integer({ min: 0, max: 8 }) }),
      { minLength: 1, maxLength: 2 },
    ),
    faults: fc.array(fc.constantFrom('none' as const, ...faults), { minLength: 1, maxLength: 8 }),
    ends: end === undefined ? fc.constant([]) : fc.array(end, { maxLength: 2 }),
    redeliversMs: redelivers ? fc.array(instant, { maxLength: 2 }) : fc.constant([]),
  })
}

interface Running {
  readonly worker: Worker
  /** Cuts it off: from now on none of its calls is answered, and none arrives. */
  readonly crash: () => void
}

const message = z.object({ id: z.number() })

/** Plays the plan to its end. */
export async function play(plan: Plan): Promise<Played> {
  const clock = manualClock()
  const startMs = clock.now()
  const { isFifo, visibilitySeconds } = plan
  const queue = memoryQueue({
    clock,
    fifo: isFifo,
    latency: '6ms',
    visibilityTimeout: `${visibilitySeconds}s`,
  })
  const handlings: Handling[] = []
  const running = new Map<number, number>()
  const attempts = new Map<number, number>()
  let overlaps = 0

  const start = async (index: number): Promise<Running> => {
    let isAlive = true
    const handler = async ({ id }: { id: number }, { signal }: { signal: AbortSignal }): Promise<void> => {
      const { group, takesMs, failures } = plan.messages[id] ?? { group: 0, takesMs: 0, failures: 0 }
      const inGroup = running.get(group) ?? 0
      if (inGroup > 0) overlaps += 1
      running.set(group, inGroup + 1)
      await sleep(clock, takesMs, signal)
      running.set(group, (running.get(group) ?? 0) - 1)
      if (!isAlive) return
      signal.throwIfAborted()
      const attempt = (attempts.get(id) ?? 0) + 1
      attempts.set(id, attempt)
      handlings.push({ id, group, isDone: attempt > failures })
      if (attempt <= failures) throw new Error('fails')
    }
    const worker = createWorker(defineQueue({ message }), handler, {
      ...plan.workers[index % plan.workers.length],
      port: mortal(queue, () => isAlive),
      clock,
      random: () => 0.5,
      log: false,
      doctor: false,
      protection: false,
      retry: { base: '1s', cap: '4s' },
    })
    await passTime(clock, worker.start())
    return { worker, crash: () => (isAlive = false) }
  }

  for (const [id, { group }] of plan.messages.entries()) queue.put({ id }, { group: `group ${group}` })
  const workers: Running[] = []
  for (const index of plan.workers.keys()) workers.push(await start(index))
  const counts = new Map<string, number>()
  queue.intercept(({ operation }) => {
    // To reach the queue is another story: workers that cannot start fail.
    if (operation === 'GetQueueAttributes' || clock.now() - startMs > FAULTY_MS) return undefined
    const count = counts.get(operation) ?? 0
    counts.set(operation, count + 1)
    return FAULTS[plan.faults[count % plan.faults.length] ?? 'none']
  })
  await disturb({ plan, clock, startMs, queue, workers, start })
  const untilMs = clock.now() + PATIENCE_MS
  while (queue.messages().length > 0 && clock.now() < untilMs) await clock.advance(1_000)
  for (const { worker } of workers) await passTime(clock, worker.stop({ deadline: '0s' }))
  const left = queue.messages().map(({ body }) => body)
  const hasCrashed = plan.ends.some(({ how }) => how === 'crash')
  const hangs = plan.faults.includes('hang') || plan.faults.includes('late')
  return { handlings, left, overlaps, timers: hasCrashed || hangs ? 0 : clock.pending }
}

interface Stage {
  readonly plan: Plan
  readonly clock: ManualClock
  readonly startMs: number
  readonly queue: MemoryQueue
  readonly workers: Running[]
  readonly start: (index: number) => Promise<Running>
}

/** Ends workers and redelivers, each at its time; a new worker takes the place of each that ended. */
async function disturb({ plan, clock, startMs, queue, workers, start }: Stage): Promise<void> {
  const redeliver = plan.redeliversMs.map((atMs) => ({ atMs, how: 'redeliver' as const }))
  for (const { atMs, how } of [...plan.ends, ...redeliver].toSorted((a, b) => a.atMs - b.atMs)) {
    await clock.advance(Math.max(0, startMs + atMs - clock.now()))
    const index = atMs % workers.length
    const ending = workers[index]
    if (how === 'redeliver') queue.redeliver()
    else if (ending !== undefined) {
      if (how === 'crash') ending.crash()
      else await passTime(clock, ending.worker.stop(how === 'abort' ? { deadline: '0s' } : {}))
      workers[index] = await start(index)
    }
  }
}

/** The queue as one process sees it: once that is dead, no call arrives and no answer comes. */
function mortal(queue: MemoryQueue, isAlive: () => boolean): QueuePort {
  const silence = new Promise<never>(() => {})
  const guarded = <Input extends unknown[], Answer>(
    call: (...input: Input) => Promise<Answer>,
  ): ((...input: Input) => Promise<Answer>) => {
    return async (...input) => {
      if (!isAlive()) return silence
      const answer = await call(...input)
      return isAlive() ? answer : silence
    }
  }
  return {
    name: queue.name,
    describe: guarded((signal) => queue.describe(signal)),
    receive: guarded((request, signal) => queue.receive(request, signal)),
    deleteBatch: guarded((handles, signal) => queue.deleteBatch(handles, signal)),
    changeVisibilityBatch: guarded((changes, signal) => queue.changeVisibilityBatch(changes, signal)),
    sendBatch: guarded((entries, signal) => queue.sendBatch(entries, signal)),
    open: guarded((arn, signal) => queue.open(arn, signal)),
    close: () => {},
  }
}

/** Lets virtual time pass until the promise settles. */
async function passTime<T>(clock: ManualClock, promise: Promise<T>): Promise<T> {
  const wait = { isOver: false }
  const end = (): void => {
    wait.isOver = true
  }
  promise.then(end, end)
  for (let stepMs = 1; !wait.isOver; stepMs = Math.min(stepMs * 2, 100)) await clock.advance(stepMs)
  return await promise
}
