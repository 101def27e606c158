import { expect, test } from 'vitest'
import type { AdaptiveOptions, Pressure } from '../../src/index.js'
import { adaptive, mergeCapacity, OptionsError } from '../../src/index.js'
import { scripts, stage } from '../stage.js'

const quiet = (): Pressure => ({ memory: 0.2, cpu: 0.1 })

// T30
test('under a backlog the slots grow to their maximum, and the buffer with them; an idle worker is back at its minimum', async () => {
  const { put, begin, clock, worker, told } = stage({
    concurrency: adaptive({ min: 2, max: 32, pressure: quiet }),
  })
  const changes = told('concurrency:changed')
  put(...scripts(4_000, { takes: '200ms' }))
  await begin()
  await clock.advance(100)
  expect(worker.stats()).toMatchObject({ concurrency: 2, running: 2, waiting: 3 })
  await clock.advance(20_000)
  expect(worker.stats()).toMatchObject({ concurrency: 32, running: 32 })
  let waiting = 0
  for (let step = 0; step < 20; step += 1) {
    await clock.advance(25)
    waiting = Math.max(waiting, worker.stats().waiting)
  }
  expect(waiting).toBe(20)
  await clock.advance(120_000)
  expect(worker.stats()).toMatchObject({ concurrency: 2, done: 4_000 })
  expect(changes[0]).toEqual({ limit: 4, previous: 2, reason: 'more' })
  expect(changes.at(-1)).toMatchObject({ limit: 2, reason: 'idle' })
})

test('messages that come slower than they are handled leave the slots as they are', async () => {
  const { put, begin, clock, worker } = stage({
    concurrency: adaptive({ min: 5, max: 100, pressure: quiet }),
  })
  await begin()
  for (let second = 0; second < 60; second += 1) {
    put(...scripts(10, { takes: '100ms' }))
    await clock.advance(1_000)
  }
  expect(worker.stats()).toMatchObject({ concurrency: 5, done: 600 })
})

// T29
test('memory that runs out takes slots back, down to the minimum; the worker goes on', async () => {
  const pressure = { memory: 0.2 }
  const { put, begin, clock, worker, told } = stage({
    concurrency: adaptive({ min: 1, max: 16, pressure: () => pressure }),
  })
  const changes = told('concurrency:changed')
  put(...scripts(20_000, { takes: '100ms' }))
  await begin()
  await clock.advance(20_000)
  expect(worker.stats().concurrency).toBe(16)
  pressure.memory = 0.95
  await clock.advance(20_000)
  const { done, concurrency } = worker.stats()
  expect(concurrency).toBe(1)
  expect(changes.at(-1)?.reason).toBe('memory')
  await clock.advance(5_000)
  expect(worker.stats().done).toBeGreaterThan(done + 30)
  pressure.memory = 0.3
  await clock.advance(30_000)
  expect(worker.stats().concurrency).toBe(16)
})

// T23
test('when slots are taken back nothing loses an attempt: what was fetched for them waits here, leased', async () => {
  const pressure = { memory: 0.2 }
  const { put, begin, clock, worker, runs } = stage({
    concurrency: adaptive({ min: 1, max: 16, pressure: () => pressure }),
    visibilityTimeout: '10s',
    queue: { maxReceiveCount: 3 },
  })
  put(...scripts(400, { takes: '1s' }))
  await begin()
  await clock.advance(40_000)
  expect(worker.stats().concurrency).toBe(16)
  pressure.memory = 0.95
  // Sixteen messages wait for one slot that takes a second each: longer than their visibility timeout.
  await clock.advance(60_000)
  expect(worker.stats().concurrency).toBe(1)
  pressure.memory = 0.2
  await clock.advance(300_000)
  expect(worker.stats()).toMatchObject({ received: 400, done: 400, released: 0, lost: 0 })
  expect(runs.map(({ context }) => context.receiveCount).every((count) => count === 1)).toBe(true)
})

test('refusals take slots back', async () => {
  const { put, begin, clock, worker, told } = stage({
    concurrency: adaptive({ min: 1, max: 32, pressure: quiet }),
  })
  put(...scripts(2_000, { takes: '200ms' }))
  await begin()
  await clock.advance(12_000)
  const before = worker.stats().concurrency
  expect(before).toBe(32)
  const changes = told('concurrency:changed')
  put(...scripts(1_000, { takes: '50ms', ends: 'throttled' }))
  await clock.advance(15_000)
  expect(changes.map(({ reason }) => reason)).toContain('throttled')
  expect(worker.stats().concurrency).toBeLessThan(before)
  expect(worker.stats().throttled).toBeGreaterThan(0)
  expect(worker.capacity().throttled).toBe(worker.stats().throttled)
})

test('a pressure that cannot be read is told once, and the slots follow the throughput', async () => {
  const entries: string[] = []
  const note = (_: unknown, text?: string): void => void entries.push(text ?? '')
  const log = { debug: () => {}, info: () => {}, warn: note, error: note }
  const pressure = (): never => {
    throw new Error('no such gauge')
  }
  const { put, begin, clock, worker } = stage({ concurrency: adaptive({ max: 8, pressure }), log })
  put(...scripts(1_000, { takes: '200ms' }))
  await begin()
  await clock.advance(20_000)
  expect(worker.stats().concurrency).toBe(8)
  expect(entries.filter((text) => text.includes('pressure'))).toHaveLength(1)
})

test('a worker that stops changes its slots no more, and leaves no timer', async () => {
  const { put, begin, clock, told, stop, worker } = stage({
    concurrency: adaptive({ max: 8, pressure: quiet }),
  })
  worker.on('capacity:sampled', () => {})
  put(...scripts(100, { takes: '20s' }))
  await begin()
  const stopped = stop()
  const changes = told('concurrency:changed')
  await stopped
  expect(changes).toEqual([])
  expect(clock.pending).toBe(0)
})

test.each([
  [{ max: 0 }, '  max: expected a whole number from 1 to 10000, got 0'],
  [{ min: 9, max: 3 }, '  min: expected at most max, 3, got 9'],
  [{ min: 1 }, '  max: expected a whole number from 1 to 10000, got nothing'],
  [{ max: 3, most: 4 }, 'most: expected only min, max, pressure, got an unknown option'],
])('adaptive(%j) says what is wrong', (options, problem) => {
  expect(() => adaptive(options as AdaptiveOptions)).toThrow(OptionsError)
  expect(() => adaptive(options as AdaptiveOptions)).toThrow(problem)
})

test('the capacity is what was done, and is sampled every ten seconds while someone listens', async () => {
  const { put, begin, clock, worker } = stage({ concurrency: 4 })
  put(...scripts(40, { takes: '1s' }), ...scripts(4, { takes: '2s', ends: 'throttled' }))
  await begin()
  await clock.advance(10_000)
  const before = clock.pending
  const samples: number[] = []
  const leave = worker.on('capacity:sampled', ({ completions }) => samples.push(completions))
  expect(clock.pending).toBe(before + 1)
  await clock.advance(25_000)
  expect(samples).toEqual([40, 40])
  const capacity = worker.capacity()
  leave()
  await clock.advance(25_000)
  expect(samples).toHaveLength(2)

  expect(capacity).toMatchObject({ tasks: 1, slots: 4, mostSlots: 4, completions: 40, throttled: 4 })
  expect(capacity.busySlotSeconds).toBeCloseTo(48, 0)
  expect(capacity.handlingMeanSeconds).toBeCloseTo(48 / 44, 2)
  expect(capacity.oldestWaitSeconds).toBeGreaterThan(9)
  expect(mergeCapacity([capacity, capacity]).completions).toBe(80)
})
