import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decide, decideNext, NO_MEMORY } from '../../src/index.js'
import type { Memory, Observation, PublishDecision, Reading, Service } from '../../src/index.js'
import { observation } from '../observations.js'
import { serviceWith } from '../services.js'

const service = serviceWith()
const missing = { value: undefined, code: 'ACCESS_DENIED', reason: 'Not allowed.' } as const

/** Decides on one observation after the other; the last decision. */
function decideAll(observations: readonly Observation[], of: Service = service): PublishDecision {
  let memory: Memory = NO_MEMORY
  let last
  for (const each of observations) {
    const decided = decideNext(of, each, memory)
    memory = decided.memory
    last = decided.decision
  }
  if (last?.kind !== 'publish') throw new Error('It holds.')
  return last
}

/** The same reading every ten seconds. */
const steady = (seconds: number, counts: Parameters<typeof observation>[0], fromMs = 0): Observation[] =>
  Array.from({ length: seconds / 10 + 1 }, (_, beat) =>
    observation({ ...counts, atMs: fromMs + beat * 10_000 }),
  )

describe('decide', () => {
  it('publishes every signal, with the inputs it comes from', () => {
    const seen = observation({ visible: 600, inFlight: 20, delayed: 3, desired: 3, running: 2, pending: 1 })
    expect(decide(service, seen)).toEqual({
      kind: 'publish',
      // Of two tasks one is busy: at half the target, target tracking keeps it.
      backlogPerTask: 1_500,
      target: 3_000,
      requiredTasks: 2,
      deficit: 0,
      surplus: 0,
      waitEstimateMs: 6_000,
      slotUtilization: 50,
      required: {
        tasks: 2,
        staffing: expect.closeTo(1.02, 1),
        drain: expect.closeTo(0.6, 1),
        floor: 1,
        cap: 40,
      },
      queue: seen.queue.value,
      service: seen.service.value,
    })
  })

  it('holds for each missing reading and says which, and remembers what it knew', () => {
    const seen = observation({ visible: 600, running: 2 })
    const memory = decideNext(service, seen, NO_MEMORY).memory
    const noQueue: Observation = {
      ...seen,
      queue: missing,
      queues: [{ name: 'a', counts: missing, noisyVisible: undefined }],
    }
    expect(decideNext(service, noQueue, memory)).toEqual({
      decision: { kind: 'hold', reason: 'Not allowed.', causes: ['queue:ACCESS_DENIED'] },
      memory,
    })
    const gone = { value: undefined, code: 'SERVICE_NOT_FOUND', reason: 'No service.' } as const
    expect(decide(service, { ...noQueue, service: gone })).toEqual({
      kind: 'hold',
      reason: 'Not allowed. No service.',
      causes: ['queue:ACCESS_DENIED', 'service:SERVICE_NOT_FOUND'],
    })
    expect(decide(service, { ...noQueue, service: missing })).toMatchObject({ reason: 'Not allowed.' })
  })

  it('never publishes anything when a reading is missing, whatever the others say', () => {
    const reading = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<Reading<T>> =>
      fc.oneof(
        value.map((value) => ({ value })),
        fc.constant(missing),
      )
    const queues = reading(fc.record({ visible: fc.nat(), inFlight: fc.nat(), delayed: fc.nat() }))
    const services = reading(
      fc.record({ desired: fc.nat(), running: fc.nat(), pending: fc.nat(), isDeploying: fc.boolean() }),
    )
    fc.assert(
      fc.property(queues, services, (queue, counts) => {
        const seen = {
          ...observation(),
          queue,
          queues: [{ name: 'a', counts: queue, noisyVisible: undefined }],
        }
        const isComplete = queue.value !== undefined && counts.value !== undefined
        expect(decide(service, { ...seen, service: counts }).kind).toBe(isComplete ? 'publish' : 'hold')
      }),
    )
  })
})

describe('required tasks', () => {
  const required = (counts: Parameters<typeof observation>[0], of: Service = service): number =>
    decideAll([observation(counts)], of).requiredTasks

  it('are none where there is nothing to do, and one at least where there is', () => {
    expect(required({})).toBe(0)
    expect(required({ visible: 1 })).toBe(1)
    expect(required({}, serviceWith({ tasks: { min: 2, max: 9, concurrency: 1 } }))).toBe(2)
  })

  it('drain a backlog within the objective, from zero at once', () => {
    // 30,000 × 0.4 s on 20 slots: 600 s of one task; ten seconds are left once tasks have launched.
    expect(required({ visible: 30_000 }, serviceWith({ tasks: { min: 0, max: 100, concurrency: 20 } }))).toBe(
      60,
    )
    expect(required({ visible: 30_000 })).toBe(40)
    const patient = serviceWith({ objective: { wait: { p99: '10m' } } })
    // Nine minutes are left: 600 ÷ 540.
    expect(required({ visible: 30_000 }, patient)).toBe(2)
  })

  it('follow what arrives, and keep slots free for its variation', () => {
    // 100 busy slots and no backlog: five tasks' worth, and more for a tight objective.
    const tight = {
      tasks: { min: 0, max: 40, concurrency: 20 },
      objective: { wait: { p99: '400ms' } },
    } as const
    const constant = serviceWith({ ...tight, handling: { mean: '400ms', variation: 0 } })
    const wild = serviceWith({ ...tight, handling: { mean: '400ms', variation: 4 } })
    const busy = steady(600, { inFlight: 100, running: 10 })
    expect(decideAll(busy).requiredTasks).toBe(5)
    expect(decideAll(busy, constant).requiredTasks).toBe(6)
    expect(decideAll(busy, wild).required.staffing).toBeGreaterThan(
      decideAll(busy, constant).required.staffing,
    )
  })

  it('are not tripled by one burst, and follow what goes on for two readings', () => {
    const idle = steady(120, { running: 1 })
    const burst = decideAll([...idle, observation({ atMs: 130_000, visible: 3_000, running: 1 })])
    // 3,000 messages are six tasks for ten seconds; as a rate they would be six more.
    expect(burst.required.drain).toBeGreaterThan(5)
    expect(burst.required.drain).toBeLessThanOrEqual(6)
    expect(burst.required.staffing).toBeLessThan(1.5)
    const rising = [1, 2, 3].map((beat) =>
      observation({ atMs: 120_000 + beat * 10_000, visible: beat * 3_000, running: 1 }),
    )
    expect(decideAll([...idle, ...rising]).required.staffing).toBeGreaterThan(6)
  })

  it('never fall below the tasks whose slots are busy, nor below one while messages are delayed', () => {
    fc.assert(
      fc.property(fc.nat(100), fc.nat(4_000), fc.nat(1_000), (running, inFlight, visible) => {
        const needed = Math.min(running, Math.ceil(inFlight / 20))
        expect(required({ running, inFlight, visible })).toBeGreaterThanOrEqual(Math.min(40, needed))
      }),
    )
    expect(required({ running: 1, delayed: 3 })).toBe(1)
    expect(required({ running: 0, delayed: 3 })).toBe(0)
  })

  it('are bounded by max, message groups and budgets', () => {
    const counts = { visible: 1_000_000 }
    expect(required(counts, serviceWith({ limits: { messageGroups: 50 } }))).toBe(3)
    const budgets = [{ name: 'database connections', total: 100, perTask: 15 }]
    expect(required(counts, serviceWith({ limits: { budgets } }))).toBe(6)
    expect(required(counts)).toBe(40)
    // What is in force now is for whoever acts to keep: a schedule may have raised it.
    const schedules = [{ name: 'sales', when: 'cron(0 8 * * ? *)', max: 60 }]
    expect(required(counts, serviceWith({ schedules }))).toBe(60)
    expect(required(counts, serviceWith({ schedules, limits: { budgets } }))).toBe(6)
  })

  it('take a queue of its own handling time for the work that it is', () => {
    const queues = [{ name: 'quick' }, { name: 'slow', handling: { mean: '4s' } }] as const
    const mixed = serviceWith({ queue: undefined, queues })
    const counts = (visible: number) => ({ value: { visible, inFlight: 0, delayed: 0 } })
    const seen: Observation = {
      ...observation({ visible: 400, running: 1 }),
      queues: [
        { name: 'quick', counts: counts(200), noisyVisible: undefined },
        { name: 'slow', counts: counts(200), noisyVisible: undefined },
      ],
    }
    const { backlogPerTask, waitEstimateMs } = decideAll([seen], mixed)
    expect(backlogPerTask).toBe(200 + 2_000)
    expect(waitEstimateMs).toBe(((200 * 0.4 + 200 * 4) / 20) * 1_000)
  })

  it('leave out what noisy groups had waiting, but not the last task', () => {
    const fair = (visible: number, noisyVisible: number) =>
      decideAll([observation({ visible }, { noisyVisible })], serviceWith())
    expect(fair(30_000, 29_500).requiredTasks).toBe(1)
    expect(fair(30_000, 0).requiredTasks).toBe(40)
    expect(fair(100, 5_000).requiredTasks).toBe(1)
    expect(fair(0, 5_000).requiredTasks).toBe(0)
  })

  it('go by what workers measure where they tell', () => {
    const slow = { busySlots: 5, meanHandlingMs: 4_000, variation: 0, waitedMs: 20_000 }
    const told = decideAll([observation({ visible: 600, running: 1, inFlight: 20 }, { telemetry: slow })])
    expect(told.slotUtilization).toBe(25)
    expect(told.waitEstimateMs).toBe(120_000)
    expect(told.required.drain).toBeGreaterThan(10)
  })
})

describe('deficit and surplus', () => {
  it('are net of the tasks that start', () => {
    const starting = observation({ visible: 30_000, desired: 30, running: 0, pending: 12 })
    expect(decideAll([starting])).toMatchObject({ requiredTasks: 40, deficit: 10, surplus: 0 })
    expect(decideAll([observation({ visible: 30_000 })])).toMatchObject({ deficit: 40 })
  })

  it('find no surplus before a minute of readings says so, and none during a deployment', () => {
    expect(decideAll(steady(50, { running: 5 }))).toMatchObject({ requiredTasks: 0, surplus: 0 })
    expect(decideAll(steady(60, { running: 5 }))).toMatchObject({ surplus: 5 })
    expect(decideAll(steady(60, { running: 5, isDeploying: true }))).toMatchObject({ surplus: 0 })
  })

  it('go by the most that was required, and begin anew after a gap', () => {
    const busy = observation({ atMs: 0, running: 5, inFlight: 60 })
    const surplusAfter = (seconds: number): number =>
      decideAll([busy, ...steady(seconds, { running: 5 }, 10_000)]).surplus
    expect([40, 60, 120, 180].map(surplusAfter)).toEqual([0, 3, 4, 5])
    expect(decideAll([...steady(60, { running: 5 }), ...steady(20, { running: 5 }, 300_000)]).surplus).toBe(0)
  })

  it('count only tasks beyond what is required of both the desired and the running', () => {
    expect(decideAll(steady(60, { running: 4, desired: 10, pending: 6, inFlight: 80 })).surplus).toBe(0)
    expect(decideAll(steady(60, { running: 12, desired: 10, inFlight: 140 })).surplus).toBe(3)
  })

  it('never show both, nor a surplus that would stop busy tasks', () => {
    const beat = fc.record({
      visible: fc.nat(5_000),
      inFlight: fc.nat(800),
      running: fc.nat(40),
      pending: fc.nat(20),
      elapsed: fc.integer({ min: 1_000, max: 29_000 }),
    })
    fc.assert(
      fc.property(fc.array(beat, { minLength: 1, maxLength: 20 }), (beats) => {
        let atMs = 0
        const seen = beats.map(({ elapsed, ...counts }) =>
          observation({ ...counts, atMs: (atMs += elapsed) }),
        )
        const { deficit, surplus, requiredTasks, required, service: counts } = decideAll(seen)
        expect(Math.min(deficit, surplus)).toBe(0)
        expect(requiredTasks).toBeGreaterThanOrEqual(0)
        expect(requiredTasks).toBeLessThanOrEqual(40)
        expect(counts.running - surplus).toBeGreaterThanOrEqual(Math.min(counts.running, required.floor))
      }),
    )
  })
})
