/** A binary heap by number. */
export class Heap<Item> {
  readonly #entries: { readonly key: number; readonly item: Item }[] = []

  get size(): number {
    return this.#entries.length
  }

  /** Infinity when it is empty. */
  get firstKey(): number {
    return this.#keyAt(0)
  }

  push(key: number, item: Item): void {
    let at = this.#entries.push({ key, item }) - 1
    while (at > 0 && key < this.#keyAt((at - 1) >> 1)) at = this.#swap(at, (at - 1) >> 1)
  }

  pop(): Item {
    const [first] = this.#entries
    const last = this.#entries.pop()
    if (first === undefined || last === undefined) throw new Error('Nothing runs.')
    if (this.size > 0) {
      this.#entries[0] = last
      this.#siftDown()
    }
    return first.item
  }

  #siftDown(): void {
    for (let at = 0; ;) {
      const [left, right] = [2 * at + 1, 2 * at + 2]
      const least = this.#keyAt(right) < this.#keyAt(left) ? right : left
      if (this.#keyAt(least) >= this.#keyAt(at)) return
      at = this.#swap(at, least)
    }
  }

  #keyAt(at: number): number {
    return this.#entries[at]?.key ?? Infinity
  }

  #swap(at: number, to: number): number {
    const [a, b] = [this.#entries[at], this.#entries[to]]
    if (a === undefined || b === undefined) throw new Error('Out of the heap.')
    this.#entries[at] = b
    this.#entries[to] = a
    return to
  }
}
