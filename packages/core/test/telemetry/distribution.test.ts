import { array, assert, double, property } from 'fast-check'
import { expect, test } from 'vitest'
import { Distribution } from '../../src/telemetry/distribution.js'

test('up to a hundred values are told as they are', () => {
  const distribution = new Distribution()
  for (let value = 0; value < 100; value += 1) distribution.add(value / 3)
  expect(distribution.values()).toEqual(Array.from({ length: 100 }, (_, value) => value / 3))
})

test('more are told by a hundred that keep the extremes, the quantiles and nearly the mean', () => {
  const someValues = array(double({ min: 1, max: 3_600_000, noNaN: true }), {
    minLength: 101,
    maxLength: 1_500,
  })
  assert(
    property(someValues, (values) => {
      const distribution = new Distribution()
      for (const value of values) distribution.add(value)
      const told = distribution.values()
      const sorted = values.toSorted((left, right) => left - right)
      expect(told).toHaveLength(100)
      expect([told[0], told[99]]).toEqual([sorted[0], sorted.at(-1)])
      for (const share of [0.1, 0.5, 0.9]) {
        const exact = sorted[Math.ceil(share * values.length) - 1] ?? 0
        // The value at the same rank, or at the next of the hundred, within a bucket's width.
        const near = [share * 100 - 1, share * 100].map((index) => told[Math.round(index)] ?? 0)
        const low = sorted[Math.max(0, Math.ceil((share - 0.02) * values.length) - 1)] ?? 0
        const high = sorted[Math.min(values.length - 1, Math.ceil((share + 0.02) * values.length))] ?? 0
        for (const value of near) {
          expect(value).toBeGreaterThanOrEqual(Math.min(low, exact) / 1.03)
          expect(value).toBeLessThanOrEqual(Math.max(high, exact) * 1.03)
        }
      }
    }),
    { numRuns: 100 },
  )
})

test('it takes no more room for a million values than for a thousand', () => {
  const distribution = new Distribution()
  for (let index = 0; index < 1_000_000; index += 1) distribution.add((index * 7_919) % 10_000)
  expect(distribution.count).toBe(1_000_000)
  const told = distribution.values()
  const mean = told.reduce((sum, value) => sum + value, 0) / told.length
  expect(Math.abs(mean / (distribution.sum / distribution.count) - 1)).toBeLessThan(0.02)
  distribution.clear()
  expect(distribution.values()).toEqual([])
})
