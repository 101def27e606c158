import { systemClock } from './clock.js'
import { Adaptation } from './adaptation.js'
import type { Slots } from './admit/slots.js'
import type { Capacity } from './capacity.js'
import { LoopWatch } from './loop-watch.js'
import type { Meter } from './measure/meter.js'
import type { Events } from './events.js'
import type { WorkerConfig } from './options.js'
import { TaskResources } from './resources/task-resources.js'
import type { WorkerStats } from './stats.js'

const SAMPLE_MS = 10_000

/** What the measures are given by the worker. */
export interface MeasuresParts {
  readonly config: WorkerConfig
  readonly meter: Meter
  readonly slots: Slots
  readonly events: Events
  readonly stats: () => WorkerStats
  /** The event loop stood still. */
  readonly onBlocked: (blockedMs: number) => void
}

/** What a worker measures of itself: its capacity, and with an adaptive concurrency the slots that follow from it. */
export class Measures {
  readonly #parts: MeasuresParts
  readonly #adaptation: Adaptation | undefined
  readonly #loopWatch: LoopWatch
  #isRunning = false
  #isHeard = false
  #cancelSample: (() => void) | undefined

  constructor(parts: MeasuresParts) {
    this.#parts = parts
    this.#adaptation = this.#newAdaptation()
    const { config, onBlocked } = parts
    this.#loopWatch = new LoopWatch({ clock: config.clock, onBlocked })
  }

  get loopLagMs(): number {
    return this.#loopWatch.worstMs
  }

  capacity(): Capacity {
    const { config, meter, stats } = this.#parts
    const { waiting, protection } = stats()
    return meter.capacity(config.clock.now(), {
      waiting,
      mostSlots: config.concurrency,
      protectedTasks: Number(protection === 'protected'),
      blockedTasks: Number(protection === 'blocked'),
    })
  }

  /** The worker begins to receive. */
  start(): void {
    this.#isRunning = true
    this.#adaptation?.start()
    // In virtual time no timer is late.
    if (this.#parts.config.clock === systemClock) this.#loopWatch.start()
    this.#sampleLater()
  }

  /** Someone listens for `capacity:sampled`. */
  listen(): void {
    this.#isHeard = true
    this.#sampleLater()
  }

  /** The worker takes no more: the slots stay as they are. */
  drain(): void {
    this.#adaptation?.stop()
  }

  stop(): void {
    this.#isRunning = false
    this.#loopWatch.stop()
    this.#adaptation?.stop()
    this.#cancelSample?.()
    this.#cancelSample = undefined
  }

  #sampleLater(): void {
    const { config, events } = this.#parts
    if (!this.#isRunning || !this.#isHeard || this.#cancelSample !== undefined) return
    const sample = (): void => {
      this.#cancelSample = undefined
      this.#isHeard = events.has('capacity:sampled')
      if (this.#isHeard) events.emit('capacity:sampled', this.capacity())
      this.#sampleLater()
    }
    this.#cancelSample = config.clock.schedule(SAMPLE_MS, sample, { isBackground: true })
  }

  #newAdaptation(): Adaptation | undefined {
    const { config, meter, slots, events, stats } = this.#parts
    const { clock, adaptive } = config
    if (adaptive === undefined) return undefined
    const resources = new TaskResources({ clock, taskLimits: () => stats().task?.limits })
    return new Adaptation({
      clock,
      bounds: adaptive,
      meter,
      pressure: adaptive.pressure ?? (() => resources.read()),
      onChanged: (limit, reason) => {
        const previous = slots.limit
        slots.limit = limit
        events.emit('concurrency:changed', { limit, previous, reason })
      },
      onFailed: (error) =>
        config.log.warn({ err: error }, 'The pressure cannot be read; slots follow the throughput alone'),
    })
  }
}
