import { expect, test } from 'vitest'
import { Arrivals } from '../../src/receive/arrivals.js'

/** The waits after receives of so many messages, one every so often. */
function waits(given: { received: number; everyMs: number; asked?: number; mostMs?: number }): number[] {
  const { received, everyMs, asked = 10, mostMs = 40 } = given
  const arrivals = new Arrivals(mostMs)
  return Array.from({ length: 30 }, (_, index) =>
    Math.round(arrivals.waitMs({ received, asked, nowMs: index * everyMs })),
  )
}

test('a trickle is waited for, as long as four messages take', () => {
  expect(waits({ received: 1, everyMs: 8 }).at(-1)).toBe(32)
  expect(waits({ received: 4, everyMs: 48 }).at(-1)).toBe(40)
})

test('messages that come seldom are fetched at once, and so are those of a backlog', () => {
  expect(waits({ received: 1, everyMs: 500 })).toEqual(Array.from({ length: 30 }, () => 0))
  expect(waits({ received: 6, everyMs: 10 })).toEqual(Array.from({ length: 30 }, () => 0))
  expect(waits({ received: 1, everyMs: 10, asked: 1 })).toEqual(Array.from({ length: 30 }, () => 0))
})

test('nothing waits where nothing may', () => {
  expect(waits({ received: 1, everyMs: 10, mostMs: 0 })).toEqual(Array.from({ length: 30 }, () => 0))
})
