// What every client's handler runs, and what is measured of it: the same for all.
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as wait } from 'node:timers/promises'

export interface Workload {
  readonly queueUrl: string
  /** All that the queue holds. */
  readonly messages: number
  /** How many of them are handled before CPU time counts: code is loaded and compiled by then. */
  readonly warmUp: number
  /** How many handlings at a time, where the client has such an option. */
  readonly slots: number
}

/** What a message's body says, as JSON. */
export interface BenchMessage {
  readonly id: number
  readonly handlingMs: number
  readonly padding: string
  /** When it was sent, where that is measured; epoch milliseconds. */
  readonly sentAtMs?: number | undefined
}

/** One client's run. Times are from its start. */
export interface Measured {
  /** To the end of the last handling. */
  readonly wallMs: number
  /** To the confirmation of the last delete. */
  readonly deletedMs: number
  /** The sum of all handlings. */
  readonly busyMs: number
  /** User and system time of the client's process, from the end of the warm-up to the last delete. */
  readonly cpuMicros: number
  /** How much later than due the event loop came to its timers, 99th percentile, over the same time. */
  readonly loopDelayP99Ms: number
  /** The mean time from sending to handling, where messages say when they were sent. */
  readonly waitMs: number
  /** Handlings beyond one for each message. */
  readonly duplicates: number
}

const LOOP_RESOLUTION_MS = 5

export class Meter {
  readonly finished: Promise<Measured>
  readonly #workload: Workload
  readonly #handled = new Set<string>()
  readonly #deleted = new Set<string>()
  readonly #startedMs = performance.now()
  #finish: (measured: Measured) => void = () => {}
  #cpuBefore: NodeJS.CpuUsage = process.cpuUsage()
  readonly #loop = monitorEventLoopDelay({ resolution: LOOP_RESOLUTION_MS })
  #busyMs = 0
  #waitedMs = 0
  #wallMs = 0
  #duplicates = 0
  #started = 0

  constructor(workload: Workload) {
    this.#workload = workload
    this.#loop.enable()
    this.finished = new Promise((resolve) => (this.#finish = resolve))
  }

  /** How many handlings have begun. */
  get started(): number {
    return this.#started
  }

  /** The handler. */
  async handle(messageId: string, { handlingMs, sentAtMs }: BenchMessage): Promise<void> {
    this.#started += 1
    if (sentAtMs !== undefined) this.#waitedMs += Date.now() - sentAtMs
    const began = performance.now()
    if (handlingMs > 0) await wait(handlingMs)
    const ended = performance.now()
    this.#busyMs += ended - began
    this.#wallMs = ended - this.#startedMs
    if (this.#handled.has(messageId)) this.#duplicates += 1
    this.#handled.add(messageId)
    if (this.#handled.size !== this.#workload.warmUp) return
    this.#cpuBefore = process.cpuUsage()
    this.#loop.reset()
  }

  /** SQS has confirmed the delete. */
  deleted(messageId: string): void {
    this.#deleted.add(messageId)
    if (this.#deleted.size < this.#workload.messages) return
    const { user, system } = process.cpuUsage(this.#cpuBefore)
    this.#finish({
      wallMs: this.#wallMs,
      deletedMs: performance.now() - this.#startedMs,
      busyMs: this.#busyMs,
      cpuMicros: user + system,
      loopDelayP99Ms: Math.max(0, this.#loop.percentile(99) / 1e6 - LOOP_RESOLUTION_MS),
      waitMs: this.#waitedMs / this.#handled.size,
      duplicates: this.#duplicates,
    })
  }
}

export function parseBody(body: string | undefined): BenchMessage {
  return JSON.parse(body ?? '') as BenchMessage
}
