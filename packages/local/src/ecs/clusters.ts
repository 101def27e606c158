import type { CapacityStrategyItem } from '@longshore/model'
import { AwsError } from '../server/aws-error.js'
import type { AccountContext } from '../server/service.js'
import { ecsArn, pathOf } from './arn.js'
import { invalidParameter } from './errors.js'
import type { Tag } from './tags.js'

export interface Cluster {
  readonly name: string
  readonly arn: string
  status: 'ACTIVE' | 'INACTIVE'
  tags: readonly Tag[]
  readonly settings: readonly unknown[]
  /** Names of the capacity providers that its tasks may be launched on. */
  capacityProviders: readonly string[]
  /** For launches that name neither a launch type nor a strategy; empty when there is none. */
  defaultStrategy: readonly CapacityStrategyItem[]
}

export type ClusterSettings = Omit<Cluster, 'arn' | 'status'>

export const DEFAULT_CLUSTER = 'default'

const NAME = /^[a-zA-Z][a-zA-Z0-9_-]{0,254}$/

/** The clusters of one account. A deleted one stays known as INACTIVE, as on AWS. */
export class Clusters {
  readonly #account: AccountContext
  readonly #clusters = new Map<string, Cluster>()

  constructor(account: AccountContext) {
    this.#account = account
  }

  /** Creates a cluster, or answers the active one of that name unchanged. */
  create(options: ClusterSettings): Cluster {
    const { name } = options
    if (!NAME.test(name)) {
      throw invalidParameter(
        `Invalid cluster name '${name}': up to 255 letters, numbers, hyphens and underscores, a letter first.`,
      )
    }
    const existing = this.#clusters.get(name)
    if (existing?.status === 'ACTIVE') return existing
    const cluster: Cluster = {
      ...options,
      arn: ecsArn(this.#account, 'cluster', name),
      status: 'ACTIVE',
    }
    this.#clusters.set(name, cluster)
    return cluster
  }

  /** The cluster that a name or an ARN means, deleted ones included. */
  find(reference: string = DEFAULT_CLUSTER): Cluster | undefined {
    const name = pathOf(this.#account, 'cluster', reference)
    return name === undefined ? undefined : this.#clusters.get(name)
  }

  /** The active cluster that a name or an ARN means; throws ClusterNotFoundException. */
  active(reference: string = DEFAULT_CLUSTER): Cluster {
    const cluster = this.find(reference)
    if (cluster?.status !== 'ACTIVE') throw new AwsError('ClusterNotFoundException', 'Cluster not found.')
    return cluster
  }

  /** Active clusters by ARN. */
  list(): readonly Cluster[] {
    return [...this.#clusters.values()]
      .filter((cluster) => cluster.status === 'ACTIVE')
      .sort((one, other) => (one.arn < other.arn ? -1 : 1))
  }
}
