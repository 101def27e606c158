import { pathOf } from './arn.js'
import type { Cluster } from './clusters.js'
import type { OutputLine } from './output.js'
import type { TaskHost, TaskRequest } from './task.js'
import { Task } from './task.js'

// ECS describes a stopped task for about an hour (DescribeTasks). The number bounds memory under a crash loop.
const STOPPED_KEPT_MS = 3_600_000
const STOPPED_KEPT = 1_000

export interface TasksHost extends TaskHost {
  /** Told of each task when it is created, and after each change. */
  readonly onTaskChange: (task: Task) => void
}

/** The tasks of one account: those that live, and those that stopped lately. */
export class Tasks {
  readonly #host: TasksHost
  readonly #live = new Map<string, Task>()
  /** By ARN, in the order they stopped. */
  readonly #stopped = new Map<string, Task>()
  #isClosed = false

  constructor(host: TasksHost) {
    this.#host = host
  }

  /** Launches a task; undefined once this is closed. */
  launch(request: TaskRequest): Task | undefined {
    if (this.#isClosed) return undefined
    const task = new Task(
      {
        ...request,
        onChange: (changed) => {
          if (changed.status === 'STOPPED') this.#retire(changed)
          this.#host.onTaskChange(changed)
          request.onChange(changed)
        },
      },
      this.#host,
    )
    this.#live.set(task.arn, task)
    this.#host.onTaskChange(task)
    return task
  }

  /** The task of that cluster which an id or an ARN means. */
  find(cluster: Cluster, reference: string): Task | undefined {
    this.#forgetOld()
    const path = pathOf(this.#host.account, 'task', reference)
    const prefix = cluster.arn.replace(':cluster/', ':task/')
    const id = path?.replace(`${cluster.name}/`, '')
    const arn = `${prefix}/${id}`
    return this.#live.get(arn) ?? this.#stopped.get(arn)
  }

  findByArn(arn: string): Task | undefined {
    this.#forgetOld()
    return this.#live.get(arn) ?? this.#stopped.get(arn)
  }

  /** Every known task of the cluster, those that stopped lately included. */
  list(cluster: Cluster): readonly Task[] {
    this.#forgetOld()
    return [...this.#live.values(), ...this.#stopped.values()].filter(
      (task) => task.request.cluster === cluster,
    )
  }

  output(arn: string): readonly OutputLine[] {
    return this.findByArn(arn)?.output() ?? []
  }

  /** Stops every task with at most `graceMs` between SIGTERM and SIGKILL, and resolves when no process is left. */
  async close(graceMs: number): Promise<void> {
    this.#isClosed = true
    const live = [...this.#live.values()]
    for (const task of live) {
      task.stop({ code: 'UserInitiated', reason: 'The local server was closed', graceMs })
    }
    await Promise.all(live.map((task) => task.stopped))
  }

  #retire(task: Task): void {
    this.#live.delete(task.arn)
    this.#stopped.set(task.arn, task)
    this.#forgetOld()
  }

  #forgetOld(): void {
    const sinceMs = this.#host.account.controlClock.now() - STOPPED_KEPT_MS
    for (const [arn, task] of this.#stopped) {
      const isOld = (task.times.stoppedAtMs ?? 0) < sinceMs
      if (!isOld && this.#stopped.size <= STOPPED_KEPT) return
      this.#stopped.delete(arn)
    }
  }
}
