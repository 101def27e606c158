import type { Input } from '../../server/input.js'
import type { Cluster } from '../clusters.js'
import type { EcsState } from '../state.js'
import { readStrategy } from './read-capacity.js'

/** The capacity providers that CreateCluster or PutClusterCapacityProviders gives a cluster, and its default strategy. */
export function readClusterCapacity(
  state: EcsState,
  input: Input,
): Pick<Cluster, 'capacityProviders' | 'defaultStrategy'> {
  const names = (input.strings('capacityProviders') ?? []).map((name) => state.providers.active(name).name)
  const items = input.objects('defaultCapacityProviderStrategy') ?? []
  const capacityProviders = [...new Set(names)]
  const defaultStrategy = items.length === 0 ? [] : readStrategy(items, capacityProviders, state.providers)
  return { capacityProviders, defaultStrategy }
}
