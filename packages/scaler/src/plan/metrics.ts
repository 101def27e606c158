import type { Service } from '../config/service.js'
import type { MetricIdentity } from './resources.js'

/** What the publisher tells of a service, by its part in scaling. Units: tasks, seconds, percent, messages per task. */
export const SIGNAL_NAMES = {
  requiredTasks: 'TasksRequired',
  deficit: 'TaskDeficit',
  surplus: 'TaskSurplus',
  waitEstimate: 'WaitEstimate',
  slotUtilization: 'SlotUtilization',
} as const

export type SignalName = 'backlogPerTask' | keyof typeof SIGNAL_NAMES

/** The metric that carries a signal of a service. */
export function metricOf(service: Service, signal: SignalName): MetricIdentity {
  const { namespace, name } = service.metric
  return {
    namespace,
    name: signal === 'backlogPerTask' ? name : SIGNAL_NAMES[signal],
    dimensions: { ClusterName: service.cluster, ServiceName: service.service },
  }
}

/** The metrics that a publisher of this service writes; none where metric math needs no publisher. */
export function publishedMetrics(service: Service): MetricIdentity[] {
  const { strategy } = service
  if (strategy.kind === 'targetTracking' && strategy.metric === 'math') return []
  const signals = Object.keys(SIGNAL_NAMES) as (keyof typeof SIGNAL_NAMES)[]
  return (['backlogPerTask', ...signals] as const).map((signal) => metricOf(service, signal))
}

/** A metric of one of the service's queues. */
export function queueMetric(queue: string, name: string): MetricIdentity {
  return { namespace: 'AWS/SQS', name, dimensions: { QueueName: queueNameOf(queue) } }
}

/** The last part of a URL is the queue's name. */
export function queueNameOf(queue: string): string {
  return queue.slice(queue.lastIndexOf('/') + 1)
}
