import { afterEach, describe, expect, it } from 'vitest'
import type { StepScalingPolicyConfiguration } from '@aws-sdk/client-application-auto-scaling'
import type { PutMetricAlarmInput } from '@aws-sdk/client-cloudwatch'
import type { StepScalingPolicy } from '@longshore/model'

import { operatorOf, policyOf, STEP_TABLE, stepDecisionCases } from '../../../model/test/golden/step-cases.js'
import type { LocalAutoScaling } from './local-autoscaling.js'
import { REPORTED_REASONS, startAutoScaling, THUMBNAILS } from './local-autoscaling.js'

let local: LocalAutoScaling
afterEach(() => local.close())

function configurationOf(
  policy: Omit<StepScalingPolicy, 'adjustmentType'> & Partial<Pick<StepScalingPolicy, 'adjustmentType'>>,
): StepScalingPolicyConfiguration {
  return {
    AdjustmentType: policy.adjustmentType,
    StepAdjustments: policy.stepAdjustments.map((step) => ({
      MetricIntervalLowerBound: step.metricIntervalLowerBound,
      MetricIntervalUpperBound: step.metricIntervalUpperBound,
      ScalingAdjustment: step.scalingAdjustment,
    })),
    MinAdjustmentMagnitude: policy.minAdjustmentMagnitude,
    MetricAggregationType: policy.metricAggregationType,
  }
}

async function putSteps(
  configuration: StepScalingPolicyConfiguration,
  PolicyName = 'steps',
): Promise<string> {
  const { PolicyARN = '' } = await local.client.putScalingPolicy({
    ...THUMBNAILS,
    PolicyName,
    PolicyType: 'StepScaling',
    StepScalingPolicyConfiguration: configuration,
  })
  return PolicyARN
}

const putAlarm = (policyArn: string, more: Partial<PutMetricAlarmInput> = {}) =>
  local.cloudWatch.putMetricAlarm({
    AlarmName: 'backlog',
    AlarmActions: [policyArn],
    Namespace: 'Shop',
    MetricName: 'Backlog',
    Statistic: 'Average',
    Period: 60,
    EvaluationPeriods: 1,
    Threshold: 50,
    ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    ...more,
  })

/** Sets the alarm off with these points, oldest first. */
async function setOff(points: readonly number[] | undefined, AlarmName = 'backlog') {
  const StateReasonData = points && JSON.stringify({ recentDatapoints: points })
  for (const StateValue of ['OK', 'ALARM'] as const) {
    await local.cloudWatch.setAlarmState({ AlarmName, StateValue, StateReason: 'as a test', StateReasonData })
  }
}

const ADD_TWO = {
  AdjustmentType: 'ChangeInCapacity',
  StepAdjustments: [
    { MetricIntervalLowerBound: 0, MetricIntervalUpperBound: 10, ScalingAdjustment: 2 },
    { MetricIntervalLowerBound: 10, ScalingAdjustment: 3 },
  ],
} as const satisfies StepScalingPolicyConfiguration
const TAKE_ONE = {
  AdjustmentType: 'ChangeInCapacity',
  StepAdjustments: [{ MetricIntervalUpperBound: 0, ScalingAdjustment: -1 }],
} as const satisfies StepScalingPolicyConfiguration

describe('the server decides as the model decides', () => {
  // Cooldowns come from activities: further below.
  const cases = stepDecisionCases().filter(({ input }) => !input.cooldowns.out && !input.cooldowns.in)

  it.each(cases)('$name', async ({ input, expected }) => {
    const { capacity, suspended, alarm } = input
    local = await startAutoScaling({ tasks: capacity.min })
    await local.register({ MinCapacity: capacity.min, MaxCapacity: capacity.max })
    await local.client.registerScalableTarget({
      ...THUMBNAILS,
      SuspendedState: { DynamicScalingOutSuspended: suspended.out, DynamicScalingInSuspended: suspended.in },
    })
    const arn = await putSteps(configurationOf(input.policy))
    await putAlarm(arn, { Threshold: alarm.threshold, ComparisonOperator: alarm.comparisonOperator })
    local.service.desired = capacity.desired
    local.service.running = capacity.running
    local.service.isDeploying = input.isDeploying
    await setOff(alarm.points.length === 0 ? undefined : alarm.points)
    expect(local.service.set).toEqual(expected.scaleTo === undefined ? [] : [expected.scaleTo])
    if (expected.scaleTo !== undefined) return
    const reported = REPORTED_REASONS.has(expected.reason ?? '') ? [`Failed: ${expected.reason}`] : []
    expect(await local.activities(true)).toEqual(reported)
  })

  it.each(STEP_TABLE.sequences)('$name', async (sequence) => {
    local = await startAutoScaling({ tasks: sequence.start })
    local.service.launchMs = 0
    await local.register({ MinCapacity: 0, MaxCapacity: 100 })
    for (const name of ['out', 'in'] as const) {
      const arn = await putSteps({ ...configurationOf(policyOf(sequence[name])), Cooldown: 0 }, name)
      const ComparisonOperator = operatorOf(sequence[name].operator)
      await putAlarm(arn, { AlarmName: name, Threshold: sequence.threshold, ComparisonOperator })
    }
    for (const { policy, metric, capacity } of sequence.events) {
      await setOff([metric], policy)
      await local.clock.advance(6_000)
      expect(local.service.desired, `after ${metric}`).toBe(capacity)
    }
  })

  it.each(STEP_TABLE.problems)('$name is put as AWS puts it', async ({ type, problem, ...row }) => {
    local = await startAutoScaling()
    await local.register()
    const configuration = configurationOf(policyOf({ ...row, type: type ?? 'ExactCapacity', operator: '>=' }))
    const call = putSteps({ ...configuration, AdjustmentType: type ?? undefined })
    if (problem === null) await expect(call).resolves.toContain('policyName/steps')
    else await expect(call).rejects.toMatchObject({ name: 'ValidationException', message: problem })
  })
})

describe('a step policy', () => {
  it('is described with the alarms that name it, and leaves them when it goes', async () => {
    local = await startAutoScaling()
    await local.register()
    const configuration = { ...ADD_TWO, Cooldown: 60, MetricAggregationType: 'Maximum' as const }
    const PolicyARN = await putSteps(configuration)
    await putAlarm(PolicyARN)
    const described = async () =>
      (await local.client.describeScalingPolicies({ ServiceNamespace: 'ecs' })).ScalingPolicies
    expect(await described()).toEqual([
      {
        ...THUMBNAILS,
        PolicyARN,
        PolicyName: 'steps',
        PolicyType: 'StepScaling',
        StepScalingPolicyConfiguration: configuration,
        Alarms: [{ AlarmName: 'backlog', AlarmARN: expect.stringContaining(':alarm:backlog') as string }],
        CreationTime: new Date(local.clock.now()),
      },
    ])
    await local.client.deleteScalingPolicy({ ...THUMBNAILS, PolicyName: 'steps' })
    expect(await described()).toEqual([])
    expect((await local.cloudWatch.describeAlarms({})).MetricAlarms).toHaveLength(1)
    await setOff([60])
    expect(local.service.set).toEqual([])
  })

  it('is set off by its alarm within a minute of the metric, and says so', async () => {
    local = await startAutoScaling()
    await local.register()
    await putAlarm(await putSteps(ADD_TWO))
    await local.passMinutes(55)
    await local.clock.advance(30_000)
    expect(local.service.set).toEqual([4])
    const [activity] = (await local.client.describeScalingActivities(THUMBNAILS)).ScalingActivities ?? []
    expect(activity).toMatchObject({
      Description: 'Setting desired count to 4.',
      Cause: 'monitor alarm backlog in state ALARM triggered policy steps',
    })
  })

  it('may follow a high-resolution alarm: seconds after the metric, then once a minute', async () => {
    local = await startAutoScaling()
    await local.register()
    await putAlarm(await putSteps({ ...ADD_TWO, Cooldown: 0 }), { Period: 10 })
    const beats = async (count: number) => {
      for (let beat = 0; beat < count; beat += 1) {
        const MetricData = [
          { MetricName: 'Backlog', Value: 55, Timestamp: new Date(local.clock.now()), StorageResolution: 1 },
        ]
        await local.cloudWatch.putMetricData({ Namespace: 'Shop', MetricData })
        await local.clock.advance(10_000)
      }
    }
    await beats(2)
    expect(local.service.set).toEqual([4])
    await beats(5)
    expect(local.service.set).toEqual([4])
    await beats(1)
    expect(local.service.set).toEqual([4, 6])
  })

  it('aggregates the points that decided the alarm: the average unless it says otherwise', async () => {
    for (const [MetricAggregationType, tasks] of [
      [undefined, 4],
      ['Maximum', 5],
      ['Minimum', 4],
    ] as const) {
      local = await startAutoScaling()
      await local.register()
      await putAlarm(await putSteps({ ...ADD_TWO, MetricAggregationType }), { EvaluationPeriods: 3 })
      await local.passMinutes(51, 52, 62)
      await local.clock.advance(30_000)
      expect(local.service.set, MetricAggregationType ?? 'unsaid').toEqual([tasks])
      if (tasks !== 4 || MetricAggregationType === undefined) await local.close()
    }
  })

  it('adds only what a larger step is short of during its cooldown, and all of it afterwards', async () => {
    local = await startAutoScaling({ tasks: 10 })
    await local.register()
    await putAlarm(await putSteps({ ...ADD_TWO, Cooldown: 120 }))
    await setOff([55])
    await setOff([55])
    expect(local.service.set).toEqual([12])
    await local.clock.advance(35_000)
    await setOff([65])
    expect(local.service.set).toEqual([12, 13])
    await local.clock.advance(35_000 + 120_000)
    await setOff([55])
    expect(local.service.set).toEqual([12, 13, 15])
  })

  it('scales in once during its cooldown, whatever target tracking wants, until a scale-out ends that', async () => {
    local = await startAutoScaling({ tasks: 10 })
    await local.register()
    await local.track()
    await putAlarm(await putSteps(TAKE_ONE, 'in'), {
      AlarmName: 'low',
      ComparisonOperator: 'LessThanOrEqualToThreshold',
    })
    await putAlarm(await putSteps(ADD_TWO, 'out'), { AlarmName: 'high' })
    await setOff([40], 'low')
    await setOff([40], 'low')
    expect(local.service.set).toEqual([9])
    await setOff([55], 'high')
    await setOff([40], 'low')
    expect(local.service.set).toEqual([9, 11, 8])
  })

  it('acts for an alarm that comes back to OK, where that names it', async () => {
    local = await startAutoScaling({ tasks: 5 })
    await local.register()
    const arn = await putSteps(TAKE_ONE)
    await putAlarm(arn, { AlarmActions: [], OKActions: [arn] })
    await local.passMinutes(70, 20)
    await local.clock.advance(30_000)
    expect(local.service.set).toEqual([4])
  })
})

describe('policies whose alarms act at one instant', () => {
  it('scale to the largest capacity that one of them wants, once', async () => {
    local = await startAutoScaling({ tasks: 10 })
    await local.register()
    await putAlarm(await putSteps(ADD_TWO, 'two'), { AlarmName: 'a' })
    const five = { ...ADD_TWO, StepAdjustments: [{ MetricIntervalLowerBound: 0, ScalingAdjustment: 5 }] }
    await putAlarm(await putSteps(five, 'five'), { AlarmName: 'b' })
    await putAlarm(await putSteps(TAKE_ONE, 'less'), {
      AlarmName: 'c',
      Threshold: 100,
      ComparisonOperator: 'LessThanOrEqualToThreshold',
    })
    await local.passMinutes(55)
    await local.clock.advance(30_000)
    expect(local.service.set).toEqual([15])
    const { ScalingActivities = [] } = await local.client.describeScalingActivities(THUMBNAILS)
    expect(ScalingActivities.map((activity) => activity.Cause)).toEqual([
      'monitor alarm b in state ALARM triggered policy five',
    ])
  })

  it('say each why, once, where none of them scales', async () => {
    local = await startAutoScaling({ tasks: 2 })
    await local.register({ MinCapacity: 2, MaxCapacity: 2 })
    await putAlarm(await putSteps(ADD_TWO, 'more'), { AlarmName: 'a' })
    await putAlarm(await putSteps(TAKE_ONE, 'less'), {
      AlarmName: 'b',
      Threshold: 100,
      ComparisonOperator: 'LessThanOrEqualToThreshold',
    })
    await local.passMinutes(55, 55, 55)
    await local.clock.advance(30_000)
    const request = { ...THUMBNAILS, IncludeNotScaledActivities: true }
    const { ScalingActivities = [] } = await local.client.describeScalingActivities(request)
    expect(ScalingActivities.map((activity) => activity.NotScaledReasons)).toEqual([
      [{ Code: 'AlreadyAtMinCapacity', MinCapacity: 2 }],
      [{ Code: 'AlreadyAtMaxCapacity', MaxCapacity: 2 }],
    ])
  })
})
