import type { Delivery } from './delivery.js'

/** Handlings whose message is still ours. One that was given up as stuck runs on, but nobody waits for it. */
export class Running {
  readonly #deliveries = new Set<Delivery>()
  #onQuiet: (() => void)[] = []

  get size(): number {
    return this.#deliveries.size
  }

  /** Since when the oldest message is here; epoch milliseconds. */
  get sinceMs(): number | undefined {
    return this.#deliveries.values().next().value?.receivedAtMs
  }

  add(delivery: Delivery): void {
    this.#deliveries.add(delivery)
  }

  leave(delivery: Delivery): void {
    if (!this.#deliveries.delete(delivery) || this.#deliveries.size > 0) return
    for (const resolve of this.#onQuiet.splice(0)) resolve()
  }

  /** Aborts the signal of everything that runs. */
  interrupt(reason: Error): void {
    for (const delivery of this.#deliveries) delivery.interrupt(reason)
  }

  /** Empties it; what was in it. */
  takeAll(): Delivery[] {
    const all = [...this.#deliveries]
    this.#deliveries.clear()
    return all
  }

  /** Resolves when nothing runs. */
  whenQuiet(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#deliveries.size === 0) resolve()
      else this.#onQuiet.push(resolve)
    })
  }
}
