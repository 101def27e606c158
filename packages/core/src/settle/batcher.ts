import type { Clock } from '../clock.js'

// SQS's limit for every batch operation.
const MAX_BATCH = 10

/** What a batcher is given by its owner. */
export interface BatcherParts<Item> {
  readonly clock: Clock
  /** How long the first item of a batch waits for company. */
  readonly lingerMs: number
  readonly send: (items: Item[]) => void
}

/** Collects items into tens: a batch goes when it is full, or when its first item has waited `lingerMs`. */
export class Batcher<Item> {
  readonly #parts: BatcherParts<Item>
  #items: Item[] = []
  #cancelTimer: (() => void) | undefined

  constructor(parts: BatcherParts<Item>) {
    this.#parts = parts
  }

  add(item: Item): void {
    this.#items.push(item)
    if (this.#items.length >= MAX_BATCH) return this.flush()
    this.#cancelTimer ??= this.#parts.clock.schedule(this.#parts.lingerMs, () => this.flush())
  }

  /** Forgets what waits. */
  close(): void {
    this.#items = []
    this.flush()
  }

  /** Sends what waits, now. */
  flush(): void {
    this.#cancelTimer?.()
    this.#cancelTimer = undefined
    if (this.#items.length === 0) return
    const items = this.#items
    this.#items = []
    this.#parts.send(items)
  }
}
