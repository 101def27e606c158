import { describe, expect, test } from 'vitest'
import { launchBackoffAfterFailure, NO_LAUNCH_BACKOFF } from '../../src/index.js'

describe('the launch back-off of a service', () => {
  test('doubles from five seconds to fifteen minutes while starts keep failing', () => {
    const waits: number[] = []
    let backoff = NO_LAUNCH_BACKOFF
    let nowMs = 0
    for (let round = 0; round < 10; round += 1) {
      backoff = launchBackoffAfterFailure(backoff, { launchedAtMs: nowMs, nowMs: nowMs + 100 })
      waits.push(backoff.launchNotBeforeMs - (nowMs + 100))
      nowMs = backoff.launchNotBeforeMs
    }
    expect(waits.map((ms) => ms / 1_000)).toEqual([5, 10, 20, 40, 80, 160, 320, 640, 900, 900])
  })

  test('counts tasks launched together and failing together as one round', () => {
    let backoff = launchBackoffAfterFailure(NO_LAUNCH_BACKOFF, { launchedAtMs: 0, nowMs: 100 })
    backoff = launchBackoffAfterFailure(backoff, { launchedAtMs: 0, nowMs: 120 })
    backoff = launchBackoffAfterFailure(backoff, { launchedAtMs: 100, nowMs: 130 })
    expect(backoff).toEqual({ failures: 1, lastFailureAtMs: 100, launchNotBeforeMs: 5_100 })
  })
})
