// What CloudWatch computes from samples, over the real SDK. Other local implementations know averages alone, so that there
// is no other endpoint to run this against.
import { CloudWatch } from '@aws-sdk/client-cloudwatch'
import type { MetricDataQuery, MetricDatum } from '@aws-sdk/client-cloudwatch'
import { startLocalAws } from '@longshore/local'
import type { LocalAws } from '@longshore/local'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const MINUTE_MS = 60_000
const Namespace = 'Shop'

let aws: LocalAws
let client: CloudWatch

beforeAll(async () => {
  aws = await startLocalAws()
  client = new CloudWatch({ endpoint: aws.endpoint, region: 'us-east-1' })
})
afterAll(async () => {
  client.destroy()
  await aws.close()
})

const lastMinuteMs = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS - MINUTE_MS
const range = {
  StartTime: new Date(lastMinuteMs - 4 * MINUTE_MS),
  EndTime: new Date(lastMinuteMs + MINUTE_MS),
}

/** Publishes so many minutes before the last one. */
const publish = (MetricName: string, datum: Partial<MetricDatum>, minutesBefore = 0) =>
  client.putMetricData({
    Namespace,
    MetricData: [{ MetricName, Timestamp: new Date(lastMinuteMs - minutesBefore * MINUTE_MS), ...datum }],
  })
const metric = (Id: string, MetricName: string, Stat = 'Sum', Period = 60): MetricDataQuery => ({
  Id,
  MetricStat: { Metric: { Namespace, MetricName }, Stat, Period },
})
const data = async (MetricDataQueries: MetricDataQuery[]) =>
  (await client.getMetricData({ MetricDataQueries, ...range })).MetricDataResults ?? []

describe('percentiles and their kin', () => {
  it('come from values with counts, by GetMetricData and by GetMetricStatistics', async () => {
    await publish('Wait', { Values: [1, 5, 60], Counts: [90, 9, 1], Unit: 'Seconds' })
    const stats = ['p50', 'p95', 'p99.5', 'tm99', 'TC(:10)', 'PR(5:)']
    const results = await data(stats.map((stat, at) => metric(`q${at}`, 'Wait', stat)))
    expect(results.map(({ Values }) => Values)).toEqual([[1], [5], [60], [135 / 99], [99], [1]])
    const { Datapoints } = await client.getMetricStatistics({
      Namespace,
      MetricName: 'Wait',
      ...range,
      Period: 60,
      ExtendedStatistics: ['p50', 'p95'],
    })
    expect(Datapoints).toEqual([
      { Timestamp: new Date(lastMinuteMs), ExtendedStatistics: { p50: 1, p95: 5 }, Unit: 'Seconds' },
    ])
  })

  it('are not to be had from a statistic set', async () => {
    await publish('Set', { StatisticValues: { SampleCount: 10, Sum: 30, Minimum: 1, Maximum: 9 } })
    const results = await data([metric('p', 'Set', 'p99'), metric('max', 'Set', 'Maximum')])
    expect(results.map(({ Values }) => Values)).toEqual([[], [9]])
  })
})

describe('expressions', () => {
  it('compute from metrics and from each other, with gaps filled and divisions by zero left out', async () => {
    for (const [minutesBefore, visible, running] of [
      [3, 40, 2],
      [2, 40, 0],
      [1, 60, 3],
    ] as const) {
      await publish('Visible', { Value: visible }, minutesBefore)
      await publish('Running', { Value: running }, minutesBefore)
    }
    await publish('Visible', { Value: 80 })
    const results = await data([
      { Id: 'backlog', Expression: 'visible / FILL(running, REPEAT)', Label: 'backlog per task' },
      { Id: 'busy', Expression: 'IF(backlog > 20, 1, 0)' },
      { ...metric('visible', 'Visible'), ReturnData: false },
      { ...metric('running', 'Running'), ReturnData: false },
    ])
    expect(results.map(({ Id, Label, Values, StatusCode }) => ({ Id, Label, Values, StatusCode }))).toEqual([
      { Id: 'backlog', Label: 'backlog per task', Values: [80 / 3, 20, 20], StatusCode: 'Complete' },
      { Id: 'busy', Label: 'busy', Values: [1, 0, 0], StatusCode: 'Complete' },
    ])
  })

  it('are refused with the place of what is wrong', async () => {
    await expect(data([{ Id: 'e1', Expression: 'ghost * 2' }])).rejects.toMatchObject({
      name: 'ValidationException',
      message: "Error in expression 'e1': No metric or expression has the id 'ghost' (at position 1)",
    })
  })
})

describe('points of a second', () => {
  it('are seen by periods of ten seconds', async () => {
    for (const second of [0, 1, 10]) {
      await publish('Fine', {
        Value: second + 1,
        StorageResolution: 1,
        Timestamp: new Date(lastMinuteMs + second * 1_000),
      })
    }
    const [fine] = await data([metric('fine', 'Fine', 'Sum', 10)])
    expect(fine?.Values).toEqual([11, 3])
  })
})

describe('alarms', () => {
  const alarm = { EvaluationPeriods: 3, Threshold: 10, ComparisonOperator: 'GreaterThanThreshold' } as const

  it('on metric math and on a percentile are described as they were put', async () => {
    const Metrics: MetricDataQuery[] = [
      { ...metric('visible', 'Visible', 'Maximum'), ReturnData: false },
      { Id: 'twice', Expression: 'visible * 2', Label: 'twice', ReturnData: true },
    ]
    await client.putMetricAlarm({ ...alarm, AlarmName: 'math', Metrics })
    const percentile = { Namespace, MetricName: 'Wait', ExtendedStatistic: 'p99', Period: 10 }
    await client.putMetricAlarm({ ...alarm, AlarmName: 'slow', ...percentile })
    const { MetricAlarms } = await client.describeAlarms({})
    expect(MetricAlarms).toMatchObject([
      { ...alarm, AlarmName: 'math', Metrics },
      { ...alarm, AlarmName: 'slow', ...percentile },
    ])
  })

  it('on metric math that returns two things are refused, and composite alarms by name', async () => {
    const Metrics = [metric('visible', 'Visible'), { Id: 'twice', Expression: 'visible * 2' }]
    await expect(client.putMetricAlarm({ ...alarm, AlarmName: 'two', Metrics })).rejects.toMatchObject({
      name: 'ValidationException',
      message: 'Exactly one element of the metrics list should return data.',
    })
    const composite = client.putCompositeAlarm({ AlarmName: 'both', AlarmRule: 'ALARM("math")' })
    await expect(composite).rejects.toThrow('PutCompositeAlarm is not supported yet')
  })
})
