import { expect, test } from 'vitest'
import { retryDelaySeconds } from '../../src/settle/retry-delay.js'

const backoff = { baseMs: 2_000, capMs: 900_000 }

test('the delay is anything up to a ceiling that doubles with each receive, up to the cap', () => {
  expect([1, 2, 3, 4, 9, 10, 50].map((count) => retryDelaySeconds(backoff, count, 0.999))).toEqual([
    2, 4, 8, 16, 512, 900, 900,
  ])
  expect(retryDelaySeconds(backoff, 4, 0.5)).toBe(8)
})

test('the delay is never 0, nor a fraction, however often SQS has counted', () => {
  for (let count = 0; count < 3_000; count += 1) {
    const seconds = retryDelaySeconds(backoff, count, (count % 100) / 100)
    expect(Number.isInteger(seconds) && seconds >= 1 && seconds <= 900).toBe(true)
  }
})
