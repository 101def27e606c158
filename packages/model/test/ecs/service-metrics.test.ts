import { describe, expect, test } from 'vitest'
import { statisticOf, utilization } from '../../src/index.js'

describe('the utilization of a service', () => {
  test('is what its tasks use, in percent of what they reserve, with one sample for each', () => {
    // The developer guide's example for memory: 512 of 1,024 MiB.
    const set = utilization([
      { used: 512, reserved: 1_024 },
      { used: 1_024, reserved: 1_024 },
    ])
    if (set === undefined) throw new Error('no samples')
    expect(statisticOf(set, 'Average')).toBe(75)
    expect(statisticOf(set, 'Maximum')).toBe(100)
    expect(statisticOf(set, 'SampleCount')).toBe(2)
  })

  test('has no datapoint without tasks, rather than a zero', () => {
    expect(utilization([])).toBeUndefined()
    expect(utilization([{ used: 1, reserved: 0 }])).toBeUndefined()
  })

  test('goes above a hundred where a task uses more than its share', () => {
    expect(utilization([{ used: 512, reserved: 256 }])?.maximum).toBe(200)
  })
})
