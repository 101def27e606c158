import { expect, test } from 'vitest'
import { Liveness } from '../../src/health/liveness.js'
import type { QueueStats, WorkerStats } from '../../src/stats.js'
import { newCounts, NO_LEVELS, summed } from '../../src/stats.js'
import { manualClock } from '../../src/testing/index.js'

const QUEUE: QueueStats = {
  ...newCounts(),
  ...NO_LEVELS,
  queue: 'orders',
  weight: 1,
  priority: 0,
  breaker: 'off',
  polling: 1,
  calls: {},
}

function running(
  queues: readonly Partial<QueueStats>[] = [{}],
  worker: Partial<WorkerStats> = {},
): WorkerStats {
  const all = queues.map((queue) => ({ ...QUEUE, ...queue }))
  const measured = { concurrency: 2, loopLagMs: 0, slotMs: 0, busySlotMs: 0, ...summed(all) }
  return { state: 'running', ...measured, protection: 'off', queues: all, ...worker }
}

test('a worker that holds nothing and whose receives stand still is dead after the longest pause they may make', async () => {
  const clock = manualClock()
  let stats = running()
  const liveness = new Liveness({ clock, waitMs: 20_000, stats: () => stats })
  expect(liveness.problem()).toBeUndefined()
  await clock.advance(84_000)
  expect(liveness.problem()).toBeUndefined()
  await clock.advance(1_000)
  expect(liveness.problem()).toBe(
    'No receive from orders was made and none has ended for 85 s, though nothing is held.',
  )
  stats = running([{ emptyReceives: 1 }])
  expect(liveness.problem()).toBeUndefined()
})

test('nothing is asked of a worker that holds messages, is blocked, or is not running yet', async () => {
  const clock = manualClock()
  let stats = running()
  const liveness = new Liveness({ clock, waitMs: 20_000, stats: () => stats })
  const waiting = [
    running([{ running: 1, leases: 1 }]),
    running([{}], { protection: 'blocked' }),
    running([{}], { state: 'draining' }),
  ]
  for (const each of waiting) {
    stats = each
    await clock.advance(600_000)
    expect(liveness.problem()).toBeUndefined()
  }
  stats = running([{}], { state: 'stopped' })
  expect(liveness.problem()).toBe('The worker has stopped.')
})

test('a queue that stands still is not excused by another that is busy, unless that one goes first', async () => {
  const clock = manualClock()
  const busy = { queue: 'busy', running: 1, leases: 1 }
  let stats = running([busy, {}])
  const liveness = new Liveness({ clock, waitMs: 20_000, stats: () => stats })
  liveness.problem()
  await clock.advance(90_000)
  expect(liveness.problem()).toBe(
    'No receive from orders was made and none has ended for 90 s, though nothing is held.',
  )
  stats = running([{ ...busy, priority: 1 }, {}])
  expect(liveness.problem()).toBeUndefined()
  await clock.advance(600_000)
  expect(liveness.problem()).toBeUndefined()
})
