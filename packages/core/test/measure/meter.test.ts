import { expect, test } from 'vitest'
import { Meter } from '../../src/measure/meter.js'

const STANDING = { waiting: 3, mostSlots: 8, protectedTasks: 1, blockedTasks: 0 }

/** Handlings one after the other, each of so many milliseconds. */
function handle(meter: Meter, fromMs: number, times: readonly number[]): number {
  let nowMs = fromMs
  for (const elapsedMs of times) {
    meter.slotsChanged(nowMs, 1, 1)
    meter.began(nowMs, nowMs - 5)
    nowMs += elapsedMs
    meter.ended(nowMs, elapsedMs, 'completed')
    meter.slotsChanged(nowMs, 0, 1)
  }
  return nowMs
}

test('the time that slots were there and taken adds up', () => {
  const meter = new Meter(0, 2)
  meter.slotsChanged(1_000, 1, 2)
  meter.slotsChanged(2_000, 2, 2)
  meter.ended(4_000, 3_000, 'completed')
  meter.slotsChanged(4_000, 1, 2)
  meter.ended(5_000, 3_000, 'throttled')
  meter.slotsChanged(5_000, 0, 2)
  expect(meter.totals(8_000)).toEqual({
    atMs: 8_000,
    slotMs: 16_000,
    busyMs: 6_000,
    fullMs: 2_000,
    handled: 2,
    handlingMs: 6_000,
    completions: 1,
    throttled: 1,
    throttledMs: 3_000,
  })
})

test('slots that come and go count for as long as they were there', () => {
  const meter = new Meter(0, 2)
  meter.slotsChanged(1_000, 0, 10)
  meter.slotsChanged(2_000, 0, 1)
  expect(meter.totals(3_000).slotMs).toBe(13_000)
})

test('a capacity names everything, in seconds', () => {
  const meter = new Meter(0, 4)
  meter.slotsChanged(2_000, 1, 4)
  meter.began(2_000, 500)
  meter.ended(3_000, 1_000, 'completed')
  meter.began(3_000, 0)
  expect(meter.capacity(5_000, STANDING)).toEqual({
    tasks: 1,
    slots: 4,
    mostSlots: 8,
    busySlots: 1,
    waiting: 3,
    taskSeconds: 5,
    slotSeconds: 20,
    busySlotSeconds: 3,
    handled: 1,
    completions: 1,
    throttled: 0,
    oldestWaitSeconds: 3,
    handlingMeanSeconds: 1,
    handlingSquaredCv: 0,
    handlingWeight: 1,
    protectedTasks: 1,
    blockedTasks: 0,
  })
})

test('the window slides: what is older than a minute does not count, what is younger than 50 s does', () => {
  const meter = new Meter(0, 1)
  handle(meter, 5_000, [1_000])
  const of = (nowMs: number): number => meter.capacity(nowMs, STANDING).completions
  expect([of(6_000), of(59_000), of(70_000), of(600_000)]).toEqual([1, 1, 0, 0])
  handle(meter, 600_000, [1_000, 1_000])
  const capacity = meter.capacity(655_000, STANDING)
  expect(capacity).toMatchObject({ completions: 2, busySlotSeconds: 2, oldestWaitSeconds: 0.005 })
  expect(capacity.taskSeconds).toBe(55)
})

test('after hours without a message the window is of the last minute', () => {
  const meter = new Meter(0, 1)
  handle(meter, 0, [400])
  const capacity = meter.capacity(7_205_000, STANDING)
  expect(capacity.taskSeconds).toBe(55)
  expect(capacity).toMatchObject({
    slotSeconds: 55,
    busySlotSeconds: 0,
    completions: 0,
    oldestWaitSeconds: 0,
  })
})

test('how long handlings take outlasts the window, and gives way to what is newer', () => {
  const meter = new Meter(0, 1)
  const atMs = handle(meter, 0, [1_000, 3_000])
  const known = meter.capacity(atMs + 120_000, STANDING)
  expect(known).toMatchObject({ handled: 0, handlingMeanSeconds: 2 })
  expect(known.handlingSquaredCv).toBeCloseTo(0.25)
  expect(known.handlingWeight).toBeLessThan(2)
  // An hour of handlings that take 10 ms each.
  const laterMs = handle(
    meter,
    atMs + 120_000,
    Array.from({ length: 360_000 }, () => 10),
  )
  expect(meter.capacity(laterMs, STANDING).handlingMeanSeconds).toBeCloseTo(0.01, 3)
})

test('a message that was sent in the future of our clock has not waited', () => {
  const meter = new Meter(0, 1)
  meter.began(1_000, 9_000)
  expect(meter.capacity(2_000, STANDING).oldestWaitSeconds).toBe(0)
})

test('the peak is that since it was last asked for', () => {
  const meter = new Meter(0, 9)
  meter.slotsChanged(1, 1, 9)
  meter.slotsChanged(2, 2, 9)
  meter.slotsChanged(3, 1, 9)
  expect([meter.takePeak(), meter.takePeak()]).toEqual([2, 1])
})
