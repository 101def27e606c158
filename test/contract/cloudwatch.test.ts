// What the scaler relies on in CloudWatch, over the real SDK: against a local AWS of its own, or against whatever
// AWS_ENDPOINT_URL_CLOUDWATCH names, as `npm run test:localstack` and `npm run test:independent` do.
import { randomUUID } from 'node:crypto'

import { CloudWatch, CloudWatchServiceException } from '@aws-sdk/client-cloudwatch'
import type { Dimension, GetMetricStatisticsInput, PutMetricAlarmInput } from '@aws-sdk/client-cloudwatch'
import { startLocalAws } from '@longshore/local'
import type { LocalAws } from '@longshore/local'
import { afterAll, beforeAll, describe, expect } from 'vitest'

import { eventually, rule } from './endpoint.js'

const Namespace = `contract-${randomUUID()}`
const MINUTE_MS = 60_000

let aws: LocalAws | undefined
let client: CloudWatch

beforeAll(async () => {
  const named = process.env.AWS_ENDPOINT_URL_CLOUDWATCH
  if (named === undefined) aws = await startLocalAws()
  client = new CloudWatch({ endpoint: named ?? aws?.endpoint ?? '', region: 'us-east-1' })
})
afterAll(async () => {
  client.destroy()
  await aws?.close()
})

/** A minute that is over: what is published now falls into one whose statistics may still change. */
const lastMinuteMs = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS - MINUTE_MS
const lastHour = {
  StartTime: new Date(lastMinuteMs - 59 * MINUTE_MS),
  EndTime: new Date(lastMinuteMs + 2 * MINUTE_MS),
}

const ofQueue = (queue: string): Dimension[] => [{ Name: 'Queue', Value: queue }]

async function publish(
  MetricName: string,
  values: readonly number[],
  Dimensions: Dimension[] = [],
): Promise<void> {
  const Timestamp = new Date(lastMinuteMs)
  const MetricData = values.map((Value) => ({
    MetricName,
    Value,
    Dimensions,
    Timestamp,
    Unit: 'Count' as const,
  }))
  await client.putMetricData({ Namespace, MetricData })
}

async function statistics(MetricName: string, more: Partial<GetMetricStatisticsInput> = {}) {
  return eventually(async () => {
    const { Datapoints = [] } = await client.getMetricStatistics({
      Namespace,
      MetricName,
      ...lastHour,
      Period: 60,
      Statistics: ['SampleCount', 'Sum', 'Minimum', 'Maximum', 'Average'],
      ...more,
    })
    return Datapoints.length > 0 ? Datapoints : undefined
  })
}

const alarmOf = (AlarmName: string): PutMetricAlarmInput => ({
  AlarmName,
  Namespace,
  MetricName: 'Backlog',
  Statistic: 'Average',
  Period: 60,
  EvaluationPeriods: 3,
  Threshold: 10,
  ComparisonOperator: 'GreaterThanThreshold',
})

describe('metrics', () => {
  rule('every statistic of a minute comes back with its unit and its time', async () => {
    await publish('Statistics', [1, 2, 6])
    expect(await statistics('Statistics')).toEqual([
      {
        Timestamp: new Date(lastMinuteMs),
        SampleCount: 3,
        Sum: 9,
        Minimum: 1,
        Maximum: 6,
        Average: 3,
        Unit: 'Count',
      },
    ])
  })

  rule('each combination of dimensions is a metric of its own', async () => {
    await publish('Dimensions', [1], ofQueue('orders'))
    await publish('Dimensions', [5], ofQueue('invoices'))
    const [datapoint] = await statistics('Dimensions', { Dimensions: ofQueue('invoices') })
    expect(datapoint?.Sum).toBe(5)
    const none = await client.getMetricStatistics({
      Namespace,
      MetricName: 'Dimensions',
      ...lastHour,
      Period: 60,
      Statistics: ['Sum'],
    })
    expect(none.Datapoints).toEqual([])
  })

  rule('a body large enough for the client to compress is read', async () => {
    const MetricData = Array.from({ length: 500 }, (_, at) => ({
      MetricName: `Compressed${at}`,
      Value: at,
      Timestamp: new Date(lastMinuteMs),
    }))
    await client.putMetricData({ Namespace, MetricData })
    expect((await statistics('Compressed499'))[0]?.Sum).toBe(499)
  })

  rule('GetMetricData answers several metrics, newest first', async () => {
    const Timestamp = new Date(lastMinuteMs - MINUTE_MS)
    await client.putMetricData({ Namespace, MetricData: [{ MetricName: 'Series', Value: 1, Timestamp }] })
    await publish('Series', [2])
    await statistics('Series')
    const query = (Id: string, MetricName: string, Stat: string) => ({
      Id,
      MetricStat: { Metric: { Namespace, MetricName }, Period: 60, Stat },
    })
    const { MetricDataResults = [] } = await client.getMetricData({
      MetricDataQueries: [query('series', 'Series', 'Maximum'), query('none', 'Nothing', 'Sum')],
      ...lastHour,
    })
    const [series, none] = MetricDataResults
    expect(series).toMatchObject({ Id: 'series', Values: [2, 1], StatusCode: 'Complete' })
    expect(series?.Timestamps).toEqual([new Date(lastMinuteMs), Timestamp])
    expect(none).toMatchObject({ Id: 'none', Values: [], Timestamps: [] })
  })

  rule('ListMetrics finds a metric by its name and dimensions', async () => {
    await publish('Listed', [1], ofQueue('orders'))
    const [metric] = await eventually(async () => {
      const { Metrics = [] } = await client.listMetrics({
        Namespace,
        MetricName: 'Listed',
        Dimensions: ofQueue('orders'),
      })
      return Metrics.length > 0 ? Metrics : undefined
    })
    expect(metric).toEqual({ Namespace, MetricName: 'Listed', Dimensions: ofQueue('orders') })
  })

  rule(
    'a datum with counts that do not match its values is refused, by the name and the older code',
    async () => {
      const MetricData = [{ MetricName: 'Refused', Values: [1, 2], Counts: [1] }]
      const error = await client.putMetricData({ Namespace, MetricData }).catch((reason: unknown) => reason)
      expect(error).toBeInstanceOf(CloudWatchServiceException)
      expect(error).toMatchObject({
        name: 'InvalidParameterValueException',
        message:
          'The parameters MetricData.member.1.Values and MetricData.member.1.Counts must be of the same size.',
        $metadata: { httpStatusCode: 400 },
      })
    },
  )
})

describe('alarms', () => {
  const AlarmName = `contract-${randomUUID()}`
  const described = async () => (await client.describeAlarms({ AlarmNames: [AlarmName] })).MetricAlarms ?? []

  rule('alarms are put, changed, set and deleted', async () => {
    await client.putMetricAlarm(alarmOf(AlarmName))
    expect(await described()).toMatchObject([
      { ...alarmOf(AlarmName), StateValue: 'INSUFFICIENT_DATA', ActionsEnabled: true, AlarmActions: [] },
    ])
    await client.putMetricAlarm({ ...alarmOf(AlarmName), Threshold: 20 })
    expect((await described())[0]?.Threshold).toBe(20)
    await client.setAlarmState({ AlarmName, StateValue: 'OK', StateReason: 'as a test' })
    const { AlarmHistoryItems = [] } = await client.describeAlarmHistory({
      AlarmName,
      HistoryItemType: 'StateUpdate',
    })
    expect(AlarmHistoryItems.at(-1)?.HistorySummary).toBe('Alarm updated from INSUFFICIENT_DATA to OK')
    await client.deleteAlarms({ AlarmNames: [AlarmName] })
    expect(await described()).toEqual([])
  })

  rule('an alarm that is not there cannot be set', async () => {
    const call = client.setAlarmState({ AlarmName: 'ghost', StateValue: 'OK', StateReason: 'as a test' })
    await expect(call).rejects.toMatchObject({ name: 'ResourceNotFound', $metadata: { httpStatusCode: 404 } })
  })
})
