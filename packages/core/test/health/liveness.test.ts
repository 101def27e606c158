import { expect, test } from 'vitest'
import { Liveness } from '../../src/health/liveness.js'
import type { WorkerStats } from '../../src/stats.js'
import { newCounts } from '../../src/stats.js'
import { manualClock } from '../../src/testing/index.js'

const RUNNING: WorkerStats = {
  ...newCounts(),
  state: 'running',
  concurrency: 2,
  running: 0,
  stillStuck: 0,
  waiting: 0,
  settling: 0,
  leases: 0,
  polling: 1,
  calls: {},
  protection: 'off',
}

test('a worker that holds nothing and whose receives stand still is dead after the longest pause they may make', async () => {
  const clock = manualClock()
  let stats = RUNNING
  const liveness = new Liveness({ clock, waitMs: 20_000, stats: () => stats })
  expect(liveness.problem()).toBeUndefined()
  await clock.advance(84_000)
  expect(liveness.problem()).toBeUndefined()
  await clock.advance(1_000)
  expect(liveness.problem()).toBe('No receive was made and none has ended for 85 s, though nothing is held.')
  stats = { ...RUNNING, emptyReceives: 1 }
  expect(liveness.problem()).toBeUndefined()
})

test('nothing is asked of a worker that holds messages, is blocked, or is not running yet', async () => {
  const clock = manualClock()
  let stats: WorkerStats = RUNNING
  const liveness = new Liveness({ clock, waitMs: 20_000, stats: () => stats })
  const waiting: Partial<WorkerStats>[] = [
    { running: 1, leases: 1 },
    { protection: 'blocked' },
    { state: 'draining' },
  ]
  for (const each of waiting) {
    stats = { ...RUNNING, ...each }
    await clock.advance(600_000)
    expect(liveness.problem()).toBeUndefined()
  }
  stats = { ...RUNNING, state: 'stopped' }
  expect(liveness.problem()).toBe('The worker has stopped.')
})
