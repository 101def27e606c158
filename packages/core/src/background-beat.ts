import type { Clock } from './clock.js'

/** What a {@link BackgroundBeat} is made of. */
export interface BackgroundBeatParts {
  readonly clock: Clock
  readonly everyMs: number
  /** `lateMs` is how late this timer was, as all timers are then; never below 0. */
  readonly onBeat: (lateMs: number) => void
}

/** Beats until it is stopped, and keeps no process alive. The next beat is set when one has been made. */
export class BackgroundBeat {
  readonly #parts: BackgroundBeatParts
  #cancel: (() => void) | undefined

  constructor(parts: BackgroundBeatParts) {
    this.#parts = parts
  }

  start(): void {
    const { clock, everyMs, onBeat } = this.#parts
    const dueMs = clock.now() + everyMs
    const beat = (): void => {
      onBeat(Math.max(0, clock.now() - dueMs))
      this.start()
    }
    this.#cancel = clock.schedule(everyMs, beat, { isBackground: true })
  }

  stop(): void {
    this.#cancel?.()
    this.#cancel = undefined
  }
}
