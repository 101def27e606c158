/** How a heap orders its items and remembers, inside each item, where it stands. */
export interface HeapOrder<Item> {
  /** The item that is before all others is on top. This order must not change for items in the heap. */
  isBefore(one: Item, other: Item): boolean
  indexOf(item: Item): number
  /** Writes an item's place; -1 when it leaves. */
  place(item: Item, index: number): void
}

/**
 * A binary heap whose items know their place, so that any of them can be taken out in O(log n). Nothing stale stays
 * behind: memory follows the number of items, however often they come and go.
 */
export class IndexedHeap<Item> {
  readonly #order: HeapOrder<Item>
  #items: Item[] = []

  constructor(order: HeapOrder<Item>) {
    this.#order = order
  }

  get top(): Item | undefined {
    return this.#items[0]
  }

  push(item: Item): void {
    this.#items.push(item)
    this.#rise(item, this.#items.length - 1)
  }

  /** The one item whose place in the order may have changed since it came in: it is not compared. */
  remove(item: Item): void {
    const index = this.#order.indexOf(item)
    const last = this.#items.pop()
    this.#order.place(item, -1)
    if (last === undefined || last === item) return
    this.#rise(last, index)
    this.#sink(last, this.#order.indexOf(last))
  }

  #rise(item: Item, from: number): void {
    let index = from
    while (index > 0) {
      const above = (index - 1) >> 1
      const parent = this.#items[above]
      if (parent === undefined || !this.#order.isBefore(item, parent)) break
      this.#put(parent, index)
      index = above
    }
    this.#put(item, index)
  }

  #sink(item: Item, from: number): void {
    let index = from
    for (let below = this.#smallerChild(index); below !== -1; below = this.#smallerChild(index)) {
      const child = this.#items[below]
      if (child === undefined || !this.#order.isBefore(child, item)) break
      this.#put(child, index)
      index = below
    }
    this.#put(item, index)
  }

  /** -1 when the place at `index` has no child. */
  #smallerChild(index: number): number {
    const left = 2 * index + 1
    const leftItem = this.#items[left]
    if (leftItem === undefined) return -1
    const rightItem = this.#items[left + 1]
    if (rightItem === undefined) return left
    return this.#order.isBefore(rightItem, leftItem) ? left + 1 : left
  }

  #put(item: Item, index: number): void {
    this.#items[index] = item
    this.#order.place(item, index)
  }
}
