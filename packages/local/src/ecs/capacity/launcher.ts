import type { LaunchLimits, TokenBucket } from '@longshore/model'
import { fullBucket, takeTokens } from '@longshore/model'
import type { Clock } from '@longshore/core/time'
import type { Task, TaskRequest } from '../task.js'
import type { Tasks } from '../tasks.js'
import type { ContainerInstances, Unplaced } from './container-instances.js'
import { MAX_WAITING } from './container-instances.js'

/** Why nothing can be launched now. */
export type Obstacle =
  /** Fargate's launch limit: try again at this instant of control time. */
  | { readonly kind: 'throttled'; readonly retryAtMs: number }
  /** No container instance has room, and no capacity provider lets the task wait for some. */
  | { readonly kind: 'unplaced'; readonly unplaced: Unplaced }
  /** As many tasks of the cluster as may wait for room do so. */
  | { readonly kind: 'crowded' }

/** How a launch ends; closed once nothing is launched any more. */
export type Launch =
  { readonly kind: 'launched'; readonly task: Task } | Obstacle | { readonly kind: 'closed' }

export interface LauncherOptions {
  /** The control clock. */
  readonly clock: Clock
  readonly tasks: Tasks
  readonly instances: ContainerInstances
  readonly limits: LaunchLimits
}

/** Launches tasks where there is capacity for them, as fast as ECS does. */
export class Launcher {
  readonly #options: LauncherOptions
  /** Fargate's, and Fargate Spot's. */
  readonly #buckets = new Map<string, TokenBucket>()

  constructor(options: LauncherOptions) {
    this.#options = options
  }

  launch(request: TaskRequest): Launch {
    const { tasks, instances } = this.#options
    const obstacle = this.obstacle(request, 1)
    if (obstacle !== undefined) return obstacle
    const task = tasks.launch(request)
    if (task === undefined) return { kind: 'closed' }
    if (request.launchType === 'EC2') instances.admit(task)
    else this.#take(request)
    return { kind: 'launched', task }
  }

  /** What keeps `count` tasks like that from being launched now: for instances, the first of them. */
  obstacle(request: TaskRequest, count: number): Obstacle | undefined {
    return request.launchType === 'EC2' ? this.#withoutRoom(request, count) : this.#throttled(request, count)
  }

  #withoutRoom(request: TaskRequest, count: number): Obstacle | undefined {
    const { instances } = this.#options
    const unplaced = instances.unplaced(request)
    if (unplaced === undefined) return undefined
    if (request.capacityProviderName === undefined) return { kind: 'unplaced', unplaced }
    return instances.waitingIn(request.cluster).length + count > MAX_WAITING ? { kind: 'crowded' } : undefined
  }

  #throttled(request: TaskRequest, wanted: number): Obstacle | undefined {
    if (request.launchType !== 'FARGATE') return undefined
    const { clock, limits } = this.#options
    const { taken, nextAtMs } = takeTokens(this.#bucketOf(request), limits.fargate, {
      nowMs: clock.now(),
      wanted,
    })
    return taken < wanted ? { kind: 'throttled', retryAtMs: nextAtMs } : undefined
  }

  #take(request: TaskRequest): void {
    if (request.launchType !== 'FARGATE') return
    const { clock, limits } = this.#options
    const take = takeTokens(this.#bucketOf(request), limits.fargate, { nowMs: clock.now(), wanted: 1 })
    this.#buckets.set(bucketName(request), take.bucket)
  }

  #bucketOf(request: TaskRequest): TokenBucket {
    const { clock, limits } = this.#options
    return this.#buckets.get(bucketName(request)) ?? fullBucket(limits.fargate, clock.now())
  }
}

function bucketName({ capacityProviderName }: TaskRequest): string {
  return capacityProviderName === 'FARGATE_SPOT' ? 'FARGATE_SPOT' : 'FARGATE'
}
