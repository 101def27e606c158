import type { Clock } from './clock.js'
import { sleep } from './clock.js'
import type { DrainBudget } from './ecs/drain-budget.js'
import { DrainDeadlineError } from './errors.js'
import type { DrainReason, StopReport } from './events.js'

/** What a drain needs of a pipeline. */
export interface Drainable {
  readonly tally: { readonly counts: { readonly handled: number }; readonly handedBackCount: number }
  readonly running: number
  closeIntake(): void
  whenQuiet(): Promise<void>
  whenSettled(): Promise<void>
  interrupt(reason: Error): void
  abandon(): number
  close(): number
}

/** What a drain is given by the worker. */
export interface DrainParts {
  readonly clock: Clock
  /** One for each queue. */
  readonly pipelines: readonly Drainable[]
  readonly budget: DrainBudget
  readonly reason: DrainReason
  /** When what still runs is aborted, epoch milliseconds. */
  readonly deadlineMs: number
  /** Resolves when no receive is under way: one that was given up may still have brought messages. */
  readonly receivesClosed: () => Promise<unknown>
}

/**
 * Two stages: at once nothing more is taken and what has not started is handed back; what runs may finish. At the
 * deadline it is aborted, and what ignores that for the grace is handed back while it runs.
 *
 * Leases are extended and settlements retried throughout: a drain stops the intake, nothing else.
 */
export class Drain {
  readonly #parts: DrainParts
  #deadlineMs: number
  #wake = new AbortController()

  constructor(parts: DrainParts) {
    this.#parts = parts
    this.#deadlineMs = parts.deadlineMs
  }

  /** Moves the deadline to an earlier instant; never to a later one. */
  hasten(deadlineMs: number): void {
    this.#deadlineMs = Math.min(this.#deadlineMs, deadlineMs)
    this.#wake.abort()
  }

  async run(): Promise<StopReport> {
    const { clock, pipelines, budget, reason } = this.#parts
    const startedMs = clock.now()
    const handledBefore = this.#handled
    const handedBackBefore = this.#handedBack
    for (const pipeline of pipelines) pipeline.closeIntake()
    await this.#until(this.#whenQuiet(), () => this.#deadlineMs)
    const finished = this.#handled - handledBefore
    const interrupted = sum(pipelines, ({ running }) => running)
    if (interrupted > 0) {
      const error = new DrainDeadlineError('The worker stops, and the time to finish is over.')
      for (const pipeline of pipelines) pipeline.interrupt(error)
      const graceEndsMs = clock.now() + budget.graceMs
      await this.#until(this.#whenQuiet(), () => graceEndsMs)
    }
    const abandoned = sum(pipelines, (pipeline) => pipeline.abandon())
    await this.#settleAll()
    const unsettled = sum(pipelines, (pipeline) => pipeline.close())
    const aborted = interrupted - abandoned
    const released = this.#handedBack - handedBackBefore
    return { reason, finished, aborted, abandoned, released, unsettled, elapsedMs: clock.now() - startedMs }
  }

  get #handled(): number {
    return sum(this.#parts.pipelines, ({ tally }) => tally.counts.handled)
  }

  get #handedBack(): number {
    return sum(this.#parts.pipelines, ({ tally }) => tally.handedBackCount)
  }

  #whenQuiet(): Promise<unknown> {
    return Promise.all(this.#parts.pipelines.map((pipeline) => pipeline.whenQuiet()))
  }

  #whenSettled(): Promise<unknown> {
    return Promise.all(this.#parts.pipelines.map((pipeline) => pipeline.whenSettled()))
  }

  // Settlements may take what the handlings have left of the time; receives, which were given up long ago, may not.
  async #settleAll(): Promise<void> {
    const { clock, budget, receivesClosed } = this.#parts
    const leastMs = clock.now() + budget.settleMs
    const lastMs = (): number => Math.max(leastMs, this.#deadlineMs + budget.graceMs + budget.settleMs)
    await this.#until(this.#whenSettled(), lastMs)
    await this.#until(receivesClosed(), () => leastMs)
    await this.#until(this.#whenSettled(), lastMs)
  }

  /** Waits for `done`, until an instant that {@link hasten} may bring forward. */
  async #until(done: Promise<unknown>, limitMs: () => number): Promise<void> {
    const { clock } = this.#parts
    const wait = { isOver: false }
    const over = done.then(() => {
      wait.isOver = true
    })
    while (!wait.isOver && clock.now() < limitMs()) {
      this.#wake = new AbortController()
      await Promise.race([over, sleep(clock, limitMs() - clock.now(), this.#wake.signal)])
      this.#wake.abort()
    }
  }
}

function sum<Each>(list: readonly Each[], valueOf: (each: Each) => number): number {
  return list.reduce((total, each) => total + valueOf(each), 0)
}

/** The report of a worker that had taken nothing in. */
export function emptyReport(reason: DrainReason): StopReport {
  return { reason, finished: 0, aborted: 0, abandoned: 0, released: 0, unsettled: 0, elapsedMs: 0 }
}
