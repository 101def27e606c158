import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Capacity } from '../src/capacity.js'
import { mergeCapacity } from '../src/capacity.js'

const count = fc.nat(1_000)
const amount = fc.double({ min: 0, max: 1_000, noNaN: true })
const capacities: fc.Arbitrary<Capacity> = fc.record({
  tasks: fc.constant(1),
  slots: count,
  mostSlots: count,
  busySlots: count,
  waiting: count,
  taskSeconds: amount,
  slotSeconds: amount,
  busySlotSeconds: amount,
  handled: count,
  completions: count,
  throttled: count,
  oldestWaitSeconds: amount,
  handlingMeanSeconds: fc.double({ min: 0.001, max: 100, noNaN: true }),
  handlingSquaredCv: fc.double({ min: 0, max: 10, noNaN: true }),
  handlingWeight: count,
  protectedTasks: fc.nat(1),
  blockedTasks: fc.nat(1),
})

const TASK: Capacity = {
  ...mergeCapacity([]),
  tasks: 1,
  slots: 10,
  slotSeconds: 600,
  completions: 30,
  oldestWaitSeconds: 7,
  handlingMeanSeconds: 2,
  handlingSquaredCv: 0.5,
  handlingWeight: 40,
}

function expectAlike(a: Capacity, b: Capacity): void {
  for (const [name, value] of Object.entries(a) as [keyof Capacity, number][]) {
    expect(b[name], name).toBeCloseTo(value, 4)
  }
}

test('how capacities are grouped and ordered makes no difference', () => {
  fc.assert(
    fc.property(fc.array(capacities, { maxLength: 6 }), fc.nat(6), (tasks, at) => {
      const all = mergeCapacity(tasks)
      expectAlike(mergeCapacity([mergeCapacity(tasks.slice(0, at)), mergeCapacity(tasks.slice(at))]), all)
      expectAlike(mergeCapacity(tasks.toReversed()), all)
    }),
  )
})

test('the mean and the variation of several tasks are those of all their handlings', () => {
  const of = (times: readonly number[]): Capacity => {
    const mean = times.reduce((sum, time) => sum + time, 0) / times.length
    const square = times.reduce((sum, time) => sum + time ** 2, 0) / times.length
    return {
      ...TASK,
      handlingMeanSeconds: mean,
      handlingSquaredCv: square / mean ** 2 - 1,
      handlingWeight: times.length,
    }
  }
  const merged = mergeCapacity([of([1, 2, 3]), of([10]), of([4, 4])])
  const together = of([1, 2, 3, 10, 4, 4])
  expect(merged.handlingMeanSeconds).toBeCloseTo(together.handlingMeanSeconds)
  expect(merged.handlingSquaredCv).toBeCloseTo(together.handlingSquaredCv)
  expect(merged).toMatchObject({ tasks: 3, slots: 30, handlingWeight: 6 })
})

test('the capacity of no task is nothing; a task that has handled nothing changes no mean', () => {
  expect(new Set(Object.values(mergeCapacity([])))).toEqual(new Set([0]))
  const idle = { ...mergeCapacity([]), tasks: 1 }
  expect(mergeCapacity([idle, TASK, idle])).toEqual({ ...TASK, tasks: 3 })
})
