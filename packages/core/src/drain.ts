import type { Clock } from './clock.js'
import { sleep } from './clock.js'
import type { DrainBudget } from './ecs/drain-budget.js'
import { DrainDeadlineError } from './errors.js'
import type { DrainReason, StopReport } from './events.js'

/** What a drain needs of the pipeline. */
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
  readonly pipeline: Drainable
  readonly budget: DrainBudget
  readonly reason: DrainReason
  /** When what still runs is aborted, epoch milliseconds. */
  readonly deadlineMs: number
  /** Resolves when no receive is under way: one that was given up may still have brought messages. */
  readonly receivesClosed: () => Promise<void>
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
    const { clock, pipeline, budget, reason } = this.#parts
    const startedMs = clock.now()
    const { handedBackCount, counts } = pipeline.tally
    const { handled } = counts
    pipeline.closeIntake()
    await this.#until(pipeline.whenQuiet(), () => this.#deadlineMs)
    const finished = pipeline.tally.counts.handled - handled
    const interrupted = pipeline.running
    if (interrupted > 0) {
      pipeline.interrupt(new DrainDeadlineError('The worker stops, and the time to finish is over.'))
      const graceEndsMs = clock.now() + budget.graceMs
      await this.#until(pipeline.whenQuiet(), () => graceEndsMs)
    }
    const abandoned = pipeline.abandon()
    await this.#settleAll()
    const unsettled = pipeline.close()
    const aborted = interrupted - abandoned
    const released = pipeline.tally.handedBackCount - handedBackCount
    return { reason, finished, aborted, abandoned, released, unsettled, elapsedMs: clock.now() - startedMs }
  }

  // Settlements may take what the handlings have left of the time; receives, which were given up long ago, may not.
  async #settleAll(): Promise<void> {
    const { clock, pipeline, budget, receivesClosed } = this.#parts
    const leastMs = clock.now() + budget.settleMs
    const lastMs = (): number => Math.max(leastMs, this.#deadlineMs + budget.graceMs + budget.settleMs)
    await this.#until(pipeline.whenSettled(), lastMs)
    await this.#until(receivesClosed(), () => leastMs)
    await this.#until(pipeline.whenSettled(), lastMs)
  }

  /** Waits for `done`, until an instant that {@link hasten} may bring forward. */
  async #until(done: Promise<void>, limitMs: () => number): Promise<void> {
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
