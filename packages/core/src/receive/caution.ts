import type { Clock } from '../clock.js'

export interface CautionParts {
  readonly clock: Clock
  /** After so many receives SQS moves a message to the dead-letter queue. */
  readonly maxReceiveCount: number
  /** How long a receive may be under way before it brings a message. */
  readonly waitMs: number
  readonly visibilityMs: number
}

/**
 * When a FIFO queue is to be asked for one message at a time.
 *
 * SQS hands out a group's messages together, and counts a receive for each: those behind one that fails again and again
 * would come to the dead-letter queue with it, untouched. Once a message has had half of its receives, as far as this worker
 * knows, the next of them are therefore to bring it alone. Nobody is told when another worker has done with it: caution
 * holds from the time that it can be received for as long as a receive may take, and one lease.
 */
export class Caution {
  readonly #parts: CautionParts
  /** Stretches of time, in order, apart from each other: longer than a lease each, so that there are never many. */
  #due: readonly { readonly fromMs: number; readonly untilMs: number }[] = []

  constructor(parts: CautionParts) {
    this.#parts = parts
  }

  get isDue(): boolean {
    if (this.#due.length === 0) return false
    const nowMs = this.#parts.clock.now()
    if (this.#due.some(({ untilMs }) => untilMs <= nowMs))
      this.#due = this.#due.filter(({ untilMs }) => untilMs > nowMs)
    return this.#due.some(({ fromMs }) => fromMs <= nowMs)
  }

  /** A message came in: again, if it was received before. */
  received(receiveCount: number): void {
    if (receiveCount > 1) this.wentBack(receiveCount, 0)
  }

  /** A message went back to the queue, to be received again after so long. */
  wentBack(receiveCount: number, afterMs: number): void {
    const { clock, maxReceiveCount, waitMs, visibilityMs } = this.#parts
    if ((receiveCount + 1) * 2 <= maxReceiveCount) return
    const atMs = clock.now() + afterMs
    this.#add({ fromMs: atMs - waitMs, untilMs: atMs + visibilityMs })
  }

  #add(added: { readonly fromMs: number; readonly untilMs: number }): void {
    let { fromMs, untilMs } = added
    const apart = this.#due.filter((each) => {
      if (each.untilMs < fromMs || each.fromMs > untilMs) return true
      fromMs = Math.min(fromMs, each.fromMs)
      untilMs = Math.max(untilMs, each.untilMs)
      return false
    })
    this.#due = [...apart, { fromMs, untilMs }]
  }
}
