/** Messages that wait, first in first out: when each arrived, and in which queue. A ring that grows. */
export class Line {
  #arrived = new Float64Array(1_024)
  #queue = new Uint8Array(1_024)
  #first = 0
  #length = 0

  get length(): number {
    return this.#length
  }

  /** When the first one arrived; Infinity where none waits. */
  get firstArrivedMs(): number {
    return this.#length === 0 ? Infinity : (this.#arrived[this.#first] ?? Infinity)
  }

  get firstQueue(): number {
    return this.#queue[this.#first] ?? 0
  }

  push(arrivedMs: number, queue: number): void {
    if (this.#length === this.#arrived.length) this.#grow()
    const at = (this.#first + this.#length) % this.#arrived.length
    this.#arrived[at] = arrivedMs
    this.#queue[at] = queue
    this.#length += 1
  }

  /** Takes the first one out. */
  shift(): void {
    this.#first = (this.#first + 1) % this.#arrived.length
    this.#length -= 1
  }

  /** Each, oldest first. */
  forEach(visit: (arrivedMs: number) => void): void {
    for (let at = 0; at < this.#length; at += 1) {
      visit(this.#arrived[(this.#first + at) % this.#arrived.length] ?? 0)
    }
  }

  #grow(): void {
    const before = { arrived: this.#arrived, queue: this.#queue }
    const capacity = before.arrived.length
    this.#arrived = new Float64Array(capacity * 2)
    this.#queue = new Uint8Array(capacity * 2)
    for (let at = 0; at < capacity; at += 1) {
      const from = (this.#first + at) % capacity
      this.#arrived[at] = before.arrived[from] ?? 0
      this.#queue[at] = before.queue[from] ?? 0
    }
    this.#first = 0
  }
}
