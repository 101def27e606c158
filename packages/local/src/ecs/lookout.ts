import type { Clock } from '@longshore/core/time'

/** Runs `look` by the earliest instant asked for; asking twice for the same look runs it once. Never runs inside the asking. */
export class Lookout {
  readonly #clock: Clock
  readonly #look: () => void
  #atMs = Infinity
  #cancel: () => void = () => {}
  #isClosed = false

  constructor(clock: Clock, look: () => void) {
    this.#clock = clock
    this.#look = look
  }

  lookBy(atMs: number): void {
    if (this.#isClosed || atMs >= this.#atMs) return
    this.#cancel()
    this.#atMs = atMs
    this.#cancel = this.#clock.schedule(Math.max(0, atMs - this.#clock.now()), () => {
      this.#atMs = Infinity
      this.#look()
    })
  }

  close(): void {
    this.#isClosed = true
    this.#cancel()
  }
}
