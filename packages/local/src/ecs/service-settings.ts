import { isDeepStrictEqual } from 'node:util'
import { AwsError } from '../server/aws-error.js'
import type { Input } from '../server/input.js'
import { DEFAULT_CAPACITY } from './capacity/read-capacity.js'
import type { LaunchCapacity } from './capacity/read-capacity.js'
import { NO_CIRCUIT_BREAKER, readCircuitBreaker } from './circuit-breaker.js'
import type { CircuitBreaker } from './circuit-breaker.js'
import { invalidParameter } from './errors.js'
import { DEFAULT_RESOLUTIONS, readMetricResolutions } from './metric-resolutions.js'
import type { MetricResolutions } from './metric-resolutions.js'

/** What CreateService and UpdateService set, besides the desired count and the task definition. */
export interface ServiceSettings {
  readonly capacity: LaunchCapacity
  readonly minimumHealthyPercent: number
  readonly maximumPercent: number
  readonly propagateTags: string
  readonly enableECSManagedTags: boolean
  readonly enableExecuteCommand: boolean
  readonly metricResolutions: MetricResolutions
  readonly circuitBreaker: CircuitBreaker
  /** As given so far, member by member. */
  readonly deploymentConfiguration: Readonly<Record<string, unknown>>
  /** Members described as given. */
  readonly members: Readonly<Record<string, unknown>>
}

const STORED = [
  'availabilityZoneRebalancing',
  'healthCheckGracePeriodSeconds',
  'loadBalancers',
  'monitoring',
  'networkConfiguration',
  'placementConstraints',
  'placementStrategy',
  'platformVersion',
  'serviceConnectConfiguration',
  'serviceRegistries',
  'volumeConfigurations',
  'vpcLatticeConfigurations',
]

/** "This parameter triggers a new service deployment" (ECS API, UpdateService), besides the task definition. */
const DEPLOYED = [
  'loadBalancers',
  'monitoring',
  'networkConfiguration',
  'platformVersion',
  'serviceConnectConfiguration',
  'serviceRegistries',
  'volumeConfigurations',
  'vpcLatticeConfigurations',
]

/**
 * The settings that `input` asks for, over `current` ones where it is silent; `capacity` is what it asks for of that.
 * Throws on what ECS refuses.
 */
export function readServiceSettings(
  input: Input,
  capacity: LaunchCapacity | undefined,
  current?: ServiceSettings,
): ServiceSettings {
  refuseUnsupported(input)
  const given = Object.fromEntries(
    STORED.filter((name) => input.members[name] !== undefined).map((name) => [name, input.members[name]]),
  )
  const deployment = input.object('deploymentConfiguration')
  // ECS: 100 and 200 for a REPLICA service.
  const minimumHealthyPercent =
    deployment?.integer('minimumHealthyPercent') ?? current?.minimumHealthyPercent ?? 100
  const maximumPercent = deployment?.integer('maximumPercent') ?? current?.maximumPercent ?? 200
  checkPercents(minimumHealthyPercent, maximumPercent)
  const monitoring = input.object('monitoring')
  const breaker = deployment?.object('deploymentCircuitBreaker')
  return {
    capacity:
      current === undefined ? (capacity ?? DEFAULT_CAPACITY) : updatedCapacity(input, capacity, current),
    minimumHealthyPercent,
    maximumPercent,
    propagateTags: input.string('propagateTags') ?? current?.propagateTags ?? 'NONE',
    enableECSManagedTags: input.boolean('enableECSManagedTags') ?? current?.enableECSManagedTags ?? false,
    enableExecuteCommand: input.boolean('enableExecuteCommand') ?? current?.enableExecuteCommand ?? false,
    metricResolutions:
      monitoring === undefined
        ? (current?.metricResolutions ?? DEFAULT_RESOLUTIONS)
        : readMetricResolutions(monitoring),
    circuitBreaker:
      breaker === undefined ? (current?.circuitBreaker ?? NO_CIRCUIT_BREAKER) : readCircuitBreaker(breaker),
    members: { ...current?.members, ...given },
    deploymentConfiguration: { ...current?.deploymentConfiguration, ...deployment?.members },
  }
}

/** An update that says nothing keeps what the service has, whatever the cluster's default is by now. */
function updatedCapacity(
  input: Input,
  capacity: LaunchCapacity | undefined,
  current: ServiceSettings,
): LaunchCapacity {
  const isGiven = input.members.capacityProviderStrategy !== undefined
  return isGiven && capacity !== undefined ? capacity : current.capacity
}

/** True when going from one to the other replaces tasks. */
export function needsDeployment(from: ServiceSettings, to: ServiceSettings): boolean {
  return DEPLOYED.some((name) => !isDeepStrictEqual(from.members[name], to.members[name]))
}

function checkPercents(minimumHealthyPercent: number, maximumPercent: number): void {
  if (minimumHealthyPercent < 0) throw invalidParameter('minimumHealthyPercent must not be negative.')
  if (maximumPercent < 100) throw invalidParameter('maximumPercent must be at least 100.')
  if (minimumHealthyPercent >= 100 && maximumPercent === 100) {
    throw invalidParameter(
      'Both maximumPercent and minimumHealthyPercent cannot be 100 as this will block deployments.',
    )
  }
}

function refuseUnsupported(input: Input): void {
  const deployment = input.object('deploymentConfiguration')
  refuseOther('schedulingStrategy', input.string('schedulingStrategy'), 'REPLICA')
  refuseOther('deploymentController.type', input.object('deploymentController')?.string('type'), 'ECS')
  refuseOther('deploymentConfiguration.strategy', deployment?.string('strategy'), 'ROLLING')
}

function refuseOther(member: string, given: string | undefined, supported: string): void {
  if (given === undefined || given === supported) return
  throw new AwsError(
    'UnsupportedFeatureException',
    `${member} ${given} is not supported by the local ECS; ${supported} is.`,
  )
}
