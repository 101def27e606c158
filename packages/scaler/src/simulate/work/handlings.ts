/** A message that is handled. */
export interface Handling {
  task: number
  startedMs: number
  arrivedMs: number
  endsMs: number
  queue: number
  /** Its task ended before it: it ends nothing any more. */
  isAborted: boolean
}

/** What is handled, by when it ends: a binary heap. Objects are used again, since there are millions of handlings. */
export class Handlings {
  readonly #heap: Handling[] = []
  readonly #unused: Handling[] = []

  /** When the first one ends; Infinity where there is none. */
  get nextEndMs(): number {
    return this.#heap[0]?.endsMs ?? Infinity
  }

  add(given: Omit<Handling, 'isAborted'>): void {
    const handling = this.#unused.pop() ?? { ...given, isAborted: false }
    handling.task = given.task
    handling.startedMs = given.startedMs
    handling.arrivedMs = given.arrivedMs
    handling.endsMs = given.endsMs
    handling.queue = given.queue
    handling.isAborted = false
    this.#rise(handling)
  }

  /** The one that ends first, and no longer here. It is the caller's until the next `add`. */
  takeFirst(): Handling | undefined {
    const first = this.#heap[0]
    const last = this.#heap.pop()
    if (first === undefined || last === undefined) return undefined
    if (last !== first) this.#sink(last)
    this.#unused.push(first)
    return first
  }

  /** Those that are not aborted. */
  *running(): Generator<Handling> {
    for (const handling of this.#heap) if (!handling.isAborted) yield handling
  }

  #rise(handling: Handling): void {
    const heap = this.#heap
    let at = heap.length
    heap.push(handling)
    while (at > 0) {
      const parentAt = (at - 1) >> 1
      const parent = heap[parentAt]
      if (parent === undefined || parent.endsMs <= handling.endsMs) break
      heap[at] = parent
      at = parentAt
    }
    heap[at] = handling
  }

  #sink(handling: Handling): void {
    const heap = this.#heap
    let at = 0
    for (;;) {
      let childAt = 2 * at + 1
      let child = heap[childAt]
      if (child === undefined) break
      const right = heap[childAt + 1]
      if (right !== undefined && right.endsMs < child.endsMs) {
        child = right
        childAt += 1
      }
      if (child.endsMs >= handling.endsMs) break
      heap[at] = child
      at = childAt
    }
    heap[at] = handling
  }
}
