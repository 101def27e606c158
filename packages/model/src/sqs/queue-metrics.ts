/**
 * The AWS/SQS metrics of one queue and minute. Counts of messages are gauges: one sample, the value when the minute
 * ended. What has no zero is absent while there is nothing to report, and metric math on it needs FILL: messages in
 * flight and delayed, ages, and the counts of what nobody did in the minute.
 * Source: SQS developer guide, "Available CloudWatch metrics for Amazon SQS", column "Reporting behavior".
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
  const { inFlight, delayed, sent, received, deleted, emptyReceives, deduplicated = 0 } = reading
  const datapoints = [
    count('ApproximateNumberOfMessagesVisible', reading.visible),
    ...groupDatapoints(reading),
  ]
  if (delayed > 0) datapoints.push(count('ApproximateNumberOfMessagesDelayed', delayed))
  if (inFlight > 0) datapoints.push(count('ApproximateNumberOfMessagesNotVisible', inFlight))
  if (reading.oldestAgeSeconds !== undefined) {
    datapoints.push(seconds('ApproximateAgeOfOldestMessage', reading.oldestAgeSeconds))
  }
  if (sent > 0) datapoints.push(count('NumberOfMessagesSent', sent))
  if (deduplicated > 0) datapoints.push(count('NumberOfDeduplicatedSentMessages', deduplicated))
  if (received + emptyReceives > 0) {
    datapoints.push(
      count('NumberOfMessagesReceived', received),
      count('NumberOfEmptyReceives', emptyReceives),
    )
  }
  if (deleted > 0) datapoints.push(count('NumberOfMessagesDeleted', deleted))
  if (reading.sentBytes !== undefined) {
    const set = { sampleCount: reading.sent, ...reading.sentBytes }
    datapoints.push({ metricName: 'SentMessageSize', unit: 'Bytes', set })
  }
  return datapoints
}

/** Those of FIFO and fair queues: they have zeros. */
function groupDatapoints({ groupsInFlight, fairness }: QueueReading): QueueDatapoint[] {
  const datapoints: QueueDatapoint[] = []
  if (groupsInFlight !== undefined) {
    datapoints.push(count('ApproximateNumberOfGroupsWithInflightMessages', groupsInFlight))
  }
  if (fairness === undefined) return datapoints
  return [
    ...datapoints,
    count('ApproximateNumberOfNoisyGroups', fairness.noisyGroups),
    count('ApproximateNumberOfMessagesVisibleInQuietGroups', fairness.quietVisible),
    count('ApproximateNumberOfMessagesNotVisibleInQuietGroups', fairness.quietInFlight),
    count('ApproximateNumberOfMessagesDelayedInQuietGroups', fairness.quietDelayed),
    seconds('ApproximateAgeOfOldestMessageInQuietGroups', fairness.quietOldestAgeSeconds),
  ]
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
  const { visible, inFlight, delayed, sent, received, deleted, emptyReceives, deduplicated = 0 } = reading
  return visible + inFlight + delayed + sent + received + deleted + emptyReceives + deduplicated > 0
}

function count(metricName: string, value: number): QueueDatapoint {
  return { metricName, unit: 'Count', set: samples(value) }
}

function seconds(metricName: string, value: number): QueueDatapoint {
  return { metricName, unit: 'Seconds', set: samples(value) }
}
