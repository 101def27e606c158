import { expect, test } from 'vitest'
import { fullBucket, launchLimits, takeTokens, withParameters } from '../../src/index.js'

test('a service launches five hundred tasks a minute, Fargate a hundred at once and twenty a second', () => {
  const { service, fargate } = launchLimits()
  const inFirstMinute = (limit: typeof service): number => {
    let bucket = fullBucket(limit, 0)
    let launched = 0
    for (let nowMs = 0; nowMs < 60_000; nowMs += 1_000) {
      const take = takeTokens(bucket, limit, { nowMs, wanted: 10_000 })
      bucket = take.bucket
      launched += take.taken
    }
    return launched
  }
  // Ionescu counted 3,500 Fargate tasks in about four and a half minutes.
  expect(inFirstMinute(fargate)).toBe(100 + 59 * 20)
  expect(Math.abs(service.perSecond * 60 - 500)).toBeLessThan(1e-9)
  const smaller = launchLimits(withParameters({ ecsFargateLaunchesPerSecond: 5 }))
  expect(smaller.fargate).toEqual({ perSecond: 5, burst: 100 })
})
