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
  const valueOf = (waiting: number, running: number, target = 100, floor = 0): number =>
    backlogPerTask({ waiting, running, target, floor })

  it('divides what waits by the tasks that run', () => {
    expect(valueOf(900, 4)).toBe(225)
    expect(valueOf(0, 4)).toBe(0)
  })

  it('is a real zero when nothing runs and nothing waits', () => {
    expect(valueOf(0, 0)).toBe(0)
  })

  it('breaches any target, strictly, when a message waits and nothing runs', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000_000 }), target, (waiting, target) => {
        const value = valueOf(waiting, 0, target)
        expect(value).toBeGreaterThan(target)
        expect(Number.isFinite(value)).toBe(true)
      }),
    )
  })

  it('is finite, never negative, and falls as tasks are added', () => {
    fc.assert(
      fc.property(count, running, target, (waiting, running, target) => {
        const before = valueOf(waiting, running, target)
        expect(before).toBeGreaterThanOrEqual(0)
        expect(Number.isFinite(before)).toBe(true)
        expect(valueOf(waiting, running + 1, target)).toBeLessThanOrEqual(before)
      }),
    )
  })

  it('keeps, by the rules of target tracking, the tasks whose slots are busy, and adds none for them', () => {
    fc.assert(
      fc.property(running, fc.nat(5_000), target, (running, floor, target) => {
        const value = valueOf(0, running, target, floor)
        // The model's rule, in its proportional form: the strongest scale-in that AWS may do.
        const size = Math.ceil(((running * value) / target) * (1 - 1e-9))
        expect(size).toBeGreaterThanOrEqual(Math.min(floor, running))
        expect(value).toBeLessThanOrEqual(target)
      }),
    )
  })
})

describe('waitEstimateMs', () => {
  it('is the work that waits divided by all slots', () => {
    expect(waitEstimateMs(2_400, 40)).toBe(60_000)
  })

  it('is unknown while messages wait and no task runs, and nothing while none wait', () => {
    expect(waitEstimateMs(1, 0)).toBeUndefined()
    expect(waitEstimateMs(0, 0)).toBe(0)
  })
})
