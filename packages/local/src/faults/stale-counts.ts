import type { Clock } from '@longshore/core/time'

import type { QueueCounts } from '../sqs/queue.js'

/** Counts by queue. */
export type CountsByQueue = ReadonlyMap<string, QueueCounts>

export interface StaleCountsOptions {
  readonly clock: Clock
  readonly ageMs: number
  readonly read: () => CountsByQueue
}

// Fine enough to tell one old count from the next; coarse enough to cost nothing.
const SAMPLES_PER_AGE = 20
const MIN_INTERVAL_MS = 50
const EMPTY: QueueCounts = { visible: 0, inFlight: 0, delayed: 0 }

/** What the counts of all queues were a while ago. Samples them until it is stopped. */
export class StaleCounts {
  readonly #options: StaleCountsOptions
  /** Oldest first; the first one is of `ageMs` ago, or of the beginning. */
  readonly #samples: { readonly atMs: number; readonly counts: CountsByQueue }[] = []
  #cancel: () => void = () => {}

  constructor(options: StaleCountsOptions) {
    this.#options = options
    this.#sample()
  }

  /** The counts of a queue `ageMs` ago; zeros for one that did not exist. */
  of(queue: string): QueueCounts {
    this.#forget()
    return this.#samples[0]?.counts.get(queue) ?? EMPTY
  }

  stop(): void {
    this.#cancel()
  }

  #sample(): void {
    const { clock, ageMs, read } = this.#options
    this.#samples.push({ atMs: clock.now(), counts: read() })
    this.#forget()
    const intervalMs = Math.max(ageMs / SAMPLES_PER_AGE, MIN_INTERVAL_MS)
    this.#cancel = clock.schedule(intervalMs, () => this.#sample())
  }

  /** Drops the samples before the newest one that is old enough. */
  #forget(): void {
    const { clock, ageMs } = this.#options
    const newestMs = clock.now() - ageMs
    while (this.#samples[1] !== undefined && this.#samples[1].atMs <= newestMs) this.#samples.shift()
  }
}
