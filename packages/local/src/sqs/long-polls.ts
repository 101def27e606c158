import type { Clock } from '@longshore/core/time'

/** A receive that waits for its first message. `Taken` is what a successful try gives. */
interface Poll<Taken> {
  /** Undefined when there is nothing to take yet. */
  readonly tryTake: () => Taken | undefined
  readonly end: (taken: Taken | undefined) => void
  readonly fail: (error: Error) => void
}

export interface WaitOptions<Taken> {
  readonly tryTake: () => Taken | undefined
  readonly waitMs: number
  readonly signal: AbortSignal
}

/**
 * The receives that wait on one queue, served in the order they came. One timer per queue stands for the next message
 * to fall due, however many wait; a queue nobody waits on has none.
 */
export class LongPolls<Taken> {
  readonly #clock: Clock
  readonly #nextDueAtMs: () => number | undefined
  readonly #polls = new Set<Poll<Taken>>()
  #timer: { readonly atMs: number; readonly cancel: () => void } | undefined

  constructor(clock: Clock, nextDueAtMs: () => number | undefined) {
    this.#clock = clock
    this.#nextDueAtMs = nextDueAtMs
  }

  /** Resolves with what was taken, or undefined when the time is over or `signal` aborted. */
  wait({ tryTake, waitMs, signal }: WaitOptions<Taken>): Promise<Taken | undefined> {
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        cancelTimer()
        signal.removeEventListener('abort', giveUp)
        this.#polls.delete(poll)
      }
      const end = (taken: Taken | undefined): void => {
        settle()
        resolve(taken)
      }
      const giveUp = (): void => {
        end(undefined)
        this.#watch()
      }
      const poll: Poll<Taken> = {
        tryTake,
        end,
        fail: (error) => {
          settle()
          reject(error)
        },
      }
      const cancelTimer = this.#clock.schedule(waitMs, giveUp)
      signal.addEventListener('abort', giveUp, { once: true })
      this.#polls.add(poll)
      this.#watch()
    })
  }

  /** Call when messages may have become visible, or the next due time may have changed. */
  serve(): void {
    if (this.#polls.size === 0) return
    for (const poll of this.#polls) {
      const taken = poll.tryTake()
      if (taken === undefined) break
      poll.end(taken)
    }
    this.#watch()
  }

  /** Ends every wait: with an error, or empty-handed. */
  endAll(error?: Error): void {
    for (const poll of this.#polls) {
      if (error === undefined) poll.end(undefined)
      else poll.fail(error)
    }
    this.#watch()
  }

  #watch(): void {
    const atMs = this.#polls.size === 0 ? undefined : this.#nextDueAtMs()
    if (atMs === this.#timer?.atMs) return
    this.#timer?.cancel()
    this.#timer = undefined
    if (atMs === undefined) return
    const run = (): void => {
      this.#timer = undefined
      this.serve()
    }
    this.#timer = { atMs, cancel: this.#clock.schedule(atMs - this.#clock.now(), run) }
  }
}
