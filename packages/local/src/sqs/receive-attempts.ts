import type { Received } from './deliveries.js'
import { RecentMap } from './recent-map.js'

// "You can use ReceiveRequestAttemptId only for 5 minutes after a ReceiveMessage action" (ReceiveMessage's reference).
const ATTEMPT_MS = 300_000

/** What the receives of a FIFO queue took, by their ReceiveRequestAttemptId, so that a lost answer can be had again. */
export class ReceiveAttempts {
  readonly #attempts = new RecentMap<readonly Received[]>(ATTEMPT_MS)

  note(attemptId: string, received: readonly Received[], nowMs: number): void {
    this.#attempts.set(attemptId, received, nowMs)
  }

  /** Undefined when nothing was taken under this id, or when any of it was deleted, changed or became visible since. */
  find(attemptId: string, nowMs: number): readonly Received[] | undefined {
    const received = this.#attempts.get(attemptId, nowMs)
    return received?.every(
      ({ message, receipt }) => message.state === 'inFlight' && message.receipt === receipt,
    )
      ? received
      : undefined
  }

  forget(): void {
    this.#attempts.clear()
  }
}
