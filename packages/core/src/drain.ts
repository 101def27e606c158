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
    const { clock, pipeline, budget, reason, receivesClosed } = this.#parts
    const startedMs = clock.now()
    const { handled } = pipeline.tally.counts
    pipeline.closeIntake()
    await this.#quietByDeadline()
    const finished = pipeline.tally.counts.handled - handled
    const interrupted = pipeline.running
    if (interrupted > 0) {
      pipeline.interrupt(new DrainDeadlineError('The worker stops, and the time to finish is over.'))
      await this.#within(budget.graceMs, pipeline.whenQuiet())
    }
    const abandoned = pipeline.abandon()
    // A receive may bring messages until it is closed, and each has to be handed back.
    const settled = Promise.all([receivesClosed(), pipeline.whenSettled()]).then(() => pipeline.whenSettled())
    await this.#within(budget.settleMs, settled)
    const unsettled = pipeline.close()
    const aborted = interrupted - abandoned
    return {
      reason,
      finished,
      aborted,
      abandoned,
      released: pipeline.tally.handedBackCount,
      unsettled,
      elapsedMs: clock.now() - startedMs,
    }
  }

  async #quietByDeadline(): Promise<void> {
    const { clock, pipeline } = this.#parts
    while (pipeline.running > 0 && clock.now() < this.#deadlineMs) {
      this.#wake = new AbortController()
      const waited = sleep(clock, this.#deadlineMs - clock.now(), this.#wake.signal)
      await Promise.race([pipeline.whenQuiet(), waited])
      this.#wake.abort()
    }
  }

  async #within(limitMs: number, done: Promise<void>): Promise<void> {
    const limit = new AbortController()
    await Promise.race([done, sleep(this.#parts.clock, limitMs, limit.signal)])
    limit.abort()
  }
}
