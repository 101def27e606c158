import { AwsError } from '../../server/aws-error.js'
import type { AccountContext } from '../../server/service.js'
import { ecsArn, pathOf } from '../arn.js'
import { invalidParameter } from '../errors.js'
import type { Tag } from '../tags.js'

/** What its tasks run on: Fargate, Fargate Spot, or the container instances that are registered with it. */
export type CapacityProviderKind = 'FARGATE' | 'FARGATE_SPOT' | 'EC2'

export interface CapacityProvider {
  readonly name: string
  readonly arn: string
  readonly kind: CapacityProviderKind
  status: 'ACTIVE' | 'INACTIVE'
  /** As given, with the defaults that ECS writes in; undefined for Fargate's. */
  readonly autoScalingGroupProvider: Readonly<Record<string, unknown>> | undefined
  tags: readonly Tag[]
}

const NAME = /^[a-zA-Z0-9_-]{1,255}$/
// Prefixes that ECS keeps for itself.
const RESERVED = /^(?:aws|ecs|fargate)/i

/** The capacity providers of one account: Fargate's, which are always there, and those created for instances. */
export class CapacityProviders {
  readonly #account: AccountContext
  readonly #providers = new Map<string, CapacityProvider>()

  constructor(account: AccountContext) {
    this.#account = account
    for (const kind of ['FARGATE', 'FARGATE_SPOT'] as const) {
      this.#add({ name: kind, kind, autoScalingGroupProvider: undefined, tags: [] })
    }
  }

  create(
    name: string,
    autoScalingGroupProvider: Readonly<Record<string, unknown>>,
    tags: readonly Tag[],
  ): CapacityProvider {
    if (!NAME.test(name) || RESERVED.test(name)) {
      throw invalidParameter(
        `Invalid capacity provider name '${name}': up to 255 letters, numbers, hyphens and underscores, not starting ` +
          `with aws, ecs or fargate.`,
      )
    }
    if (this.#providers.get(name)?.status === 'ACTIVE') {
      throw invalidParameter(`A capacity provider named ${name} exists already.`)
    }
    return this.#add({ name, kind: 'EC2', autoScalingGroupProvider, tags })
  }

  /** The provider that a name or an ARN means, deleted ones included. */
  find(reference: string): CapacityProvider | undefined {
    const name = pathOf(this.#account, 'capacity-provider', reference)
    return name === undefined ? undefined : this.#providers.get(name)
  }

  /** The active provider that a name or an ARN means; throws InvalidParameterException. */
  active(reference: string): CapacityProvider {
    const provider = this.find(reference)
    if (provider?.status !== 'ACTIVE') {
      throw invalidParameter(
        'The specified capacity provider was not found. Specify a valid name or ARN and try again.',
      )
    }
    return provider
  }

  list(): readonly CapacityProvider[] {
    return [...this.#providers.values()].filter(({ status }) => status === 'ACTIVE')
  }

  delete(provider: CapacityProvider): void {
    if (provider.kind !== 'EC2') {
      throw invalidParameter(`The capacity provider ${provider.name} is reserved and cannot be deleted.`)
    }
    provider.status = 'INACTIVE'
  }

  #add(provider: Omit<CapacityProvider, 'arn' | 'status'>): CapacityProvider {
    const arn = ecsArn(this.#account, 'capacity-provider', provider.name)
    const added: CapacityProvider = { ...provider, arn, status: 'ACTIVE' }
    this.#providers.set(provider.name, added)
    return added
  }
}

/** A provider that something still needs. */
export function providerInUse(name: string): AwsError {
  return new AwsError(
    'ResourceInUseException',
    `The specified capacity provider ${name} is in use and cannot be removed.`,
  )
}
