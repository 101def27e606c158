import type { Point, ServiceEntry } from './page-state.js'
import type { Shown } from './shown.js'

/** How many messages waited in a queue. */
export function waitingPoints({ state, history }: Shown, queue: string): readonly Point[] {
  const known = Object.values(state.series).find(
    ({ namespace, metric, dimensions }) =>
      namespace === 'AWS/SQS' &&
      metric === 'ApproximateNumberOfMessagesVisible' &&
      dimensions === `QueueName=${queue}`,
  )
  return joined(known?.points, history.line(`${queue} visible`))
}

/** How many tasks of a service ran. */
export function runningPoints({ state, history }: Shown, service: ServiceEntry): readonly Point[] {
  const known = Object.values(state.series).find(
    ({ namespace, statistic, dimensions }) =>
      namespace === 'AWS/ECS' && statistic === 'SampleCount' && dimensions === serviceDimensions(service),
  )
  return joined(known?.points, history.line(`${service.arn} running`))
}

/** The dimensions of a service's metrics, as series have them. */
export function serviceDimensions({ cluster, name }: ServiceEntry): string {
  return `ClusterName=${cluster}, ServiceName=${name}`
}

/** What CloudWatch knows from before the page was opened, then what the page has seen. */
function joined(known: readonly Point[] | undefined, seen: readonly Point[]): readonly Point[] {
  const [firstMs = Infinity] = seen[0] ?? []
  return [...(known ?? []).filter(([atMs]) => atMs < firstMs), ...seen]
}
