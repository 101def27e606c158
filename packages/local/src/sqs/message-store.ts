import { IndexedHeap } from './indexed-heap.js'
import { MessageList } from './message-list.js'
import type { StoredMessage } from './message.js'

// "Messages received three or more times and not deleted move to the back of the queue" (SQS's metrics documentation).
const RECEIVES_BEFORE_BACK = 3

/**
 * The messages of one queue and their states. There are no timers: whoever reads calls {@link advance} first, which
 * ends every delay, visibility timeout and retention period that is over, so that each count is exact when read.
 */
export class MessageStore {
  readonly #byId = new Map<string, StoredMessage>()
  /** Visible again after a receive: they are older than anything in `#fresh`, and keep that place. */
  readonly #returned = new MessageList()
  readonly #fresh = new MessageList()
  readonly #due = new IndexedHeap<StoredMessage>({
    key: (message) => message.dueAtMs,
    indexOf: (message) => message.dueIndex,
    place: (message, index) => (message.dueIndex = index),
  })
  readonly #byAge = new IndexedHeap<StoredMessage>({
    key: (message) => message.sent.sentAtMs,
    indexOf: (message) => message.ageIndex,
    place: (message, index) => (message.ageIndex = index),
  })
  #delayed = 0
  #inFlight = 0

  get visible(): number {
    return this.#returned.size + this.#fresh.size
  }

  get inFlight(): number {
    return this.#inFlight
  }

  get delayed(): number {
    return this.#delayed
  }

  /** When the next delay or visibility timeout ends. */
  get nextDueAtMs(): number | undefined {
    return this.#due.top?.dueAtMs
  }

  /** The message to be received next. */
  get nextVisible(): StoredMessage | undefined {
    return this.#returned.first ?? this.#fresh.first
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

  /** Age in milliseconds of the longest-waiting visible or in-flight message that is not being put to the back. */
  oldestEnteredAtMs(): number | undefined {
    // Map order is the order of entering, so this ends at the first message that counts.
    for (const { state, receipt, enteredAtMs } of this.#byId.values()) {
      if (state !== 'delayed' && receipt.receiveCountHere < RECEIVES_BEFORE_BACK) return enteredAtMs
    }
    return undefined
  }

  /** Adds a message, delayed until `dueAtMs` or visible at once. */
  add(message: StoredMessage, dueAtMs?: number): void {
    this.#byId.set(message.id, message)
    this.#byAge.push(message)
    if (dueAtMs === undefined) this.#showAtBack(message)
    else this.#schedule(message, 'delayed', dueAtMs)
  }

  /** Puts a visible or in-flight message in flight until `dueAtMs`. */
  hide(message: StoredMessage, dueAtMs: number): void {
    this.#leaveState(message)
    this.#schedule(message, 'inFlight', dueAtMs)
  }

  /** Puts an in-flight message back where it was received from: the front. */
  restore(message: StoredMessage): void {
    this.#leaveState(message)
    message.state = 'visible'
    const list = message.receipt.receiveCountHere === 0 ? this.#fresh : this.#returned
    list.pushFront(message)
  }

  remove(message: StoredMessage): void {
    this.#leaveState(message)
    this.#byAge.remove(message)
    this.#byId.delete(message.id)
    message.state = 'gone'
  }

  clear(): void {
    for (const message of this.#byId.values()) this.remove(message)
  }

  /** Brings every state up to `nowMs`. */
  advance(nowMs: number, retentionMs: number): void {
    for (let due = this.#due.top; due !== undefined && due.dueAtMs <= nowMs; due = this.#due.top) {
      this.#leaveState(due)
      this.#show(due)
    }
    for (let oldest = this.#byAge.top; oldest !== undefined; oldest = this.#byAge.top) {
      if (oldest.sent.sentAtMs + retentionMs > nowMs) break
      this.remove(oldest)
    }
  }

  #show(message: StoredMessage): void {
    const receives = message.receipt.receiveCountHere
    if (receives === 0 || receives >= RECEIVES_BEFORE_BACK) return this.#showAtBack(message)
    message.state = 'visible'
    this.#returned.pushBack(message)
  }

  #showAtBack(message: StoredMessage): void {
    message.state = 'visible'
    this.#fresh.pushBack(message)
  }

  #schedule(message: StoredMessage, state: 'delayed' | 'inFlight', dueAtMs: number): void {
    message.state = state
    message.dueAtMs = dueAtMs
    if (state === 'delayed') this.#delayed++
    else this.#inFlight++
    this.#due.push(message)
  }

  #leaveState(message: StoredMessage): void {
    switch (message.state) {
      case 'visible':
        message.list?.remove(message)
        break
      case 'delayed':
        this.#delayed--
        this.#due.remove(message)
        break
      case 'inFlight':
        this.#inFlight--
        this.#due.remove(message)
        break
      case 'gone':
        break
    }
  }
}
