import type { AccountContext } from '../../server/service.js'
import { pathOf } from '../arn.js'
import type { Cluster } from '../clusters.js'
import type { Task, TaskRequest } from '../task.js'
import type { InstanceRequest } from './container-instance.js'
import { ContainerInstance } from './container-instance.js'

/** "500 tasks per cluster can be in the PROVISIONING state" (ECS service quotas). */
export const MAX_WAITING = 500

/** Why a task finds no place now. */
export interface Unplaced {
  /** The instance that comes nearest; undefined when there is none at all. */
  readonly closest: ContainerInstance | undefined
  readonly lacks: 'CPU' | 'MEMORY' | undefined
}

/** The container instances of one account, and the tasks that wait for room on one. */
export class ContainerInstances {
  readonly #account: AccountContext
  readonly #onRoom: (cluster: Cluster) => void
  readonly #instances = new Map<string, ContainerInstance>()
  /** In the order they came. */
  readonly #waiting = new Set<Task>()

  /** `onRoom` is told when a task that found no place might find one now. */
  constructor(account: AccountContext, onRoom: (cluster: Cluster) => void) {
    this.#account = account
    this.#onRoom = onRoom
  }

  register(request: InstanceRequest): ContainerInstance {
    const instance = new ContainerInstance(request, this.#account)
    this.#instances.set(instance.arn, instance)
    this.#roomMayHaveCome(request.cluster)
    return instance
  }

  /** The instance of that cluster which an id or an ARN means; deregistered ones are gone. */
  find(cluster: Cluster, reference: string): ContainerInstance | undefined {
    const id = pathOf(this.#account, 'container-instance', reference)?.replace(`${cluster.name}/`, '')
    return this.list(cluster).find((instance) => instance.id === id)
  }

  list(cluster: Cluster): readonly ContainerInstance[] {
    return [...this.#instances.values()].filter(({ request }) => request.cluster === cluster)
  }

  setStatus(instance: ContainerInstance, status: 'ACTIVE' | 'DRAINING'): void {
    if (instance.status === status) return
    instance.status = status
    instance.version += 1
    this.#roomMayHaveCome(instance.request.cluster)
  }

  /** Takes the instance away; its tasks go with it. */
  deregister(instance: ContainerInstance): void {
    instance.status = 'INACTIVE'
    this.#instances.delete(instance.arn)
    for (const task of instance.tasks) {
      task.stop({
        code: 'TerminationNotice',
        reason: `Host EC2 (instance ${instance.ec2InstanceId}) terminated.`,
      })
    }
  }

  /** The tasks that wait for room in a cluster. */
  waitingIn(cluster: Cluster): readonly Task[] {
    return [...this.#waiting].filter(({ request }) => request.cluster === cluster)
  }

  /** Why a task would have to wait; undefined when there is room. */
  unplaced(request: TaskRequest): Unplaced | undefined {
    const candidates = this.#candidates(request)
    if (candidates.some((instance) => instance.lacks(request) === undefined)) return undefined
    const [closest] = candidates.toSorted((one, other) => other.remaining.memory - one.remaining.memory)
    return { closest, lacks: closest?.lacks(request) }
  }

  /** Gives the task its place, or has it wait for one. */
  admit(task: Task): void {
    if (!this.#place(task)) this.#waiting.add(task)
  }

  /** The task has stopped: its room is free. */
  release(task: Task): void {
    const { instance, request } = task
    const hasLeft = this.#waiting.delete(task) || instance?.tasks.delete(task) === true
    if (instance !== undefined) instance.version += 1
    if (hasLeft) this.#roomMayHaveCome(request.cluster)
  }

  #roomMayHaveCome(cluster: Cluster): void {
    for (const task of this.#waiting) {
      if (task.request.cluster === cluster && this.#place(task)) this.#waiting.delete(task)
    }
    this.#onRoom(cluster)
  }

  #place(task: Task): boolean {
    const instance = this.#choose(task.request)
    if (instance === undefined) return false
    instance.tasks.add(task)
    instance.version += 1
    task.placeOn(instance)
    return true
  }

  /**
   * Spread over instances: the one with fewest tasks of the same group, then the one with most memory left. ECS spreads
   * over availability zones first; here there is one.
   */
  #choose(request: TaskRequest): ContainerInstance | undefined {
    const ofGroup = (instance: ContainerInstance): number =>
      [...instance.tasks].filter((task) => task.request.group === request.group).length
    const [chosen] = this.#candidates(request)
      .filter((instance) => instance.lacks(request) === undefined)
      .toSorted(
        (one, other) => ofGroup(one) - ofGroup(other) || other.remaining.memory - one.remaining.memory,
      )
    return chosen
  }

  #candidates({ cluster, capacityProviderName }: TaskRequest): readonly ContainerInstance[] {
    return this.list(cluster).filter(
      ({ status, request }) =>
        status === 'ACTIVE' &&
        (capacityProviderName === undefined || request.capacityProviderName === capacityProviderName),
    )
  }
}
