import { readFile } from 'node:fs/promises'
import { availableParallelism, totalmem } from 'node:os'
import { join } from 'node:path'
import type { Clock } from '../clock.js'
import type { Pressure } from '../pressure.js'
import type { CgroupReading } from './cgroup.js'
import { readCgroup } from './cgroup.js'

/** What the whole task may use, as its metadata say. */
export interface TaskLimits {
  readonly cpus?: number | undefined
  readonly memoryBytes?: number | undefined
}

export interface TaskResourcesParts {
  readonly clock: Clock
  /** Where the control groups are; default `/sys/fs/cgroup`. */
  readonly root?: string
  /** On Fargate the limits are the task's: its containers do not see them. */
  readonly taskLimits?: () => TaskLimits | undefined
}

interface Usage {
  readonly atMs: number
  readonly cpuMs: number
  readonly isOfGroup: boolean
}

/**
 * How much of its memory and of its CPU quota the container uses: of the limit of its control group, else of the task's,
 * else of the machine's. Where there are no control groups, and for CPU where
 * neither it nor the task has a limit, it is this process's use.
 */
export class TaskResources {
  readonly #parts: TaskResourcesParts
  readonly #root: string
  #before: Usage | undefined

  constructor(parts: TaskResourcesParts) {
    this.#parts = parts
    this.#root = parts.root ?? '/sys/fs/cgroup'
  }

  /** CPU use is that since the last time this was asked: unknown the first time. */
  async read(): Promise<Pressure> {
    const reading = await readCgroup((path) => this.#readFile(path))
    return { memory: this.#memoryOf(reading), cpu: this.#cpuOf(reading) }
  }

  #memoryOf({ memoryBytes, memoryLimitBytes }: CgroupReading): number {
    const limits = [memoryLimitBytes, this.#parts.taskLimits?.()?.memoryBytes, totalmem()]
    return (
      (memoryBytes ?? process.memoryUsage.rss()) / Math.min(...limits.filter((limit) => limit !== undefined))
    )
  }

  #cpuOf({ cpuMs, cpuQuota }: CgroupReading): number | undefined {
    const limits = [cpuQuota, this.#parts.taskLimits?.()?.cpus].filter((limit) => limit !== undefined)
    // A group without a limit may be the whole machine's: what others use there says nothing about this worker.
    const ofGroup = limits.length === 0 ? undefined : cpuMs
    const { user, system } = process.cpuUsage()
    const usage: Usage = {
      atMs: this.#parts.clock.now(),
      cpuMs: ofGroup ?? (user + system) / 1_000,
      isOfGroup: ofGroup !== undefined,
    }
    const before = this.#before
    this.#before = usage
    if (before === undefined || usage.atMs <= before.atMs || usage.isOfGroup !== before.isOfGroup)
      return undefined
    const cpus = Math.min(...limits, availableParallelism())
    return (usage.cpuMs - before.cpuMs) / (usage.atMs - before.atMs) / cpus
  }

  async #readFile(path: string): Promise<string | undefined> {
    try {
      return await readFile(join(this.#root, path), 'utf8')
    } catch {
      return undefined
    }
  }
}
