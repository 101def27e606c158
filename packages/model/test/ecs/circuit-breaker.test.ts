import { describe, expect, test } from 'vitest'
import { breakerThreshold, DEFAULT_BREAKER_THRESHOLD } from '../../src/index.js'

describe('the threshold of the deployment circuit breaker', () => {
  // The developer guide's table, with today's minimum of 3.
  test.each([
    [0, 3],
    [1, 3],
    [6, 3],
    [7, 4],
    [25, 13],
    [400, 200],
    [800, 200],
  ])('for %i desired tasks is %i failures', (desired, failures) => {
    expect(breakerThreshold(DEFAULT_BREAKER_THRESHOLD, desired)).toBe(failures)
  })

  test('can be another share, with or without bounds, or a count', () => {
    expect(breakerThreshold({ type: 'BOUNDED_PERCENT', value: 100 }, 10)).toBe(10)
    expect(breakerThreshold({ type: 'UNBOUNDED_PERCENT', value: 50 }, 800)).toBe(400)
    expect(breakerThreshold({ type: 'UNBOUNDED_PERCENT', value: 50 }, 1)).toBe(1)
    expect(breakerThreshold({ type: 'COUNT', value: 7 }, 100)).toBe(7)
    expect(breakerThreshold({ type: 'UNBOUNDED_PERCENT', value: 50 }, 0)).toBe(1)
  })
})
