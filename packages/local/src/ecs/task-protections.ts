import type { Clock } from '@longshore/core/time'
import { Lookout } from './lookout.js'

/**
 * Which tasks of a service are protected, and until when. Unlike the rest of ECS here it runs on real time, as leases
 * and `stopTimeout` do: what is protected is work, and work takes as long as it takes.
 */
export class TaskProtections {
  readonly #clock: Clock
  readonly #onExpired: () => void
  readonly #lookout: Lookout
  readonly #untilMs = new Map<string, number>()

  constructor(clock: Clock, onExpired: () => void) {
    this.#clock = clock
    this.#onExpired = onExpired
    this.#lookout = new Lookout(clock, () => this.#expire())
  }

  /** When the protection of a task runs out, epoch milliseconds of real time; undefined for an unprotected one. */
  untilMs(taskId: string): number | undefined {
    const untilMs = this.#untilMs.get(taskId)
    return untilMs !== undefined && untilMs > this.#clock.now() ? untilMs : undefined
  }

  /** How many tasks but this one are protected. */
  countOthers(taskId: string): number {
    return [...this.#untilMs.keys()].filter((id) => id !== taskId && this.untilMs(id) !== undefined).length
  }

  protect(taskId: string, untilMs: number): void {
    this.#untilMs.set(taskId, untilMs)
    this.#lookout.lookBy(untilMs)
  }

  unprotect(taskId: string): void {
    this.#untilMs.delete(taskId)
  }

  close(): void {
    this.#untilMs.clear()
    this.#lookout.close()
  }

  #expire(): void {
    const expired = [...this.#untilMs.keys()].filter((id) => this.untilMs(id) === undefined)
    for (const id of expired) this.#untilMs.delete(id)
    if (this.#untilMs.size > 0) this.#lookout.lookBy(Math.min(...this.#untilMs.values()))
    if (expired.length > 0) this.#onExpired()
  }
}
