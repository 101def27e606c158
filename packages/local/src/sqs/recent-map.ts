interface Entry<Value> {
  readonly value: Value
  readonly setAtMs: number
}

/**
 * Remembers values for a fixed time, without a timer for each: a new generation begins once in that time, and the one
 * before the last is dropped whole.
 */
export class RecentMap<Value> {
  readonly #periodMs: number
  #recent = new Map<string, Entry<Value>>()
  #older = new Map<string, Entry<Value>>()
  #beganAtMs = Number.NEGATIVE_INFINITY

  constructor(periodMs: number) {
    this.#periodMs = periodMs
  }

  /** Undefined when nothing was set under this key, or `periodMs` and more ago. */
  get(key: string, nowMs: number): Value | undefined {
    const entry = this.#recent.get(key) ?? this.#older.get(key)
    return entry !== undefined && nowMs - entry.setAtMs < this.#periodMs ? entry.value : undefined
  }

  set(key: string, value: Value, nowMs: number): void {
    if (nowMs - this.#beganAtMs >= this.#periodMs) {
      this.#older = this.#recent
      this.#recent = new Map()
      this.#beganAtMs = nowMs
    }
    this.#recent.set(key, { value, setAtMs: nowMs })
  }

  clear(): void {
    this.#recent.clear()
    this.#older.clear()
  }
}
