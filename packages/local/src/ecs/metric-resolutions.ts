import type { MetricResolution, ServiceMetric } from '@longshore/model'
import { SERVICE_METRICS } from '@longshore/model'
import type { Input } from '../server/input.js'
import { invalidParameter } from './errors.js'

/** How often each metric of a service is collected, in seconds. */
export type MetricResolutions = Readonly<Record<ServiceMetric, MetricResolution>>

export const DEFAULT_RESOLUTIONS: MetricResolutions = { CPUUtilization: 60, MemoryUtilization: 60 }

/** Reads a service's `monitoring`; throws InvalidParameterException for what ECS refuses. */
export function readMetricResolutions(monitoring: Input): MetricResolutions {
  const resolutions: Record<ServiceMetric, MetricResolution> = { ...DEFAULT_RESOLUTIONS }
  for (const configuration of monitoring.objects('metricConfigurations') ?? []) {
    const seconds = readResolution(configuration)
    for (const name of configuration.strings('metricNames') ?? []) resolutions[readMetric(name)] = seconds
  }
  return resolutions
}

function readResolution(configuration: Input): MetricResolution {
  const seconds = configuration.integer('resolutionSeconds')
  if (seconds === 20 || seconds === 60) return seconds
  throw invalidParameter(`resolutionSeconds must be 20 or 60; got ${seconds ?? 'none'}.`)
}

function readMetric(name: string): ServiceMetric {
  const metric = SERVICE_METRICS.find((known) => known === name)
  if (metric === undefined) {
    throw invalidParameter(`Invalid metric name '${name}': one of ${SERVICE_METRICS.join(', ')}.`)
  }
  return metric
}
