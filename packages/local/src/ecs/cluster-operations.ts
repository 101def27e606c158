import { AwsError } from '../server/aws-error.js'
import type { Input } from '../server/input.js'
import { ecsArn, pathOf } from './arn.js'
import { readClusterCapacity } from './capacity/cluster-capacity.js'
import { DEFAULT_CLUSTER } from './clusters.js'
import type { Cluster } from './clusters.js'
import { inputOf, isIncluded } from './input.js'
import { pageFor } from './paging.js'
import type { EcsState, Failure, Operations } from './state.js'
import { mergeTags, readTags } from './tags.js'

export function clusterOperations(state: EcsState): Operations {
  return {
    CreateCluster: (members) => createCluster(state, inputOf(members)),
    DescribeClusters: (members) => describeClusters(state, inputOf(members)),
    ListClusters: (members) => listClusters(state, inputOf(members)),
    DeleteCluster: (members) => deleteCluster(state, inputOf(members)),
  }
}

function createCluster(state: EcsState, input: Input): object {
  const cluster = state.clusters.create({
    name: input.string('clusterName') ?? DEFAULT_CLUSTER,
    tags: mergeTags([], readTags(input)),
    settings: input.list('settings') ?? [{ name: 'containerInsights', value: 'disabled' }],
    ...readClusterCapacity(state, input),
  })
  return { cluster: describeCluster(state, cluster, { withTags: true, withSettings: true }) }
}

function describeClusters(state: EcsState, input: Input): object {
  const shown = { withTags: isIncluded(input, 'TAGS'), withSettings: isIncluded(input, 'SETTINGS') }
  const clusters: object[] = []
  const failures: Failure[] = []
  for (const reference of input.strings('clusters') ?? [DEFAULT_CLUSTER]) {
    const cluster = state.clusters.find(reference)
    if (cluster !== undefined) clusters.push(describeCluster(state, cluster, shown))
    else failures.push({ arn: clusterArnOf(state, reference), reason: 'MISSING' })
  }
  return { clusters, failures }
}

function listClusters(state: EcsState, input: Input): object {
  const { items, nextToken } = pageFor(state.clusters.list(), input, {
    keyOf: (cluster) => cluster.arn,
  })
  return { clusterArns: items.map((cluster) => cluster.arn), nextToken }
}

function deleteCluster(state: EcsState, input: Input): object {
  const cluster = state.clusters.active(input.string('cluster'))
  if (state.services.list(cluster).length > 0) {
    throw new AwsError(
      'ClusterContainsServicesException',
      'The Cluster cannot be deleted while Services are active.',
    )
  }
  if (state.tasks.list(cluster).some((task) => task.status !== 'STOPPED')) {
    throw new AwsError(
      'ClusterContainsTasksException',
      'The Cluster cannot be deleted while Tasks are active.',
    )
  }
  if (state.instances.list(cluster).length > 0) {
    throw new AwsError(
      'ClusterContainsContainerInstancesException',
      'The Cluster cannot be deleted while Container Instances are active or draining.',
    )
  }
  cluster.status = 'INACTIVE'
  return { cluster: describeCluster(state, cluster, { withTags: true, withSettings: true }) }
}

export function describeCluster(
  state: EcsState,
  cluster: Cluster,
  shown: { readonly withTags: boolean; readonly withSettings: boolean },
): object {
  const active = state.tasks.list(cluster).filter((task) => task.desiredStatus === 'RUNNING')
  const running = active.filter((task) => task.status === 'RUNNING').length
  return {
    clusterArn: cluster.arn,
    clusterName: cluster.name,
    status: cluster.status,
    registeredContainerInstancesCount: state.instances.list(cluster).length,
    runningTasksCount: running,
    pendingTasksCount: active.length - running,
    activeServicesCount: state.services.list(cluster).length,
    statistics: [],
    tags: shown.withTags ? cluster.tags : [],
    settings: shown.withSettings ? cluster.settings : [],
    capacityProviders: cluster.capacityProviders,
    defaultCapacityProviderStrategy: cluster.defaultStrategy,
  }
}

function clusterArnOf(state: EcsState, reference: string): string {
  return ecsArn(state.account, 'cluster', pathOf(state.account, 'cluster', reference) ?? reference)
}
