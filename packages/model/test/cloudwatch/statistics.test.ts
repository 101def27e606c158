import { array, assert, constantFrom, integer, nat, property, record } from 'fast-check'
import { describe, expect, it } from 'vitest'

import { aggregate, mergeSets, samples, statisticOf, STATISTICS } from '../../src/index.js'

const START_MS = Date.UTC(2026, 10, 22, 12)

describe('statistics of a period', () => {
  it('come from all its samples, single or in sets', () => {
    const set = mergeSets(mergeSets(samples(4), samples(1, 3)), {
      sampleCount: 2,
      sum: 20,
      minimum: 8,
      maximum: 12,
    })
    const values = Object.fromEntries(STATISTICS.map((statistic) => [statistic, statisticOf(set, statistic)]))
    expect(values).toEqual({ SampleCount: 6, Average: 4.5, Sum: 27, Minimum: 1, Maximum: 12 })
  })
})

describe('aggregation into periods', () => {
  it('takes the start of a period in and its end out, and leaves empty periods out', () => {
    const timed = [0, 59_999, 60_000, 180_000, 240_000].map((offset) => ({
      timestampMs: START_MS + offset,
      set: samples(1),
    }))
    const periods = aggregate(timed, { startMs: START_MS, endMs: START_MS + 240_000, periodSeconds: 60 })
    expect(periods.map((period) => [period.timestampMs - START_MS, period.set.sampleCount])).toEqual([
      [0, 2],
      [60_000, 1],
      [180_000, 1],
    ])
  })

  it('keeps count and sum whatever the period', () => {
    const offsets = array(record({ offset: nat(3_599_999), value: integer() }))
    assert(
      property(offsets, constantFrom(1, 10, 60, 300, 3_600), (entries, periodSeconds) => {
        const timed = entries.map(({ offset, value }) => ({
          timestampMs: START_MS + offset,
          set: samples(value),
        }))
        const periods = aggregate(timed, { startMs: START_MS, endMs: START_MS + 3_600_000, periodSeconds })
        const total = (pick: (set: ReturnType<typeof samples>) => number) =>
          periods.reduce((sum, period) => sum + pick(period.set), 0)
        expect(total((set) => set.sampleCount)).toBe(entries.length)
        expect(total((set) => set.sum)).toBe(entries.reduce((sum, { value }) => sum + value, 0))
      }),
    )
  })
})
