import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { acceptableBacklogPerTask, backlogPerTask, waitEstimateMs } from '../../src/index.js'
import { serviceWith } from '../services.js'

const count = fc.nat({ max: 1_000_000 })
const running = fc.integer({ min: 1, max: 5_000 })
const target = fc.double({ min: 1, max: 1e6, noNaN: true })

describe('acceptableBacklogPerTask', () => {
  it('is the wait divided by the time a task needs per message', () => {
    // 60 s ÷ (400 ms ÷ 20 slots) = 3,000 messages.
    expect(acceptableBacklogPerTask(serviceWith())).toBe(3_000)
    const slow = serviceWith({
      tasks: { min: 0, max: 4, concurrency: 1 },
      handling: { mean: '7s' },
      objective: { wait: { p99: '60s' } },
    })
    expect(acceptableBacklogPerTask(slow)).toBe(8.57)
  })

  it('is at least 1 wherever the configuration is accepted', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100_000 }), fc.nat(100_000), (meanMs, moreMs) => {
        const service = serviceWith({
          tasks: { min: 0, max: 1, concurrency: 1 },
          handling: { mean: `${meanMs}ms` },
          objective: { wait: { p99: `${meanMs + moreMs}ms` } },
        })
        expect(acceptableBacklogPerTask(service)).toBeGreaterThanOrEqual(1)
      }),
    )
  })
})

describe('backlogPerTask', () => {
  it('divides what is visible by the tasks that run', () => {
    expect(backlogPerTask({ queue: { visible: 900 }, service: { running: 4 }, target: 100 })).toBe(225)
    expect(backlogPerTask({ queue: { visible: 0 }, service: { running: 4 }, target: 100 })).toBe(0)
  })

  it('is a real zero when nothing runs and nothing waits', () => {
    expect(backlogPerTask({ queue: { visible: 0 }, service: { running: 0 }, target: 100 })).toBe(0)
  })

  it('breaches any target, strictly, when a message waits and nothing runs', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000_000 }), target, (visible, target) => {
        const value = backlogPerTask({ queue: { visible }, service: { running: 0 }, target })
        expect(value).toBeGreaterThan(target)
        expect(Number.isFinite(value)).toBe(true)
      }),
    )
  })

  it('is finite, never negative, and falls as tasks are added', () => {
    fc.assert(
      fc.property(count, running, target, (visible, running, target) => {
        const before = backlogPerTask({ queue: { visible }, service: { running }, target })
        const after = backlogPerTask({ queue: { visible }, service: { running: running + 1 }, target })
        expect(before).toBeGreaterThanOrEqual(0)
        expect(Number.isFinite(before)).toBe(true)
        expect(after).toBeLessThanOrEqual(before)
      }),
    )
  })
})

describe('waitEstimateMs', () => {
  const service = serviceWith()

  it('equals the objective when the backlog per task is at its target', () => {
    expect(waitEstimateMs(service, { queue: { visible: 6_000 }, service: { running: 2 } })).toBe(60_000)
  })

  it('is unknown while messages wait and no task runs, and nothing while none wait', () => {
    expect(waitEstimateMs(service, { queue: { visible: 1 }, service: { running: 0 } })).toBeUndefined()
    expect(waitEstimateMs(service, { queue: { visible: 0 }, service: { running: 0 } })).toBe(0)
  })
})
