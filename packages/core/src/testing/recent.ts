import type { Clock } from '../clock.js'

/** What was set under a key, for a while. */
export class Recent<Value> {
  readonly #clock: Clock
  readonly #forMs: number
  // In the order of setting, which a Map keeps.
  readonly #entries = new Map<string, { readonly value: Value; readonly untilMs: number }>()

  constructor(clock: Clock, forMs: number) {
    this.#clock = clock
    this.#forMs = forMs
  }

  get(key: string): Value | undefined {
    const entry = this.#entries.get(key)
    return entry !== undefined && entry.untilMs > this.#clock.now() ? entry.value : undefined
  }

  set(key: string, value: Value): void {
    const nowMs = this.#clock.now()
    for (const [oldest, { untilMs }] of this.#entries) {
      if (untilMs > nowMs) break
      this.#entries.delete(oldest)
    }
    this.#entries.set(key, { value, untilMs: nowMs + this.#forMs })
  }

  forget(isMeant: (value: Value) => boolean): void {
    for (const [key, { value }] of this.#entries) if (isMeant(value)) this.#entries.delete(key)
  }
}
