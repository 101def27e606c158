import { describe, expect, it } from 'vitest'
import { formatCount, formatInstant, formatMs, formatNumber } from '../../src/render/text.js'

describe('what people read', () => {
  it.each([
    [0, '0 ms'],
    [12.4, '12 ms'],
    [999, '999 ms'],
    [1_000, '1 s'],
    [12_549, '12.5 s'],
    [60_000, '1 min'],
    [250_000, '4 min 10 s'],
    [3_600_000, '1 h'],
    [11_100_000, '3 h 5 min'],
  ])('writes %d ms as %s', (ms, text) => expect(formatMs(ms)).toBe(text))

  it('sets thousands apart and keeps two decimals', () => {
    expect(formatNumber(1_234_567.891)).toBe('1,234,567.89')
    expect(formatNumber(3_000)).toBe('3,000')
  })

  it('counts in the right number', () => {
    expect([formatCount(0, 'task'), formatCount(1, 'task'), formatCount(2, 'task')]).toEqual([
      '0 tasks',
      '1 task',
      '2 tasks',
    ])
  })

  it('writes instants in UTC to the second', () => {
    expect(formatInstant(Date.UTC(2026, 0, 1, 12, 0, 5, 700))).toBe('2026-01-01T12:00:05Z')
  })
})
