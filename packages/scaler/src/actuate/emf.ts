import type { Clock } from '@longshore/core/time'
import type { Aws } from '../aws/port.js'

/**
 * The same connection, on which values are lines in CloudWatch's Embedded Metric Format in place of PutMetricData: the
 * `awslogs` driver or FireLens brings them to CloudWatch, with a resolution of one second.
 */
export function emfPublishing(
  aws: Aws,
  to: { readonly clock: Clock; readonly write: (line: string) => void },
): Aws {
  return {
    ...aws,
    publishMetrics(samples) {
      const [first] = samples
      if (first === undefined) return Promise.resolve()
      const { namespace, dimensions } = first.metric
      const directive = {
        Namespace: namespace,
        Dimensions: [Object.keys(dimensions)],
        Metrics: samples.map(({ metric, unit }) => ({ Name: metric.name, Unit: unit, StorageResolution: 1 })),
      }
      const values = Object.fromEntries(samples.map(({ metric, value }) => [metric.name, value]))
      const _aws = { Timestamp: Math.round(to.clock.now()), CloudWatchMetrics: [directive] }
      to.write(JSON.stringify({ _aws, ...dimensions, ...values }))
      return Promise.resolve()
    },
  }
}
