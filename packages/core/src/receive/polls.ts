// Five slow round trips inside a region. A receive that is out for longer waits at a queue that has nothing for it.
export const PROMPT_ANSWER_MS = 250

export interface Poll {
  readonly asked: number
  readonly startedMs: number
  readonly controller: AbortController
  cancelGivingUp: (() => void) | undefined
}

/** The receives under way, and what may be expected of them. */
export class Polls {
  readonly #open = new Set<Poll>()
  #asked = 0
  /** The last answer was full, or none has come yet: there may be more. */
  #mayBeMore = true

  /** How many there are. */
  get size(): number {
    return this.#open.size
  }

  /** How many messages they may bring. */
  get asked(): number {
    return this.#asked
  }

  /** How many messages they may be believed to bring at once. */
  promised(nowMs: number): number {
    let promised = 0
    if (!this.#mayBeMore) return promised
    for (const { asked, startedMs } of this.#open) {
      if (startedMs + PROMPT_ANSWER_MS > nowMs) promised += asked
    }
    return promised
  }

  /** Until when one of them may be believed to; epoch milliseconds, 0 for none. */
  get promisedUntilMs(): number {
    if (!this.#mayBeMore) return 0
    let latestMs = 0
    for (const { startedMs } of this.#open) latestMs = Math.max(latestMs, startedMs)
    return latestMs === 0 ? 0 : latestMs + PROMPT_ANSWER_MS
  }

  add(asked: number, startedMs: number): Poll {
    const poll = { asked, startedMs, controller: new AbortController(), cancelGivingUp: undefined }
    this.#open.add(poll)
    this.#asked += asked
    return poll
  }

  /** It is over, and brought so many messages; undefined when it failed. */
  end(poll: Poll, received: number | undefined): void {
    poll.cancelGivingUp?.()
    this.#open.delete(poll)
    this.#asked -= poll.asked
    this.#mayBeMore = received === poll.asked
  }

  [Symbol.iterator](): Iterator<Poll> {
    return this.#open.values()
  }
}
