import type { Clock } from './clock.js'

/** What a {@link Timetable} holds. Both fields belong to the timetable while the entry is in it. */
export interface Timed {
  /** When it falls due, epoch milliseconds. */
  dueMs: number
  /** Its place in the heap; -1 while it is in none. */
  heapIndex: number
}

/**
 * Many due times on one timer: a binary heap by `dueMs`. A timer, and its closure, for each message would cost more
 * than the handling of a small one. The timer may ring early (its entry was removed); it never rings late.
 *
 * Whoever owns it takes what is due with {@link take} when `ring` is called.
 */
export class Timetable<Entry extends Timed> {
  readonly #clock: Clock
  readonly #ring: () => void
  readonly #heap: Entry[] = []
  #cancelTimer: (() => void) | undefined
  #timerAtMs = Infinity

  constructor(clock: Clock, ring: () => void) {
    this.#clock = clock
    this.#ring = ring
  }

  get size(): number {
    return this.#heap.length
  }

  /** Enters the entry, or moves it to another time. */
  set(entry: Entry, dueMs: number): void {
    entry.dueMs = dueMs
    if (entry.heapIndex === -1) entry.heapIndex = this.#heap.push(entry) - 1
    this.#siftUp(entry)
    this.#siftDown(entry)
    this.#arm()
  }

  remove(entry: Entry): void {
    const index = entry.heapIndex
    if (index === -1) return
    const last = this.#heap.pop()
    entry.heapIndex = -1
    if (last !== undefined && last !== entry) {
      this.#heap[index] = last
      last.heapIndex = index
      this.#siftUp(last)
      this.#siftDown(last)
    }
    if (this.#heap.length === 0) this.#disarm()
  }

  /** The entry due first; it stays. */
  first(): Entry | undefined {
    return this.#heap[0]
  }

  /** Removes and returns the first entry due at `byMs` or before, if there is one. */
  take(byMs: number): Entry | undefined {
    const first = this.#heap[0]
    if (first === undefined || first.dueMs > byMs) return undefined
    this.remove(first)
    return first
  }

  clear(): void {
    for (const entry of this.#heap) entry.heapIndex = -1
    this.#heap.length = 0
    this.#disarm()
  }

  #arm(): void {
    const first = this.#heap[0]
    if (first === undefined || first.dueMs >= this.#timerAtMs) return
    this.#disarm()
    this.#timerAtMs = first.dueMs
    this.#cancelTimer = this.#clock.schedule(first.dueMs - this.#clock.now(), () => {
      this.#timerAtMs = Infinity
      this.#cancelTimer = undefined
      this.#ring()
      this.#arm()
    })
  }

  #disarm(): void {
    this.#cancelTimer?.()
    this.#cancelTimer = undefined
    this.#timerAtMs = Infinity
  }

  #siftUp(entry: Entry): void {
    while (entry.heapIndex > 0) {
      const parent = this.#heap[(entry.heapIndex - 1) >> 1]
      if (parent === undefined || parent.dueMs <= entry.dueMs) return
      this.#swap(parent, entry)
    }
  }

  #siftDown(entry: Entry): void {
    for (;;) {
      const left = this.#heap[2 * entry.heapIndex + 1]
      const right = this.#heap[2 * entry.heapIndex + 2]
      const child = right !== undefined && left !== undefined && right.dueMs < left.dueMs ? right : left
      if (child === undefined || child.dueMs >= entry.dueMs) return
      this.#swap(child, entry)
    }
  }

  #swap(a: Entry, b: Entry): void {
    const index = a.heapIndex
    a.heapIndex = b.heapIndex
    b.heapIndex = index
    this.#heap[a.heapIndex] = a
    this.#heap[b.heapIndex] = b
  }
}
