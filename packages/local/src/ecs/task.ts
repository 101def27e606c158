import { randomHex, randomUuid } from '../server/identifiers.js'
import { ecsArn } from './arn.js'
import type { ContainerInstance } from './capacity/container-instance.js'
import type { Cluster } from './clusters.js'
import { Container } from './container.js'
import type { ContainerHost } from './container.js'
import type { OutputLine } from './output.js'
import type { Tag } from './tags.js'
import type { ContainerDefinition, TaskDefinition } from './task-definition.js'

export type TaskStatus = 'PROVISIONING' | 'PENDING' | 'RUNNING' | 'STOPPING' | 'STOPPED'

/** ECS's (API, Task.stopCode), but for InfrastructureHealth: nothing here breaks by itself. */
export type StopCode =
  | 'EssentialContainerExited'
  | 'ServiceSchedulerInitiated'
  | 'SpotInterruption'
  | 'TaskFailedToStart'
  | 'TerminationNotice'
  | 'UserInitiated'

export interface TaskRequest {
  readonly cluster: Cluster
  /** As overridden for this task. */
  readonly definition: TaskDefinition
  /** What RunTask overrode, with every member as given. */
  readonly overrides: Readonly<Record<string, unknown>>
  /** `family:NAME`, or `service:NAME` for a service's. */
  readonly group: string
  readonly startedBy: string | undefined
  /** FARGATE, EC2 or EXTERNAL. */
  readonly launchType: string
  readonly capacityProviderName: string | undefined
  readonly tags: readonly Tag[]
  readonly enableExecuteCommand: boolean
  /** Told after each change of the task or of one of its containers. */
  readonly onChange: (task: Task) => void
}

/** What every task of a server is run with. */
export interface TaskHost extends ContainerHost {
  /** From the launch to the start of its containers, in control time. */
  readonly launchDelayMs: number
  readonly onOutput: (task: Task, line: OutputLine) => void
  /** A container is about to start: answers the variables that the ECS agent gives it. */
  readonly onContainerStart: (task: Task, container: Container) => Readonly<Record<string, string>>
}

/** Instants of a task's life, epoch milliseconds of control time. */
export interface TaskTimes {
  readonly createdAtMs: number
  pullStartedAtMs?: number
  pullStoppedAtMs?: number
  startedAtMs?: number
  stoppingAtMs?: number
  stoppedAtMs?: number
}

/**
 * One task. PROVISIONING → PENDING → RUNNING → STOPPING → STOPPED; half the launch delay is spent in each of the first two
 * (on AWS the network interface and the image). It is RUNNING once every container has started, and stops when an
 * essential one ends, when it is told to, or when a container cannot start. Nothing leads back. One with launch type EC2
 * stays PROVISIONING until it is placed on an instance.
 */
export class Task {
  readonly id: string
  readonly arn: string
  readonly request: TaskRequest
  readonly containers: readonly Container[]
  /** Resolves when the task is STOPPED and none of its processes lives. */
  readonly stopped: Promise<void>
  tags: readonly Tag[]
  readonly #host: TaskHost
  readonly #times: TaskTimes
  readonly #resolveStopped: () => void
  #status: TaskStatus = 'PROVISIONING'
  #version = 1
  #stopCode: StopCode | undefined
  #stoppedReason: string | undefined
  #instance: ContainerInstance | undefined
  #cancelLaunch: () => void = () => {}

  constructor(request: TaskRequest, host: TaskHost) {
    const { account } = host
    this.id = randomHex(account.random, 32)
    this.arn = ecsArn(account, 'task', `${request.cluster.name}/${this.id}`)
    this.request = request
    this.tags = request.tags
    this.#host = host
    this.#times = { createdAtMs: account.controlClock.now() }
    this.containers = request.definition.content.containers.map((definition) => this.#container(definition))
    let resolveStopped = (): void => {}
    this.stopped = new Promise((resolve) => (resolveStopped = resolve))
    this.#resolveStopped = resolveStopped
    if (request.launchType !== 'EC2') this.#scheduleLaunch()
  }

  get status(): TaskStatus {
    return this.#status
  }

  /** STOPPED once the task is meant to stop, whatever its status. */
  get desiredStatus(): 'RUNNING' | 'STOPPED' {
    return this.#stopCode === undefined ? 'RUNNING' : 'STOPPED'
  }

  get version(): number {
    return this.#version
  }

  get stopCode(): StopCode | undefined {
    return this.#stopCode
  }

  get stoppedReason(): string | undefined {
    return this.#stoppedReason
  }

  get times(): Readonly<TaskTimes> {
    return this.#times
  }

  /** What it was placed on; undefined for one that needs no instance, and while it waits for one. */
  get instance(): ContainerInstance | undefined {
    return this.#instance
  }

  placeOn(instance: ContainerInstance): void {
    this.#instance = instance
    this.#scheduleLaunch()
  }

  /**
   * Begins to stop the task: each container gets SIGTERM, and SIGKILL after its `stopTimeout` or `graceMs` of real time,
   * whichever is set. A task that is stopping already keeps its reason; a shorter grace still holds.
   */
  stop(how: { readonly code: StopCode; readonly reason: string; readonly graceMs?: number }): void {
    if (this.#status === 'STOPPED') return
    const alive = this.containers.filter((container) => container.isAlive)
    if (this.#stopCode === undefined) {
      this.#stopCode = how.code
      this.#stoppedReason = how.reason
      this.#cancelLaunch()
      this.#times.stoppingAtMs = this.#now()
      // Where it runs, ECS first tells that it is meant to stop, then that it does.
      this.#changed()
      if (alive.length > 0) this.#become('STOPPING')
    }
    for (const container of alive) container.stop(how.graceMs)
    this.#finishIfEnded()
  }

  /** The last lines of its containers, oldest first. */
  output(): readonly OutputLine[] {
    return this.containers
      .flatMap((container) => container.output())
      .sort((one, other) => one.atMs - other.atMs)
  }

  #container(definition: ContainerDefinition): Container {
    const { account } = this.#host
    const path = `${this.request.cluster.name}/${this.id}/${randomUuid(account.random)}`
    const container: Container = new Container({
      definition,
      arn: ecsArn(account, 'container', path),
      host: this.#host,
      agentVariables: () => this.#host.onContainerStart(this, container),
      onLine: (line) => this.#host.onOutput(this, line),
      onChange: () => this.#containersChanged(),
    })
    return container
  }

  #scheduleLaunch(): void {
    const { account, launchDelayMs } = this.#host
    this.#cancelLaunch = account.controlClock.schedule(launchDelayMs / 2, () => this.#provisioned())
  }

  #provisioned(): void {
    this.#times.pullStartedAtMs = this.#now()
    this.#become('PENDING')
    this.#cancelLaunch = this.#host.account.controlClock.schedule(this.#host.launchDelayMs / 2, () => {
      this.#times.pullStoppedAtMs = this.#now()
      this.#startReady()
    })
  }

  #startReady(): void {
    for (const container of this.containers) {
      if (this.#stopCode !== undefined) return
      if (container.isStarted) continue
      const unmet = this.#unmetDependency(container)
      if (unmet === 'impossible') {
        this.stop({
          code: 'TaskFailedToStart',
          reason: `A dependency of container ${container.definition.name} failed`,
        })
      } else if (unmet === undefined) {
        container.start()
      }
    }
  }

  /** HEALTHY counts as START: container health checks are commands of an image, which is not run here. */
  #unmetDependency(container: Container): 'waiting' | 'impossible' | undefined {
    for (const { containerName, condition } of container.definition.dependsOn) {
      const other = this.containers.find(({ definition }) => definition.name === containerName)
      if (condition === 'SUCCESS' && (other?.exitCode ?? 0) !== 0) return 'impossible'
      const isMet =
        condition === 'START' || condition === 'HEALTHY'
          ? other?.status !== 'PENDING'
          : other?.status === 'STOPPED'
      if (!isMet) return 'waiting'
    }
    return undefined
  }

  #containersChanged(): void {
    const before = this.#version
    this.#followContainers()
    if (this.#version === before) this.#changed()
  }

  #followContainers(): void {
    if (this.#stopCode !== undefined) return this.#finishIfEnded()
    const failed = this.containers.find(({ reason }) => reason !== undefined)
    const ended = this.containers.filter(({ status }) => status === 'STOPPED')
    if (failed?.reason !== undefined) {
      this.stop({ code: 'TaskFailedToStart', reason: failed.reason })
    } else if (ended.some(({ definition }) => definition.essential)) {
      this.stop({ code: 'EssentialContainerExited', reason: 'Essential container in task exited' })
    } else if (this.containers.every(({ status }) => status !== 'PENDING')) {
      if (this.#status !== 'RUNNING') this.#running()
    } else {
      this.#startReady()
    }
  }

  #running(): void {
    this.#times.startedAtMs = this.#now()
    this.#become('RUNNING')
  }

  #finishIfEnded(): void {
    if (this.containers.some((container) => container.isAlive)) return
    this.#times.stoppedAtMs = this.#now()
    this.#become('STOPPED')
    this.#resolveStopped()
  }

  #become(status: TaskStatus): void {
    this.#status = status
    this.#changed()
  }

  #changed(): void {
    this.#version += 1
    this.request.onChange(this)
  }

  #now(): number {
    return this.#host.account.controlClock.now()
  }
}
