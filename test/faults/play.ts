// One run: workers on queues in memory, in virtual time, under faults, stops and crashes.
import type { Source, Worker } from '@longshore/core'
import { adaptive, createWorker, defineQueue, from, handleBatch, idempotent } from '@longshore/core'
import type { ManualClock, MemoryQueue } from '@longshore/core/testing'
import { manualClock, memoryIdempotencyStore, memoryQueue } from '@longshore/core/testing'
import { z } from 'zod'
import type { Body } from './handlers.js'
import { Handlers } from './handlers.js'
import type { Plan } from './plan.js'
import { at, FAULTS } from './plan.js'
import type { Handling } from './record.js'
import { nameOf, Record, Watch } from './record.js'
import { Task } from './task.js'

// Past this nothing fails any more: what is promised must then come true.
const FAULTY_MS = 40_000
// How long a call takes that nothing strikes.
const LATENCY_MS = 6
// Every lease has ended many times by then, and so has the longest wait for a key that another delivery holds.
const PATIENCE_MS = 3_600_000

/** How a run went. */
export interface Played {
  /** Every handling that ended, in that order. */
  readonly handlings: readonly Handling[]
  /** Bodies of the messages that are left. */
  readonly left: readonly string[]
  /** Ids of the dead letters. */
  readonly dead: readonly number[]
  /** How often two of one group of a FIFO queue ran at a time. */
  readonly overlaps: number
  /** Limits of their own that workers did not keep. */
  readonly violations: readonly string[]
  /** Timers that are still set once every worker has stopped. */
  readonly timers: number
}

interface Running {
  readonly worker: Worker
  readonly task: Task
}

const body = z.object({ id: z.number() })

/** Plays the plan to its end. */
export async function play(plan: Plan): Promise<Played> {
  const stage = new Stage(plan)
  await stage.begin()
  await stage.disturb()
  await stage.end()
  return stage.played()
}

class Stage {
  readonly #plan: Plan
  readonly #clock: ManualClock = manualClock()
  readonly #startMs: number = this.#clock.now()
  readonly #store = memoryIdempotencyStore()
  readonly #deadLetters: readonly MemoryQueue[]
  readonly #queues: readonly MemoryQueue[]
  readonly #record = new Record()
  readonly #tasks: Task[] = []
  #workers: Running[] = []

  constructor(plan: Plan) {
    const clock = this.#clock
    const { queues, maxReceiveCount, visibilitySeconds } = plan
    this.#plan = plan
    this.#deadLetters = queues.map(({ isFifo }) => memoryQueue({ clock, fifo: isFifo, name: 'dead-letters' }))
    this.#queues = queues.map(({ isFifo }, index) => {
      const to = this.#deadLetters[index]
      const redrive =
        to === undefined || maxReceiveCount === undefined ? {} : { redrive: { to, maxReceiveCount } }
      const visibilityTimeout = `${visibilitySeconds}s` as const
      return memoryQueue({
        clock,
        fifo: isFifo,
        name: nameOf(index, isFifo),
        latency: `${LATENCY_MS}ms`,
        visibilityTimeout,
        ...redrive,
      })
    })
  }

  async begin(): Promise<void> {
    const { messages, workers } = this.#plan
    for (const [id, { queue, group }] of messages.entries())
      this.#queues[queue]?.put({ id }, { group: `group ${group}` })
    for (const index of workers.keys()) this.#workers.push(await this.#start(index))
    for (const queue of this.#queues) this.#strike(queue)
  }

  /** Ends and blocks workers and redelivers, each at its time; a new worker takes the place of each that ended. */
  async disturb(): Promise<void> {
    const { ends, blocks, redeliversMs } = this.#plan
    const all = [
      ...ends.map(({ atMs, how }) => ({ atMs, act: () => this.#replace(atMs, how) })),
      ...blocks.map(({ atMs, forMs }) => ({
        atMs,
        act: () => at(this.#workers, atMs % this.#workers.length).task.block(forMs),
      })),
      ...redeliversMs.map((atMs) => ({
        atMs,
        act: () => this.#queues.forEach((queue) => queue.redeliver()),
      })),
    ]
    for (const { atMs, act } of all.toSorted((a, b) => a.atMs - b.atMs)) {
      await this.#clock.advance(Math.max(0, this.#startMs + atMs - this.#clock.now()))
      await act()
    }
  }

  /** Waits until nothing is left, and stops the workers. */
  async end(): Promise<void> {
    const untilMs = this.#clock.now() + PATIENCE_MS
    while (this.#left().length > 0 && this.#clock.now() < untilMs) await this.#clock.advance(1_000)
    for (const { worker } of this.#workers) await passTime(this.#clock, worker.stop({ deadline: '0s' }))
    // Who stops at once does not wait for the answers to its last calls, and these keep their deadlines until then.
    await this.#clock.advance(2 * LATENCY_MS)
  }

  played(): Played {
    const { ends, faults } = this.#plan
    const { handlings, overlaps, violations } = this.#record
    const hasCrashed = ends.some(({ how }) => how === 'crash')
    const hangs = faults.some((kind) => kind === 'hang' || kind === 'late' || kind === 'slow')
    const dead = this.#deadLetters.flatMap((queue) =>
      queue.messages().map((one) => body.parse(JSON.parse(one.body)).id),
    )
    // Such an answer may also wait in a blocked event loop.
    const isLate = this.#tasks.some(({ hasLateAnswers }) => hasLateAnswers)
    const timers = hasCrashed || hangs || isLate ? 0 : this.#clock.pending
    return { handlings, left: this.#left(), dead, overlaps, violations, timers }
  }

  #left(): string[] {
    return this.#queues.flatMap((queue) => queue.messages().map((one) => one.body))
  }

  #isDown(): boolean {
    const { fromMs, forMs } = this.#plan.outage ?? { fromMs: 0, forMs: 0 }
    const atMs = this.#clock.now() - this.#startMs
    return atMs >= fromMs && atMs < fromMs + forMs
  }

  async #replace(atMs: number, how: Plan['ends'][number]['how']): Promise<void> {
    const index = atMs % this.#workers.length
    const ending = at(this.#workers, index)
    if (how === 'crash') ending.task.crash()
    else await passTime(this.#clock, ending.worker.stop(how === 'abort' ? { deadline: '0s' } : {}))
    this.#workers[index] = await this.#start(index)
  }

  #strike(queue: MemoryQueue): void {
    const counts = new Map<string, number>()
    const { faults } = this.#plan
    queue.intercept(({ operation }) => {
      // To reach the queue is another story: workers that cannot start fail.
      if (operation === 'GetQueueAttributes' || this.#clock.now() - this.#startMs > FAULTY_MS)
        return undefined
      const count = counts.get(operation) ?? 0
      counts.set(operation, count + 1)
      return FAULTS[faults[count % faults.length] ?? 'none']
    })
  }

  async #start(index: number): Promise<Running> {
    const { workers, luck, isIdempotent } = this.#plan
    const { concurrency, prefetch, isAdaptive } = at(workers, index % workers.length)
    const nowMs = (): number => this.#clock.now()
    const watch = new Watch({ plan: this.#plan, record: this.#record, concurrency, nowMs })
    const task = new Task(this.#clock, (queue) => watch.receives(this.#queues.indexOf(queue)))
    this.#tasks.push(task)
    const random = (): number => luck
    const key = ({ id }: z.output<typeof body>): string => `${id}`
    const once = idempotent({ name: 'play', store: this.#store, key, clock: task.clock, random })
    const { record, plan } = { record: this.#record, plan: this.#plan }
    const handlers = new Handlers({ plan, record, watch, task, isDown: () => this.#isDown() })
    const worker = createWorker(
      this.#queues.map((queue, place) => this.#source(queue, place, { task, handlers })),
      {
        concurrency: isAdaptive ? adaptive({ min: 1, max: concurrency, pressure: () => ({}) }) : concurrency,
        prefetch,
        use: isIdempotent ? [once as never] : [],
        clock: task.clock,
        random,
        log: false,
        doctor: false,
        protection: false,
        retry: { base: '1s', cap: '4s' },
      },
    )
    watch.listen((name, hear) => worker.on(name, hear))
    await passTime(this.#clock, worker.start())
    return { worker, task }
  }

  #source(queue: MemoryQueue, index: number, by: { task: Task; handlers: Handlers }): Source {
    const { batchSize, weight, priority, maxPerGroup, rateLimit, hasBreaker } = at(this.#plan.queues, index)
    const { task, handlers } = by
    const limits = rateLimit && {
      limit: rateLimit.limit,
      per: `${rateLimit.perMs}ms` as const,
      key: ({ groupId }: { readonly groupId?: string | undefined }) => groupId,
    }
    const options = {
      port: task.portOf(queue),
      weight,
      priority,
      maxPerGroup,
      rateLimit: limits,
      ...(hasBreaker && {
        breaker: { minimum: 2, window: '10s', probeAfter: '2s', probeAtMost: '8s' } as const,
      }),
    }
    const definition = defineQueue({ message: body })
    if (batchSize === 1)
      return from(definition, ({ id }, { signal }) => handlers.one({ id, signal }), options)
    const batches = handleBatch<Body>((batch) => handlers.many(batch), { size: batchSize, maxWait: '300ms' })
    return from(definition, batches, options)
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
