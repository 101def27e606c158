import type { QueueReading } from '@longshore/model'

import type { DeliveryOrder, GroupReading } from './delivery-order.js'
import { IndexedHeap } from './indexed-heap.js'
import type { MessageState, StoredMessage } from './message.js'

/** The part of a {@link QueueReading} that is about messages, not calls. */
export type StoreReading = GroupReading &
  Pick<QueueReading, 'visible' | 'inFlight' | 'delayed' | 'oldestAgeSeconds'>

/**
 * The messages of one queue and their states. There are no timers: whoever reads calls {@link advance} first, which
 * ends every delay, visibility timeout and retention period that is over, so that each count is exact when read.
 */
export class MessageStore {
  readonly #order: DeliveryOrder
  readonly #byId = new Map<string, StoredMessage>()
  /** Delays and visibility timeouts. What falls due at one instant becomes visible as it was received, or sent. */
  readonly #due = new IndexedHeap<StoredMessage>({
    isBefore: (one, other) =>
      one.dueAtMs === other.dueAtMs
        ? one.receipt.number === other.receipt.number
          ? one.turn < other.turn
          : one.receipt.number < other.receipt.number
        : one.dueAtMs < other.dueAtMs,
    indexOf: (message) => message.dueIndex,
    place: (message, index) => (message.dueIndex = index),
  })
  readonly #byAge = new IndexedHeap<StoredMessage>({
    isBefore: (one, other) => one.sent.sentAtMs < other.sent.sentAtMs,
    indexOf: (message) => message.ageIndex,
    place: (message, index) => (message.ageIndex = index),
  })
  readonly #counts: Record<MessageState, number> = { delayed: 0, visible: 0, inFlight: 0, gone: 0 }
  #lastTurn = 0

  constructor(order: DeliveryOrder) {
    this.#order = order
  }

  get visible(): number {
    return this.#counts.visible
  }

  get inFlight(): number {
    return this.#counts.inFlight
  }

  get delayed(): number {
    return this.#counts.delayed
  }

  /** When the next delay or visibility timeout ends. */
  get nextDueAtMs(): number | undefined {
    return this.#due.top?.dueAtMs
  }

  /** What a receive may take: see {@link DeliveryOrder.candidates}. */
  candidates(): Iterable<StoredMessage> {
    return this.#order.candidates()
  }

  find(id: string): StoredMessage | undefined {
    return this.#byId.get(id)
  }

  /** Up to `limit` messages of every state, in the order they came into the queue. */
  firstEntered(limit: number): StoredMessage[] {
    const found: StoredMessage[] = []
    for (const message of this.#byId.values()) {
      if (found.length >= limit) break
      found.push(message)
    }
    return found
  }

  /** The longest-held message of those in flight, more or less: the oldest of them. */
  anyInFlight(): StoredMessage | undefined {
    for (const message of this.#byId.values()) {
      if (message.state === 'inFlight') return message
    }
    return undefined
  }

  /** When the longest-waiting visible or in-flight message came into the queue, of those that count. */
  oldestEnteredAtMs(
    counts: (message: StoredMessage) => boolean = (message) => this.#order.countsAge(message),
  ): number | undefined {
    // Map order is the order of entering, so this ends at the first message that counts.
    for (const message of this.#byId.values()) {
      if (message.state !== 'delayed' && counts(message)) return message.enteredAtMs
    }
    return undefined
  }

  /** What the metrics say of the messages held now. */
  reading(nowMs: number): StoreReading {
    const { visible, inFlight, delayed } = this.#counts
    const counts = { visible, inFlight, delayed }
    const ageSeconds = (counted?: (message: StoredMessage) => boolean): number | undefined => {
      const oldestMs = this.oldestEnteredAtMs(counted)
      return oldestMs === undefined ? undefined : Math.floor((nowMs - oldestMs) / 1_000)
    }
    return { ...counts, oldestAgeSeconds: ageSeconds(), ...this.#order.groupReading({ counts, ageSeconds }) }
  }

  /** Adds a message, delayed until `dueAtMs` or visible at once. */
  add(message: StoredMessage, dueAtMs?: number): void {
    this.#byId.set(message.id, message)
    this.#byAge.push(message)
    message.turn = ++this.#lastTurn
    if (dueAtMs === undefined) this.#move(message, 'visible')
    else this.#schedule(message, 'delayed', dueAtMs)
  }

  /** Puts a visible or in-flight message in flight until `dueAtMs`. */
  hide(message: StoredMessage, dueAtMs: number): void {
    if (message.state === 'inFlight') this.#due.remove(message)
    this.#schedule(message, 'inFlight', dueAtMs)
  }

  /** Makes every delay that has not ended last `delayMs` from its message's entering. */
  delayAnew(delayMs: number): void {
    for (const message of this.#byId.values()) {
      if (message.state !== 'delayed') continue
      this.#due.remove(message)
      message.dueAtMs = message.enteredAtMs + delayMs
      this.#due.push(message)
    }
  }

  /** Puts an in-flight message back where it was received from. */
  restore(message: StoredMessage): void {
    this.#due.remove(message)
    this.#count(message, 'visible')
    this.#order.restored(message)
  }

  remove(message: StoredMessage): void {
    if (message.state !== 'visible') this.#due.remove(message)
    this.#byAge.remove(message)
    this.#byId.delete(message.id)
    this.#move(message, 'gone')
  }

  clear(): void {
    for (const message of this.#byId.values()) this.remove(message)
  }

  /** Brings every state up to `nowMs`. */
  advance(nowMs: number, retentionMs: number): void {
    for (let due = this.#due.top; due !== undefined && due.dueAtMs <= nowMs; due = this.#due.top) {
      this.#due.remove(due)
      this.#order.elapse(due.dueAtMs)
      this.#move(due, 'visible')
    }
    this.#order.elapse(nowMs)
    for (let oldest = this.#byAge.top; oldest !== undefined; oldest = this.#byAge.top) {
      if (oldest.sent.sentAtMs + retentionMs > nowMs) break
      this.remove(oldest)
    }
  }

  #schedule(message: StoredMessage, state: 'delayed' | 'inFlight', dueAtMs: number): void {
    message.dueAtMs = dueAtMs
    this.#due.push(message)
    this.#move(message, state)
  }

  #move(message: StoredMessage, state: MessageState): void {
    const from = message.state
    if (from === state) return
    this.#count(message, state)
    if (state === 'visible') message.turn = ++this.#lastTurn
    this.#order.moved(message, from)
  }

  #count(message: StoredMessage, state: MessageState): void {
    this.#counts[message.state]--
    this.#counts[state]++
    message.state = state
  }
}
