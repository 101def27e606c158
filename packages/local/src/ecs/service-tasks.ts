import type { LaunchBackoff, LaunchLimits, ModelParameters, ServiceTask } from '@longshore/model'
import { isHealthy, launchBackoffAfterFailure, NO_LAUNCH_BACKOFF } from '@longshore/model'
import type { AccountContext } from '../server/service.js'
import type { Launch } from './capacity/launcher.js'
import type { Deployment } from './deployment.js'
import type { DeploymentChange, ServiceAction } from './service-state-change.js'
import type { Service } from './service.js'
import { TaskProtections } from './task-protections.js'
import type { StopCode, Task, TaskRequest } from './task.js'
import type { RunningTask } from './task-usage.js'

export interface ServiceHost {
  readonly account: AccountContext
  readonly launch: (request: TaskRequest) => Launch
  readonly limits: LaunchLimits
  readonly parameters: ModelParameters
  /** Told of what ECS sends to EventBridge about a service. */
  readonly onServiceEvent: (service: Service, what: ServiceAction | DeploymentChange) => void
}

export interface TaskCounts {
  readonly running: number
  readonly pending: number
}

/** A task of a service until it has stopped. */
interface Member {
  readonly task: Task
  readonly deployment: Deployment
  /** Real time, epoch milliseconds. */
  runningSinceRealMs: number | undefined
  /** Told to stop by the service, or found to be stopping. */
  isEnding: boolean
}

// In fast control time forty seconds may pass before a process has said why it dies; real time decides then.
const SHORT_LIFE_REAL_MS = 5_000

// ECS doesn't say after how many failed rounds its SERVICE_TASK_START_IMPAIRED event comes.
const IMPAIRED_AFTER_FAILURES = 3

const NOT_ITS_FAULT: ReadonlySet<StopCode> = new Set([
  'SpotInterruption',
  'TerminationNotice',
  'UserInitiated',
])

/** The tasks of one service, which of them are protected, and what failures to start mean for the next launch. */
export class ServiceTasks {
  readonly protections: TaskProtections
  readonly #host: ServiceHost
  readonly #onChange: () => void
  readonly #onImpaired: () => void
  readonly #members = new Map<string, Member>()
  #backoff: LaunchBackoff = NO_LAUNCH_BACKOFF

  constructor(
    host: ServiceHost,
    listeners: { readonly onChange: () => void; readonly onImpaired: () => void },
  ) {
    this.#host = host
    this.#onChange = listeners.onChange
    this.#onImpaired = listeners.onImpaired
    this.protections = new TaskProtections(host.account.clock, listeners.onChange)
  }

  /** True when the last task has stopped. */
  get isEmpty(): boolean {
    return this.#members.size === 0
  }

  /** No launch before this instant of control time. */
  get launchNotBeforeMs(): number {
    return this.#backoff.launchNotBeforeMs
  }

  /**
   * As the scheduler sees them: a task told to stop is no longer among them, and one whose instance drains is replaced
   * like those of an older deployment, protected or not.
   */
  list(): readonly ServiceTask[] {
    return this.#active().map(({ task, deployment }) => {
      const isDraining = task.instance?.status === 'DRAINING'
      return {
        id: task.id,
        deploymentId: isDraining ? `${deployment.id} (draining)` : deployment.id,
        runningSinceMs: task.times.startedAtMs,
        isProtected: !isDraining && this.protections.untilMs(task.id) !== undefined,
      }
    })
  }

  /** Ids of the deployments that have tasks which are meant to run. */
  deploymentsInUse(): ReadonlySet<string> {
    return new Set(this.#active().map(({ deployment }) => deployment.id))
  }

  /** How many tasks that are meant to run are on a capacity provider. */
  countOn(capacityProvider: string): number {
    return this.#active().filter(({ task }) => task.request.capacityProviderName === capacityProvider).length
  }

  /** Those that run and are meant to. */
  running(): readonly RunningTask<Task>[] {
    return this.#active().flatMap(({ task, runningSinceRealMs }) =>
      runningSinceRealMs === undefined ? [] : [{ task, sinceRealMs: runningSinceRealMs }],
    )
  }

  has(taskId: string): boolean {
    return this.#members.has(taskId)
  }

  /** Of one deployment, or of all. */
  counts(deployment?: Deployment): TaskCounts {
    const active = this.#active().filter(
      (member) => deployment === undefined || member.deployment === deployment,
    )
    const running = active.filter(({ task }) => task.status === 'RUNNING').length
    return { running, pending: active.length - running }
  }

  launch(deployment: Deployment, request: Omit<TaskRequest, 'onChange'>): Launch {
    const onChange = (changed: Task): void => this.#taskChanged(changed)
    const launch = this.#host.launch({ ...request, onChange })
    if (launch.kind === 'launched') {
      const { task } = launch
      this.#members.set(task.id, { task, deployment, runningSinceRealMs: undefined, isEnding: false })
    }
    return launch
  }

  stop(taskId: string, reason: string): void {
    const member = this.#members.get(taskId)
    if (member === undefined) return
    member.isEnding = true
    member.task.stop({ code: 'ServiceSchedulerInitiated', reason })
  }

  /** A new deployment may be the cure. */
  forgetFailures(): void {
    this.#backoff = NO_LAUNCH_BACKOFF
  }

  /** Ends the back-off when a task launched since the last failure is healthy, and the count of failures if asked to. */
  noticeSuccess(options: { readonly isCountReset: boolean }): void {
    const { lastFailureAtMs } = this.#backoff
    const nowMs = this.#host.account.controlClock.now()
    for (const { task, deployment } of this.#active()) {
      const runningSinceMs = task.times.startedAtMs
      if (!isHealthy({ runningSinceMs }, nowMs)) continue
      if ((runningSinceMs ?? 0) > lastFailureAtMs) {
        this.#backoff = NO_LAUNCH_BACKOFF
        if (options.isCountReset) deployment.failedTasks = 0
      }
    }
  }

  #active(): readonly Member[] {
    return [...this.#members.values()].filter((member) => !member.isEnding)
  }

  #taskChanged(task: Task): void {
    const member = this.#members.get(task.id)
    if (member === undefined) return
    if (task.status === 'RUNNING') member.runningSinceRealMs ??= this.#host.account.clock.now()
    if (task.desiredStatus === 'STOPPED') this.protections.unprotect(task.id)
    if (task.desiredStatus === 'STOPPED' && !member.isEnding) {
      member.isEnding = true
      if (this.#isFailedStart(member)) this.#countFailure(member)
    }
    if (task.status === 'STOPPED') this.#members.delete(task.id)
    this.#onChange()
  }

  /** It ended by itself before it counted as healthy. */
  #isFailedStart({ task, runningSinceRealMs }: Member): boolean {
    if (task.stopCode !== undefined && NOT_ITS_FAULT.has(task.stopCode)) return false
    const { clock, controlClock } = this.#host.account
    const runningSinceMs = task.times.startedAtMs
    const livedRealMs = clock.now() - (runningSinceRealMs ?? Infinity)
    return !isHealthy({ runningSinceMs }, controlClock.now()) || livedRealMs < SHORT_LIFE_REAL_MS
  }

  #countFailure({ task, deployment }: Member): void {
    deployment.failedTasks += 1
    const { failures } = this.#backoff
    this.#backoff = launchBackoffAfterFailure(this.#backoff, {
      launchedAtMs: task.times.createdAtMs,
      nowMs: this.#host.account.controlClock.now(),
    })
    const isNewRound = this.#backoff.failures > failures
    if (isNewRound && this.#backoff.failures === IMPAIRED_AFTER_FAILURES) this.#onImpaired()
  }
}
