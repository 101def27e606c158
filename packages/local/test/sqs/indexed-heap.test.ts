import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { IndexedHeap } from '../../src/sqs/indexed-heap.js'

interface Item {
  readonly key: number
  index: number
}

const order = {
  isBefore: (one: Item, other: Item) => one.key < other.key,
  indexOf: (item: Item) => item.index,
  place: (item: Item, index: number) => (item.index = index),
}

describe('IndexedHeap', () => {
  it('has the smallest key on top, whatever is pushed and taken out', () => {
    // A number is pushed; a fraction in [0, 1) picks the item to take out. fast-check prints its seed on failure.
    const steps = fc.array(
      fc.oneof(fc.integer({ min: 1, max: 20 }), fc.double({ min: 0, max: 0.99, noNaN: true })),
      { maxLength: 200, size: 'max' },
    )
    fc.assert(
      fc.property(steps, (run) => {
        const heap = new IndexedHeap<Item>(order)
        const inside: Item[] = []
        for (const step of run) {
          if (step >= 1) {
            const item = { key: step, index: -1 }
            heap.push(item)
            inside.push(item)
          } else if (inside.length > 0) {
            const [item] = inside.splice(Math.floor(step * inside.length), 1)
            if (item === undefined) continue
            heap.remove(item)
            expect(item.index).toBe(-1)
          }
          const smallest = Math.min(...inside.map((item) => item.key))
          expect(heap.top?.key ?? Number.POSITIVE_INFINITY).toBe(smallest)
          expect(new Set(inside.map((item) => item.index)).size).toBe(inside.length)
        }
      }),
    )
  })
})
