import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { PutMetricAlarmInput, StateValue } from '@aws-sdk/client-cloudwatch'

import { alarmCases } from '../../../model/test/golden/alarm-truth-tables.js'
import type { LocalCloudWatch } from './local-cloudwatch.js'
import { REGION, startCloudWatch } from './local-cloudwatch.js'

const SCALING = `arn:aws:autoscaling:${REGION}:123456789012:scalingPolicy:1:resource/ecs/service/a/b:policyName/p`
const TOPIC = `arn:aws:sns:${REGION}:123456789012:page-me`
const MINUTE_MS = 60_000

let local: LocalCloudWatch
beforeEach(async () => (local = await startCloudWatch()))
afterEach(() => local.close())

const putAlarm = (overrides: Partial<PutMetricAlarmInput> = {}) =>
  local.client.putMetricAlarm({
    AlarmName: 'backlog',
    Namespace: 'Shop',
    MetricName: 'Backlog',
    Statistic: 'Average',
    Period: 60,
    EvaluationPeriods: 3,
    Threshold: 10,
    ComparisonOperator: 'GreaterThanThreshold',
    ...overrides,
  })

async function publish(Value: number, atMs = local.clock.now(), StorageResolution = 60) {
  const MetricData = [{ MetricName: 'Backlog', Value, Timestamp: new Date(atMs), StorageResolution }]
  await local.client.putMetricData({ Namespace: 'Shop', MetricData })
}

/** A value a minute; undefined publishes nothing. */
async function passMinutes(...values: (number | undefined)[]) {
  for (const value of values) {
    if (value !== undefined) await publish(value)
    await local.clock.advance(MINUTE_MS)
  }
}

async function alarm(AlarmName = 'backlog') {
  const [described] = (await local.client.describeAlarms({ AlarmNames: [AlarmName] })).MetricAlarms ?? []
  return described
}

const setState = (state: StateValue, StateReasonData?: string) =>
  local.client.setAlarmState({
    AlarmName: 'backlog',
    StateValue: state,
    StateReason: 'as a test',
    StateReasonData,
  })

describe("the server's alarms follow the tables that the model follows", () => {
  it.each(alarmCases())('$title gives $expected', async (golden) => {
    for (const [at, symbol] of golden.symbols.entries()) {
      const age = golden.symbols.length - at
      if (symbol !== '-') await publish(symbol === 'X' ? 11 : 9, local.clock.now() - age * MINUTE_MS)
    }
    await putAlarm({
      EvaluationPeriods: golden.evaluationPeriods,
      DatapointsToAlarm: golden.datapointsToAlarm,
      TreatMissingData: golden.treatMissingData,
    })
    const state = golden.expected === 'ALARM' ? 'OK' : 'ALARM'
    await setState(state)
    await local.clock.advance(30_000)
    expect((await alarm())?.StateValue).toBe(golden.expected === 'retain' ? state : golden.expected)
  })
})

describe('an alarm', () => {
  it('begins with insufficient data, alarms after M breaching minutes, and comes back', async () => {
    await putAlarm()
    expect(await alarm()).toMatchObject({
      StateValue: 'INSUFFICIENT_DATA',
      StateReason: 'Unchecked: Initial alarm creation',
    })
    await passMinutes(5, 20, 20, 20)
    await local.clock.advance(30_000)
    const inAlarm = await alarm()
    expect(inAlarm?.StateValue).toBe('ALARM')
    expect(inAlarm?.StateReason).toBe(
      'Threshold Crossed: 3 out of the last 3 datapoints [20.0 (01/01/26 00:03:00), 20.0 (01/01/26 00:02:00), ' +
        '20.0 (01/01/26 00:01:00)] were greater than the threshold (10.0) (minimum 3 datapoints for OK -> ALARM transition).',
    )
    expect(JSON.parse(inAlarm?.StateReasonData ?? '')).toMatchObject({
      version: '1.0',
      statistic: 'Average',
      period: 60,
      recentDatapoints: [20, 20, 20],
      threshold: 10,
    })
    expect(inAlarm?.StateTransitionedTimestamp).toEqual(new Date(local.clock.now()))
    await passMinutes(5, 5)
    expect((await alarm())?.StateValue).toBe('OK')
  })

  it('looks at late points too: a metric that arrives a minute late still alarms', async () => {
    await putAlarm()
    for (let minute = 0; minute < 4; minute += 1) {
      await local.clock.advance(MINUTE_MS)
      await publish(20, local.clock.now() - MINUTE_MS)
    }
    await local.clock.advance(30_000)
    expect((await alarm())?.StateValue).toBe('ALARM')
  })

  it.each([10, 20, 30])('with a period of %i s is evaluated every ten seconds', async (Period) => {
    await putAlarm({ Period, EvaluationPeriods: 1 })
    await publish(20, local.clock.now(), 1)
    await local.clock.advance(2 * Period * 1_000)
    expect((await alarm())?.StateValue).toBe('ALARM')
    // The window slides by ten seconds: a point is in it ten seconds after its own, and five more until it is evaluated.
    await publish(1, local.clock.now(), 1)
    await local.clock.advance(14_999)
    expect((await alarm())?.StateValue).toBe('ALARM')
    await local.clock.advance(1)
    expect((await alarm())?.StateValue).toBe('OK')
  })

  it('keeps its state when it is updated', async () => {
    await putAlarm()
    await setState('ALARM')
    await putAlarm({ Threshold: 99 })
    expect(await alarm()).toMatchObject({ StateValue: 'ALARM', Threshold: 99 })
  })

  it('forgets the points it has seen when it is to watch another metric', async () => {
    await putAlarm({ EvaluationPeriods: 1 })
    await passMinutes(20, 20)
    const points = () => local.cloudWatch.alarmReading('backlog')?.points.length
    expect(points()).toBe(1)
    await putAlarm({ EvaluationPeriods: 1, Threshold: 99 })
    expect(points()).toBe(1)
    await putAlarm({ EvaluationPeriods: 1, MetricName: 'Visits' })
    expect(points()).toBe(0)
  })

  it('takes a state that is set, until the next evaluation', async () => {
    await putAlarm({ AlarmActions: [TOPIC] })
    await passMinutes(1, 1, 1)
    await setState('ALARM', '{"recentDatapoints":[1,42]}')
    expect(local.notices).toMatchObject([{ actionArn: TOPIC, state: 'ALARM' }])
    expect(local.cloudWatch.alarmReading('backlog')).toMatchObject({
      state: 'ALARM',
      points: [
        { value: 42, timestampMs: local.clock.now() },
        { value: 1, timestampMs: local.clock.now() },
      ],
    })
    await local.clock.advance(30_000)
    expect((await alarm())?.StateValue).toBe('OK')
  })

  it('needs no timer once the last one is deleted', async () => {
    await putAlarm()
    await putAlarm({ AlarmName: 'other' })
    expect(local.clock.pending).toBe(1)
    await local.client.deleteAlarms({ AlarmNames: ['backlog', 'unknown'] })
    expect(await alarm()).toBeUndefined()
    await local.client.deleteAlarms({ AlarmNames: ['other'] })
    expect(local.clock.pending).toBe(0)
  })
})

describe('actions', () => {
  it('run on a change of state; those of Auto Scaling again every minute while it lasts', async () => {
    await putAlarm({ EvaluationPeriods: 1, AlarmActions: [SCALING, TOPIC], OKActions: [TOPIC] })
    await passMinutes(20, 20, 20)
    await local.clock.advance(30_000)
    const sent = local.notices.map(
      (notice) => `${notice.state} ${notice.actionArn === SCALING ? 'scaling' : 'topic'}`,
    )
    expect(sent).toEqual(['ALARM scaling', 'ALARM topic', 'ALARM scaling', 'ALARM scaling'])
    local.notices.length = 0
    await passMinutes(1)
    expect(local.notices.map((notice) => [notice.state, notice.actionArn])).toEqual([['OK', TOPIC]])
    expect(local.notices[0]).toMatchObject({ alarmName: 'backlog', alarmArn: (await alarm())?.AlarmArn })
  })

  it('of a high-resolution alarm repeat once a minute as well', async () => {
    await putAlarm({ Period: 10, EvaluationPeriods: 1, AlarmActions: [SCALING] })
    for (let second = 0; second < 140; second += 10) {
      await publish(20, local.clock.now(), 1)
      await local.clock.advance(10_000)
    }
    expect(local.notices).toHaveLength(3)
  })

  it('repeat even where the timer runs late', async () => {
    await putAlarm({ EvaluationPeriods: 1, AlarmActions: [SCALING] })
    for (let minute = -1; minute < 40; minute += 1) await publish(20, local.clock.now() + minute * MINUTE_MS)
    const late = [30_000, 60_700, 59_400, 60_000, 61_000, 59_000]
    for (const ms of late) await local.clock.advance(ms)
    expect(local.notices).toHaveLength(6)
  })

  it('see the states of all alarms that were evaluated with theirs', async () => {
    const seen: (string | undefined)[] = []
    await putAlarm({ EvaluationPeriods: 1, AlarmActions: [SCALING] })
    await putAlarm({ AlarmName: 'other', EvaluationPeriods: 1 })
    local.notices.push = () => seen.push(local.cloudWatch.alarmReading('other')?.state)
    await passMinutes(20)
    await local.clock.advance(30_000)
    expect(seen).toEqual(['ALARM'])
  })

  it('do not run while they are disabled, and resume when enabled', async () => {
    await putAlarm({ EvaluationPeriods: 1, AlarmActions: [SCALING] })
    await local.client.disableAlarmActions({ AlarmNames: ['backlog', 'unknown'] })
    expect((await alarm())?.ActionsEnabled).toBe(false)
    await passMinutes(20, 20)
    expect((await alarm())?.StateValue).toBe('ALARM')
    expect(local.notices).toEqual([])
    await local.client.enableAlarmActions({ AlarmNames: ['backlog'] })
    await passMinutes(20)
    expect(local.notices).toHaveLength(1)
  })
})
