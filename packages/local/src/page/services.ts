import type { DeploymentEntry, Entries, FeedEntry, ServiceEntry } from './browser/page-state.js'
import { groupsOf } from './operations.js'
import type { Operations } from './operations.js'
import { readTargets } from './scaling.js'

// ECS API: DescribeServices takes ten services.
const MAX_DESCRIBED = 10
const EVENTS_SHOWN = 20

/** A service as DescribeServices answers it. */
interface Service {
  readonly serviceArn: string
  readonly serviceName: string
  readonly clusterArn: string
  readonly status: string
  readonly desiredCount: number
  readonly runningCount: number
  readonly pendingCount: number
  readonly taskDefinition?: string
  readonly deployments?: readonly Deployment[]
  readonly events?: readonly { readonly id: string; readonly createdAt: number; readonly message: string }[]
}

interface Deployment {
  readonly id: string
  readonly status: string
  readonly taskDefinition: string
  readonly rolloutState?: string
  readonly desiredCount: number
  readonly runningCount: number
  readonly pendingCount: number
  readonly failedTasks?: number
}

export interface ServicesReading {
  readonly services: Entries<ServiceEntry>
  readonly feed: Entries<FeedEntry>
}

/** ARNs of the clusters. */
export function readClusters(operations: Operations): Promise<readonly string[]> {
  return operations.list('ecs', 'ListClusters', { items: 'clusterArns', token: 'nextToken' })
}

/** The services of every cluster, and what they report of themselves. */
export async function readServices(
  operations: Operations,
  clusters: readonly string[],
): Promise<ServicesReading> {
  const targets = await readTargets(operations)
  const services: Record<string, ServiceEntry> = {}
  const feed: Record<string, FeedEntry> = {}
  for (const cluster of clusters) {
    for (const service of await describeServices(operations, cluster)) {
      if (service.status === 'INACTIVE') continue
      const name = lastPart(cluster)
      const scaling = targets.get(`service/${name}/${service.serviceName}`)
      services[service.serviceArn] = serviceEntry(service, { cluster: name, scaling })
      for (const [id, entry] of eventsOf(service)) feed[id] = entry
    }
  }
  return { services, feed }
}

async function describeServices(operations: Operations, cluster: string): Promise<Service[]> {
  const arns = await operations.list<string>('ecs', 'ListServices', {
    items: 'serviceArns',
    token: 'nextToken',
    input: { cluster, maxResults: 100 },
  })
  const found: Service[] = []
  for (const services of groupsOf(arns, MAX_DESCRIBED)) {
    const answer = await operations.call<{ services: Service[] }>('ecs', 'DescribeServices', {
      cluster,
      services,
    })
    found.push(...(answer.services ?? []))
  }
  return found
}

function serviceEntry(
  service: Service,
  more: { readonly cluster: string; readonly scaling: ServiceEntry['scaling'] },
): ServiceEntry {
  return {
    arn: service.serviceArn,
    name: service.serviceName,
    ...more,
    status: service.status,
    desired: service.desiredCount,
    running: service.runningCount,
    pending: service.pendingCount,
    definition: lastPart(service.taskDefinition ?? ''),
    deployments: (service.deployments ?? []).map(deploymentEntry),
    complaint: complaintOf(service),
  }
}

const COMPLAINT = /unable|failed/

function complaintOf({ serviceName, events = [] }: Service): string | undefined {
  const latest = events.find(({ message }) => COMPLAINT.test(message) || message.endsWith(' steady state.'))
  return latest !== undefined && COMPLAINT.test(latest.message)
    ? withoutNames(latest.message, serviceName)
    : undefined
}

function deploymentEntry(deployment: Deployment): DeploymentEntry {
  return {
    id: deployment.id,
    isPrimary: deployment.status === 'PRIMARY',
    definition: lastPart(deployment.taskDefinition),
    rollout: deployment.rolloutState ?? '',
    desired: deployment.desiredCount,
    running: deployment.runningCount,
    pending: deployment.pendingCount,
    failed: deployment.failedTasks ?? 0,
  }
}

function eventsOf({ serviceName, events = [] }: Service): [string, FeedEntry][] {
  return events.slice(0, EVENTS_SHOWN).map(({ id, createdAt, message }) => [
    `service ${id}`,
    {
      atMs: createdAt * 1_000,
      kind: 'service',
      tone: COMPLAINT.test(message) ? 'bad' : 'plain',
      subject: serviceName,
      title: withoutNames(message, serviceName),
      detail: '',
    },
  ])
}

/** Task ids fill the line and say nothing; the tasks have a list of their own. */
function withoutNames(message: string, serviceName: string): string {
  return message.replace(`(service ${serviceName}) `, '').replace(/: (\(task \w+\) ?)+\.$/, '.')
}

/** The name at the end of an ARN. */
export function lastPart(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1)
}
