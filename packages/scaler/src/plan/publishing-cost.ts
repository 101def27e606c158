import type { Service } from '../config/service.js'
import { publishedMetrics } from './metrics.js'

/** About what publishing costs in a month of 30 days, in US dollars, before free tiers. */
export interface PublishingCost {
  readonly total: number
  /** Custom metrics, by their number. */
  readonly metrics: number
  /** PutMetricData. */
  readonly puts: number
  /** Lines of EMF that go into CloudWatch Logs, in place of PutMetricData. */
  readonly logs: number
  /** GetMetricData, of fair queues and for measured handling times. */
  readonly reads: number
  /** GetQueueAttributes. */
  readonly queues: number
  /** Which prices these are: of where and when. */
  readonly prices: string
}

/**
 * AWS's list prices (https://aws.amazon.com/cloudwatch/pricing/, https://aws.amazon.com/sqs/pricing/) for the first volumes
 * of us-east-1, as quoted in February 2026 for CloudWatch (https://cloudburn.io/blog/amazon-cloudwatch-pricing) and in March
 * 2026 for SQS (https://cloudburn.io/blog/amazon-sqs-pricing): a custom metric a month; a PutMetricData; a metric asked for
 * by GetMetricData; a GB of logs; an SQS request, which GetQueueAttributes is for FIFO queues too. ECS charges nothing for
 * its calls. Other regions and volumes differ: about right, and no bill.
 */
const PRICE = { metric: 0.3, put: 0.01 / 1_000, read: 0.01 / 1_000, logGigabyte: 0.5, queueCall: 0.4 / 1e6 }
const PRICES_OF = 'list price us-east-1, as of March 2026'

const MONTH_SECONDS = 30 * 24 * 3_600
/** What is measured is read once a minute, two metrics a queue; so is, once a beat, what noisy groups have waiting. */
const MEASURED_EVERY_SECONDS = 60
const METRICS_A_READ = 2
/** A line of EMF with all metrics: 600–800 bytes, by the length of the names. */
const LINE_GIGABYTES = 800 / 1e9

/** The cost of publishing for services that beat together. */
export function publishingCost(
  services: readonly Service[],
  { beatSeconds, isEmf }: { readonly beatSeconds: number; readonly isEmf: boolean },
): PublishingCost {
  const beats = MONTH_SECONDS / beatSeconds
  const places = new Set(services.map(({ region, metric }) => JSON.stringify([region, metric.namespace])))
  const queueCount = services.flatMap(({ queues: all }) => all).length
  const fairCount = services.flatMap(({ queues: all }) => all.filter(({ isFair }) => isFair)).length
  const measuredCount = services
    .filter(({ handling }) => handling.measured !== false)
    .flatMap(({ queues: all }) => all).length
  const cost = {
    metrics: services.flatMap(publishedMetrics).length * PRICE.metric,
    puts: isEmf ? 0 : places.size * beats * PRICE.put,
    logs: isEmf ? services.length * beats * LINE_GIGABYTES * PRICE.logGigabyte : 0,
    reads:
      (fairCount * beats + (measuredCount * MONTH_SECONDS) / MEASURED_EVERY_SECONDS) *
      METRICS_A_READ *
      PRICE.read,
    queues: queueCount * beats * PRICE.queueCall,
  }
  const total = Object.values(cost).reduce((sum, each) => sum + each, 0)
  return { total, ...cost, prices: PRICES_OF }
}
