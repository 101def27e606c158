import type { Rates } from './rates.js'

/** What the barrier is told of items. */
export interface BarrierRules<Item> {
  readonly rates: Rates
  /** Whose budget an item needs; undefined for none. */
  readonly keyOf: (item: Item) => string | undefined
  readonly nowMs: () => number
}

/** Holds back lanes whose next item needs a budget that is spent, by its key. */
export class Barrier<Item, Lane> {
  readonly #rules: BarrierRules<Item>
  readonly #held = new Map<string, Set<Lane>>()
  readonly #keyOf = new Map<Lane, string>()

  constructor(rules: BarrierRules<Item>) {
    this.#rules = rules
  }

  /** Whether the lane is held back. */
  holds(lane: Lane): boolean {
    return this.#keyOf.has(lane)
  }

  /** Whether an item may start now. */
  lets(item: Item): boolean {
    const { rates, keyOf, nowMs } = this.#rules
    const key = keyOf(item)
    return key === undefined || rates.free(key, nowMs()) > 0
  }

  /** The item starts. */
  spend(item: Item): void {
    const { rates, keyOf, nowMs } = this.#rules
    const key = keyOf(item)
    if (key !== undefined) rates.take(key, nowMs())
  }

  hold(lane: Lane, item: Item): void {
    const key = this.#rules.keyOf(item)
    if (key === undefined) return
    this.#keyOf.set(lane, key)
    const lanes = this.#held.get(key)
    if (lanes === undefined) this.#held.set(key, new Set([lane]))
    else lanes.add(lane)
  }

  letGo(lane: Lane): void {
    const key = this.#keyOf.get(lane)
    if (key === undefined) return
    this.#keyOf.delete(lane)
    const lanes = this.#held.get(key)
    lanes?.delete(lane)
    if (lanes?.size === 0) this.#held.delete(key)
  }

  /** When the first of those that are held back may go on; Infinity when none is. */
  nextAtMs(): number {
    const { rates, nowMs } = this.#rules
    let nextMs = Infinity
    for (const key of this.#held.keys()) nextMs = Math.min(nextMs, rates.freeAtMs(key, nowMs()))
    return nextMs
  }

  /** As many lanes of each key as its budget has room for, the longest held back first. */
  due(): Lane[] {
    const { rates, nowMs } = this.#rules
    return [...this.#held].flatMap(([key, lanes]) => [...lanes].slice(0, rates.free(key, nowMs())))
  }
}
