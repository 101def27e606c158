import type { Service } from '../config/service.js'
import { publishedMetrics } from './metrics.js'

/** About what publishing costs in a month of 30 days, in US dollars, before free tiers. */
export interface PublishingCost {
  readonly total: number
  readonly metrics: number
  readonly puts: number
  readonly queues: number
}

/**
 * List prices of us-east-1: a custom metric $0.30 a month and PutMetricData $0.01 per 1,000
 * (https://aws.amazon.com/cloudwatch/pricing/), SQS $0.40 per million requests (https://aws.amazon.com/sqs/pricing/). ECS
 * charges nothing for its calls. Other regions, volumes and log ingestion differ: about right, and no bill.
 */
const PRICE = { metric: 0.3, put: 0.01 / 1_000, queueCall: 0.4 / 1_000_000 }
const MONTH_SECONDS = 30 * 24 * 3_600

/** The cost of publishing for services that beat together; with `emf` the log's price takes that of PutMetricData's place. */
export function publishingCost(
  services: readonly Service[],
  { beatSeconds, isEmf }: { readonly beatSeconds: number; readonly isEmf: boolean },
): PublishingCost {
  const beats = MONTH_SECONDS / beatSeconds
  const places = new Set(services.map(({ region, metric }) => JSON.stringify([region, metric.namespace])))
  const metrics = services.flatMap(publishedMetrics).length * PRICE.metric
  const puts = isEmf ? 0 : places.size * beats * PRICE.put
  const queues = services.flatMap(({ queues: all }) => all).length * beats * PRICE.queueCall
  return { total: metrics + puts + queues, metrics, puts, queues }
}
