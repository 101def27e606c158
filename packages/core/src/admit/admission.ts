import type { LaneRules } from './lanes.js'
import { Lanes } from './lanes.js'

/** What the admission is given by its owner. */
export interface AdmissionParts<Item> extends LaneRules<Item> {
  /** Slots: how many items run at a time. */
  readonly concurrency: number
  /** How many more may wait for a slot. */
  readonly prefetch: number
  /** How many may be here in all, those included that wait for others of their group. */
  readonly mostHeld: number
  /** How many that have run may wait to be settled before they count against {@link Admission.demand}. */
  readonly settling: number
  /** Runs one item; its slot, and its place in its group, is free again when this ends. Never rejects. */
  readonly run: (item: Item) => Promise<void>
  /** A slot or a prefetch place became free. */
  readonly onRoom: () => void
}

// SQS's own limit for one receive.
const MAX_RECEIVED = 10

/**
 * Slots, and the prefetch buffer before them.
 *
 * An item waits (prefetched, leased), runs (holds a slot), then is outside. The slot is held for exactly as long as
 * the handler runs, so that no handling waits for another's settlement; that settlements cannot pile up without bound
 * is `demand`'s part. An item that never ends can be given up: another then has its slot.
 */
export class Admission<Item extends object> {
  readonly #parts: AdmissionParts<Item>
  readonly #lanes: Lanes<Item>
  readonly #givenUp = new Set<Item>()
  #running = 0
  #urgent = 0

  constructor(parts: AdmissionParts<Item>) {
    this.#parts = parts
    this.#lanes = new Lanes(parts)
  }

  /** How many hold a slot. */
  get running(): number {
    return this.#running
  }

  /** How many wait for a slot, or for others of their group. */
  get waiting(): number {
    return this.#lanes.waiting
  }

  /** How many run on without a slot. */
  get givenUp(): number {
    return this.#givenUp.size
  }

  /**
   * The fewest items worth a receive: with four fifths of the buffer used up it brings eight or more of ten, and what
   * is left bridges its round trip. While a slot is idle, every item is.
   */
  get worthwhile(): number {
    if (this.#running + this.#lanes.startable < this.#parts.concurrency) return 1
    return Math.max(1, Math.min(MAX_RECEIVED, Math.ceil(this.#prefetch * 0.8)))
  }

  // Urgent items must not wait here while another worker could start them; and where some are, more may follow.
  get #prefetch(): number {
    return this.#urgent > 0 ? 0 : this.#parts.prefetch
  }

  /**
   * How many more items may come in: free slots and prefetch places. What waits for others of its group takes up
   * neither, or one group could leave slots idle, but is bounded by `mostHeld`. While more than the allowance wait to
   * be settled, SQS is refusing our deletes, and taking in more would only make more duplicates.
   */
  demand(settling: number): number {
    const { concurrency, mostHeld, settling: allowance } = this.#parts
    const overdue = Math.max(0, settling - allowance)
    const places = concurrency + this.#prefetch - this.#running - this.#lanes.startable
    const room = mostHeld - this.#running - this.#lanes.waiting
    return Math.max(0, Math.min(places, room) - overdue)
  }

  admit(items: readonly Item[]): void {
    for (const item of items) {
      this.#count(item, 1)
      this.#lanes.add(item)
    }
    this.#fill()
  }

  /** Takes the item out of the buffer: true if it had not started, and now never will. */
  withdraw(item: Item): boolean {
    if (!this.#lanes.remove(item)) return false
    this.#count(item, -1)
    return true
  }

  /** Empties the buffer of the item's group: what had not started, and now never will. */
  withdrawGroupOf(item: Item): Item[] {
    return this.#withdrawn(this.#lanes.removeGroupOf(item))
  }

  /** Empties the buffer: everything that had not started, and now never will. */
  withdrawAll(): Item[] {
    return this.#withdrawn(this.#lanes.removeAll())
  }

  /** Takes the slot away from an item that runs, for another to have. */
  giveUp(item: Item): void {
    if (this.#givenUp.has(item)) return
    this.#givenUp.add(item)
    this.#leave(item)
  }

  #withdrawn(items: Item[]): Item[] {
    for (const item of items) this.#count(item, -1)
    return items
  }

  #count(item: Item, change: 1 | -1): void {
    if (this.#parts.isUrgent(item)) this.#urgent += change
  }

  #fill(): void {
    while (this.#running < this.#parts.concurrency) {
      const item = this.#lanes.take()
      if (item === undefined) return
      this.#running += 1
      void this.#start(item)
    }
  }

  async #start(item: Item): Promise<void> {
    try {
      await this.#parts.run(item)
    } finally {
      if (!this.#givenUp.delete(item)) this.#leave(item)
    }
  }

  #leave(item: Item): void {
    this.#running -= 1
    this.#count(item, -1)
    this.#lanes.end(item)
    this.#fill()
    this.#parts.onRoom()
  }
}
