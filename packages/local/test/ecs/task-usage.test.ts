// What a task uses, from readings of its process groups that the test makes up; real time is moved by hand.
import { manualClock } from '@longshore/core/testing'
import { expect, test } from 'vitest'
import type { GroupUsage } from '../../src/ecs/process-usage.js'
import type { MeasurableTask, MeasuredUse } from '../../src/ecs/task-usage.js'
import { TaskUsage } from '../../src/ecs/task-usage.js'

const MIB = 1_048_576

function stage(): {
  clock: ReturnType<typeof manualClock>
  groups: Map<number, GroupUsage>
  reads: number[][]
  use: (pid: number, cpuMs: number, memoryMib?: number) => void
  measure: (...tasks: MeasurableTask[]) => Promise<readonly (MeasuredUse | undefined)[]>
} {
  const clock = manualClock(0)
  const groups = new Map<number, GroupUsage>()
  const reads: number[][] = []
  const usage = new TaskUsage(clock, (groupIds) => {
    reads.push([...groupIds])
    return Promise.resolve(new Map(groups))
  })
  return {
    clock,
    groups,
    reads,
    use: (pid, cpuMs, memoryMib = 1) =>
      void groups.set(pid, {
        cpuUserMs: cpuMs / 2,
        cpuSystemMs: cpuMs / 2,
        memoryBytes: memoryMib * MIB,
        processes: 1,
      }),
    measure: (...tasks) => usage.measure(tasks.map((task) => ({ task, sinceRealMs: 0 }))),
  }
}

const task = (...pids: number[]): MeasurableTask => ({
  containers: pids.map((pid) => ({ isAlive: true, pid })),
})

test('CPU is what was used since the last measurement, the first since the task runs; memory is what is held', async () => {
  const { clock, use, measure } = stage()
  const one = task(1)
  use(1, 500, 64)
  await clock.advance(1_000)
  expect(await measure(one)).toEqual([{ cpuUnits: 512, memoryMib: 64 }])
  use(1, 3_500, 32)
  await clock.advance(2_000)
  expect(await measure(one)).toEqual([{ cpuUnits: 1_536, memoryMib: 32 }])
  await clock.advance(1_000)
  expect(await measure(one)).toEqual([{ cpuUnits: 0, memoryMib: 32 }])
})

test('a task is the sum of its containers, and one that ends does not make the others negative', async () => {
  const { clock, groups, use, measure } = stage()
  const two = task(1, 2)
  use(1, 300, 10)
  use(2, 200, 20)
  await clock.advance(1_000)
  expect(await measure(two)).toEqual([{ cpuUnits: 512, memoryMib: 30 }])
  groups.delete(1)
  await clock.advance(1_000)
  expect(await measure(two)).toEqual([{ cpuUnits: 0, memoryMib: 20 }])
})

test('a task without processes is not measured', async () => {
  const { clock, measure, reads } = stage()
  await clock.advance(1_000)
  const ended: MeasurableTask = { containers: [{ isAlive: false, pid: 7 }] }
  expect(await measure(task(9), ended, task())).toEqual([undefined, undefined, undefined])
  expect(reads).toEqual([[9]])
})

test('asked again within a fifth of a second it reads nothing and repeats itself', async () => {
  const { clock, use, measure, reads } = stage()
  const one = task(1)
  use(1, 500)
  await clock.advance(1_000)
  const first = await measure(one)
  use(1, 900)
  await clock.advance(199)
  expect(await measure(one)).toEqual(first)
  expect(reads).toHaveLength(1)
  await clock.advance(1)
  expect(await measure(one)).toEqual([{ cpuUnits: 2_048, memoryMib: 1 }])
  expect(reads).toHaveLength(2)
})

test('a task too young to be measured waits for the next time', async () => {
  const { clock, use, measure } = stage()
  use(1, 10)
  await clock.advance(100)
  expect(await measure(task(1))).toEqual([undefined])
})
