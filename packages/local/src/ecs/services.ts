import { AwsError } from '../server/aws-error.js'
import { lastPart, pathOf } from './arn.js'
import type { Cluster } from './clusters.js'
import type { ServiceHost } from './service-tasks.js'
import type { ServiceRequest } from './service.js'
import { Service } from './service.js'
import type { Task } from './task.js'

/** The services of one account. A deleted one stays known as INACTIVE until its name is used again, as on AWS. */
export class Services {
  readonly #host: ServiceHost
  readonly #services = new Map<string, Service>()

  constructor(host: ServiceHost) {
    this.#host = host
  }

  create(request: ServiceRequest): Service {
    const service = new Service(request, this.#host)
    this.#services.set(service.arn, service)
    return service
  }

  /** The service of that cluster which a name or an ARN means, deleted ones included. */
  find(cluster: Cluster, reference: string): Service | undefined {
    const path = pathOf(this.#host.account, 'service', reference)
    if (path === undefined) return undefined
    const isOfCluster = path === lastPart(path) || path === `${cluster.name}/${lastPart(path)}`
    return isOfCluster
      ? this.#services.get(`${cluster.arn.replace(':cluster/', ':service/')}/${lastPart(path)}`)
      : undefined
  }

  findByArn(arn: string): Service | undefined {
    return this.#services.get(arn)
  }

  /** The active service that runs a task; undefined for a standalone task, and for one that has stopped. */
  ownerOf(task: Task): Service | undefined {
    const [kind, name] = task.request.group.split(':')
    const service = kind === 'service' ? this.find(task.request.cluster, name ?? '') : undefined
    return service?.status === 'ACTIVE' && service.owns(task.id) ? service : undefined
  }

  /** The active service that a name or an ARN means; throws ServiceNotFoundException or ServiceNotActiveException. */
  active(cluster: Cluster, reference: string): Service {
    const service = this.find(cluster, reference)
    if (service === undefined) throw new AwsError('ServiceNotFoundException', 'Service not found.')
    if (service.status !== 'ACTIVE') {
      throw new AwsError('ServiceNotActiveException', 'Service was not ACTIVE.')
    }
    return service
  }

  /** Services of the cluster by ARN; those that are gone excluded. */
  list(cluster: Cluster): readonly Service[] {
    return [...this.#services.values()]
      .filter((service) => service.cluster === cluster && service.status !== 'INACTIVE')
      .sort((one, other) => (one.arn < other.arn ? -1 : 1))
  }

  /** Room may have come in a cluster, or gone. */
  reconsider(cluster: Cluster): void {
    for (const service of this.list(cluster)) service.reconsider()
  }

  /** Services of every cluster; those that are gone excluded. */
  all(): readonly Service[] {
    return [...this.#services.values()].filter((service) => service.status !== 'INACTIVE')
  }

  close(): void {
    for (const service of this.#services.values()) service.close()
  }
}
