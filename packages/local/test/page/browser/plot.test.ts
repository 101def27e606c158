import { describe, expect, it } from 'vitest'

import { areaPath, axisEnd, linePath, pointAt, within } from '../../../src/page/browser/plot.js'
import type { Point } from '../../../src/page/browser/page-state.js'

const range = { fromMs: 0, toMs: 100 }
const points: readonly Point[] = [
  [0, 0],
  [50, 5],
  [100, 10],
]

describe('an axis', () => {
  it.each([
    [0, 1],
    [-3, 1],
    [Number.NaN, 1],
    [1, 1],
    [7, 8],
    [8.1, 10],
    [11, 15],
    [0.23, 0.25],
    [3_954, 4_000],
    [41_000, 50_000],
  ])('for values up to %d ends at %d', (largest, end) => {
    expect(axisEnd(largest)).toBe(end)
  })
})

describe('a line', () => {
  it('goes through its points, from the left bottom to the right top', () => {
    expect(linePath({ points, gapMs: 60 }, { range, end: 10 })).toBe('M0 100h0L500 50L1000 0')
  })

  it('holds each value until the next, when it counts', () => {
    expect(linePath({ points, gapMs: 60, isStepped: true }, { range, end: 10 })).toBe(
      'M0 100h0H500V50H1000V0',
    )
  })

  it('breaks where points are missing', () => {
    expect(linePath({ points, gapMs: 49 }, { range, end: 10 })).toBe('M0 100h0M500 50h0M1000 0h0')
  })

  it('is filled down to the axis, when it is in one piece', () => {
    const line = linePath({ points, gapMs: 60 }, { range, end: 10 })
    expect(areaPath(line, points, range)).toBe(`${line}V100H0Z`)
    expect(areaPath('M0 0h0M5 5h0', points, range)).toBe('')
    expect(areaPath('', [], range)).toBe('')
  })
})

describe('the part of a line in a range', () => {
  const inside = { fromMs: 25, toMs: 75 }

  it('begins at the edge, between the points around it', () => {
    expect(within({ points, gapMs: 60 }, inside)).toEqual([
      [25, 2.5],
      [50, 5],
    ])
  })

  it('begins with the value that was held, when it counts', () => {
    expect(within({ points, gapMs: 60, isStepped: true }, inside)[0]).toEqual([25, 0])
  })

  it('begins with its first point after a gap', () => {
    expect(within({ points, gapMs: 40 }, inside)).toEqual([[50, 5]])
    expect(within({ points, gapMs: 40 }, { fromMs: 200, toMs: 300 })).toEqual([])
  })
})

it('the point at an instant is the newest until then', () => {
  expect(pointAt(points, 99)).toEqual([50, 5])
  expect(pointAt(points, -1)).toBeUndefined()
})
