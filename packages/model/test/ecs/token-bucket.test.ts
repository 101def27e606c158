import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fullBucket, takeTokens } from '../../src/index.js'

const LIMIT = { perSecond: 20, burst: 100 }

describe('a token bucket', () => {
  test('gives its burst at once, then its rate, and says when the next token is there', () => {
    const first = takeTokens(fullBucket(LIMIT, 0), LIMIT, { nowMs: 0, wanted: 150 })
    expect(first).toMatchObject({ taken: 100, nextAtMs: 50 })
    const second = takeTokens(first.bucket, LIMIT, { nowMs: 1_000, wanted: 50 })
    expect(second).toMatchObject({ taken: 20, nextAtMs: 1_050 })
  })

  test('fills up to its burst and no further', () => {
    const { bucket } = takeTokens(fullBucket(LIMIT, 0), LIMIT, { nowMs: 0, wanted: 100 })
    expect(takeTokens(bucket, LIMIT, { nowMs: 3_600_000, wanted: 1_000 }).taken).toBe(100)
  })

  test('keeps fractions, and a clock that went back gives nothing', () => {
    let bucket = takeTokens(fullBucket(LIMIT, 0), LIMIT, { nowMs: 0, wanted: 100 }).bucket
    bucket = takeTokens(bucket, LIMIT, { nowMs: 30, wanted: 1 }).bucket
    expect(takeTokens(bucket, LIMIT, { nowMs: 50, wanted: 1 }).taken).toBe(1)
    expect(takeTokens(bucket, LIMIT, { nowMs: 10, wanted: 1 }).taken).toBe(0)
  })

  test('never gives more than burst and rate allow, however it is asked, and keeps its word on the next token', () => {
    const asks = fc.array(fc.record({ waitMs: fc.nat(2_000), wanted: fc.nat(50) }), { maxLength: 50 })
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 1, max: 200 }),
        asks,
        (rate, burst, all) => {
          const limit = { perSecond: rate, burst }
          let bucket = fullBucket(limit, 0)
          let nowMs = 0
          let given = 0
          for (const { waitMs, wanted } of all) {
            nowMs += waitMs
            const take = takeTokens(bucket, limit, { nowMs, wanted })
            bucket = take.bucket
            given += take.taken
            expect(given).toBeLessThanOrEqual(burst + (nowMs * rate) / 1_000 + 1e-6)
            expect(takeTokens(bucket, limit, { nowMs: take.nextAtMs + 1, wanted: 1 }).taken).toBe(1)
          }
        },
      ),
      { verbose: true },
    )
  })
})
