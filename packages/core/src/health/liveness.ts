import type { Clock } from '../clock.js'
import type { WorkerStats } from '../stats.js'

// The longest pauses that the receiver makes by itself: a call's slack over its wait, its backoff, and as much again.
const CALL_SLACK_MS = 5_000
const BACKOFF_MS = 30_000
const RESERVE_MS = 30_000

export interface LivenessParts {
  readonly clock: Clock
  /** How long a receive waits for messages. */
  readonly waitMs: number
  readonly stats: () => WorkerStats
}

/**
 * Whether the worker gets on: one that holds no messages asks for some. Judged between looks: whoever probes the
 * health endpoint does the looking, and costs the messages nothing. A probe seldomer than the limit sees less, never
 * something wrong.
 */
export class Liveness {
  readonly #parts: LivenessParts
  readonly #limitMs: number
  #seen: string | undefined
  #progressMs: number

  constructor(parts: LivenessParts) {
    this.#parts = parts
    this.#limitMs = parts.waitMs + CALL_SLACK_MS + BACKOFF_MS + RESERVE_MS
    this.#progressMs = parts.clock.now()
  }

  /** What is wrong; undefined when nothing is. */
  problem(): string | undefined {
    const { clock, stats } = this.#parts
    const now = stats()
    const seen = [now.state, now.received, now.emptyReceives, now.handled, now.calls.ReceiveMessage].join()
    // Whoever holds messages may have no room for more, however many slots are free: a FIFO group takes one.
    const mayWait = now.state !== 'running' || now.leases > 0 || now.protection === 'blocked'
    if (seen !== this.#seen || mayWait) {
      this.#seen = seen
      this.#progressMs = clock.now()
    }
    if (now.state === 'stopped') return 'The worker has stopped.'
    const standsMs = clock.now() - this.#progressMs
    if (standsMs < this.#limitMs) return undefined
    return `No receive was made and none has ended for ${Math.round(standsMs / 1_000)} s, though nothing is held.`
  }
}
