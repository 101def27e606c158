import { z } from 'zod'
import type { Events, StopReport } from './events.js'
import { option, wholeNumber } from './parse-options.js'
import type { QueueFacts } from './queue/port.js'
import type { WorkerStats } from './stats.js'

/** How `worker.drain()` knows that the queue is empty. */
export interface DrainOptions {
  /** Receives in a row that bring nothing. 1–100; default 2. Each waits for `waitTime`. */
  emptyReceives?: number | undefined
  /** Whether SIGTERM and SIGINT stop it, as in `runUntilSignal()`. Default false. */
  signals?: boolean | undefined
}

export const drainOptions: z.ZodType<DrainOptions> = z.strictObject({
  emptyReceives: wholeNumber(1, 100),
  signals: option<boolean>('true or false', (value) => typeof value === 'boolean'),
})

/** What became of a queue that was to be emptied; the answer of `worker.drain()`. */
export interface DrainReport extends StopReport {
  /** True when it ended because nothing was left to receive; false when it was stopped before. */
  readonly isEmpty: boolean
  /** Handlings that ended, however. */
  readonly handled: number
  readonly done: number
  readonly deadLettered: number
  /** Messages that came and will come again: to be retried, handed back, lost or not settled in time. */
  readonly leftBehind: number
}

export interface EmptyingParts {
  readonly emptyReceives: number
  readonly events: Events
  readonly stats: () => WorkerStats
  /** Each queue by its name, and how to ask for its facts. */
  readonly queues: ReadonlyMap<string, () => Promise<QueueFacts>>
  readonly onEmpty: () => void
}

/**
 * Watches a worker until its queues are empty: so many receives in a row brought nothing from each, no message is held,
 * and SQS counts none as visible. Messages that are delayed, or that others hold, are not waited for.
 */
export class Emptying {
  readonly #parts: EmptyingParts
  readonly #leave: (() => void)[]
  /** Those that were here and go back to the queue, by id, until a later receive of them ends well. */
  readonly #leftBehind = new Set<string>()
  /** Receives in a row that brought nothing, by queue. */
  readonly #empties = new Map<string, number>()
  #isAsking = false

  constructor(parts: EmptyingParts) {
    this.#parts = parts
    const { events } = parts
    this.#leave = [
      events.on('receive:completed', ({ queue, received }) => this.#received(queue, received)),
      events.on('receive:failed', ({ queue }) => void this.#empties.delete(queue)),
      events.on('delivery:settled', ({ delivery, outcome }) => {
        if (outcome === 'done' || outcome === 'deadLetter') this.#leftBehind.delete(delivery.messageId)
        else this.#leftBehind.add(delivery.messageId)
      }),
      events.on('lease:lost', ({ delivery }) => this.#leftBehind.add(delivery.messageId)),
    ]
  }

  /** Ends the watch. */
  close(): void {
    for (const leave of this.#leave) leave()
  }

  report(report: StopReport): DrainReport {
    const { handled, done, deadLettered } = this.#parts.stats()
    const leftBehind = this.#leftBehind.size + report.unsettled
    return { ...report, isEmpty: report.reason === 'empty', handled, done, deadLettered, leftBehind }
  }

  #received(queue: string, received: number): void {
    this.#empties.set(queue, received === 0 ? (this.#empties.get(queue) ?? 0) + 1 : 0)
    if (this.#isEmpty() && !this.#isAsking) void this.#confirm()
  }

  #isEmpty(): boolean {
    const { emptyReceives, queues, stats } = this.#parts
    const { state, leases } = stats()
    if (state !== 'running' || leases > 0) return false
    return [...queues.keys()].every((queue) => (this.#empties.get(queue) ?? 0) >= emptyReceives)
  }

  // SQS's count is approximate and may lag: it can only prolong the wait, by another round of receives.
  async #confirm(): Promise<void> {
    this.#isAsking = true
    const asked = [...this.#parts.queues].map(([queue, describe]) => this.#recheck(queue, describe))
    await Promise.all(asked)
    this.#isAsking = false
    if (this.#isEmpty()) this.#parts.onEmpty()
  }

  async #recheck(queue: string, describe: () => Promise<QueueFacts>): Promise<void> {
    const isEmpty = await describe().then(
      ({ visible = 0 }) => visible === 0,
      () => false,
    )
    if (!isEmpty) this.#empties.delete(queue)
  }
}

/**
 * How a process that emptied its queue should exit: 0 when every message that came was done or dead-lettered, 2 when
 * some will come again, 3 when it was stopped before the queue was empty. 1 stays what Node exits with when something
 * throws.
 *
 * @example process.exitCode = exitCodeOf(await worker.drain({ signals: true }))
 */
export function exitCodeOf({ isEmpty, leftBehind }: DrainReport): number {
  if (!isEmpty) return 3
  return leftBehind > 0 ? 2 : 0
}
