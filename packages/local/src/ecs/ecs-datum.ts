import type { ServiceMetric, StatisticSet } from '@longshore/model'

/** One datapoint for CloudWatch. */
export interface EcsDatum {
  readonly namespace: 'AWS/ECS' | 'AWS/ECS/ManagedScaling'
  readonly metricName: ServiceMetric | 'CapacityProviderReservation'
  readonly dimensions: readonly { readonly name: string; readonly value: string }[]
  /** The start of its period. */
  readonly timestampMs: number
  readonly set: StatisticSet
  readonly unit: 'Percent'
  /** As CloudWatch stores it: periods below a minute need seconds. */
  readonly resolutionSeconds: 1 | 60
}
