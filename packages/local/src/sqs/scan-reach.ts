import type { StoredMessage } from './message.js'

// "FIFO queues scan the first 120,000 messages to determine available message groups" (SQS developer guide, "Avoid large
// message backlogs with the same message group ID").
export const REACH = 120_000
const COMPACT_AT = 1_024

/** Which messages of a FIFO queue its receives look at: the first ones, of whatever state. Writes `isInReach`. */
export class ScanReach {
  readonly #reach: number
  readonly #onReached: (message: StoredMessage) => void
  /** In order; those before `#next` have been reached, some of the others may be gone. */
  #beyond: StoredMessage[] = []
  #next = 0
  #size = 0

  /** `onReached` is called for a message that comes into reach after it came into the queue. */
  constructor(reach: number, onReached: (message: StoredMessage) => void) {
    this.#reach = reach
    this.#onReached = onReached
  }

  enter(message: StoredMessage): void {
    message.isInReach = this.#size < this.#reach
    if (message.isInReach) this.#size++
    else this.#beyond.push(message)
  }

  leave(message: StoredMessage): void {
    if (!message.isInReach) return
    this.#size--
    this.#extend()
  }

  #extend(): void {
    while (this.#size < this.#reach) {
      const message = this.#beyond[this.#next]
      if (message === undefined) break
      this.#next++
      if (message.state === 'gone') continue
      message.isInReach = true
      this.#size++
      this.#onReached(message)
    }
    if (this.#next < COMPACT_AT || this.#next < this.#beyond.length / 2) return
    this.#beyond.splice(0, this.#next)
    this.#next = 0
  }
}
