import type { CapacityStrategyItem } from '@longshore/model'
import { capacityStrategyProblem } from '@longshore/model'
import type { Input } from '../../server/input.js'
import type { Cluster } from '../clusters.js'
import { invalidParameter } from '../errors.js'
import type { CapacityProvider, CapacityProviders } from './capacity-providers.js'

/** What a service's or a call's tasks are launched on. */
export interface LaunchCapacity {
  /** Of every task; where there is a strategy, each provider has its own. */
  readonly launchType: string
  readonly strategy: readonly CapacityStrategyItem[] | undefined
}

/** What AWS would default to EC2 runs as Fargate does: here, instances are there only once they are registered. */
export const DEFAULT_CAPACITY: LaunchCapacity = { launchType: 'FARGATE', strategy: undefined }

/**
 * What `launchType` or `capacityProviderStrategy` asks for; undefined when the input has neither and the cluster has no
 * default. Throws InvalidParameterException for what ECS refuses.
 */
export function readCapacity(
  input: Input,
  cluster: Cluster,
  providers: CapacityProviders,
): LaunchCapacity | undefined {
  const launchType = input.string('launchType')
  const items = input.objects('capacityProviderStrategy') ?? []
  if (launchType !== undefined && items.length > 0) {
    throw invalidParameter(
      'Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again.',
    )
  }
  if (launchType !== undefined) return { launchType, strategy: undefined }
  if (items.length > 0)
    return byStrategy(readStrategy(items, cluster.capacityProviders, providers), providers)
  return cluster.defaultStrategy.length > 0 ? byStrategy(cluster.defaultStrategy, providers) : undefined
}

/** A strategy over providers that must be among `associated`. */
export function readStrategy(
  items: readonly Input[],
  associated: readonly string[],
  providers: CapacityProviders,
): readonly CapacityStrategyItem[] {
  const named = items.map((item): { provider: CapacityProvider; item: CapacityStrategyItem } => {
    const provider = providers.active(item.string('capacityProvider') ?? '')
    if (!associated.includes(provider.name)) {
      throw invalidParameter(
        `The capacity provider ${provider.name} is not associated with the cluster. ` +
          'Associate it with PutClusterCapacityProviders and try again.',
      )
    }
    const weight = item.integer('weight') ?? 0
    const base = item.integer('base') ?? 0
    return { provider, item: { capacityProvider: provider.name, weight, base } }
  })
  const strategy = named.map(({ item }) => item)
  const problem = capacityStrategyProblem(strategy)
  if (problem !== undefined) throw invalidParameter(problem)
  if (new Set(named.map(({ provider }) => provider.kind === 'EC2')).size > 1) {
    throw invalidParameter(
      'A capacity provider strategy cannot contain both Fargate and Auto Scaling group capacity providers.',
    )
  }
  return strategy
}

/** ECS's launch type of a provider's tasks. */
export function launchTypeOf(provider: string, providers: CapacityProviders): string {
  return providers.find(provider)?.kind === 'EC2' ? 'EC2' : 'FARGATE'
}

function byStrategy(strategy: readonly CapacityStrategyItem[], providers: CapacityProviders): LaunchCapacity {
  return { launchType: launchTypeOf(strategy[0]?.capacityProvider ?? '', providers), strategy }
}
