import { afterEach, describe, expect, it } from 'vitest'

import type { LocalAutoScaling } from './local-autoscaling.js'
import { metricNamed, startAutoScaling, THUMBNAILS } from './local-autoscaling.js'

let local: LocalAutoScaling
afterEach(() => local.close())

const minutes = (count: number, value: number | undefined) => Array.from({ length: count }, () => value)
const newestActivity = async () =>
  (await local.client.describeScalingActivities(THUMBNAILS)).ScalingActivities?.[0]

describe('a metric above its target', () => {
  it('for three minutes scales out in proportion, from the running count', async () => {
    local = await startAutoScaling()
    await local.register()
    const { Alarms } = await local.track()
    await local.passMinutes(25, 25, 25)
    expect(local.service.set).toEqual([])
    await local.clock.advance(30_000)
    expect(local.service.set).toEqual([5])
    expect(await newestActivity()).toMatchObject({
      ...THUMBNAILS,
      Description: 'Setting desired count to 5.',
      Cause: `monitor alarm ${Alarms?.[0]?.AlarmName} in state ALARM triggered policy backlog`,
      StatusCode: 'InProgress',
      StatusMessage: 'Successfully set desired count to 5. Waiting for change to be fulfilled by ecs.',
      StartTime: new Date(local.clock.now()),
    })
    expect(await newestActivity()).not.toHaveProperty('EndTime')
  })

  it('completes its activity when as many tasks run, and the cooldown runs from there', async () => {
    local = await startAutoScaling()
    await local.register()
    await local.track({ ScaleOutCooldown: 120 })
    await local.passMinutes(25, 25, 25)
    await local.clock.advance(30_000)
    const beganMs = local.clock.now()
    await local.clock.advance(29_000)
    expect((await newestActivity())?.StatusCode).toBe('InProgress')
    await local.clock.advance(6_000)
    expect(await newestActivity()).toMatchObject({
      StatusCode: 'Successful',
      StatusMessage: 'Successfully set desired count to 5. Change successfully fulfilled by ecs.',
      EndTime: new Date(beganMs + 30_000),
    })
    // Evaluated again 60, 120 and 180 s after the scale-out; the cooldown ends 150 s after it.
    await local.clock.advance(25_000)
    await local.passMinutes(25)
    expect(local.service.set).toEqual([5])
    await local.passMinutes(25)
    expect(local.service.set).toEqual([5, 13])
  })

  it('within the cooldown adds only what a larger wish is short of', async () => {
    local = await startAutoScaling()
    await local.register()
    await local.track()
    await local.passMinutes(25, 25, 25, 25, 25)
    expect(local.service.set).toEqual([5])
    await local.passMinutes(40)
    await local.clock.advance(30_000)
    // 4 times the target of the 2 tasks it began with, not of the 5 that run.
    expect(local.service.set).toEqual([5, 8])
    await local.passMinutes(30)
    expect(local.service.set).toEqual([5, 8])
  })

  it('overrides an activity whose tasks are still starting', async () => {
    local = await startAutoScaling()
    local.service.launchMs = Infinity
    await local.register()
    await local.track()
    await local.passMinutes(25, 25, 25, 60)
    await local.clock.advance(30_000)
    expect(local.service.set).toEqual([5, 12])
    expect(await local.activities()).toEqual([
      'InProgress: Setting desired count to 12.',
      'Overridden: Setting desired count to 5.',
    ])
  })

  it('from zero adds one task, then goes on in proportion', async () => {
    local = await startAutoScaling({ tasks: 0 })
    await local.register({ MinCapacity: 0, MaxCapacity: 20 })
    await local.track({ ScaleOutCooldown: 60 })
    await local.passMinutes(...minutes(7, 1_000))
    expect(local.service.set).toEqual([1, 20])
  })

  it('stays at the maximum and says why, once', async () => {
    local = await startAutoScaling()
    await local.register({ MinCapacity: 1, MaxCapacity: 2 })
    await local.track()
    await local.passMinutes(...minutes(6, 25))
    expect(local.service.set).toEqual([])
    expect(await local.activities()).toEqual([])
    expect(await local.activities(true)).toEqual(['Failed: AlreadyAtMaxCapacity'])
    const request = { ...THUMBNAILS, IncludeNotScaledActivities: true }
    const [activity] = (await local.client.describeScalingActivities(request)).ScalingActivities ?? []
    expect(activity).toMatchObject({
      Description: 'Attempting to scale due to alarm triggered',
      NotScaledReasons: [{ Code: 'AlreadyAtMaxCapacity', MaxCapacity: 2 }],
    })
  })
})

describe('a metric below nine tenths of its target', () => {
  it('for fifteen minutes scales in, and its cooldown blocks the next', async () => {
    local = await startAutoScaling({ tasks: 10 })
    await local.register()
    await local.track()
    await local.passMinutes(...minutes(15, 5))
    expect(local.service.set).toEqual([])
    await local.clock.advance(30_000)
    expect(local.service.set).toEqual([5])
    await local.passMinutes(...minutes(5, 5))
    expect(local.service.set).toEqual([5])
    await local.passMinutes(5)
    expect(local.service.set).toEqual([5, 3])
  })

  it('goes to zero on real zeros where the minimum is zero', async () => {
    local = await startAutoScaling({ tasks: 3 })
    await local.register({ MinCapacity: 0, MaxCapacity: 20 })
    await local.track()
    await local.passMinutes(...minutes(16, 0))
    expect(local.service.set).toEqual([0])
  })

  it('takes a tenth at a time under the gradual model', async () => {
    local = await startAutoScaling({ tasks: 20, parameters: { scaleInSizing: 'gradual' } })
    await local.register()
    await local.track({ ScaleInCooldown: 60 })
    await local.passMinutes(...minutes(20, 1))
    expect(local.service.set).toEqual([18, 17, 16])
  })

  it('is not scaled in where that would flap', async () => {
    local = await startAutoScaling()
    await local.register()
    await local.track()
    await local.passMinutes(...minutes(17, 6))
    expect(local.service.set).toEqual([])
    expect(await local.activities(true)).toEqual(['Failed: AutoScalingAnticipatedFlapping'])
  })

  it('is not scaled in during a deployment', async () => {
    local = await startAutoScaling({ tasks: 10 })
    local.service.isDeploying = true
    await local.register()
    await local.track()
    await local.passMinutes(...minutes(17, 5))
    expect(local.service.set).toEqual([])
    expect(await local.activities(true)).toEqual(['Failed: TargetServicePutResourceAsUnscalable'])
  })

  it('is not scaled in while that is suspended or disabled', async () => {
    local = await startAutoScaling({ tasks: 10 })
    await local.register()
    await local.track({ DisableScaleIn: true })
    await local.passMinutes(...minutes(17, 5))
    expect(local.service.set).toEqual([])
    await local.track()
    await local.client.registerScalableTarget({
      ...THUMBNAILS,
      SuspendedState: { DynamicScalingInSuspended: true },
    })
    await local.passMinutes(5, 5)
    expect(local.service.set).toEqual([])
    await local.client.registerScalableTarget({
      ...THUMBNAILS,
      SuspendedState: { DynamicScalingInSuspended: false },
    })
    await local.passMinutes(5)
    expect(local.service.set).toEqual([5])
  })
})

describe('missing data', () => {
  it('scales nothing, however long', async () => {
    local = await startAutoScaling({ tasks: 10 })
    await local.register()
    await local.track()
    await local.passMinutes(...minutes(120, undefined))
    expect(local.service.set).toEqual([])
    expect(await local.activities(true)).toEqual([])
  })

  it('after a low metric stops scale-in within minutes', async () => {
    local = await startAutoScaling({ tasks: 20 })
    await local.register()
    await local.track({ ScaleInCooldown: 60 })
    await local.passMinutes(...minutes(16, 5))
    expect(local.service.set).toEqual([10])
    await local.passMinutes(...minutes(60, undefined))
    // Old points are re-evaluated for five minutes at most.
    expect(local.service.set.length).toBeLessThanOrEqual(4)
    const settled = local.service.set.length
    await local.passMinutes(...minutes(60, undefined))
    expect(local.service.set).toHaveLength(settled)
  })
})

describe('two policies', () => {
  const putVisits = (Value: number) =>
    local.cloudWatch.putMetricData({
      Namespace: 'Shop',
      MetricData: [{ MetricName: 'Visits', Value, Timestamp: new Date(local.clock.now()) }],
    })

  it('scale out for the one that wants more, and in only when both want in', async () => {
    local = await startAutoScaling({ tasks: 4 })
    await local.register()
    await local.track()
    await local.track({ TargetValue: 100, ...metricNamed('Visits') }, 'visits')
    for (let minute = 0; minute < 4; minute += 1) {
      await putVisits(200)
      await local.passMinutes(1)
    }
    expect(local.service.set).toEqual([8])
    for (let minute = 0; minute < 16; minute += 1) {
      await putVisits(100)
      await local.passMinutes(1)
    }
    expect(local.service.set).toEqual([8])
    for (let minute = 0; minute < 16; minute += 1) {
      await putVisits(60)
      await local.passMinutes(1)
    }
    expect(local.service.set).toEqual([8, 5])
  })
})

describe('a policy on metric math', () => {
  it('keeps alarms on the expression, and scales by its result', async () => {
    local = await startAutoScaling()
    await local.register()
    const metric = (Id: string, MetricName: string) => ({
      Id,
      MetricStat: { Metric: { Namespace: 'Shop', MetricName }, Stat: 'Sum' },
      ReturnData: false,
    })
    const Metrics = [
      metric('visible', 'Visible'),
      metric('running', 'Running'),
      { Id: 'backlog', Label: 'backlog per task', Expression: 'visible / running', ReturnData: true },
    ]
    const { Alarms } = await local.track({ CustomizedMetricSpecification: { Metrics } })
    const { MetricAlarms } = await local.cloudWatch.describeAlarms({
      AlarmNames: [Alarms?.[0]?.AlarmName ?? ''],
    })
    expect(MetricAlarms).toMatchObject([
      {
        Threshold: 10,
        EvaluationPeriods: 3,
        Metrics: [
          { Id: 'visible', MetricStat: { Period: 60, Stat: 'Sum' }, ReturnData: false },
          { Id: 'running', MetricStat: { Period: 60, Stat: 'Sum' }, ReturnData: false },
          { Id: 'backlog', Expression: 'visible / running', ReturnData: true },
        ],
      },
    ])
    for (let minute = 0; minute < 4; minute += 1) {
      const MetricData = [
        { MetricName: 'Visible', Value: 70 },
        { MetricName: 'Running', Value: 2 },
      ]
      await local.cloudWatch.putMetricData({ Namespace: 'Shop', MetricData })
      await local.clock.advance(60_000)
    }
    expect(local.service.set).toEqual([7])
  })
})
