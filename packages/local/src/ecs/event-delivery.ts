import type { Clock } from '@longshore/core/time'

/** Told of each event. What it throws, or a promise of its that rejects, has the event come again. */
export type Deliver<Event> = (event: Event) => unknown

// EventBridge's defaults for a target that fails: a day, 185 attempts, with exponential back-off that it does not
// publish; the steps are ours.
const MAX_ATTEMPTS = 185
const MAX_AGE_MS = 24 * 3_600_000
const FIRST_WAIT_MS = 1_000
const LONGEST_WAIT_MS = 600_000

/** Hands events on, at least once each: a failed delivery is tried again, out of order with the rest. */
export class EventDelivery<Event> {
  readonly #clock: Clock
  readonly #deliver: Deliver<Event>
  readonly #cancels = new Set<() => void>()
  #isClosed = false

  /** `clock` is the control clock. */
  constructor(clock: Clock, deliver: Deliver<Event>) {
    this.#clock = clock
    this.#deliver = deliver
  }

  /** The event goes to the subscriber, after whatever has come about it has returned. */
  send(event: Event): void {
    queueMicrotask(() => void this.#attempt(event, { attempt: 1, firstAtMs: this.#clock.now() }))
  }

  /** No more attempts; what was tried once is as delivered as it gets. */
  close(): void {
    this.#isClosed = true
    for (const cancel of this.#cancels) cancel()
    this.#cancels.clear()
  }

  async #attempt(
    event: Event,
    history: { readonly attempt: number; readonly firstAtMs: number },
  ): Promise<void> {
    try {
      await this.#deliver(event)
    } catch {
      const { attempt, firstAtMs } = history
      const waitMs = Math.min(FIRST_WAIT_MS * 2 ** (attempt - 1), LONGEST_WAIT_MS)
      const isExhausted = attempt >= MAX_ATTEMPTS || this.#clock.now() + waitMs - firstAtMs > MAX_AGE_MS
      if (isExhausted || this.#isClosed) return
      const cancel = this.#clock.schedule(waitMs, () => {
        this.#cancels.delete(cancel)
        void this.#attempt(event, { attempt: attempt + 1, firstAtMs })
      })
      this.#cancels.add(cancel)
    }
  }
}
