import { BackgroundBeat } from './background-beat.js'
import type { Clock } from './clock.js'

// Often enough to see what delays heartbeats, which have seconds to spare; seldom enough to cost an idle task nothing.
const BEAT_MS = 500

/** How late a beat is when the event loop counts as blocked. */
const BLOCKED_MS = 1_000

// The worst of the last one to two of these is remembered.
const REMEMBERED_MS = 30_000

export interface LoopWatchParts {
  readonly clock: Clock
  /** The event loop stood still for about so long; it turns again. */
  readonly onBlocked: (blockedMs: number) => void
}

/** Watches how late timers are: all of them are, where a handler keeps the event loop to itself. */
export class LoopWatch {
  readonly #parts: LoopWatchParts
  readonly #beats: BackgroundBeat
  #sinceMs = 0
  #worstMs = 0
  #worstBeforeMs = 0

  constructor(parts: LoopWatchParts) {
    this.#parts = parts
    const { clock } = parts
    this.#beats = new BackgroundBeat({ clock, everyMs: BEAT_MS, onBeat: (lateMs) => this.#note(lateMs) })
  }

  /** How late the latest timer was in the last 30–60 s. */
  get worstMs(): number {
    return Math.max(this.#worstMs, this.#worstBeforeMs)
  }

  start(): void {
    this.#sinceMs = this.#parts.clock.now()
    this.#beats.start()
  }

  stop(): void {
    this.#beats.stop()
  }

  #note(lateMs: number): void {
    const { clock, onBlocked } = this.#parts
    if (clock.now() - this.#sinceMs >= REMEMBERED_MS) {
      this.#sinceMs = clock.now()
      this.#worstBeforeMs = this.#worstMs
      this.#worstMs = 0
    }
    this.#worstMs = Math.max(this.#worstMs, lateMs)
    if (lateMs >= BLOCKED_MS) onBlocked(Math.round(lateMs))
  }
}
