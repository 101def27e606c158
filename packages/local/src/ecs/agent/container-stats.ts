// Shape: Docker Engine API 1.30, ContainerStats, as the agent passes it on.
import { availableParallelism, totalmem } from 'node:os'
import type { Container } from '../container.js'
import type { GroupUsage } from '../process-usage.js'
import { readGroupUsage, readSystemCpuMs } from '../process-usage.js'
import { runtimeIdOf } from '../task-description.js'
import { statedTaskSize } from '../task-size.js'
import type { Task } from '../task.js'

interface Sample {
  readonly read: string
  readonly cpu: object
  readonly memoryBytes: number
}

// What Docker gives for the sample before the first.
const NO_SAMPLE: Sample = {
  read: '0001-01-01T00:00:00Z',
  cpu: {
    cpu_usage: { total_usage: 0, usage_in_kernelmode: 0, usage_in_usermode: 0 },
    throttling_data: { periods: 0, throttled_periods: 0, throttled_time: 0 },
  },
  memoryBytes: 0,
}

const MIB = 1_048_576

/** What containers use: each answer carries the one before it, so that a reader can take the difference. */
export class ContainerStats {
  readonly #last = new WeakMap<Container, Sample>()
  readonly #now: () => number

  constructor(now: () => number) {
    this.#now = now
  }

  /** Empty for a container that does not run, and where the system does not tell. */
  async ofContainer(task: Task, container: Container): Promise<object> {
    const [stats] = await this.#read(task, [container])
    return stats ?? {}
  }

  /** By container id. */
  async ofTask(task: Task): Promise<Record<string, object>> {
    const containers = task.containers.filter((container) => container.pid !== undefined)
    const stats = await this.#read(task, containers)
    return Object.fromEntries(
      containers.map((container, at) => [runtimeIdOf(task, container), stats[at] ?? {}]),
    )
  }

  async #read(task: Task, containers: readonly Container[]): Promise<readonly object[]> {
    const groupIds = containers.map(({ pid }) => pid).filter((pid) => pid !== undefined)
    const [usages, systemCpuMs] = await Promise.all([readGroupUsage(new Set(groupIds)), readSystemCpuMs()])
    const read = new Date(this.#now()).toISOString()
    return containers.map((container) => {
      const usage = container.pid === undefined ? undefined : usages.get(container.pid)
      return usage === undefined ? {} : this.#describe(task, container, { usage, systemCpuMs, read })
    })
  }

  #describe(
    task: Task,
    container: Container,
    reading: { readonly usage: GroupUsage; readonly systemCpuMs: number | undefined; readonly read: string },
  ): object {
    const { usage, systemCpuMs, read } = reading
    const before = this.#last.get(container) ?? NO_SAMPLE
    const sample = { read, cpu: cpuStats(usage, systemCpuMs), memoryBytes: usage.memoryBytes }
    const maxBytes = Math.max(before.memoryBytes, usage.memoryBytes)
    this.#last.set(container, { ...sample, memoryBytes: maxBytes })
    return {
      read,
      preread: before.read,
      pids_stats: { current: usage.processes },
      num_procs: 0,
      cpu_stats: sample.cpu,
      precpu_stats: before.cpu,
      memory_stats: {
        usage: usage.memoryBytes,
        max_usage: maxBytes,
        stats: { rss: usage.memoryBytes, total_rss: usage.memoryBytes },
        limit: memoryLimitBytes(task, container),
      },
      name: container.definition.name,
      id: runtimeIdOf(task, container),
    }
  }
}

function cpuStats(usage: GroupUsage, systemCpuMs: number | undefined): object {
  return {
    cpu_usage: {
      total_usage: nanoseconds(usage.cpuUserMs + usage.cpuSystemMs),
      usage_in_kernelmode: nanoseconds(usage.cpuSystemMs),
      usage_in_usermode: nanoseconds(usage.cpuUserMs),
    },
    ...(systemCpuMs === undefined ? {} : { system_cpu_usage: nanoseconds(systemCpuMs) }),
    online_cpus: availableParallelism(),
    throttling_data: { periods: 0, throttled_periods: 0, throttled_time: 0 },
  }
}

/** Nothing here enforces it: a process is as large as its machine lets it. */
function memoryLimitBytes(task: Task, container: Container): number {
  const mib = container.definition.memory ?? statedTaskSize(task.request.definition).memoryMib
  return mib === undefined ? totalmem() : mib * MIB
}

function nanoseconds(ms: number): number {
  return ms * 1_000_000
}
