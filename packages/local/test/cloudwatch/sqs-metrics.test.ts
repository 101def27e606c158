import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { withParameters } from '@longshore/model'
import type { QueueReading } from '@longshore/model'

import { SqsMetrics } from '../../src/cloudwatch/sqs-metrics.js'
import type { LocalCloudWatch } from './local-cloudwatch.js'
import { ACCOUNT_ID, REGION, startCloudWatch } from './local-cloudwatch.js'

let local: LocalCloudWatch
let queues: QueueReading[]
let metrics: SqsMetrics | undefined

const reading = (overrides: Partial<QueueReading> = {}): QueueReading => ({
  queueName: 'orders',
  visible: 0,
  inFlight: 0,
  delayed: 0,
  oldestAgeSeconds: undefined,
  sent: 0,
  received: 0,
  deleted: 0,
  emptyReceives: 0,
  sentBytes: undefined,
  ...overrides,
})

function start(sqsMetricDelaySeconds: number): void {
  const { clock } = local
  const account = { accountId: ACCOUNT_ID, region: REGION, clock, controlClock: clock, random: () => 0.5 }
  metrics = new SqsMetrics(account, {
    takeReadings: () => queues,
    cloudWatch: local.cloudWatch,
    parameters: withParameters({ sqsMetricDelaySeconds }),
  })
}

async function statistics(MetricName: string) {
  const nowMs = local.clock.now()
  const { Datapoints = [] } = await local.client.getMetricStatistics({
    Namespace: 'AWS/SQS',
    MetricName,
    Dimensions: [{ Name: 'QueueName', Value: 'orders' }],
    StartTime: new Date(nowMs - 12 * 3_600_000),
    EndTime: new Date(nowMs + 60_000),
    Period: 60,
    Statistics: ['Maximum', 'Sum', 'SampleCount'],
  })
  return Datapoints
}

beforeEach(async () => {
  local = await startCloudWatch()
  queues = [reading()]
})
afterEach(async () => {
  metrics?.close()
  expect(local.clock.pending).toBe(0)
  await local.close()
})

describe('the metrics of a queue', () => {
  it('appear for each minute after their delay, stamped with the start of their minute', async () => {
    const beganMs = local.clock.now()
    start(90)
    queues = [reading({ visible: 7, sent: 9 })]
    await local.clock.advance(149_999)
    expect(await statistics('ApproximateNumberOfMessagesVisible')).toEqual([])
    queues = [reading({ visible: 5 })]
    await local.clock.advance(60_001)
    const visible = await statistics('ApproximateNumberOfMessagesVisible')
    expect(
      visible.map((point) => [point.Timestamp?.getTime(), point.Maximum, point.SampleCount, point.Unit]),
    ).toEqual([
      [beganMs, 7, 1, 'Count'],
      [beganMs + 60_000, 7, 1, 'Count'],
    ])
    expect((await statistics('NumberOfMessagesSent')).map((point) => point.Sum)).toEqual([9, 9])
  })

  it('have no in-flight count and no age while there is none', async () => {
    start(0)
    queues = [reading({ inFlight: 2, oldestAgeSeconds: 30 })]
    await local.clock.advance(60_000)
    queues = [reading()]
    await local.clock.advance(120_000)
    expect(await statistics('ApproximateNumberOfMessagesNotVisible')).toHaveLength(1)
    expect(await statistics('ApproximateAgeOfOldestMessage')).toHaveLength(1)
    expect(await statistics('ApproximateNumberOfMessagesVisible')).toHaveLength(3)
  })

  it('stop six hours after its last use', async () => {
    start(0)
    await local.clock.advance(8 * 3_600_000)
    expect(await statistics('ApproximateNumberOfMessagesVisible')).toHaveLength(361)
  })

  it('end with the queue', async () => {
    start(0)
    await local.clock.advance(60_000)
    queues = []
    await local.clock.advance(120_000)
    expect(await statistics('ApproximateNumberOfMessagesVisible')).toHaveLength(1)
  })
})
