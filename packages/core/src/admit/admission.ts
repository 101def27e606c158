import pLimit from 'p-limit'
import type { LimitFunction } from 'p-limit'

/** What the admission is given by its owner. */
export interface AdmissionParts<Item> {
  /** Slots: how many items run at a time. */
  readonly concurrency: number
  /** How many more may wait for a slot. */
  readonly prefetch: number
  /** How many that have run may wait to be settled before they count against {@link Admission.demand}. */
  readonly settling: number
  /** Runs one item; its slot is free again when this ends. Never rejects. */
  readonly run: (item: Item) => Promise<void>
  /** A slot or a prefetch place became free. */
  readonly onRoom: () => void
}

/**
 * Slots, and the prefetch buffer before them.
 *
 * An item waits (prefetched, leased), runs (holds a slot), then is outside. The slot is held for exactly as long as
 * the handler runs, so that no handling waits for another's settlement; that settlements cannot pile up without bound
 * is `demand`'s part.
 */
export class Admission<Item extends object> {
  readonly #parts: AdmissionParts<Item>
  readonly #slots: LimitFunction
  // p-limit dequeues an item at once but starts it a microtask later: only this set tells what has not started.
  readonly #waiting = new Set<Item>()
  #running = 0

  constructor(parts: AdmissionParts<Item>) {
    this.#parts = parts
    this.#slots = pLimit(parts.concurrency)
  }

  /** How many hold a slot. */
  get running(): number {
    return this.#running
  }

  /** How many wait for a slot. */
  get waiting(): number {
    return this.#waiting.size
  }

  /**
   * How many more items may come in: free slots and prefetch places. While more than the allowance wait to be settled,
   * SQS is refusing our deletes, and taking in more would only make more duplicates.
   */
  demand(settling: number): number {
    const { concurrency, prefetch, settling: allowance } = this.#parts
    const overdue = Math.max(0, settling - allowance)
    return Math.max(0, concurrency + prefetch - this.#running - this.#waiting.size - overdue)
  }

  admit(item: Item): void {
    this.#waiting.add(item)
    void this.#slots(() => this.#start(item))
  }

  /** Takes the item out of the buffer: true if it had not started, and now never will. */
  withdraw(item: Item): boolean {
    return this.#waiting.delete(item)
  }

  /** Empties the buffer: everything that had not started, and now never will. */
  withdrawAll(): Item[] {
    const items = [...this.#waiting]
    this.#waiting.clear()
    this.#slots.clearQueue()
    return items
  }

  async #start(item: Item): Promise<void> {
    if (!this.#waiting.delete(item)) return
    this.#running += 1
    try {
      await this.#parts.run(item)
    } finally {
      this.#running -= 1
      this.#parts.onRoom()
    }
  }
}
