import type { ServiceStep } from '@longshore/model'
import { breakerThreshold, isProtectionBlocked, reconcileService } from '@longshore/model'
import { ecsArn } from './arn.js'
import type { Cluster } from './clusters.js'
import type { Deployment } from './deployment.js'
import { Deployments } from './deployments.js'
import { Lookout } from './lookout.js'
import { ServiceEvents } from './service-events.js'
import { ServiceLauncher } from './service-launcher.js'
import type { LaunchOrder } from './service-launcher.js'
import type { ServiceSettings } from './service-settings.js'
import { ServiceTasks } from './service-tasks.js'
import type { ServiceHost, TaskCounts } from './service-tasks.js'
import type { Tag } from './tags.js'
import type { TaskDefinition } from './task-definition.js'
import type { RunningTask } from './task-usage.js'
import type { Task } from './task.js'

export interface ServiceRequest {
  readonly name: string
  readonly cluster: Cluster
  readonly definition: TaskDefinition
  readonly desired: number
  readonly settings: ServiceSettings
  readonly tags: readonly Tag[]
}

export type ServiceStatus = 'ACTIVE' | 'DRAINING' | 'INACTIVE'

/**
 * One service: holds its tasks to the desired count and its deployments to their end. ACTIVE → DRAINING (deleted, tasks
 * still stopping) → INACTIVE. Every change only asks for a look; looks happen on the control clock, one at a time.
 */
export class Service {
  readonly name: string
  readonly arn: string
  readonly cluster: Cluster
  readonly createdAtMs: number
  readonly events: ServiceEvents
  tags: readonly Tag[]
  readonly #host: ServiceHost
  readonly #lookout: Lookout
  readonly #tasks: ServiceTasks
  readonly #launcher: ServiceLauncher
  readonly #deployments: Deployments
  #status: ServiceStatus = 'ACTIVE'
  #settings: ServiceSettings
  #desired: number
  #isSteady = false
  #hasReportedBlock = false
  #hasReportedProtection = false
  #hasReportedNoRoom = false

  constructor(request: ServiceRequest, host: ServiceHost) {
    const { account } = host
    this.name = request.name
    this.cluster = request.cluster
    this.arn = ecsArn(account, 'service', `${request.cluster.name}/${request.name}`)
    this.createdAtMs = account.controlClock.now()
    this.events = new ServiceEvents(request.name, {
      clock: account.controlClock,
      random: account.random,
      announce: (what) => host.onServiceEvent(this, what),
    })
    this.tags = request.tags
    this.#host = host
    this.#settings = request.settings
    this.#desired = request.desired
    this.#deployments = new Deployments(account, request.definition)
    this.events.deploymentStarted(this.#deployments.primary)
    this.#lookout = new Lookout(account.controlClock, () => this.#look())
    this.#tasks = new ServiceTasks(host, {
      onChange: () => this.#lookSoon(),
      onImpaired: () => this.events.startsImpaired(),
    })
    this.#launcher = new ServiceLauncher(host, this.#tasks)
    this.#lookSoon()
  }

  get status(): ServiceStatus {
    return this.#status
  }

  get desired(): number {
    return this.#desired
  }

  get settings(): ServiceSettings {
    return this.#settings
  }

  get deployments(): readonly [Deployment, ...Deployment[]] {
    return this.#deployments.all
  }

  /** From a new deployment until the service is steady again: no scale-in by auto scaling meanwhile. */
  get isDeploying(): boolean {
    return this.#deployments.primary.rolloutState === 'IN_PROGRESS'
  }

  /** Tasks of one deployment, or of all; a task told to stop counts as neither running nor pending. */
  counts(deployment?: Deployment): TaskCounts {
    return this.#tasks.counts(deployment)
  }

  runningTasks(): readonly RunningTask<Task>[] {
    return this.#tasks.running()
  }

  /** True for a task of this service that has not stopped yet. */
  owns(taskId: string): boolean {
    return this.#tasks.has(taskId)
  }

  /** Until when a task is protected, epoch milliseconds of real time; undefined for an unprotected one. */
  protectedUntilMs(taskId: string): number | undefined {
    return this.#tasks.protections.untilMs(taskId)
  }

  /** Protects a task from scale-in and deployments; false when ECS refuses because too many are protected. */
  protect(taskId: string, untilMs: number): boolean {
    const { protections } = this.#tasks
    const request = {
      desired: this.#desired,
      protectedOthers: protections.countOthers(taskId),
      isRenewal: protections.untilMs(taskId) !== undefined,
    }
    const isBlocked = isProtectionBlocked(request, this.#host.parameters)
    if (!isBlocked) protections.protect(taskId, untilMs)
    return !isBlocked
  }

  unprotect(taskId: string): void {
    if (this.protectedUntilMs(taskId) === undefined) return
    this.#tasks.protections.unprotect(taskId)
    this.#lookSoon()
  }

  scale(desired: number): void {
    if (desired === this.#desired) return
    this.#desired = desired
    this.#changed()
  }

  configure(settings: ServiceSettings): void {
    this.#settings = settings
    this.#hasReportedBlock = false
    this.#lookSoon()
  }

  /** Starts a deployment that replaces every task. */
  deploy(definition: TaskDefinition): void {
    this.#deployments.start(definition)
    this.events.deploymentStarted(this.#deployments.primary)
    this.#tasks.forgetFailures()
    this.#changed()
  }

  /** Stops every task, protected ones too; INACTIVE once the last has stopped. */
  delete(): void {
    this.#status = 'DRAINING'
    this.#tasks.protections.close()
    this.#desired = 0
    this.#changed()
  }

  /** Something outside of it has changed: room may have come, or an instance drains. */
  reconsider(): void {
    this.#lookSoon()
  }

  /** No more looks. Its tasks are their registry's to stop. */
  close(): void {
    this.#lookout.close()
    this.#tasks.protections.close()
  }

  #look(): void {
    this.#deployments.dropReplaced(this.#tasks.deploymentsInUse())
    this.#tasks.noticeSuccess({ isCountReset: this.#settings.circuitBreaker.isResetByHealthyTask })
    this.#breakCircuit()
    const { account } = this.#host
    const { primary } = this.#deployments
    const step = reconcileService(
      {
        nowMs: account.controlClock.now(),
        desired: this.#desired,
        minimumHealthyPercent: this.#settings.minimumHealthyPercent,
        maximumPercent: this.#settings.maximumPercent,
        primaryDeploymentId: primary.id,
        tasks: this.#tasks.list(),
        launchNotBeforeMs: primary.rolloutState === 'FAILED' ? Infinity : this.#tasks.launchNotBeforeMs,
      },
      account.random,
    )
    this.#act(step, primary)
    this.#report(step, primary)
    if (step.nextLookAtMs !== undefined) this.#lookout.lookBy(step.nextLookAtMs)
    if (this.#status === 'DRAINING' && this.#tasks.isEmpty) {
      this.#status = 'INACTIVE'
      this.close()
    }
  }

  #breakCircuit(): void {
    const { isEnabled, isRollingBack, threshold } = this.#settings.circuitBreaker
    const { primary } = this.#deployments
    const isTripped =
      isEnabled &&
      primary.rolloutState === 'IN_PROGRESS' &&
      primary.failedTasks >= breakerThreshold(threshold, this.#desired)
    if (!isTripped) return
    this.#deployments.fail()
    this.events.deploymentFailed(primary)
    const target = isRollingBack ? this.#deployments.rollBack() : undefined
    if (target === undefined) return
    this.#tasks.forgetFailures()
    this.events.rollingBack(target)
    this.#lookout.lookBy(this.#deployments.steadyFromMs)
  }

  #act(step: ServiceStep, primary: Deployment): void {
    const reason = `Scaling activity initiated by (deployment ${primary.id})`
    for (const id of step.stop) this.#tasks.stop(id, reason)
    this.events.tasksStopped(step.stop)
    const { started, retryAtMs, unplaced } = this.#launcher.launch({
      count: step.launch,
      deployment: primary,
      capacity: this.#settings.capacity,
      request: this.#requestFor(primary),
    })
    this.events.tasksStarted(started)
    if (retryAtMs !== undefined) this.#lookout.lookBy(retryAtMs)
    if (unplaced !== undefined && !this.#hasReportedNoRoom) this.events.unableToPlace(unplaced)
    this.#hasReportedNoRoom = unplaced !== undefined
  }

  #report(step: ServiceStep, primary: Deployment): void {
    if (step.isBlocked && !this.#hasReportedBlock) this.events.deploymentBlocked()
    this.#hasReportedBlock ||= step.isBlocked
    if (step.keptByProtection > 0 && !this.#hasReportedProtection) {
      this.events.protectionHolds(step.keptByProtection)
    }
    this.#hasReportedProtection = step.keptByProtection > 0
    const isSteady = step.isSteady && this.#host.account.controlClock.now() >= this.#deployments.steadyFromMs
    const hasBecomeSteady = isSteady && !this.#isSteady
    this.#isSteady = isSteady
    if (!hasBecomeSteady) return
    if (this.#deployments.complete()) this.events.deploymentCompleted(primary)
    this.events.steadyStateReached()
  }

  #requestFor(deployment: Deployment): LaunchOrder['request'] {
    return {
      cluster: this.cluster,
      definition: deployment.definition,
      overrides: {},
      group: `service:${this.name}`,
      startedBy: deployment.id,
      tags: this.#tagsOfTasks(deployment),
      enableExecuteCommand: this.#settings.enableExecuteCommand,
    }
  }

  #tagsOfTasks(deployment: Deployment): readonly Tag[] {
    const { propagateTags, enableECSManagedTags } = this.#settings
    const managed = [
      { key: 'aws:ecs:clusterName', value: this.cluster.name },
      { key: 'aws:ecs:serviceName', value: this.name },
    ]
    const propagated =
      { SERVICE: this.tags, TASK_DEFINITION: deployment.definition.tags }[propagateTags] ?? []
    return [...(enableECSManagedTags ? managed : []), ...propagated]
  }

  #changed(): void {
    this.#isSteady = false
    this.#hasReportedBlock = false
    this.#lookSoon()
  }

  #lookSoon(): void {
    this.#lookout.lookBy(this.#host.account.controlClock.now())
  }
}
