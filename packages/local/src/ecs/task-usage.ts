import type { Clock } from '@longshore/core/time'
import type { GroupUsage } from './process-usage.js'

/** What is measured: the processes of a task's containers, each the leader of its group. */
export interface MeasurableTask {
  readonly containers: readonly { readonly isAlive: boolean; readonly pid: number | undefined }[]
}

/** A task and since when it runs, epoch milliseconds of real time. */
export interface RunningTask<T extends MeasurableTask> {
  readonly task: T
  readonly sinceRealMs: number
}

/** What a task uses: CPU units on average since it was last asked, and MiB now. */
export interface MeasuredUse {
  readonly cpuUnits: number
  readonly memoryMib: number
}

export type ReadUsage = (groupIds: ReadonlySet<number>) => Promise<ReadonlyMap<number, GroupUsage>>

interface Reading {
  readonly usages: ReadonlyMap<number, GroupUsage>
  readonly atRealMs: number
}

interface Mark {
  readonly atRealMs: number
  readonly cpuMs: number
}

const MIB = 1_048_576
const UNITS_PER_CPU = 1_024

// CPU time is counted in hundredths of a second: over less than this the error would be more than a few percent. In
// fast control time a period can be shorter; it then repeats what was measured last.
const SHORTEST_WINDOW_MS = 200

/** Measures what tasks use, in real time: a process uses the CPU of this machine, however fast control time runs. */
export class TaskUsage {
  readonly #clock: Clock
  readonly #read: ReadUsage
  readonly #marks = new WeakMap<MeasurableTask, Mark>()
  readonly #measured = new WeakMap<MeasurableTask, MeasuredUse>()
  #reading: Promise<Reading> | undefined
  #readAtMs = -Infinity

  constructor(clock: Clock, read: ReadUsage) {
    this.#clock = clock
    this.#read = read
  }

  /** What each task uses; undefined for one whose processes are gone or not known yet. */
  async measure(
    tasks: readonly RunningTask<MeasurableTask>[],
  ): Promise<readonly (MeasuredUse | undefined)[]> {
    const atRealMs = this.#clock.now()
    if (this.#reading === undefined || atRealMs - this.#readAtMs >= SHORTEST_WINDOW_MS) {
      this.#readAtMs = atRealMs
      const groupIds = new Set(tasks.flatMap(({ task }) => groupIdsOf(task)))
      this.#reading = this.#read(groupIds).then((usages) => ({ usages, atRealMs }))
    }
    const reading = await this.#reading
    return tasks.map((running) => this.#measureOne(running, reading))
  }

  #measureOne(
    { task, sinceRealMs }: RunningTask<MeasurableTask>,
    { usages, atRealMs }: Reading,
  ): MeasuredUse | undefined {
    const found = groupIdsOf(task)
      .map((id) => usages.get(id))
      .filter((usage) => usage !== undefined)
    if (found.length === 0) return undefined
    const before = this.#marks.get(task) ?? { atRealMs: sinceRealMs, cpuMs: 0 }
    const windowMs = atRealMs - before.atRealMs
    if (windowMs < SHORTEST_WINDOW_MS) return this.#measured.get(task)

    const cpuMs = sum(found.map(({ cpuUserMs, cpuSystemMs }) => cpuUserMs + cpuSystemMs))
    const measured = {
      // A container that ended takes its time along; it must not count against the others.
      cpuUnits: (Math.max(0, cpuMs - before.cpuMs) / windowMs) * UNITS_PER_CPU,
      memoryMib: sum(found.map(({ memoryBytes }) => memoryBytes)) / MIB,
    }
    this.#marks.set(task, { atRealMs, cpuMs })
    this.#measured.set(task, measured)
    return measured
  }
}

function groupIdsOf(task: MeasurableTask): readonly number[] {
  return task.containers
    .filter((container) => container.isAlive)
    .map(({ pid }) => pid)
    .filter((pid) => pid !== undefined)
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
