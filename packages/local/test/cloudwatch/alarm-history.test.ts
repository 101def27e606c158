import { afterEach, beforeEach, expect, it } from 'vitest'
import type { DescribeAlarmHistoryInput, PutMetricAlarmInput } from '@aws-sdk/client-cloudwatch'

import type { LocalCloudWatch } from './local-cloudwatch.js'
import { ACCOUNT_ID, REGION, startCloudWatch } from './local-cloudwatch.js'

const SCALING = `arn:aws:autoscaling:${REGION}:${ACCOUNT_ID}:scalingPolicy:1:resource/ecs/service/a/b:policyName/p`

let local: LocalCloudWatch
beforeEach(async () => (local = await startCloudWatch()))
afterEach(() => local.close())

const put = (more: Partial<PutMetricAlarmInput> = {}) =>
  local.client.putMetricAlarm({
    AlarmName: 'backlog',
    Namespace: 'Shop',
    MetricName: 'Backlog',
    Statistic: 'Average',
    Period: 60,
    EvaluationPeriods: 1,
    Threshold: 10,
    ComparisonOperator: 'GreaterThanThreshold',
    AlarmActions: [SCALING],
    ...more,
  })
const history = async (more: DescribeAlarmHistoryInput = {}) =>
  (await local.client.describeAlarmHistory({ AlarmName: 'backlog', ...more })).AlarmHistoryItems ?? []

async function passMinute(Value: number) {
  const MetricData = [{ MetricName: 'Backlog', Value, Timestamp: new Date(local.clock.now()) }]
  await local.client.putMetricData({ Namespace: 'Shop', MetricData })
  await local.clock.advance(60_000)
}

it('tells what happened, newest first, for two weeks, of deleted alarms too', async () => {
  await put()
  await passMinute(20)
  await passMinute(20)
  await local.client.deleteAlarms({ AlarmNames: ['backlog'] })
  expect(
    (await history()).map((item) => [item.HistoryItemType, item.HistorySummary, item.AlarmType]),
  ).toEqual([
    ['ConfigurationUpdate', 'Alarm "backlog" deleted', 'MetricAlarm'],
    ['Action', `Successfully executed action ${SCALING}`, 'MetricAlarm'],
    ['StateUpdate', 'Alarm updated from INSUFFICIENT_DATA to ALARM', 'MetricAlarm'],
    ['ConfigurationUpdate', 'Alarm "backlog" created', 'MetricAlarm'],
  ])
  expect(await history({ HistoryItemType: 'StateUpdate', ScanBy: 'TimestampAscending' })).toHaveLength(1)
  expect(await history({ StartDate: new Date(local.clock.now()) })).toHaveLength(1)
  expect(await history({ AlarmTypes: ['CompositeAlarm'] })).toEqual([])
  await local.clock.advance(15 * 86_400_000)
  await put()
  expect(await history()).toHaveLength(1)
})

it('holds each change of an alarm as JSON', async () => {
  await put()
  await put({ Threshold: 20, AlarmDescription: 'higher' })
  await local.client.setAlarmState({
    AlarmName: 'backlog',
    StateValue: 'ALARM',
    StateReason: 'as a test',
    StateReasonData: '{"recentDatapoints":[42]}',
  })
  await local.client.disableAlarmActions({ AlarmNames: ['backlog'] })
  await local.client.deleteAlarms({ AlarmNames: ['backlog'] })
  const contents = (await history({ ScanBy: 'TimestampAscending' })).map(
    (item) => JSON.parse(item.HistoryData ?? '') as object,
  )
  const alarm = { alarmName: 'backlog', metricName: 'Backlog', alarmActions: [SCALING], okactions: [] }
  expect(contents).toMatchObject([
    {
      version: '1.0',
      type: 'Create',
      createdAlarm: {
        ...alarm,
        threshold: 10,
        stateValue: 'INSUFFICIENT_DATA',
        stateUpdatedTimestamp: '2026-01-01T00:00:00.000+0000',
      },
    },
    {
      type: 'Update',
      updatedAlarm: { ...alarm, threshold: 20 },
      originalUpdatedFields: { threshold: 10, alarmDescription: null },
    },
    {
      oldState: { stateValue: 'INSUFFICIENT_DATA', stateReason: 'Unchecked: Initial alarm creation' },
      newState: {
        stateValue: 'ALARM',
        stateReason: 'as a test',
        stateReasonData: { recentDatapoints: [42] },
      },
    },
    { actionState: 'Succeeded', notificationResource: SCALING, error: null },
    { type: 'Update', originalUpdatedFields: { actionsEnabled: true } },
    { type: 'Delete', deletedAlarm: { ...alarm, threshold: 20, actionsEnabled: false } },
  ])
})

it('is read in pages that new items shift neither way', async () => {
  await put()
  for (const Threshold of [1, 2, 3]) await put({ Threshold })
  const page = async (NextToken?: string) =>
    local.client.describeAlarmHistory({ AlarmName: 'backlog', MaxRecords: 2, NextToken })
  const first = await page()
  await put({ Threshold: 4 })
  const second = await page(first.NextToken)
  const positions = [first, second].flatMap(({ AlarmHistoryItems = [] }) =>
    AlarmHistoryItems.map(({ HistoryData = '' }) => {
      const { updatedAlarm } = JSON.parse(HistoryData) as { updatedAlarm?: { threshold: number } }
      return updatedAlarm?.threshold ?? 'created'
    }),
  )
  expect(positions).toEqual([3, 2, 1, 'created'])
  expect(second.NextToken).toBeUndefined()
})
