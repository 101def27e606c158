import { InvariantError } from '../errors.js'
import type { LaneRules } from './lanes.js'
import { Lanes } from './lanes.js'
import type { Claimant, Share, Standing } from './share.js'
import type { Slots } from './slots.js'

/** What the admission is given by its owner. */
export interface AdmissionParts<Item> extends LaneRules<Item> {
  /** Where the items run: shared with other queues, or its own. */
  readonly slots: Slots
  readonly standing: Standing
  /** How many more than there are slots may wait for one. */
  readonly prefetch: number
  /** How many may be here for each slot and prefetch place, those included that wait for others of their group. */
  readonly heldPerPlace: number
  /** How many that have run may wait to be settled before they count against {@link Admission.demand}. */
  readonly settling: number
  /** How many more the receives under way may bring. */
  readonly asked: () => number
  /** Until when one of them may be believed to bring more; epoch milliseconds, 0 for no such. */
  readonly promisedUntilMs: () => number
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
export class Admission<Item extends object> implements Claimant {
  readonly #parts: AdmissionParts<Item>
  readonly #lanes: Lanes<Item>
  readonly #share: Share
  readonly #givenUp = new Set<Item>()
  #running = 0
  #urgent = 0

  constructor(parts: AdmissionParts<Item>) {
    this.#parts = parts
    this.#lanes = new Lanes(parts)
    this.#share = parts.slots.join(this, parts.standing)
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

  get isReady(): boolean {
    return this.#lanes.startable > 0
  }

  get fillable(): number {
    return this.#lanes.startable
  }

  get wanted(): number {
    return Math.max(0, this.#lanes.startable + this.#parts.asked() - this.#prefetch)
  }

  get promisedUntilMs(): number {
    return this.#parts.promisedUntilMs()
  }

  /**
   * The fewest items worth a receive: with four fifths of the buffer used up it brings eight or more of ten, and what
   * is left bridges its round trip. While a slot is idle, every item is.
   */
  get worthwhile(): number {
    if (this.#lanes.startable < this.#parts.slots.idle) return 1
    return Math.max(1, Math.min(MAX_RECEIVED, Math.ceil(this.#prefetch * 0.8)))
  }

  // Urgent items must not wait here while another worker could start them; and where some are, more may follow.
  get #prefetch(): number {
    return this.#urgent > 0 ? 0 : this.#parts.prefetch
  }

  /**
   * How many more items may come in: free slots and prefetch places. What waits for others of its group takes up
   * neither, or one group could leave slots idle, but is bounded by `heldPerPlace`. While more than the allowance wait to
   * be settled, SQS is refusing our deletes, and taking in more would only make more duplicates.
   */
  demand(settling: number): number {
    const { slots, settling: allowance } = this.#parts
    if (slots.isOutranked(this.#share)) return 0
    const overdue = Math.max(0, settling - allowance)
    return Math.max(0, Math.min(this.#places, this.#room) - overdue)
  }

  get #places(): number {
    const { slots } = this.#parts
    const { startable } = this.#lanes
    const places = slots.idleFor(this.#share) + this.#prefetch - startable
    // Among others a queue without a prefetch place of its own would never be in line when a slot is free.
    return slots.isShared ? Math.max(places, 1 - startable) : places
  }

  get #room(): number {
    const { slots, prefetch, heldPerPlace } = this.#parts
    return (slots.limit + prefetch) * heldPerPlace - this.#running - this.#lanes.waiting
  }

  admit(items: readonly Item[]): void {
    for (const item of items) {
      this.#count(item, 1)
      this.#lanes.add(item)
    }
    this.#parts.slots.fill()
  }

  /** Takes the slot that is offered; see {@link Claimant}. */
  start(): void {
    const item = this.#lanes.take()
    if (item === undefined) throw new InvariantError('A slot was offered, and nothing is ready to start.')
    this.#running += 1
    void this.#run(item)
  }

  onRoom(): void {
    this.#parts.onRoom()
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
    this.#parts.slots.giveUp(this.#share)
  }

  #withdrawn(items: Item[]): Item[] {
    for (const item of items) this.#count(item, -1)
    return items
  }

  #count(item: Item, change: 1 | -1): void {
    if (this.#parts.isUrgent(item)) this.#urgent += change
  }

  async #run(item: Item): Promise<void> {
    try {
      await this.#parts.run(item)
    } finally {
      this.#end(item)
    }
  }

  #end(item: Item): void {
    const { slots } = this.#parts
    if (this.#givenUp.delete(item)) return slots.ended()
    this.#leave(item)
    slots.release(this.#share)
  }

  #leave(item: Item): void {
    this.#running -= 1
    this.#count(item, -1)
    this.#lanes.end(item)
  }
}
