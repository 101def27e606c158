import type { Clock } from '../clock.js'
import { InvariantError } from '../errors.js'
import type { LaneRules } from './lanes.js'
import { Lanes } from './lanes.js'
import type { Claimant, Share, Standing } from './share.js'
import type { Slots } from './slots.js'

/** What the admission is given by its owner. */
export interface AdmissionParts<Item> extends LaneRules<Item> {
  readonly clock: Clock
  /** Where the items run: shared with other queues, or its own. */
  readonly slots: Slots
  readonly standing: Standing
  /** How many more than there are slots may wait for one, at this moment. */
  readonly prefetch: () => number
  /** How long the first item of a batch waits for others, and since when an item is here. */
  readonly maxWaitMs: number
  readonly sinceMs: (item: Item) => number
  /** How many may be here for each slot and prefetch place, those included that wait for others of their group. */
  readonly heldPerPlace: number
  /** How many that have run may wait to be settled before they count against {@link Admission.demand}. */
  readonly settling: number
  /** How many more the receives under way may bring. */
  readonly asked: () => number
  /** How many of them may be believed to come at once. */
  readonly promised: () => number
  /** Until when one of them may be believed to bring more; epoch milliseconds, 0 for no such. */
  readonly promisedUntilMs: () => number
  /** Runs items in one slot; it, and their places in their groups, are free again when this ends. Never rejects. */
  readonly run: (unit: readonly Item[]) => Promise<void>
  /** A slot or a prefetch place became free. */
  readonly onRoom: () => void
}

// SQS's own limit for one receive.
const MAX_RECEIVED = 10

/**
 * Slots, and the prefetch buffer before them.
 *
 * An item waits (prefetched, leased), runs (holds a slot, alone or with others of a batch), then is outside. The slot is
 * held for exactly as long as the handler runs, so that no handling waits for another's settlement; that settlements
 * cannot pile up without bound is `demand`'s part. A unit that never ends can be given up: another then has its slot.
 */
export class Admission<Item extends object> implements Claimant {
  readonly #parts: AdmissionParts<Item>
  readonly #lanes: Lanes<Item>
  readonly #share: Share
  /** Units that were given up, by their first items. */
  readonly #givenUp = new Set<Item>()
  #running = 0
  /** Items that run. */
  #items = 0
  #urgent = 0
  #wakesAtMs = Infinity
  #cancelWaking: (() => void) | undefined

  constructor(parts: AdmissionParts<Item>) {
    this.#parts = parts
    this.#lanes = new Lanes(parts)
    this.#share = parts.slots.join(this, parts.standing)
  }

  /** How many slots are taken. */
  get running(): number {
    return this.#running
  }

  /** How many wait for a slot, or for others of their group. */
  get waiting(): number {
    return this.#lanes.waiting
  }

  /** How many of them wait for a budget that is spent. */
  get limited(): number {
    return this.#lanes.limited
  }

  /** How many run on without a slot. */
  get givenUp(): number {
    return this.#givenUp.size
  }

  /** Something may start: for a batch there are enough, or the first has waited for long, or must not wait. */
  get isReady(): boolean {
    if (!this.#lanes.hasNext) return false
    const { startable } = this.#lanes
    if (startable >= this.#parts.batchSize) return true
    return startable > 0 && (this.#urgent > 0 || this.#ripeAtMs() <= this.#parts.clock.now())
  }

  get fillable(): number {
    return Math.ceil(this.#lanes.startable / this.#parts.batchSize)
  }

  get wanted(): number {
    const { asked, batchSize } = this.#parts
    return Math.ceil(Math.max(0, this.#lanes.startable + asked() - this.#prefetch) / batchSize)
  }

  get promisedUntilMs(): number {
    return this.#parts.promisedUntilMs()
  }

  /**
   * The fewest items worth a receive: with four fifths of the buffer used up it brings eight or more of ten, and what
   * is left bridges its round trip. While a slot is idle that nothing is on its way to, every item is.
   */
  get worthwhile(): number {
    const { slots, batchSize, promised } = this.#parts
    if (this.#lanes.startable + promised() < slots.idle * batchSize) return 1
    return Math.max(1, Math.min(MAX_RECEIVED, Math.floor(this.#prefetch * 0.8)))
  }

  // Urgent items must not wait here while another worker could start them; and where some are, more may follow.
  get #prefetch(): number {
    return this.#urgent > 0 ? 0 : this.#parts.prefetch()
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
    const { slots, batchSize } = this.#parts
    const { startable } = this.#lanes
    const places = slots.idleFor(this.#share) * batchSize + this.#prefetch - startable
    // Among others a queue without a prefetch place of its own would never be in line when a slot is free.
    return slots.isShared ? Math.max(places, 1 - startable) : places
  }

  get #room(): number {
    const { slots, prefetch, heldPerPlace, batchSize } = this.#parts
    return (slots.limit * batchSize + prefetch()) * heldPerPlace - this.#items - this.#lanes.waiting
  }

  admit(items: readonly Item[]): void {
    for (const item of items) {
      this.#count(item, 1)
      this.#lanes.add(item)
    }
    this.#parts.slots.fill()
    this.#awaitTime()
  }

  /** Takes the slot that is offered; see {@link Claimant}. */
  start(): void {
    const unit = this.#lanes.take()
    if (unit.length === 0) throw new InvariantError('A slot was offered, and nothing is ready to start.')
    this.#running += 1
    this.#items += unit.length
    void this.#run(unit)
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

  /** Takes the slot away from a unit that runs, for another to have. */
  giveUp(unit: readonly Item[]): void {
    const [first] = unit
    if (first === undefined || this.#givenUp.has(first)) return
    this.#givenUp.add(first)
    this.#leave(unit)
    this.#parts.slots.giveUp(this.#share)
  }

  close(): void {
    this.#cancelWaking?.()
  }

  #withdrawn(items: Item[]): Item[] {
    for (const item of items) this.#count(item, -1)
    return items
  }

  #count(item: Item, change: 1 | -1): void {
    if (this.#parts.isUrgent(item)) this.#urgent += change
  }

  async #run(unit: readonly Item[]): Promise<void> {
    try {
      await this.#parts.run(unit)
    } finally {
      this.#end(unit)
    }
  }

  #end(unit: readonly Item[]): void {
    const { slots } = this.#parts
    const [first] = unit
    if (first !== undefined && this.#givenUp.delete(first)) return slots.ended()
    this.#leave(unit)
    slots.release(this.#share)
    this.#awaitTime()
  }

  #leave(unit: readonly Item[]): void {
    this.#running -= 1
    this.#items -= unit.length
    for (const item of unit) {
      this.#count(item, -1)
      this.#lanes.end(item)
    }
  }

  /** When what waits has waited long enough for others. */
  #ripeAtMs(): number {
    const { sinceMs, maxWaitMs } = this.#parts
    let oldestMs = Infinity
    for (const item of this.#lanes.heads()) oldestMs = Math.min(oldestMs, sinceMs(item))
    return oldestMs + maxWaitMs
  }

  /** Wakes when a batch has waited for long enough, or a budget has room again. */
  #awaitTime(): void {
    const { clock } = this.#parts
    const atMs = Math.min(this.#lanes.unblocksAtMs, this.#ripensAtMs())
    if (atMs >= this.#wakesAtMs) return
    this.#cancelWaking?.()
    this.#wakesAtMs = atMs
    this.#cancelWaking = clock.schedule(atMs - clock.now(), () => this.#wake())
  }

  #ripensAtMs(): number {
    const { batchSize } = this.#parts
    if (batchSize === 1 || this.#lanes.startable === 0 || this.isReady) return Infinity
    return this.#ripeAtMs()
  }

  #wake(): void {
    const { slots, onRoom } = this.#parts
    this.#wakesAtMs = Infinity
    this.#cancelWaking = undefined
    this.#lanes.unblock()
    slots.fill()
    this.#awaitTime()
    onRoom()
  }
}
