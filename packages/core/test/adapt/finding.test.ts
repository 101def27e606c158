import { describe, expect, test } from 'vitest'
import { findingOf, KINDS } from './kinds.js'

// LONGSHORE_SEEDS=<n> tries the first so many, LONGSHORE_SEED=<n> only that one.
const given = Number(process.env.LONGSHORE_SEED)
const count = Number(process.env.LONGSHORE_SEEDS ?? 5)
const SEEDS = given > 0 ? [given] : Array.from({ length: count }, (_, index) => index + 1)

describe.each(KINDS)('$name', (kind) => {
  test.each(SEEDS)('comes within 10 % of the best fixed limit, and stands still there (seed %i)', (seed) => {
    const finding = findingOf(kind, seed)
    expect(finding.early).toBeGreaterThan(0.9)
    expect(finding.steady).toBeGreaterThan(0.9)
    expect(finding.furthest).toBeLessThanOrEqual(0.5)
    expect(finding.still).toBeGreaterThan(0.7)
    expect(finding.changes).toBeLessThanOrEqual(20)
    expect(finding.refused).toBeLessThan(0.02)
  })
})
