import {
  DescribeClustersCommand,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs'
import type { ECSClient, Service } from '@aws-sdk/client-ecs'
import { AwsCallError } from '../errors.js'
import type { Calls } from './calls.js'
import type { Aws, ServiceName } from './port.js'

/** ECS's default: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html */
const DEFAULT_STOP_TIMEOUT_SECONDS = 30

/** ECS's part of {@link Aws}. */
export function serviceCalls(
  client: ECSClient,
  calls: Calls,
): Pick<Aws, 'serviceCounts' | 'serviceEvents' | 'taskSettings' | 'containerInsights' | 'setDesiredCount'> {
  const described = async ({ cluster, service }: ServiceName, signal?: AbortSignal): Promise<Service> => {
    const site = siteOf({ cluster, service })
    const command = new DescribeServicesCommand({ cluster, services: [service] })
    const { services } = await calls.run(site, (abortSignal) => client.send(command, { abortSignal }), signal)
    // A service that isn't there comes back among `failures`, one that was deleted as INACTIVE for an hour or so.
    const found = services?.[0]
    if (found === undefined) throw await calls.notFound('SERVICE_NOT_FOUND', site.subject)
    if (found.status === 'ACTIVE') return found
    throw await calls.notFound(
      'SERVICE_NOT_FOUND',
      site.subject,
      `is ${found.status}, that is, deleted or about to be,`,
    )
  }

  return {
    async serviceCounts(name, signal) {
      const site = siteOf(name)
      const found = await described(name, signal)
      const { desiredCount: desired, runningCount: running, pendingCount: pending, deployments = [] } = found
      if (desired === undefined || running === undefined || pending === undefined) {
        throw new AwsCallError(
          'CALL_FAILED',
          `${site.action} on ${site.subject} answered without its task counts.`,
        )
      }
      const isDeploying =
        deployments.length > 1 || deployments.some(({ rolloutState }) => rolloutState === 'IN_PROGRESS')
      return { desired, running, pending, isDeploying }
    },

    async serviceEvents(name, signal) {
      const { events = [] } = await described(name, signal)
      return events.map(({ createdAt, message = '' }) => ({ atMs: createdAt?.getTime() ?? 0, message }))
    },

    async taskSettings(name, signal) {
      const { taskDefinition = '' } = await described(name, signal)
      const site = { action: 'ecs:DescribeTaskDefinition', subject: `task definition "${taskDefinition}"` }
      const command = new DescribeTaskDefinitionCommand({ taskDefinition })
      const { taskDefinition: found } = await calls.run(
        site,
        (abortSignal) => client.send(command, { abortSignal }),
        signal,
      )
      const containers = found?.containerDefinitions ?? []
      const essential = containers.filter(({ essential: isEssential }) => isEssential !== false)
      return {
        cpuUnits: cpuUnitsOf(found?.cpu),
        stopTimeoutSeconds: Math.min(
          ...essential.map(({ stopTimeout }) => stopTimeout ?? DEFAULT_STOP_TIMEOUT_SECONDS),
        ),
      }
    },

    async containerInsights(cluster, signal) {
      const site = { action: 'ecs:DescribeClusters', subject: `cluster "${cluster}"` }
      const command = new DescribeClustersCommand({ clusters: [cluster], include: ['SETTINGS'] })
      const { clusters = [] } = await calls.run(
        site,
        (abortSignal) => client.send(command, { abortSignal }),
        signal,
      )
      const setting = clusters[0]?.settings?.find(({ name }) => name === 'containerInsights')?.value
      return setting === undefined ? undefined : setting !== 'disabled'
    },

    async setDesiredCount({ cluster, service }, desired, signal) {
      const site = { action: 'ecs:UpdateService', subject: `service "${service}" in cluster "${cluster}"` }
      const command = new UpdateServiceCommand({ cluster, service, desiredCount: desired })
      await calls.run(site, (abortSignal) => client.send(command, { abortSignal }), signal)
    },
  }
}

function siteOf({ cluster, service }: ServiceName): { action: string; subject: string } {
  return { action: 'ecs:DescribeServices', subject: `service "${service}" in cluster "${cluster}"` }
}

/** A task's CPU is given in units, or in vCPUs: `256`, `.25 vCPU`. */
function cpuUnitsOf(cpu: string | undefined): number | undefined {
  const amount = Number.parseFloat(cpu ?? '')
  if (Number.isNaN(amount)) return undefined
  return /vcpu/i.test(cpu ?? '') ? amount * 1_024 : amount
}
