/**
 * The AWS/ECS metrics of a service: each running task is one sample of what it uses, in percent of what it reserves. So
 * the average is the service's utilization, and the sample count of a period is its number of running tasks (once per
 * collection). Values above 100 are real: CPU is a share, not a ceiling, where a host has some to spare.
 * Source: ECS developer guide, "service utilization metrics".
 */
import type { StatisticSet } from '../cloudwatch/statistics.js'
import { mergeSets, samples } from '../cloudwatch/statistics.js'

export type ServiceMetric = 'CPUUtilization' | 'MemoryUtilization'

export const SERVICE_METRICS: readonly ServiceMetric[] = ['CPUUtilization', 'MemoryUtilization']

/** What a service may ask for (ECS API, MetricConfiguration); 60 when it says nothing. */
export type MetricResolution = 20 | 60

/** One task's use of one resource over a period, in the resource's unit: CPU units or MiB. */
export interface TaskUse {
  readonly used: number
  readonly reserved: number
}

/** A container without CPU units gets two of the host's shares (ECS API, ContainerDefinition.cpu). */
export const LEAST_CPU_UNITS = 2

/** The samples of one period; undefined when no task reports, as a service without tasks has no datapoint. */
export function utilization(tasks: readonly TaskUse[]): StatisticSet | undefined {
  return tasks
    .filter(({ reserved }) => reserved > 0)
    .map(({ used, reserved }) => samples((100 * used) / reserved))
    .reduce<StatisticSet | undefined>(
      (all, one) => (all === undefined ? one : mergeSets(all, one)),
      undefined,
    )
}
