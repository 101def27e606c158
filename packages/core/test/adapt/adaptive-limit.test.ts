import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { AdaptiveLimit } from '../../src/adapt/adaptive-limit.js'
import type { Load } from '../../src/adapt/load.js'
import { adapt, MINUTE_MS, perSecond } from './adapted.js'
import type { Station } from './simulation.js'
import { demand, refusing, seeded, shared } from './simulation.js'

/** Handlings that only wait, for as long as it takes. */
const io = (random: () => number, meanMs = 200): Station =>
  shared({ rate: (n) => n, demand: demand.lognormal(meanMs, 0.5, random) })

const boundsOf = fc
  .tuple(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 0, max: 180 }))
  .map(([min, more]) => ({ min, max: min + more }))

// T30
test('the limit reaches its maximum under a backlog, and its minimum when idle', () => {
  const scenarios = fc.record({
    bounds: boundsOf,
    seed: fc.nat(),
    meanMs: fc.integer({ min: 300, max: 1_000 }),
  })
  fc.assert(
    fc.property(scenarios, ({ bounds, seed, meanMs }) => {
      const idleMs = 5 * MINUTE_MS
      const { beats } = adapt(bounds, {
        station: io(seeded(seed), meanMs),
        forMs: idleMs + 2 * MINUTE_MS,
        hasWork: (nowMs) => nowMs < idleMs,
      })
      expect(Math.max(...beats.map(({ limit }) => limit))).toBe(bounds.max)
      expect(beats.at(-1)?.limit).toBe(bounds.min)
    }),
    { numRuns: 10 },
  )
})

test('what held before an idle time holds again within seconds of work', () => {
  const { beats } = adapt(
    { min: 1, max: 64 },
    {
      station: io(seeded(1)),
      forMs: 5 * MINUTE_MS,
      hasWork: (nowMs) => nowMs < 2 * MINUTE_MS || nowMs >= 4 * MINUTE_MS,
    },
  )
  const limitAt = (ms: number): number | undefined => beats.find(({ atMs }) => atMs === ms)?.limit
  expect(limitAt(2 * MINUTE_MS)).toBe(64)
  expect(limitAt(4 * MINUTE_MS)).toBe(1)
  expect(limitAt(4 * MINUTE_MS + 5_000)).toBe(64)
})

test('where messages come slower than they are handled, the limit does not drift up', () => {
  for (const seed of [1, 2]) {
    const random = seeded(seed)
    // Four slots are busy on average.
    const { beats } = adapt(
      { min: 2, max: 500 },
      {
        station: io(random),
        gapMs: demand.exponential(50, random),
        forMs: 20 * MINUTE_MS,
      },
    )
    const half = (from: number): number[] =>
      beats.slice(from * beats.length, (from + 0.5) * beats.length).map(({ limit }) => limit)
    expect(Math.max(...half(0))).toBeLessThanOrEqual(32)
    expect(Math.max(...half(0.5))).toBeLessThanOrEqual(Math.max(...half(0)))
    expect(perSecond(beats, MINUTE_MS)).toBeGreaterThan(19)
  }
})

// T29
test('memory bounds the limit before it runs out, without going up and down', () => {
  const { beats } = adapt(
    { min: 1, max: 500 },
    { station: io(seeded(1)), forMs: 10 * MINUTE_MS, memory: (running) => 0.3 + 0.01 * running },
  )
  expect(Math.max(...beats.map(({ limit }) => limit))).toBeLessThanOrEqual(51)
  const steady = beats.filter(({ atMs }) => atMs > 5 * MINUTE_MS).map(({ limit }) => limit)
  expect(Math.min(...steady)).toBeGreaterThanOrEqual(36)
})

// T29
test('memory that runs out all the same takes slots away, down to the minimum and no further; they come back after it', () => {
  const leak = { isOver: false }
  const { beats, changes } = adapt(
    { min: 2, max: 50 },
    {
      station: io(seeded(1)),
      forMs: 6 * MINUTE_MS,
      memory: () => (leak.isOver ? 0.95 : 0.2),
      hasWork: (nowMs) => {
        leak.isOver = nowMs >= 2 * MINUTE_MS && nowMs < 3 * MINUTE_MS
        return true
      },
    },
  )
  const limitAt = (ms: number): number | undefined => beats.find(({ atMs }) => atMs === ms)?.limit
  expect(limitAt(2 * MINUTE_MS)).toBe(50)
  expect(limitAt(2 * MINUTE_MS + 15_000)).toBe(2)
  expect(limitAt(3 * MINUTE_MS)).toBe(2)
  expect(perSecond(beats, 5 * MINUTE_MS)).toBeGreaterThan(0.9 * 250)
  expect(changes.filter(({ reason }) => reason === 'memory').length).toBeGreaterThan(5)
})

test('at its CPU quota a task gets no more slots, whatever the throughput says', () => {
  const { beats } = adapt(
    { min: 1, max: 100 },
    {
      station: shared({
        rate: (n) => n,
        demand: demand.constant(100),
        cpu: (n) => Math.min(1, n / 10),
      }),
      forMs: 5 * MINUTE_MS,
    },
  )
  expect(Math.max(...beats.map(({ limit }) => limit))).toBeLessThan(20)
})

test('an event loop a second late loses slots; one that is a little late gets no more', () => {
  const options = { station: io(seeded(1)), forMs: 5 * MINUTE_MS }
  const late = adapt({ min: 1, max: 100 }, { ...options, lagMs: (running) => running * 40 })
  expect(Math.max(...late.beats.map(({ limit }) => limit))).toBeLessThan(25)
  expect(perSecond(late.beats, 2 * MINUTE_MS)).toBeGreaterThan(25)
  const blocked = adapt({ min: 3, max: 100 }, { ...options, lagMs: () => 1_500 })
  expect(Math.max(...blocked.beats.map(({ limit }) => limit))).toBe(3)
})

test.each([
  ['doubles', 20, 40],
  ['halves', 40, 20],
])('what is called downstream %s what it can do, and the limit follows', (_, before, after) => {
  const capacity = { now: before }
  const { beats } = adapt(
    { min: 1, max: 200 },
    {
      station: shared({
        rate: (n) => Math.min(n, capacity.now),
        demand: demand.exponential(200, seeded(5)),
      }),
      forMs: 15 * MINUTE_MS,
      hasWork: (nowMs) => {
        capacity.now = nowMs < 5 * MINUTE_MS ? before : after
        return true
      },
    },
  )
  expect(perSecond(beats, 2 * MINUTE_MS, 5 * MINUTE_MS)).toBeGreaterThan(0.9 * before * 5)
  expect(perSecond(beats, 10 * MINUTE_MS)).toBeGreaterThan(0.9 * after * 5)
  expect(beats.at(-1)?.limit).toBeLessThan(3 * after)
})

test('while everything is refused the limit is at its minimum, and work goes on soon after', () => {
  const outage = { isOn: false }
  const { beats } = adapt(
    { min: 1, max: 100 },
    {
      station: refusing({
        capacity: () => (outage.isOn ? 0 : 30),
        demand: demand.constant(100),
        refusalMs: 10,
      }),
      forMs: 20 * MINUTE_MS,
      hasWork: (nowMs) => {
        outage.isOn = nowMs >= 3 * MINUTE_MS && nowMs < 5 * MINUTE_MS
        return true
      },
    },
  )
  const refused = beats.filter(({ atMs }) => atMs > 3.2 * MINUTE_MS && atMs <= 5 * MINUTE_MS)
  expect(refused.every(({ limit }) => limit === 1)).toBe(true)
  expect(perSecond(beats, 10 * MINUTE_MS)).toBeGreaterThan(0.9 * 300)
})

test('the limit is a whole number within its bounds, whatever comes in', () => {
  const share = fc.option(fc.double({ min: 0, max: 2, noNaN: true }), { nil: undefined })
  const loads = fc
    .record({
      handled: fc.nat(1_000),
      throttledShare: fc.double({ min: 0, max: 1, noNaN: true }),
      meanMs: fc.double({ min: 0, max: 100_000, noNaN: true }),
      busyMs: fc.nat(100_000),
      fullMs: fc.nat(500),
      peak: fc.nat(200),
      lagMs: fc.nat(3_000),
      memory: share,
      cpu: share,
    })
    .map(({ throttledShare, meanMs, handled, busyMs, fullMs, peak, lagMs, memory, cpu }): Load => ({
      elapsedMs: 500,
      handled,
      busyMs,
      fullMs,
      peak,
      lagMs,
      memory,
      cpu,
      throttled: Math.floor(handled * throttledShare),
      handlingMs: handled * meanMs,
      throttledMs: handled * meanMs * throttledShare,
    }))
  fc.assert(
    fc.property(boundsOf, fc.array(loads, { maxLength: 200 }), (bounds, observed) => {
      const adaptive = new AdaptiveLimit(bounds)
      for (const load of observed) {
        const before = adaptive.limit
        const reason = adaptive.observe(load)
        expect(Number.isInteger(adaptive.limit)).toBe(true)
        expect(adaptive.limit).toBeGreaterThanOrEqual(bounds.min)
        expect(adaptive.limit).toBeLessThanOrEqual(bounds.max)
        expect(reason !== undefined).toBe(adaptive.limit !== before)
      }
    }),
    { numRuns: 300 },
  )
})
