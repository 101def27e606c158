import type { Clock } from '../clock.js'
import type { QueueStats, WorkerStats } from '../stats.js'

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
 * Whether the worker gets on: a queue of which it holds no messages is asked for some. Judged between looks: whoever
 * probes the health endpoint does the looking, and costs the messages nothing. A probe seldomer than the limit sees
 * less, never something wrong.
 */
export class Liveness {
  readonly #parts: LivenessParts
  readonly #limitMs: number
  /** What was seen of each queue, and since when it has been so. */
  readonly #progress = new Map<string, { seen: string; sinceMs: number }>()

  constructor(parts: LivenessParts) {
    this.#parts = parts
    this.#limitMs = parts.waitMs + CALL_SLACK_MS + BACKOFF_MS + RESERVE_MS
  }

  /** What is wrong; undefined when nothing is. */
  problem(): string | undefined {
    const stats = this.#parts.stats()
    if (stats.state === 'stopped') return 'The worker has stopped.'
    const standing = stats.queues.map((queue) => ({ queue, standsMs: this.#standsMs(queue, stats) }))
    const worst = standing.find(({ standsMs }) => standsMs >= this.#limitMs)
    if (worst === undefined) return undefined
    const { queue, standsMs } = worst
    return `No receive from ${queue.queue} was made and none has ended for ${Math.round(standsMs / 1_000)} s, though nothing is held.`
  }

  #standsMs(queue: QueueStats, stats: WorkerStats): number {
    const nowMs = this.#parts.clock.now()
    const seen = [
      stats.state,
      queue.received,
      queue.emptyReceives,
      queue.handled,
      queue.calls.ReceiveMessage,
      // Before the start: whether it asks the queue for an answer.
      queue.calls.GetQueueAttributes,
    ].join()
    const known = this.#progress.get(queue.queue)
    if (known !== undefined && known.seen === seen && !mayWait(queue, stats)) return nowMs - known.sinceMs
    this.#progress.set(queue.queue, { seen, sinceMs: nowMs })
    return 0
  }
}

// Whoever holds messages may have no room for more, however many slots are free: a FIFO group takes one. And whoever is
// of a lower priority waits for the others, or whose handlings fail.
function mayWait(queue: QueueStats, { state, protection, queues }: WorkerStats): boolean {
  if (state !== 'running' || protection === 'blocked' || queue.breaker === 'open') return true
  return queue.leases > 0 || queues.some(({ priority, leases }) => leases > 0 && priority > queue.priority)
}
