import type { LimitBounds } from './adapt/adaptive-limit.js'
import type { LimitReason } from './limit-reason.js'
import { AdaptiveLimit } from './adapt/adaptive-limit.js'
import { BackgroundBeat } from './background-beat.js'
import type { Meter } from './measure/meter.js'
import type { Totals } from './measure/totals.js'
import type { Clock } from './clock.js'
import type { Pressure } from './pressure.js'

// Often enough to climb within seconds and to see memory run out; each costs the reading of a few small files.
const BEAT_MS = 500

// The share of the newest beat in how late the event loop is said to be.
const NEWEST_SHARE = 0.3

export interface AdaptationParts {
  readonly clock: Clock
  readonly bounds: LimitBounds
  readonly meter: Meter
  readonly pressure: () => Pressure | Promise<Pressure>
  /** There are so many slots from now on. */
  readonly onChanged: (limit: number, reason: LimitReason) => void
  /** The pressure could not be read. */
  readonly onFailed: (error: unknown) => void
}

/** The beat of an adaptive concurrency: measures what was done since the last one, and lets the limit follow. */
export class Adaptation {
  readonly #parts: AdaptationParts
  readonly #limit: AdaptiveLimit
  #totals: Totals
  #lagMs = 0
  #pressure: Pressure = {}
  #isReading = false
  #hasFailed = false
  readonly #beats: BackgroundBeat

  constructor(parts: AdaptationParts) {
    this.#parts = parts
    this.#limit = new AdaptiveLimit(parts.bounds)
    this.#totals = parts.meter.totals(parts.clock.now())
    const { clock } = parts
    this.#beats = new BackgroundBeat({ clock, everyMs: BEAT_MS, onBeat: (lateMs) => this.#beat(lateMs) })
  }

  start(): void {
    const { clock, meter } = this.#parts
    this.#totals = meter.totals(clock.now())
    void this.#read()
    this.#beats.start()
  }

  stop(): void {
    this.#beats.stop()
  }

  #beat(lateMs: number): void {
    this.#lagMs += (lateMs - this.#lagMs) * NEWEST_SHARE
    const { clock, meter, onChanged } = this.#parts
    const before = this.#totals
    const now = meter.totals(clock.now())
    this.#totals = now
    const reason = this.#limit.observe({
      elapsedMs: now.atMs - before.atMs,
      handled: now.handled - before.handled,
      throttled: now.throttled - before.throttled,
      handlingMs: now.handlingMs - before.handlingMs,
      throttledMs: now.throttledMs - before.throttledMs,
      busyMs: now.busyMs - before.busyMs,
      fullMs: now.fullMs - before.fullMs,
      peak: meter.takePeak(),
      lagMs: this.#lagMs,
      memory: this.#pressure.memory,
      cpu: this.#pressure.cpu,
    })
    if (reason !== undefined) onChanged(this.#limit.limit, reason)
    void this.#read()
  }

  // What is read shows in the next beat: files may take a while.
  async #read(): Promise<void> {
    if (this.#isReading) return
    this.#isReading = true
    try {
      this.#pressure = await this.#parts.pressure()
    } catch (error) {
      this.#pressure = {}
      if (!this.#hasFailed) this.#parts.onFailed(error)
      this.#hasFailed = true
    }
    this.#isReading = false
  }
}
