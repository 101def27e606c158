import { isDeepStrictEqual } from 'node:util'
import type { Input } from '../server/input.js'
import { ecsArn, lastPart, parseEcsArn } from './arn.js'
import { readCapacity } from './capacity/read-capacity.js'
import { invalidParameter } from './errors.js'
import { inputOf, isIncluded } from './input.js'
import { checkLaunch, launchableDefinition } from './launchable.js'
import { pageFor } from './paging.js'
import { describeService } from './service-description.js'
import { needsDeployment, readServiceSettings } from './service-settings.js'
import type { Service } from './service.js'
import type { EcsState, Failure, Operations } from './state.js'
import { mergeTags, readTags } from './tags.js'

const NAME = /^[a-zA-Z0-9_-]{1,255}$/

// ECS API: DescribeServices takes ten services, ListServices answers ten unless asked for more.
const MAX_DESCRIBED = 10
const DEFAULT_LISTED = 10

// AWS's answer in containers-roadmap#2836: old deployments that protected tasks keep alive count, too.
const MAX_DEPLOYMENTS = 5

export function serviceOperations(state: EcsState): Operations {
  // What each service was created with: the same request again is answered, a different one refused.
  const creations = new WeakMap<Service, Readonly<Record<string, unknown>>>()
  return {
    CreateService: (members) => createService(state, inputOf(members), creations),
    UpdateService: (members) => updateService(state, inputOf(members)),
    DeleteService: (members) => deleteService(state, inputOf(members)),
    DescribeServices: (members) => describeServices(state, inputOf(members)),
    ListServices: (members) => listServices(state, inputOf(members)),
  }
}

function createService(
  state: EcsState,
  input: Input,
  creations: WeakMap<Service, Readonly<Record<string, unknown>>>,
): object {
  const cluster = state.clusters.active(input.string('cluster'))
  const name = input.string('serviceName') ?? ''
  if (!NAME.test(name)) {
    throw invalidParameter(
      `Invalid service name '${name}': up to 255 letters, numbers, hyphens and underscores.`,
    )
  }
  const { clientToken: _token, cluster: _cluster, ...creation } = input.members
  const existing = state.services.find(cluster, name)
  if (existing?.status === 'DRAINING') {
    throw invalidParameter('Unable to Start a service that is still Draining.')
  }
  if (existing?.status === 'ACTIVE') {
    if (isDeepStrictEqual(creations.get(existing), creation)) return answer(state, existing)
    throw invalidParameter('Creation of service was not idempotent.')
  }
  const taskDefinition = input.string('taskDefinition') ?? ''
  if (taskDefinition === '') throw invalidParameter('TaskDefinition can not be blank.')
  const definition = launchableDefinition(state, taskDefinition)
  const capacity = readCapacity(input, cluster, state.providers)
  const settings = readServiceSettings(input, capacity)
  checkLaunch(definition, {
    launchType: capacity?.launchType,
    networkConfiguration: settings.members.networkConfiguration,
  })
  const service = state.services.create({
    name,
    cluster,
    definition,
    desired: desiredCount(input) ?? 0,
    settings,
    tags: mergeTags([], readTags(input)),
  })
  creations.set(service, creation)
  return answer(state, service)
}

function updateService(state: EcsState, input: Input): object {
  const cluster = state.clusters.active(input.string('cluster'))
  const service = state.services.active(cluster, input.string('service') ?? '')
  const reference = input.string('taskDefinition')
  const current = service.deployments[0].definition
  const definition = reference === undefined ? current : launchableDefinition(state, reference)
  const capacity = readCapacity(input, cluster, state.providers)
  const settings = readServiceSettings(input, capacity, service.settings)
  checkLaunch(definition, {
    launchType: settings.capacity.strategy === undefined ? undefined : settings.capacity.launchType,
    networkConfiguration: settings.members.networkConfiguration,
  })
  const desired = desiredCount(input)
  const isDeployed =
    definition !== current ||
    input.boolean('forceNewDeployment') === true ||
    needsDeployment(service.settings, settings)

  if (isDeployed && service.deployments.length >= MAX_DEPLOYMENTS) {
    throw invalidParameter(`${MAX_DEPLOYMENTS} active deployments exist, unable to create new deployment.`)
  }

  // Everything is read and checked: from here on nothing throws.
  service.configure(settings)
  if (desired !== undefined) service.scale(desired)
  if (isDeployed) service.deploy(definition)
  return answer(state, service)
}

function deleteService(state: EcsState, input: Input): object {
  const cluster = state.clusters.active(input.string('cluster'))
  const service = state.services.active(cluster, input.string('service') ?? '')
  if (input.boolean('force') !== true) {
    if (service.desired > 0) {
      throw invalidParameter('The service cannot be stopped while it is scaled above 0.')
    }
    if (service.deployments.length > 1) {
      throw invalidParameter('The service cannot be stopped while deployments are active.')
    }
  }
  service.delete()
  return answer(state, service)
}

function describeServices(state: EcsState, input: Input): object {
  const cluster = state.clusters.active(input.string('cluster'))
  const references = input.strings('services') ?? []
  if (references.length === 0) throw invalidParameter('Services cannot be empty.')
  if (references.length > MAX_DESCRIBED) {
    throw invalidParameter(`service names can have at most ${MAX_DESCRIBED} items.`)
  }
  const services: object[] = []
  const failures: Failure[] = []
  for (const reference of references) {
    const service = state.services.find(cluster, reference)
    if (service !== undefined) services.push(describe(state, service, isIncluded(input, 'TAGS')))
    else failures.push({ arn: serviceArnOf(state, cluster.name, reference), reason: 'MISSING' })
  }
  return { services, failures }
}

function listServices(state: EcsState, input: Input): object {
  const cluster = state.clusters.active(input.string('cluster'))
  const launchType = input.string('launchType')
  const strategy = input.string('schedulingStrategy') ?? 'REPLICA'
  const services = state.services
    .list(cluster)
    .filter(({ settings }) => launchType === undefined || settings.capacity.launchType === launchType)
    .filter(() => strategy === 'REPLICA')
  const { items, nextToken } = pageFor(services, input, {
    keyOf: (service) => service.arn,
    defaultResults: DEFAULT_LISTED,
  })
  return { serviceArns: items.map((service) => service.arn), nextToken }
}

function desiredCount(input: Input): number | undefined {
  const desired = input.integer('desiredCount')
  if (desired !== undefined && desired < 0) throw invalidParameter('desiredCount must not be negative.')
  return desired
}

function answer(state: EcsState, service: Service): object {
  return { service: describe(state, service, true) }
}

function describe(state: EcsState, service: Service, withTags: boolean): object {
  return describeService(service, { withTags, accountId: state.account.accountId })
}

function serviceArnOf(state: EcsState, cluster: string, reference: string): string {
  if (parseEcsArn(state.account, reference) !== undefined) return reference
  return ecsArn(state.account, 'service', `${cluster}/${lastPart(reference)}`)
}
