import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { PutMetricAlarmInput } from '@aws-sdk/client-cloudwatch'

import type { LocalCloudWatch } from './local-cloudwatch.js'
import { ACCOUNT_ID, REGION, startCloudWatch } from './local-cloudwatch.js'

const TOPIC = `arn:aws:sns:${REGION}:${ACCOUNT_ID}:page-me`
const COMPLETE = {
  AlarmName: 'backlog',
  AlarmDescription: 'Too much waits.',
  ActionsEnabled: false,
  AlarmActions: [TOPIC],
  OKActions: [],
  InsufficientDataActions: [],
  Namespace: 'Shop',
  MetricName: 'Backlog',
  Dimensions: [{ Name: 'Queue', Value: 'orders' }],
  Statistic: 'Maximum',
  Unit: 'Count',
  Period: 60,
  EvaluationPeriods: 5,
  DatapointsToAlarm: 3,
  Threshold: 10.5,
  ComparisonOperator: 'LessThanOrEqualToThreshold',
  TreatMissingData: 'notBreaching',
} as const satisfies PutMetricAlarmInput

let local: LocalCloudWatch
beforeEach(async () => (local = await startCloudWatch()))
afterEach(() => local.close())

const put = (overrides: Partial<PutMetricAlarmInput> = {}) =>
  local.client.putMetricAlarm({ ...COMPLETE, ...overrides })
const names = async (input: Parameters<typeof local.client.describeAlarms>[0]) =>
  ((await local.client.describeAlarms(input)).MetricAlarms ?? []).map((alarm) => alarm.AlarmName)

describe('an alarm is described', () => {
  it('as it was put', async () => {
    await put()
    const { MetricAlarms, CompositeAlarms } = await local.client.describeAlarms({})
    expect(CompositeAlarms).toEqual([])
    expect(MetricAlarms).toEqual([
      {
        ...COMPLETE,
        AlarmArn: `arn:aws:cloudwatch:${REGION}:${ACCOUNT_ID}:alarm:backlog`,
        AlarmConfigurationUpdatedTimestamp: new Date(local.clock.now()),
        StateReason: 'Unchecked: Initial alarm creation',
        StateTransitionedTimestamp: new Date(local.clock.now()),
        StateUpdatedTimestamp: new Date(local.clock.now()),
        StateValue: 'INSUFFICIENT_DATA',
      },
    ])
  })

  it('by name, prefix, state and action, in pages sorted by name', async () => {
    await put({ AlarmName: 'b-2' })
    await put({ AlarmName: 'a-1', AlarmActions: [] })
    await put({ AlarmName: 'b-1' })
    await local.client.setAlarmState({ AlarmName: 'a-1', StateValue: 'OK', StateReason: 'as a test' })
    expect(await names({ AlarmNamePrefix: 'b-' })).toEqual(['b-1', 'b-2'])
    expect(await names({ AlarmNames: ['b-2', 'a-1', 'unknown'] })).toEqual(['a-1', 'b-2'])
    expect(await names({ StateValue: 'OK' })).toEqual(['a-1'])
    expect(await names({ ActionPrefix: 'arn:aws:sns:' })).toEqual(['b-1', 'b-2'])
    expect(await names({ AlarmTypes: ['CompositeAlarm'] })).toEqual([])
    const first = await local.client.describeAlarms({ MaxRecords: 2 })
    expect(first.MetricAlarms?.map((alarm) => alarm.AlarmName)).toEqual(['a-1', 'b-1'])
    expect(await names({ MaxRecords: 2, NextToken: first.NextToken })).toEqual(['b-2'])
  })

  it('by its metric', async () => {
    await put()
    const metric = { Namespace: 'Shop', MetricName: 'Backlog', Dimensions: [...COMPLETE.Dimensions] }
    const found = async (more = {}) =>
      (await local.client.describeAlarmsForMetric({ ...metric, ...more })).MetricAlarms?.length
    expect(await found()).toBe(1)
    expect(await found({ Statistic: 'Maximum', Period: 60, Unit: 'Count' })).toBe(1)
    expect(await found({ Statistic: 'Average' })).toBe(0)
    expect(await found({ Dimensions: [] })).toBe(0)
  })
})

describe('an alarm on a percentile is described', () => {
  it('as it was put', async () => {
    const EvaluateLowSampleCountPercentile = 'ignore'
    await put({ Statistic: undefined, ExtendedStatistic: 'p99', EvaluateLowSampleCountPercentile })
    const [alarm] = (await local.client.describeAlarms({})).MetricAlarms ?? []
    expect(alarm).toMatchObject({ ExtendedStatistic: 'p99', EvaluateLowSampleCountPercentile })
    expect(alarm).not.toHaveProperty('Statistic')
    const metric = { Namespace: 'Shop', MetricName: 'Backlog', Dimensions: [...COMPLETE.Dimensions] }
    const found = await local.client.describeAlarmsForMetric({ ...metric, ExtendedStatistic: 'p99' })
    expect(found.MetricAlarms).toHaveLength(1)
  })
})

describe('PutMetricAlarm refuses', () => {
  const cases: readonly (readonly [string, Partial<PutMetricAlarmInput>, string, string])[] = [
    [
      'no name',
      { AlarmName: '' },
      'MissingRequiredParameterException',
      'The parameter AlarmName is required.',
    ],
    [
      'no threshold',
      { Threshold: undefined },
      'ValidationException',
      'PutMetricAlarm request should have valid Threshold parameter',
    ],
    [
      'a period of 15 s',
      { Period: 15 },
      'ValidationException',
      'Period must be 10, 20, 30 or a multiple of 60',
    ],
    [
      'more than a day of minutes',
      { EvaluationPeriods: 1_441, DatapointsToAlarm: 1 },
      'ValidationException',
      'Metrics cannot be checked across more than a day (EvaluationPeriods * Period must be <= 86400).',
    ],
    [
      'more than seven days of hours',
      { Period: 3_600, EvaluationPeriods: 169, DatapointsToAlarm: 1 },
      'ValidationException',
      'across more than seven days',
    ],
    [
      'M above N',
      { DatapointsToAlarm: 6 },
      'ValidationException',
      'DatapointsToAlarm must be between 1 and EvaluationPeriods (5); got 6.',
    ],
    [
      'an unknown treatment of missing data',
      { TreatMissingData: 'zero' },
      'ValidationException',
      'The value zero is unsupported for TreatMissingData parameter. Supported values are [breaching, notBreaching, ignore, missing].',
    ],
    [
      'an action that is no ARN',
      { AlarmActions: ['page-me'] },
      'ValidationException',
      'Invalid arn syntax: page-me',
    ],
    [
      'more than five actions',
      { AlarmActions: Array.from({ length: 6 }, () => TOPIC) },
      'ValidationException',
      "at 'alarmActions' failed to satisfy constraint: Member must have length less than or equal to 5",
    ],
    [
      "an action of a service that alarms don't act on",
      { AlarmActions: ['arn:aws:sqs:eu-west-1:123456789012:orders'] },
      'ValidationException',
      'Unsupported AWS vendor sqs',
    ],
    [
      'metric math beside a metric',
      { Metrics: [{ Id: 'a', Expression: 'b*2' }] },
      'InvalidParameterCombinationException',
      'The parameters Metrics and MetricName are mutually exclusive and you have specified both.',
    ],
    [
      'a percentile beside a statistic',
      { ExtendedStatistic: 'p99' },
      'InvalidParameterCombinationException',
      'The parameters Statistic and ExtendedStatistic are mutually exclusive and you have specified both.',
    ],
    [
      'a percentile above 100',
      { Statistic: undefined, ExtendedStatistic: 'p101' },
      'ValidationException',
      'The value p101 for parameter ExtendedStatistic is not supported.',
    ],
    [
      'a treatment of few samples without a percentile',
      { EvaluateLowSampleCountPercentile: 'ignore' },
      'ValidationException',
      'Option evaluateLowSampleCountPercentile can not be applied with statistic Maximum.',
    ],
    [
      'anomaly detection',
      { ComparisonOperator: 'LessThanLowerThreshold' },
      'ValidationException',
      'The ComparisonOperator LessThanLowerThreshold is not supported yet',
    ],
    [
      'a window on the wall clock',
      { EvaluationWindow: { WallClockWindow: {} } },
      'ValidationException',
      'on the wall clock is not supported yet',
    ],
  ]
  it.each(cases)('%s', async (_what, overrides, name, message) => {
    await expect(put(overrides)).rejects.toMatchObject({
      name,
      message: expect.stringContaining(message) as string,
    })
    expect(await names({})).toEqual([])
  })
})

describe('operations on alarms refuse', () => {
  it('composite alarms, by name', async () => {
    const AlarmRule = 'ALARM("backlog")'
    await expect(local.client.putCompositeAlarm({ AlarmName: 'both', AlarmRule })).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringContaining(
        'PutCompositeAlarm is not supported yet by @longshore/local',
      ) as string,
    })
    await expect(names({ ChildrenOfAlarmName: 'both' })).rejects.toThrow('composite alarms')
  })

  it('an alarm that is not there', async () => {
    const state = { AlarmName: 'ghost', StateValue: 'OK', StateReason: 'as a test' } as const
    await expect(local.client.setAlarmState(state)).rejects.toMatchObject({
      name: 'ResourceNotFound',
      message: 'There is no alarm named ghost.',
      $metadata: { httpStatusCode: 404 },
    })
  })

  it('reason data that is not JSON', async () => {
    await put()
    const state = {
      AlarmName: 'backlog',
      StateValue: 'OK',
      StateReason: 'as a test',
      StateReasonData: '{',
    } as const
    await expect(local.client.setAlarmState(state)).rejects.toMatchObject({ name: 'InvalidFormatFault' })
  })

  it('names together with a prefix', async () => {
    await expect(names({ AlarmNames: ['a'], AlarmNamePrefix: 'a' })).rejects.toMatchObject({
      name: 'ValidationException',
    })
  })
})

describe('tags of an alarm', () => {
  const ResourceARN = `arn:aws:cloudwatch:${REGION}:${ACCOUNT_ID}:alarm:backlog`
  const tags = async () => (await local.client.listTagsForResource({ ResourceARN })).Tags

  it('come with a new alarm, change by the tag operations, and go with it', async () => {
    await put({ Tags: [{ Key: 'team', Value: 'media' }] })
    await put({ Tags: [{ Key: 'team', Value: 'ignored with an update' }] })
    await local.client.tagResource({ ResourceARN, Tags: [{ Key: 'tier', Value: '1' }] })
    expect(await tags()).toEqual([
      { Key: 'team', Value: 'media' },
      { Key: 'tier', Value: '1' },
    ])
    await local.client.untagResource({ ResourceARN, TagKeys: ['team'] })
    expect(await tags()).toEqual([{ Key: 'tier', Value: '1' }])
    await local.client.deleteAlarms({ AlarmNames: ['backlog'] })
    await expect(tags()).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
    await put()
    expect(await tags()).toEqual([])
  })

  it('are as long and as many as AWS allows', async () => {
    await put()
    const tag = (Key: string, Value: string) =>
      local.client.tagResource({ ResourceARN, Tags: [{ Key, Value }] })
    await tag('k'.repeat(128), 'v'.repeat(256))
    const refused = { name: 'InvalidParameterValueException' }
    await expect(tag('k'.repeat(129), '')).rejects.toMatchObject(refused)
    await expect(tag('k', 'v'.repeat(257))).rejects.toMatchObject(refused)
    const Tags = Array.from({ length: 50 }, (_, at) => ({ Key: String(at), Value: '' }))
    await expect(local.client.tagResource({ ResourceARN, Tags })).rejects.toMatchObject(refused)
    expect(await tags()).toHaveLength(1)
  })
})
