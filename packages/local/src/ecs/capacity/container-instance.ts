import { randomHex } from '../../server/identifiers.js'
import type { AccountContext } from '../../server/service.js'
import { ecsArn } from '../arn.js'
import type { Cluster } from '../clusters.js'
import { reservedTaskSize } from '../task-size.js'
import type { Task, TaskRequest } from '../task.js'

/** CPU units and MiB. */
export interface Room {
  readonly cpu: number
  readonly memory: number
}

export interface InstanceRequest {
  readonly cluster: Cluster
  readonly registered: Room
  readonly ec2InstanceId: string | undefined
  readonly capacityProviderName: string | undefined
}

/**
 * One EC2 container instance: room for tasks, and no more; what is placed on it runs on this machine as all tasks do.
 * ACTIVE ⇄ DRAINING (takes no more tasks, and services replace those it has) → INACTIVE (deregistered).
 */
export class ContainerInstance {
  readonly id: string
  readonly arn: string
  readonly request: InstanceRequest
  readonly ec2InstanceId: string
  readonly registeredAtMs: number
  readonly tasks: Set<Task> = new Set<Task>()
  status: 'ACTIVE' | 'DRAINING' | 'INACTIVE' = 'ACTIVE'
  version = 1

  constructor(request: InstanceRequest, account: AccountContext) {
    this.id = randomHex(account.random, 32)
    this.arn = ecsArn(account, 'container-instance', `${request.cluster.name}/${this.id}`)
    this.request = request
    this.ec2InstanceId = request.ec2InstanceId ?? `i-${randomHex(account.random, 17)}`
    this.registeredAtMs = account.controlClock.now()
  }

  get remaining(): Room {
    let { cpu, memory } = this.request.registered
    for (const { request } of this.tasks) {
      const reserved = roomFor(request)
      cpu -= reserved.cpu
      memory -= reserved.memory
    }
    return { cpu, memory }
  }

  /** What a task would lack here. */
  lacks(request: TaskRequest): 'CPU' | 'MEMORY' | undefined {
    const needed = roomFor(request)
    const { cpu, memory } = this.remaining
    if (needed.cpu > cpu) return 'CPU'
    return needed.memory > memory ? 'MEMORY' : undefined
  }
}

/** What a task takes of an instance. */
export function roomFor(request: TaskRequest): Room {
  const { cpuUnits, memoryMib } = reservedTaskSize(request.definition)
  return { cpu: cpuUnits ?? 0, memory: memoryMib ?? 0 }
}
