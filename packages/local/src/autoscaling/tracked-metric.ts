import type { Statistic } from '@longshore/model'

import type { MetricStat } from '../cloudwatch/metric-query.js'
import { notSupported, validationError } from './errors.js'
import type { ServiceResource } from './resource.js'
import type { CustomizedMetric, TrackingConfiguration } from './tracking-configuration.js'

/** The predefined metrics of ECS services; the high-resolution ones come every 20 seconds. */
const ECS_METRICS: ReadonlyMap<string, { readonly metricName: string; readonly periodSeconds: number }> =
  new Map([
    ['ECSServiceAverageCPUUtilization', { metricName: 'CPUUtilization', periodSeconds: 60 }],
    ['ECSServiceAverageMemoryUtilization', { metricName: 'MemoryUtilization', periodSeconds: 60 }],
    ['ECSServiceAverageCPUUtilizationHighResolution', { metricName: 'CPUUtilization', periodSeconds: 20 }],
    [
      'ECSServiceAverageMemoryUtilizationHighResolution',
      { metricName: 'MemoryUtilization', periodSeconds: 20 },
    ],
  ])

/** The metric that a configuration names; it must name exactly one. */
export function trackedMetric(configuration: TrackingConfiguration, resource: ServiceResource): MetricStat {
  const { PredefinedMetricSpecification: predefined, CustomizedMetricSpecification: customized } =
    configuration
  if (predefined !== undefined && customized === undefined) {
    return predefinedMetric(predefined.PredefinedMetricType, resource)
  }
  if (customized !== undefined && predefined === undefined) return customizedMetric(customized)
  throw validationError(
    'Exactly one of PredefinedMetricSpecification and CustomizedMetricSpecification must be specified.',
  )
}

function predefinedMetric(type: string, { cluster, service }: ServiceResource): MetricStat {
  const predefined = ECS_METRICS.get(type)
  if (predefined === undefined) {
    throw notSupported(
      `The predefined metric ${type}`,
      `Use one of ${[...ECS_METRICS.keys()].join(', ')}, or a CustomizedMetricSpecification.`,
    )
  }
  const dimensions = [
    { name: 'ClusterName', value: cluster },
    { name: 'ServiceName', value: service },
  ]
  return {
    metric: { namespace: 'AWS/ECS', metricName: predefined.metricName, dimensions },
    stat: 'Average',
    unit: undefined,
    periodSeconds: predefined.periodSeconds,
  }
}

function customizedMetric(customized: CustomizedMetric): MetricStat {
  if (customized.Metrics !== undefined) {
    throw notSupported(
      'A CustomizedMetricSpecification with Metrics (metric math)',
      'Publish the result as one metric and name it by MetricName, Namespace and Dimensions.',
    )
  }
  return {
    metric: {
      namespace: required(customized.Namespace, 'namespace'),
      metricName: required(customized.MetricName, 'metricName'),
      dimensions: (customized.Dimensions ?? []).map(({ Name, Value }) => ({ name: Name, value: Value })),
    },
    stat: required<Statistic>(customized.Statistic, 'statistic'),
    unit: customized.Unit,
    // Application Auto Scaling has no period for custom metrics.
    periodSeconds: 60,
  }
}

function required<Value>(value: Value | undefined, member: string): Value {
  if (value !== undefined) return value
  const path = `targetTrackingScalingPolicyConfiguration.customizedMetricSpecification.${member}`
  throw validationError(
    `1 validation error detected: Value null at '${path}' failed to satisfy constraint: Member must not be null`,
  )
}
