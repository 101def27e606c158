import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { capacityStrategyProblem, nextCapacityProvider } from '../../src/index.js'
import type { CapacityStrategyItem } from '../../src/index.js'

const item = (capacityProvider: string, weight: number, base = 0): CapacityStrategyItem => ({
  capacityProvider,
  weight,
  base,
})

/** How many tasks each provider has after `count` launches. */
function spread(strategy: readonly CapacityStrategyItem[], count: number): Record<string, number> {
  const counts: Record<string, number> = {}
  for (let launched = 0; launched < count; launched += 1) {
    const chosen = nextCapacityProvider(strategy, (name) => counts[name] ?? 0)
    counts[chosen] = (counts[chosen] ?? 0) + 1
  }
  return counts
}

describe('a capacity provider strategy', () => {
  test('splits evenly by equal weights, and one to four by one and four, as the API’s examples say', () => {
    expect(spread([item('a', 1), item('b', 1)], 10)).toEqual({ a: 5, b: 5 })
    expect(spread([item('a', 1), item('b', 4)], 10)).toEqual({ a: 2, b: 8 })
  })

  test('fills the base first, whatever the weights, and counts it apart', () => {
    const strategy = [item('spot', 3), item('on-demand', 1, 2)]
    expect(spread(strategy, 2)).toEqual({ 'on-demand': 2 })
    expect(spread(strategy, 10)).toEqual({ 'on-demand': 4, spot: 6 })
  })

  test('gives a provider without weight its base and no more', () => {
    expect(spread([item('spot', 1), item('on-demand', 0, 1)], 5)).toEqual({ 'on-demand': 1, spot: 4 })
  })

  test('comes as near to its weights as whole tasks can, at every count', () => {
    const weights = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 5 })
    fc.assert(
      fc.property(weights, fc.integer({ min: 0, max: 200 }), (all, count) => {
        const strategy = all.map((weight, at) => item(`p${at}`, weight))
        const counts = spread(strategy, count)
        const total = all.reduce((sum, weight) => sum + weight, 0)
        for (const { capacityProvider, weight } of strategy) {
          expect(Math.abs((counts[capacityProvider] ?? 0) - (count * weight) / total)).toBeLessThan(
            all.length,
          )
        }
      }),
      { verbose: true },
    )
  })

  test.each([
    [[], /at least one item/],
    [Array.from({ length: 21 }, (_, at) => item(`p${at}`, 1)), /at most 20 items/],
    [[item('a', 0), item('b', 0, 1)], /weight greater than zero/],
    [[item('a', 1, 1), item('b', 1, 1)], /Only one .* base/],
    [[item('a', 1), item('a', 2)], /twice/],
    [[item('a', 1_001)], /weight of a must be between 0 and 1000; got 1001/],
    [[item('a', 1, 100_001)], /base of a must be between 0 and 100000; got 100001/],
  ])('is refused as %o', (strategy, message) => {
    expect(capacityStrategyProblem(strategy)).toMatch(message)
  })

  test('is accepted with one base and some weight', () => {
    expect(capacityStrategyProblem([item('a', 0, 2), item('b', 1)])).toBeUndefined()
  })
})
