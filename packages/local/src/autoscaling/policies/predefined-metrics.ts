import type { AlarmSource } from '../../cloudwatch/alarm-config.js'
import { validationError } from '../errors.js'
import { SCALABLE_DIMENSION } from '../dimension.js'
import type { ServiceResource } from '../resource.js'
import type { PredefinedMetric } from './tracking-configuration.js'

/** The metrics of ECS services by themselves; the high-resolution ones come every 20 seconds. */
const ECS_METRICS: ReadonlyMap<string, { readonly metricName: string; readonly periodSeconds: number }> =
  new Map([
    ['ECSServiceAverageCPUUtilization', { metricName: 'CPUUtilization', periodSeconds: 60 }],
    ['ECSServiceAverageCPUUtilizationHighResolution', { metricName: 'CPUUtilization', periodSeconds: 20 }],
    ['ECSServiceAverageMemoryUtilization', { metricName: 'MemoryUtilization', periodSeconds: 60 }],
    [
      'ECSServiceAverageMemoryUtilizationHighResolution',
      { metricName: 'MemoryUtilization', periodSeconds: 20 },
    ],
  ])
const ALB_METRIC = 'ALBRequestCountPerTarget'
/** The tails of the load balancer's ARN and of the target group's. */
const RESOURCE_LABEL = /^(app\/[^/]+\/[^/]+)\/(targetgroup\/[^/]+\/[^/]+)$/

/** The metric that a predefined type stands for; the words of the refusals are AWS's. */
export function predefinedSource(predefined: PredefinedMetric, resource: ServiceResource): AlarmSource {
  const { PredefinedMetricType: type, ResourceLabel: label } = predefined
  if (type === ALB_METRIC) return albSource(label)
  const metric = ECS_METRICS.get(type)
  if (metric === undefined) {
    const supported = [ALB_METRIC, ...ECS_METRICS.keys()].join(', ')
    throw validationError(
      `Scalable dimension ${SCALABLE_DIMENSION} only supports the following predefined metric types: ${supported}`,
    )
  }
  if (label !== undefined) {
    throw validationError(`Resource label should not be specified for predefined metric type ${type}`)
  }
  return ecsSource(metric, resource)
}

function ecsSource(
  { metricName, periodSeconds }: { readonly metricName: string; readonly periodSeconds: number },
  { cluster, service }: ServiceResource,
): AlarmSource {
  const dimensions = [
    { name: 'ClusterName', value: cluster },
    { name: 'ServiceName', value: service },
  ]
  const metric = { namespace: 'AWS/ECS', metricName, dimensions }
  return { kind: 'metric', metricStat: { metric, stat: 'Average', unit: undefined, periodSeconds } }
}

/** Requests a minute and target. */
function albSource(label: string | undefined): AlarmSource {
  const type = `for predefined metric type ${ALB_METRIC}`
  if (label === undefined) throw validationError(`Resource label should be specified ${type}`)
  const [, loadBalancer, targetGroup] = RESOURCE_LABEL.exec(label) ?? []
  if (loadBalancer === undefined || targetGroup === undefined) {
    throw validationError(`Invalid resource label '${label}' ${type}`)
  }
  const dimensions = [
    { name: 'TargetGroup', value: targetGroup },
    { name: 'LoadBalancer', value: loadBalancer },
  ]
  const metric = { namespace: 'AWS/ApplicationELB', metricName: 'RequestCountPerTarget', dimensions }
  return { kind: 'metric', metricStat: { metric, stat: 'Sum', unit: undefined, periodSeconds: 60 } }
}
