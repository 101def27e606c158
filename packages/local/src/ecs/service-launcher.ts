import type { TokenBucket } from '@longshore/model'
import { fullBucket, nextCapacityProvider, takeTokens } from '@longshore/model'
import type { Unplaced } from './capacity/container-instances.js'
import type { LaunchCapacity } from './capacity/read-capacity.js'
import type { Deployment } from './deployment.js'
import type { ServiceHost, ServiceTasks } from './service-tasks.js'
import type { TaskRequest } from './task.js'

export interface LaunchOrder {
  readonly count: number
  readonly deployment: Deployment
  readonly capacity: LaunchCapacity
  readonly request: Omit<TaskRequest, 'onChange' | 'launchType' | 'capacityProviderName'>
}

/** What came of an order. */
export interface LaunchRound {
  readonly started: readonly string[]
  /** When the rest may be launched, where a limit is what holds it. */
  readonly retryAtMs: number | undefined
  /** Why the rest finds no place, where room is what it lacks. */
  readonly unplaced: Unplaced | undefined
}

/** Launches the tasks of one service: spread by its strategy, and as fast as ECS lets one service launch. */
export class ServiceLauncher {
  readonly #host: ServiceHost
  readonly #tasks: ServiceTasks
  #bucket: TokenBucket

  constructor(host: ServiceHost, tasks: ServiceTasks) {
    this.#host = host
    this.#tasks = tasks
    this.#bucket = fullBucket(host.limits.service, host.account.controlClock.now())
  }

  launch(order: LaunchOrder): LaunchRound {
    const started: string[] = []
    while (started.length < order.count) {
      const { limits, account } = this.#host
      const take = takeTokens(this.#bucket, limits.service, {
        nowMs: account.controlClock.now(),
        wanted: 1,
      })
      if (take.taken === 0) return { started, retryAtMs: take.nextAtMs, unplaced: undefined }
      const launch = this.#tasks.launch(order.deployment, this.#requestOf(order))
      if (launch.kind !== 'launched') {
        const retryAtMs = launch.kind === 'throttled' ? launch.retryAtMs : undefined
        const unplaced = launch.kind === 'unplaced' ? launch.unplaced : undefined
        return { started, retryAtMs, unplaced }
      }
      this.#bucket = take.bucket
      started.push(launch.task.id)
    }
    return { started, retryAtMs: undefined, unplaced: undefined }
  }

  #requestOf({ capacity, request }: LaunchOrder): Omit<TaskRequest, 'onChange'> {
    const { launchType, strategy } = capacity
    const capacityProviderName =
      strategy && nextCapacityProvider(strategy, (name) => this.#tasks.countOn(name))
    return { ...request, launchType, capacityProviderName }
  }
}
