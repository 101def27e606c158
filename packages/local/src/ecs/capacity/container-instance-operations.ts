import type { Input } from '../../server/input.js'
import { ecsArn, lastPart } from '../arn.js'
import type { Cluster } from '../clusters.js'
import { epochSeconds, withoutUndefined } from '../description.js'
import { invalidParameter } from '../errors.js'
import { inputOf } from '../input.js'
import { pageFor } from '../paging.js'
import type { EcsState, Failure, Operations } from '../state.js'
import type { ContainerInstance, Room } from './container-instance.js'

// ECS API limits.
const MAX_DESCRIBED = 100
const MAX_UPDATED = 10

export function containerInstanceOperations(state: EcsState): Operations {
  return {
    DescribeContainerInstances: (members) => describeInstances(state, inputOf(members)),
    ListContainerInstances: (members) => listInstances(state, inputOf(members)),
    UpdateContainerInstancesState: (members) => updateStates(state, inputOf(members)),
    DeregisterContainerInstance: (members) => deregister(state, inputOf(members)),
  }
}

/**
 * The local counterpart of RegisterContainerInstance, which on AWS only the agent of an instance calls: `cluster`, `cpu`
 * (units), `memory` (MiB), and if wanted `capacityProvider` and `ec2InstanceId`.
 */
export function registerContainerInstance(state: EcsState, input: Input): object {
  const cluster = state.clusters.active(input.string('cluster'))
  const capacityProvider = input.string('capacityProvider')
  const provider = capacityProvider === undefined ? undefined : state.providers.active(capacityProvider)
  if (provider !== undefined && provider.kind !== 'EC2') {
    throw invalidParameter(`${provider.name} takes no container instances.`)
  }
  const instance = state.instances.register({
    cluster,
    registered: { cpu: amount(input, 'cpu'), memory: amount(input, 'memory') },
    ec2InstanceId: input.string('ec2InstanceId'),
    capacityProviderName: provider?.name,
  })
  return { containerInstance: describeInstance(instance) }
}

function amount(input: Input, name: 'cpu' | 'memory'): number {
  const value = input.integer(name) ?? 0
  if (value < 1) throw invalidParameter(`${name} must be at least 1; got ${value}.`)
  return value
}

function describeInstances(state: EcsState, input: Input): object {
  return forEach(state, input, { max: MAX_DESCRIBED, run: () => {} })
}

function updateStates(state: EcsState, input: Input): object {
  const status = input.string('status')
  if (status !== 'ACTIVE' && status !== 'DRAINING') {
    throw invalidParameter(`Invalid status '${status}': ACTIVE or DRAINING.`)
  }
  return forEach(state, input, {
    max: MAX_UPDATED,
    run: (instance) => state.instances.setStatus(instance, status),
  })
}

function listInstances(state: EcsState, input: Input): object {
  const cluster = state.clusters.active(input.string('cluster'))
  const status = input.string('status')
  const instances = state.instances
    .list(cluster)
    .filter((instance) => status === undefined || instance.status === status)
    .toSorted((one, other) => (one.arn < other.arn ? -1 : 1))
  const { items, nextToken } = pageFor(instances, input, {
    keyOf: (instance) => instance.arn,
  })
  return { containerInstanceArns: items.map(({ arn }) => arn), nextToken }
}

function deregister(state: EcsState, input: Input): object {
  const cluster = state.clusters.active(input.string('cluster'))
  const instance = state.instances.find(cluster, input.string('containerInstance') ?? '')
  if (instance === undefined) throw invalidParameter('The referenced container instance was not found.')
  if (instance.tasks.size > 0 && input.boolean('force') !== true) {
    throw invalidParameter('Found running tasks on the instance.')
  }
  state.instances.deregister(instance)
  return { containerInstance: describeInstance(instance) }
}

function forEach(
  state: EcsState,
  input: Input,
  each: { readonly max: number; readonly run: (instance: ContainerInstance) => void },
): object {
  const cluster = state.clusters.active(input.string('cluster'))
  const references = input.strings('containerInstances') ?? []
  if (references.length === 0) throw invalidParameter('Container instances cannot be empty.')
  if (references.length > each.max) {
    throw invalidParameter(`containerInstances can have at most ${each.max} items.`)
  }
  const containerInstances: object[] = []
  const failures: Failure[] = []
  for (const reference of references) {
    const instance = state.instances.find(cluster, reference)
    if (instance === undefined) {
      failures.push({ arn: instanceArnOf(state, cluster, reference), reason: 'MISSING' })
    } else {
      each.run(instance)
      containerInstances.push(describeInstance(instance))
    }
  }
  return { containerInstances, failures }
}

function describeInstance(instance: ContainerInstance): object {
  const { request, tasks, remaining } = instance
  const running = [...tasks].filter(({ status }) => status === 'RUNNING').length
  return withoutUndefined({
    containerInstanceArn: instance.arn,
    ec2InstanceId: instance.ec2InstanceId,
    capacityProviderName: request.capacityProviderName,
    version: instance.version,
    remainingResources: describeRoom(remaining),
    registeredResources: describeRoom(request.registered),
    status: instance.status,
    agentConnected: instance.status !== 'INACTIVE',
    runningTasksCount: running,
    pendingTasksCount: tasks.size - running,
    attributes: [],
    registeredAt: epochSeconds(instance.registeredAtMs),
    attachments: [],
    tags: [],
  })
}

function describeRoom({ cpu, memory }: Room): readonly object[] {
  const resource = (name: string, integerValue: number): object => ({
    name,
    type: 'INTEGER',
    doubleValue: 0,
    longValue: 0,
    integerValue,
  })
  return [resource('CPU', cpu), resource('MEMORY', memory)]
}

function instanceArnOf(state: EcsState, cluster: Cluster, reference: string): string {
  if (reference.startsWith('arn:')) return reference
  return ecsArn(state.account, 'container-instance', `${cluster.name}/${lastPart(reference)}`)
}
