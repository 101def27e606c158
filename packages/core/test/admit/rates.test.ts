import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { Rates } from '../../src/admit/rates.js'

test('a budget that is spent is free again when its oldest start is over, one by one', () => {
  const rates = new Rates({ limit: 2, perMs: 1_000 })
  rates.take('a', 100)
  rates.take('a', 600)
  expect([rates.free('a', 700), rates.freeAtMs('a', 700), rates.free('b', 700)]).toEqual([0, 1_100, 2])
  expect([rates.free('a', 1_100), rates.freeAtMs('a', 1_100)]).toEqual([1, 0])
  rates.take('a', 1_100)
  expect(rates.freeAtMs('a', 1_100)).toBe(1_600)
})

test('whatever is asked, no stretch of time has more starts of a key than the limit', () => {
  const asks = fc.array(fc.record({ key: fc.constantFrom('a', 'b'), waitMs: fc.nat(60) }), { maxLength: 300 })
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5 }), asks, (limit, given) => {
      const rates = new Rates({ limit, perMs: 100 })
      const starts: { key: string; atMs: number }[] = []
      let nowMs = 1_000
      for (const { key, waitMs } of given) {
        nowMs += waitMs
        const isFree = rates.free(key, nowMs) > 0
        expect(rates.freeAtMs(key, nowMs) <= nowMs).toBe(isFree)
        if (!isFree) continue
        rates.take(key, nowMs)
        starts.push({ key, atMs: nowMs })
      }
      for (const { key, atMs } of starts) {
        const within = starts.filter(
          (other) => other.key === key && other.atMs > atMs - 100 && other.atMs <= atMs,
        )
        expect(within.length).toBeLessThanOrEqual(limit)
      }
    }),
    { numRuns: 100 },
  )
})

test('keys whose starts are over are forgotten', () => {
  const rates = new Rates({ limit: 1, perMs: 10 })
  for (let index = 0; index < 50_000; index += 1) rates.take(`key ${index}`, index)
  expect(rates.size).toBeLessThanOrEqual(1_001)
})
