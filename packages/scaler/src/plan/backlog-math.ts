import type { Service } from '../config/service.js'
import { queueMetric } from './metrics.js'
import type { MetricMath, MetricQuery } from './resources.js'

/**
 * Backlog per task without a publisher: visible messages of all queues ÷ running tasks, as Container Insights counts
 * them. Without running tasks there is nothing to divide by, and any message has to wake the service: then the value is
 * the target, and one more for each message, so that the alarm, which is strict, fires. What has no point counts as 0: a
 * queue without messages, and a service without tasks. The Average, since gauges that are summed count twice.
 */
export function backlogMath(service: Service, target: number): MetricMath {
  const queues: MetricQuery[] = service.queues.map(({ name }, index) => ({
    id: `visible${index + 1}`,
    metric: queueMetric(name, 'ApproximateNumberOfMessagesVisible'),
    statistic: 'Average',
  }))
  const visible = `(${queues.map(({ id }) => `FILL(${id}, 0)`).join(' + ')})`
  const { cluster, service: name } = service
  return {
    kind: 'math',
    queries: [
      ...queues,
      {
        id: 'running',
        metric: {
          namespace: 'ECS/ContainerInsights',
          name: 'RunningTaskCount',
          dimensions: { ClusterName: cluster, ServiceName: name },
        },
        statistic: 'Average',
      },
      {
        id: 'backlog',
        expression: `IF(FILL(running, 0) > 0, ${visible} / FILL(running, 1), IF(${visible} > 0, ${target} + ${visible}, 0))`,
      },
    ],
    returned: 'backlog',
  }
}
