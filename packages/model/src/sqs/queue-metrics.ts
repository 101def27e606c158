/**
 * The AWS/SQS metrics of one queue and minute. Counts of messages are gauges: one sample, the value when the minute
 * ended. CloudWatch has no zero of `ApproximateNumberOfMessagesNotVisible` and `ApproximateAgeOfOldestMessage`: they
 * are reported only while there is something to report, and metric math on them needs FILL.
 * Source: SQS developer guide, "Available CloudWatch metrics for Amazon SQS".
 */
import type { StatisticSet } from '../cloudwatch/statistics.js'
import { samples } from '../cloudwatch/statistics.js'
import type { ModelParameters } from '../parameters.js'
import { DEFAULTS } from '../parameters.js'
import type { QueueReading } from './queue-reading.js'

export interface QueueDatapoint {
  readonly metricName: string
  readonly unit: 'Count' | 'Seconds' | 'Bytes'
  readonly set: StatisticSet
}

/** The datapoints of a queue that is active; order does not matter. */
export function queueDatapoints(reading: QueueReading): QueueDatapoint[] {
  const datapoints = [
    count('ApproximateNumberOfMessagesVisible', reading.visible),
    count('ApproximateNumberOfMessagesDelayed', reading.delayed),
    count('NumberOfMessagesSent', reading.sent),
    count('NumberOfMessagesReceived', reading.received),
    count('NumberOfMessagesDeleted', reading.deleted),
    count('NumberOfEmptyReceives', reading.emptyReceives),
  ]
  if (reading.inFlight > 0) datapoints.push(count('ApproximateNumberOfMessagesNotVisible', reading.inFlight))
  if (reading.oldestAgeSeconds !== undefined) {
    const set = samples(reading.oldestAgeSeconds)
    datapoints.push({ metricName: 'ApproximateAgeOfOldestMessage', unit: 'Seconds', set })
  }
  if (reading.sentBytes !== undefined) {
    const set = { sampleCount: reading.sent, ...reading.sentBytes }
    datapoints.push({ metricName: 'SentMessageSize', unit: 'Bytes', set })
  }
  return datapoints
}

/** When a queue was last used, and since when its metrics are reported. Epoch milliseconds. */
export interface QueueActivity {
  readonly lastUsedMs: number
  readonly reportingFromMs: number
}

/**
 * A queue is active while it holds messages or is called, and six hours beyond. `before` is undefined for a queue seen
 * for the first time, which reports at once.
 */
export function queueActivity(
  reading: QueueReading,
  view: { readonly before: QueueActivity | undefined; readonly nowMs: number },
  parameters: ModelParameters = DEFAULTS,
): QueueActivity {
  const { before, nowMs } = view
  if (before === undefined) return { lastUsedMs: nowMs, reportingFromMs: nowMs }
  if (!isUsed(reading)) return before
  const delayMs = parameters.sqsReactivationDelaySeconds * 1_000
  const reportingFromMs = isActive(before, nowMs, parameters) ? before.reportingFromMs : nowMs + delayMs
  return { lastUsedMs: nowMs, reportingFromMs }
}

/** Whether a queue reports metrics for the minute that ends at `nowMs`. */
export function isQueueReporting(
  activity: QueueActivity,
  nowMs: number,
  parameters: ModelParameters = DEFAULTS,
): boolean {
  return isActive(activity, nowMs, parameters) && nowMs >= activity.reportingFromMs
}

function isActive(activity: QueueActivity, nowMs: number, parameters: ModelParameters): boolean {
  return nowMs - activity.lastUsedMs <= parameters.sqsActiveSeconds * 1_000
}

function isUsed(reading: QueueReading): boolean {
  const { visible, inFlight, delayed, sent, received, deleted, emptyReceives } = reading
  return visible + inFlight + delayed + sent + received + deleted + emptyReceives > 0
}

function count(metricName: string, value: number): QueueDatapoint {
  return { metricName, unit: 'Count', set: samples(value) }
}
