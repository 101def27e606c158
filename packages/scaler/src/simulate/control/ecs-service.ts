/** The ECS service of a simulation: holds its tasks to the desired count by the model's rules, and knows what they cost. */
import { fullBucket, launchLimits, reconcileService, takeTokens } from '@longshore/model'
import type { LaunchLimits, ModelParameters, ServiceTask, TokenBucket } from '@longshore/model'
import { lognormalFrom } from '../random.js'
import type { Random } from '../random.js'
import type { Fleet } from '../work/fleet.js'

export interface EcsOptions {
  readonly fleet: Fleet
  readonly desired: number
  readonly startMs: number
  readonly launchMs: number
  /** Squared coefficient of variation. */
  readonly launchVariation: number
  readonly stopTimeoutMs: number
  readonly parameters: ModelParameters
  readonly random: Random
}

interface Task {
  readonly id: number
  readonly launchedMs: number
  /** When it takes messages. */
  readonly readyMs: number
  runningSinceMs: number | undefined
  /** Told to stop; undefined: it is to run. */
  stoppingSinceMs: number | undefined
}

/** Fargate bills from the pull of the image, here half a launch before it is over, and a minute at least. */
const PULL_SHARE = 0.5
const LEAST_BILLED_MS = 60_000

export class EcsService {
  readonly #options: EcsOptions
  readonly #limits: LaunchLimits
  readonly #launchTime: (mean: number) => number
  /** Those that have not stopped. */
  readonly #tasks = new Map<number, Task>()
  #serviceBucket: TokenBucket
  #fargateBucket: TokenBucket
  #desired: number
  #nextId = 0
  #isLookDue = true
  #retryMs = Infinity
  #running = 0
  #pending = 0
  /** When the next task becomes ready, or one that stops is at its deadline; Infinity where none does. */
  #dueMs = -Infinity
  #billedMs = 0
  #launches = 0
  #stops = 0

  constructor(options: EcsOptions) {
    this.#options = options
    this.#desired = options.desired
    this.#limits = launchLimits(options.parameters)
    this.#serviceBucket = fullBucket(this.#limits.service, options.startMs)
    this.#fargateBucket = fullBucket(this.#limits.fargate, options.startMs)
    this.#launchTime = lognormalFrom(options.random, options.launchVariation)
    for (let count = 0; count < options.desired; count += 1) this.#begin(options.startMs, options.startMs)
    this.#settle(options.startMs)
  }

  get desired(): number {
    return this.#desired
  }

  /** Tasks that run, and are to. */
  get running(): number {
    return this.#running
  }

  /** Tasks that start. */
  get pending(): number {
    return this.#pending
  }

  get launches(): number {
    return this.#launches
  }

  get stops(): number {
    return this.#stops
  }

  setDesired(desired: number): void {
    if (desired === this.#desired) return
    this.#desired = desired
    this.#isLookDue = true
  }

  /** What is due by now: tasks become ready, tasks at their deadline end, and the service looks at what it has. */
  tick(nowMs: number): void {
    if (nowMs >= this.#dueMs) this.#settle(nowMs)
    if (this.#isLookDue || nowMs >= this.#retryMs) this.#look(nowMs)
  }

  /** The fleet tells that a task that was told to stop is done. */
  ended(id: number, nowMs: number): void {
    const task = this.#tasks.get(id)
    if (task === undefined) return
    this.#tasks.delete(id)
    this.#billedMs += billedMs(task, nowMs)
  }

  /** Of all tasks there were, up to now. */
  billedMs(nowMs: number): number {
    return [...this.#tasks.values()].reduce((sum, task) => sum + billedMs(task, nowMs), this.#billedMs)
  }

  #active(): Task[] {
    return [...this.#tasks.values()].filter(({ stoppingSinceMs }) => stoppingSinceMs === undefined)
  }

  #settle(nowMs: number): void {
    this.#dueMs = Infinity
    for (const task of this.#tasks.values()) {
      const dueMs = this.#dueOf(task)
      if (dueMs > nowMs) this.#dueMs = Math.min(this.#dueMs, dueMs)
      else if (task.stoppingSinceMs !== undefined) this.#options.fleet.abort(task.id)
      else this.#run(task, nowMs)
    }
  }

  /** When time alone changes something about a task. */
  #dueOf({ stoppingSinceMs, runningSinceMs, readyMs }: Task): number {
    if (stoppingSinceMs !== undefined) return stoppingSinceMs + this.#options.stopTimeoutMs
    return runningSinceMs === undefined ? readyMs : Infinity
  }

  #run(task: Task, nowMs: number): void {
    task.runningSinceMs = nowMs
    this.#running += 1
    this.#pending -= 1
    this.#options.fleet.add(task.id)
    this.#isLookDue = true
  }

  #look(nowMs: number): void {
    this.#isLookDue = false
    this.#retryMs = Infinity
    const active = this.#active()
    const isTooMany = active.length > this.#desired
    const spared = isTooMany ? this.#options.fleet.protectedTasks() : undefined
    const tasks = active.map(({ id, runningSinceMs }): ServiceTask => {
      return {
        id: String(id),
        deploymentId: 'primary',
        runningSinceMs,
        isProtected: spared?.has(id) ?? false,
      }
    })
    const step = reconcileService(
      {
        nowMs,
        desired: this.#desired,
        minimumHealthyPercent: 100,
        maximumPercent: 200,
        primaryDeploymentId: 'primary',
        tasks,
        launchNotBeforeMs: -Infinity,
      },
      this.#options.random,
    )
    for (const id of step.stop) this.#stop(Number(id), nowMs)
    this.#launch(step.launch, nowMs)
    // Protection ends by itself; the service looks again.
    if (step.keptByProtection > 0) this.#retryMs = Math.min(this.#retryMs, nowMs + 1_000)
  }

  #launch(count: number, nowMs: number): void {
    const { service, fargate } = this.#limits
    for (let launched = 0; launched < count; launched += 1) {
      const ofService = takeTokens(this.#serviceBucket, service, { nowMs, wanted: 1 })
      const ofFargate = takeTokens(this.#fargateBucket, fargate, { nowMs, wanted: 1 })
      if (ofService.taken === 0 || ofFargate.taken === 0) {
        this.#retryMs = Math.max(ofService.nextAtMs, ofFargate.nextAtMs)
        return
      }
      this.#serviceBucket = ofService.bucket
      this.#fargateBucket = ofFargate.bucket
      this.#launches += 1
      this.#begin(nowMs, nowMs + this.#launchTime(this.#options.launchMs))
    }
  }

  #begin(launchedMs: number, readyMs: number): void {
    const id = this.#nextId
    this.#nextId += 1
    this.#pending += 1
    this.#dueMs = Math.min(this.#dueMs, readyMs)
    this.#tasks.set(id, { id, launchedMs, readyMs, runningSinceMs: undefined, stoppingSinceMs: undefined })
  }

  #stop(id: number, nowMs: number): void {
    const task = this.#tasks.get(id)
    if (task === undefined) return
    this.#stops += 1
    task.stoppingSinceMs = nowMs
    this.#dueMs = Math.min(this.#dueMs, this.#dueOf(task))
    if (task.runningSinceMs === undefined) {
      this.#pending -= 1
      this.ended(id, nowMs)
    } else {
      this.#running -= 1
      this.#options.fleet.end(id)
    }
  }
}

function billedMs({ launchedMs, readyMs, runningSinceMs }: Task, endedMs: number): number {
  const pullMs = launchedMs + (readyMs - launchedMs) * PULL_SHARE
  if (runningSinceMs === undefined && endedMs <= pullMs) return 0
  return Math.max(LEAST_BILLED_MS, endedMs - pullMs)
}
