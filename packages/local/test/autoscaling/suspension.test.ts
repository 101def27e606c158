import { afterEach, describe, expect, it } from 'vitest'
import type { SuspendedState } from '@aws-sdk/client-application-auto-scaling'

import { readGolden } from '../../../model/test/golden/read-golden.js'
import type { LocalAutoScaling } from './local-autoscaling.js'
import { metricNamed, startAutoScaling, THUMBNAILS } from './local-autoscaling.js'

type Parts = { readonly out?: boolean; readonly in?: boolean; readonly scheduled?: boolean }

const { suspensions } = readGolden('scheduled-actions.json') as {
  readonly suspensions: readonly {
    readonly name: string
    readonly before: Parts
    readonly given: Parts
    readonly after: Parts
    readonly resumed: readonly string[]
  }[]
}

let local: LocalAutoScaling
afterEach(() => local.close())

const stateOf = ({ out, in: into, scheduled }: Parts): SuspendedState => ({
  DynamicScalingOutSuspended: out,
  DynamicScalingInSuspended: into,
  ScheduledScalingSuspended: scheduled,
})
const suspend = (state: SuspendedState) =>
  local.client.registerScalableTarget({ ...THUMBNAILS, SuspendedState: state })
const minutes = (count: number, value: number) => Array.from({ length: count }, () => value)

describe('suspended scaling', () => {
  it.each(suspensions)('$name', async ({ before, given, after, resumed }) => {
    local = await startAutoScaling({ tasks: 4 })
    await local.register()
    await local.track({ ScaleOutCooldown: 0 })
    await suspend(stateOf(before))
    // Above its target long enough to be in breach, but only just: it wants one task more.
    await local.passMinutes(...minutes(4, 11))
    const already = local.service.set.length
    expect(already).toBe(before.out === true ? 0 : 1)
    await suspend(stateOf(given))
    const [target] =
      (await local.client.describeScalableTargets({ ServiceNamespace: 'ecs' })).ScalableTargets ?? []
    expect(target?.SuspendedState).toEqual(stateOf(after))
    // A policy that is evaluated at once needs no further alarm.
    if (resumed.includes('out')) expect(local.service.set).toEqual([5])
    else expect(local.service.set).toHaveLength(already)
  })

  it('goes on at once for a step policy whose alarm is in breach, and for none whose alarm is not', async () => {
    local = await startAutoScaling({ tasks: 4 })
    await local.register()
    const steps = async (PolicyName: string, ScalingAdjustment: number) =>
      (
        await local.client.putScalingPolicy({
          ...THUMBNAILS,
          PolicyName,
          PolicyType: 'StepScaling',
          StepScalingPolicyConfiguration: {
            AdjustmentType: 'ChangeInCapacity',
            StepAdjustments: [{ MetricIntervalLowerBound: 0, ScalingAdjustment }],
          },
        })
      ).PolicyARN ?? ''
    const alarm = {
      ...metricNamed('Backlog').CustomizedMetricSpecification,
      Period: 60,
      EvaluationPeriods: 1,
    }
    const ComparisonOperator = 'GreaterThanThreshold'
    const inBreach = { ...alarm, ComparisonOperator, Threshold: 10 } as const
    const calm = { ...alarm, ComparisonOperator, Threshold: 100 } as const
    await local.cloudWatch.putMetricAlarm({
      ...inBreach,
      AlarmName: 'a',
      AlarmActions: [await steps('two', 2)],
    })
    await local.cloudWatch.putMetricAlarm({ ...calm, AlarmName: 'b', AlarmActions: [await steps('nine', 9)] })
    await suspend({ DynamicScalingOutSuspended: true })
    await local.passMinutes(20, 20)
    expect(local.service.set).toEqual([])
    await suspend({ DynamicScalingOutSuspended: false })
    expect(local.service.set).toEqual([6])
    await suspend({ DynamicScalingOutSuspended: true })
    await local.cloudWatch.disableAlarmActions({ AlarmNames: ['a'] })
    await local.clock.advance(330_000)
    await suspend({ DynamicScalingOutSuspended: false })
    expect(local.service.set).toEqual([6])
  })
})
