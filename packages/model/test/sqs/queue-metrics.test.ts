import { describe, expect, it } from 'vitest'

import type { QueueReading } from '../../src/index.js'
import {
  isQueueReporting,
  queueActivity,
  queueDatapoints,
  statisticOf,
  withParameters,
} from '../../src/index.js'

const IDLE: QueueReading = {
  queueName: 'work',
  visible: 0,
  inFlight: 0,
  delayed: 0,
  oldestAgeSeconds: undefined,
  sent: 0,
  received: 0,
  deleted: 0,
  emptyReceives: 0,
  sentBytes: undefined,
}
const T0 = Date.UTC(2026, 0, 1)
const HOUR_MS = 3_600_000

describe('the datapoints of a queue', () => {
  const names = (overrides: Partial<QueueReading> = {}): string[] =>
    queueDatapoints({ ...IDLE, ...overrides })
      .map(({ metricName }) => metricName)
      .sort()
  const VISIBLE = 'ApproximateNumberOfMessagesVisible'

  it('of an empty, active queue are a zero of visible messages, and nothing else', () => {
    expect(names()).toEqual([VISIBLE])
    expect(queueDatapoints(IDLE)).toMatchObject([{ unit: 'Count', set: { sampleCount: 1, sum: 0 } }])
  })

  it.each([
    ['messages in flight', { inFlight: 1 }, ['ApproximateNumberOfMessagesNotVisible']],
    ['messages delayed', { delayed: 1 }, ['ApproximateNumberOfMessagesDelayed']],
    ['a send', { sent: 1 }, ['NumberOfMessagesSent']],
    ['a send that was a duplicate', { deduplicated: 1 }, ['NumberOfDeduplicatedSentMessages']],
    ['a receive', { received: 1 }, ['NumberOfEmptyReceives', 'NumberOfMessagesReceived']],
    ['a receive of nothing', { emptyReceives: 1 }, ['NumberOfEmptyReceives', 'NumberOfMessagesReceived']],
    ['a delete', { deleted: 1 }, ['NumberOfMessagesDeleted']],
  ])('have what AWS reports with %s only', (_, overrides, expected) => {
    expect(names(overrides)).toEqual([...expected, VISIBLE].sort())
  })

  it('of a busy queue have its values', () => {
    const datapoints = queueDatapoints({
      ...IDLE,
      visible: 7,
      inFlight: 3,
      oldestAgeSeconds: 42,
      sent: 4,
      sentBytes: { sum: 100, minimum: 10, maximum: 40 },
    })
    const named = Object.fromEntries(datapoints.map((datapoint) => [datapoint.metricName, datapoint]))
    expect(named.ApproximateNumberOfMessagesVisible?.set.maximum).toBe(7)
    expect(named.ApproximateNumberOfMessagesNotVisible?.set.sum).toBe(3)
    expect(named.ApproximateAgeOfOldestMessage).toMatchObject({ unit: 'Seconds', set: { maximum: 42 } })
    expect(named.SentMessageSize?.unit).toBe('Bytes')
    expect(named.SentMessageSize && statisticOf(named.SentMessageSize.set, 'Average')).toBe(25)
  })

  it('of a FIFO queue count its groups in flight, zeros too', () => {
    const groups = 'ApproximateNumberOfGroupsWithInflightMessages'
    expect(names({ groupsInFlight: 0 })).toEqual([groups, VISIBLE])
  })

  it('of a fair queue tell quiet groups from noisy ones, zeros too', () => {
    const fairness = {
      noisyGroups: 0,
      quietVisible: 0,
      quietInFlight: 0,
      quietDelayed: 0,
      quietOldestAgeSeconds: 0,
    }
    expect(names({ fairness })).toEqual([
      'ApproximateAgeOfOldestMessageInQuietGroups',
      'ApproximateNumberOfMessagesDelayedInQuietGroups',
      'ApproximateNumberOfMessagesNotVisibleInQuietGroups',
      VISIBLE,
      'ApproximateNumberOfMessagesVisibleInQuietGroups',
      'ApproximateNumberOfNoisyGroups',
    ])
  })
})

describe('a queue reports', () => {
  it('from its first minute on, until six hours after its last use', () => {
    const activity = queueActivity(IDLE, { before: undefined, nowMs: T0 })
    expect(isQueueReporting(activity, T0)).toBe(true)
    const unused = queueActivity(IDLE, { before: activity, nowMs: T0 + 5 * HOUR_MS })
    expect(isQueueReporting(unused, T0 + 6 * HOUR_MS)).toBe(true)
    expect(isQueueReporting(unused, T0 + 6 * HOUR_MS + 1)).toBe(false)
  })

  it('on while it holds messages, even when nobody calls it', () => {
    const activity = queueActivity(IDLE, { before: undefined, nowMs: T0 })
    const held = queueActivity({ ...IDLE, delayed: 1 }, { before: activity, nowMs: T0 + 5 * HOUR_MS })
    expect(isQueueReporting(held, T0 + 10 * HOUR_MS)).toBe(true)
  })

  it('again after the reactivation delay when it is used after having been inactive', () => {
    const parameters = withParameters({ sqsReactivationDelaySeconds: 900 })
    const before = queueActivity(IDLE, { before: undefined, nowMs: T0 })
    const usedAtMs = T0 + 7 * HOUR_MS
    const used = queueActivity({ ...IDLE, sent: 1 }, { before, nowMs: usedAtMs }, parameters)
    expect(isQueueReporting(used, usedAtMs + 899_999, parameters)).toBe(false)
    expect(isQueueReporting(used, usedAtMs + 900_000, parameters)).toBe(true)
    const again = queueActivity({ ...IDLE, sent: 1 }, { before: used, nowMs: usedAtMs + 60_000 }, parameters)
    expect(again.reportingFromMs).toBe(used.reportingFromMs)
  })
})
