import { AwsError } from '../../server/aws-error.js'
import type { Input } from '../../server/input.js'
import { ecsArn, lastPart } from '../arn.js'
import { describeCluster } from '../cluster-operations.js'
import { invalidParameter } from '../errors.js'
import { inputOf, isIncluded } from '../input.js'
import { pageFor } from '../paging.js'
import type { EcsState, Failure, Operations } from '../state.js'
import { mergeTags, readTags } from '../tags.js'
import { providerInUse } from './capacity-providers.js'
import type { CapacityProvider } from './capacity-providers.js'
import { readClusterCapacity } from './cluster-capacity.js'

const TYPES = { FARGATE: 'FARGATE', FARGATE_SPOT: 'FARGATE_SPOT', EC2: 'EC2_AUTOSCALING' } as const

export function capacityProviderOperations(state: EcsState): Operations {
  return {
    CreateCapacityProvider: (members) => create(state, inputOf(members)),
    DescribeCapacityProviders: (members) => describe(state, inputOf(members)),
    DeleteCapacityProvider: (members) => remove(state, inputOf(members)),
    PutClusterCapacityProviders: (members) => putClusterProviders(state, inputOf(members)),
  }
}

function create(state: EcsState, input: Input): object {
  if (input.object('managedInstancesProvider') !== undefined) {
    throw new AwsError(
      'UnsupportedFeatureException',
      'managedInstancesProvider is not supported by the local ECS; autoScalingGroupProvider is.',
    )
  }
  const group = input.object('autoScalingGroupProvider')
  if ((group?.string('autoScalingGroupArn') ?? '') === '') {
    throw invalidParameter('autoScalingGroupProvider.autoScalingGroupArn must be specified.')
  }
  const described = {
    // Nothing here scales a group: instances come by command.
    managedScaling: { status: 'DISABLED' },
    managedTerminationProtection: 'DISABLED',
    managedDraining: 'ENABLED',
    ...group?.members,
  }
  const tags = mergeTags([], readTags(input))
  const provider = state.providers.create(input.string('name') ?? '', described, tags)
  return { capacityProvider: describeProvider(provider, true) }
}

function describe(state: EcsState, input: Input): object {
  const withTags = isIncluded(input, 'TAGS')
  const named = input.strings('capacityProviders')
  const failures: Failure[] = []
  const found = named?.flatMap((reference) => {
    const provider = state.providers.find(reference)
    if (provider !== undefined) return [provider]
    const arn = ecsArn(state.account, 'capacity-provider', lastPart(reference))
    failures.push({ arn, reason: 'MISSING' })
    return []
  })
  const { items, nextToken } = pageFor(
    (found ?? state.providers.list()).toSorted((one, other) => (one.arn < other.arn ? -1 : 1)),
    input,
    { keyOf: (provider) => provider.arn },
  )
  return {
    capacityProviders: items.map((provider) => describeProvider(provider, withTags)),
    failures,
    nextToken,
  }
}

function remove(state: EcsState, input: Input): object {
  const provider = state.providers.active(input.string('capacityProvider') ?? '')
  const users = state.clusters
    .list()
    .filter(({ capacityProviders }) => capacityProviders.includes(provider.name))
  if (users.length > 0) throw providerInUse(provider.name)
  state.providers.delete(provider)
  return { capacityProvider: describeProvider(provider, true) }
}

function putClusterProviders(state: EcsState, input: Input): object {
  const cluster = state.clusters.active(input.string('cluster'))
  const { capacityProviders, defaultStrategy } = readClusterCapacity(state, input)
  const used = state.services
    .list(cluster)
    .flatMap(({ settings }) => settings.capacity.strategy ?? [])
    .map(({ capacityProvider }) => capacityProvider)
  const missed = used.find((name) => !capacityProviders.includes(name))
  if (missed !== undefined) throw providerInUse(missed)
  cluster.capacityProviders = capacityProviders
  cluster.defaultStrategy = defaultStrategy
  return { cluster: describeCluster(state, cluster, { withTags: true, withSettings: true }) }
}

function describeProvider(provider: CapacityProvider, withTags: boolean): object {
  const { arn, name, status, kind, autoScalingGroupProvider, tags } = provider
  return {
    capacityProviderArn: arn,
    name,
    status,
    type: TYPES[kind],
    ...(autoScalingGroupProvider === undefined ? {} : { autoScalingGroupProvider }),
    tags: withTags ? tags : [],
  }
}
