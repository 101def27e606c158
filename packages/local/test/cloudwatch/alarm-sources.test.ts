import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { MetricDataQuery, PutMetricAlarmInput } from '@aws-sdk/client-cloudwatch'

import { alarmCases } from '../../../model/test/golden/alarm-truth-tables.js'
import type { LocalCloudWatch } from './local-cloudwatch.js'
import { startCloudWatch } from './local-cloudwatch.js'

const MINUTE_MS = 60_000

let local: LocalCloudWatch
beforeEach(async () => (local = await startCloudWatch()))
afterEach(() => local.close())

const metricStat = (MetricName: string, Period = 60): MetricDataQuery => ({
  Id: MetricName.toLowerCase(),
  MetricStat: {
    Metric: { Namespace: 'Shop', MetricName, Dimensions: [{ Name: 'Queue', Value: 'orders' }] },
    Period,
    Stat: 'Maximum',
  },
  ReturnData: false,
})
const BACKLOG_PER_TASK = [
  metricStat('Visible'),
  metricStat('Running'),
  {
    Id: 'backlog',
    Label: 'backlog per task',
    Expression: 'visible / FILL(running, REPEAT)',
    ReturnData: true,
  },
]
const ALARM = {
  AlarmName: 'backlog',
  EvaluationPeriods: 3,
  Threshold: 10,
  ComparisonOperator: 'GreaterThanThreshold',
} as const
const putOnMath = (Metrics: MetricDataQuery[], more: Partial<PutMetricAlarmInput> = {}) =>
  local.client.putMetricAlarm({ ...ALARM, Metrics, ...more })

async function publish(values: Record<string, number>, more = {}) {
  const MetricData = Object.entries(values).map(([MetricName, Value]) =>
    Object.assign(
      {
        MetricName,
        Value,
        Dimensions: [{ Name: 'Queue', Value: 'orders' }],
        Timestamp: new Date(local.clock.now()),
      },
      more,
    ),
  )
  await local.client.putMetricData({ Namespace: 'Shop', MetricData })
}

async function passMinutes(...minutes: Record<string, number>[]) {
  for (const values of minutes) {
    await publish(values)
    await local.clock.advance(MINUTE_MS)
  }
}

async function alarm() {
  return (await local.client.describeAlarms({ AlarmNames: ['backlog'] })).MetricAlarms?.[0]
}

describe('an alarm on metric math', () => {
  it('is described as it was put', async () => {
    await putOnMath(BACKLOG_PER_TASK)
    const described = await alarm()
    expect(described).toMatchObject({ ...ALARM, Metrics: BACKLOG_PER_TASK })
    for (const member of ['MetricName', 'Namespace', 'Dimensions', 'Period', 'Statistic', 'Unit']) {
      expect(described).not.toHaveProperty(member)
    }
    const metric = { Namespace: 'Shop', MetricName: 'Visible' }
    expect((await local.client.describeAlarmsForMetric(metric)).MetricAlarms).toEqual([])
  })

  it('alarms and comes back by what the expression gives, and says so in its reason', async () => {
    await putOnMath(BACKLOG_PER_TASK)
    const busy = { Visible: 50, Running: 2 }
    await passMinutes(busy, busy, busy)
    await local.clock.advance(30_000)
    const inAlarm = await alarm()
    expect(inAlarm?.StateValue).toBe('ALARM')
    expect(inAlarm?.StateReason).toContain('3 out of the last 3 datapoints [25.0 (01/01/26 00:02:00)')
    const data = JSON.parse(inAlarm?.StateReasonData ?? '') as object
    expect(data).toMatchObject({ period: 60, recentDatapoints: [25, 25, 25], threshold: 10 })
    expect(data).not.toHaveProperty('statistic')
    expect(local.cloudWatch.alarmReading('backlog')?.points.map(({ value }) => value)).toEqual([25, 25, 25])
    await passMinutes({ Visible: 50, Running: 20 })
    expect((await alarm())?.StateValue).toBe('OK')
  })

  it('has no data while it divides by zero', async () => {
    await putOnMath([
      metricStat('Visible'),
      metricStat('Running'),
      { Id: 'e1', Expression: 'visible / running' },
    ])
    const none = { Visible: 50, Running: 0 }
    await passMinutes(none, none, none, none)
    expect((await alarm())?.StateValue).toBe('INSUFFICIENT_DATA')
  })

  it('of high resolution is evaluated every ten seconds', async () => {
    const metrics = [metricStat('Visible', 10), { Id: 'double', Expression: 'visible * 2' }]
    await putOnMath(metrics, { EvaluationPeriods: 1 })
    await publish({ Visible: 6 }, { StorageResolution: 1 })
    await local.clock.advance(15_000)
    expect((await alarm())?.StateValue).toBe('ALARM')
  })

  it('may return one of its metrics instead', async () => {
    await putOnMath([
      { ...metricStat('Visible'), ReturnData: true },
      { Id: 'e1', Expression: 'visible / 2', ReturnData: false },
    ])
    await passMinutes({ Visible: 11 }, { Visible: 11 }, { Visible: 11 })
    await local.clock.advance(30_000)
    expect((await alarm())?.StateValue).toBe('ALARM')
  })

  const refused: readonly (readonly [string, MetricDataQuery[], string])[] = [
    [
      'two that return',
      [
        { ...metricStat('Visible'), ReturnData: true },
        { Id: 'e1', Expression: 'visible * 2' },
      ],
      'Exactly one element of the metrics list should return data.',
    ],
    ['an unknown id', [{ Id: 'e1', Expression: 'ghost * 2' }], "Error in expression 'e1'"],
    [
      'an array of series',
      [metricStat('Visible'), { Id: 'e1', Expression: 'METRICS() * 2' }],
      'Metrics expression that return multi time series',
    ],
    [
      'a search',
      [{ Id: 'e1', Expression: "SEARCH('x', 'Sum')" }],
      'SEARCH is not supported on Metric Alarms.',
    ],
    ['no period', [{ Id: 'e1', Expression: 'TIME_SERIES(1)' }], 'Period must not be null'],
    [
      'a period of 5 s',
      [{ ...metricStat('Visible', 5), ReturnData: true }],
      'Period must be 10, 20, 30 or a multiple of 60',
    ],
    [
      'more than a day of minutes',
      [{ ...metricStat('Visible'), ReturnData: true }],
      'Metrics cannot be checked across more than a day',
    ],
  ]
  it.each(refused)('is refused with %s', async (what, metrics, message) => {
    const more = what === 'more than a day of minutes' ? { EvaluationPeriods: 1_441 } : {}
    await expect(putOnMath(metrics, more)).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringContaining(message) as string,
    })
    expect(await alarm()).toBeUndefined()
  })
})

describe('an alarm on an expression that names a metric follows the tables that the model follows', () => {
  it.each(alarmCases())('$title gives $expected', async (golden) => {
    const nowMs = local.clock.now()
    for (const [at, symbol] of golden.symbols.entries()) {
      const Timestamp = new Date(nowMs - (golden.symbols.length - at) * MINUTE_MS)
      if (symbol !== '-') await publish({ Visible: symbol === 'X' ? 11 : 9 }, { Timestamp })
    }
    await putOnMath([metricStat('Visible'), { Id: 'e1', Expression: 'visible' }], {
      EvaluationPeriods: golden.evaluationPeriods,
      DatapointsToAlarm: golden.datapointsToAlarm,
      TreatMissingData: golden.treatMissingData,
    })
    const StateValue = golden.expected === 'ALARM' ? 'OK' : 'ALARM'
    await local.client.setAlarmState({ AlarmName: 'backlog', StateValue, StateReason: 'as a test' })
    await local.clock.advance(30_000)
    expect((await alarm())?.StateValue).toBe(golden.expected === 'retain' ? StateValue : golden.expected)
  })
})

describe('an alarm on a percentile', () => {
  const putOnPercentile = (more: Partial<PutMetricAlarmInput> = {}) =>
    local.client.putMetricAlarm({
      ...ALARM,
      Namespace: 'Shop',
      MetricName: 'Wait',
      Dimensions: [{ Name: 'Queue', Value: 'orders' }],
      ExtendedStatistic: 'p90',
      Period: 60,
      EvaluationPeriods: 1,
      ...more,
    })
  const waits = async (Counts: readonly [fast: number, slow: number]) => {
    await publish({ Wait: 0 }, { Value: undefined, Values: [1, 60], Counts: [...Counts] })
    await local.clock.advance(MINUTE_MS)
  }

  it('alarms when so many samples are slow', async () => {
    await putOnPercentile()
    await waits([90, 10])
    await local.clock.advance(30_000)
    expect((await alarm())?.StateValue).toBe('OK')
    await waits([89, 11])
    expect(await alarm()).toMatchObject({
      StateValue: 'ALARM',
      StateReason: expect.stringContaining('[60.0 (01/01/26 00:01:00)] was greater than') as string,
    })
  })

  it('keeps its state while there are too few samples, if it is told to', async () => {
    await putOnPercentile({ EvaluateLowSampleCountPercentile: 'ignore' })
    await waits([100, 0.5])
    await local.clock.advance(30_000)
    expect((await alarm())?.StateValue).toBe('OK')
    await waits([50, 49])
    expect((await alarm())?.StateValue).toBe('OK')
    await waits([50, 50])
    expect((await alarm())?.StateValue).toBe('ALARM')
  })
})
