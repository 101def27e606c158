import { capacityProviderReservation, samples } from '@longshore/model'
import type { AccountContext } from '../../server/service.js'
import type { Cluster, Clusters } from '../clusters.js'
import type { EcsDatum } from '../ecs-datum.js'
import { Lookout } from '../lookout.js'
import type { CapacityProvider, CapacityProviders } from './capacity-providers.js'
import { roomFor } from './container-instance.js'
import type { ContainerInstances } from './container-instances.js'

const MINUTE_MS = 60_000

export interface ReservationMetricsOptions {
  readonly clusters: Clusters
  readonly providers: CapacityProviders
  readonly instances: ContainerInstances
  readonly onDatum: (datum: EcsDatum) => void
}

/**
 * Publishes CapacityProviderReservation once a minute of control time, for each capacity provider with managed scaling in
 * each cluster that has it. Nothing here scales by it: instances come and go by command.
 */
export class ReservationMetrics {
  readonly #account: AccountContext
  readonly #options: ReservationMetricsOptions
  readonly #lookout: Lookout

  constructor(account: AccountContext, options: ReservationMetricsOptions) {
    this.#account = account
    this.#options = options
    this.#lookout = new Lookout(account.controlClock, () => this.#publish())
    this.#lookout.lookBy(this.#minuteBegunMs() + MINUTE_MS)
  }

  close(): void {
    this.#lookout.close()
  }

  #publish(): void {
    const endMs = this.#minuteBegunMs()
    this.#lookout.lookBy(endMs + MINUTE_MS)
    const { clusters, providers, onDatum } = this.#options
    for (const cluster of clusters.list()) {
      for (const name of cluster.capacityProviders) {
        const provider = providers.find(name)
        if (provider !== undefined && isManaged(provider)) onDatum(this.#datumOf(cluster, provider, endMs))
      }
    }
  }

  #datumOf(cluster: Cluster, { name }: CapacityProvider, endMs: number): EcsDatum {
    const { instances } = this.#options
    const own = instances
      .list(cluster)
      .filter(({ status, request }) => status === 'ACTIVE' && request.capacityProviderName === name)
    const reservation = capacityProviderReservation({
      instances: own.map(({ request }) => request.registered),
      occupied: own.filter(({ tasks }) => tasks.size > 0).length,
      waiting: instances
        .waitingIn(cluster)
        .filter(({ request }) => request.capacityProviderName === name)
        .map(({ request }) => roomFor(request)),
    })
    return {
      namespace: 'AWS/ECS/ManagedScaling',
      metricName: 'CapacityProviderReservation',
      dimensions: [
        { name: 'CapacityProviderName', value: name },
        { name: 'ClusterName', value: cluster.name },
      ],
      timestampMs: endMs - MINUTE_MS,
      set: samples(reservation),
      unit: 'Percent',
      resolutionSeconds: 60,
    }
  }

  #minuteBegunMs(): number {
    return Math.floor(this.#account.controlClock.now() / MINUTE_MS) * MINUTE_MS
  }
}

function isManaged({ kind, autoScalingGroupProvider }: CapacityProvider): boolean {
  const managed = autoScalingGroupProvider?.managedScaling as { readonly status?: unknown } | undefined
  return kind === 'EC2' && managed?.status === 'ENABLED'
}
