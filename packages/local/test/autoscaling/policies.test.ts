import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import type { LocalAutoScaling } from './local-autoscaling.js'
import { ACCOUNT_ID, metricNamed, REGION, startAutoScaling, THUMBNAILS } from './local-autoscaling.js'

let local: LocalAutoScaling
beforeEach(async () => {
  local = await startAutoScaling()
  await local.register()
})
afterEach(() => local.close())

const describePolicies = async (more = {}) =>
  (await local.client.describeScalingPolicies({ ServiceNamespace: 'ecs', ...more })).ScalingPolicies ?? []
const alarms = async () => (await local.cloudWatch.describeAlarms({})).MetricAlarms ?? []

const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}'

describe('PutScalingPolicy', () => {
  it("answers the policy's ARN and its two alarms, named as AWS names them", async () => {
    const { PolicyARN, Alarms } = await local.track()
    expect(PolicyARN).toMatch(
      new RegExp(
        `^arn:aws:autoscaling:${REGION}:${ACCOUNT_ID}:scalingPolicy:${UUID}:resource/ecs/service/media/thumbnails:policyName/backlog$`,
      ),
    )
    const [high, low] = Alarms ?? []
    expect(high?.AlarmName).toMatch(new RegExp(`^TargetTracking-service/media/thumbnails-AlarmHigh-${UUID}$`))
    expect(low?.AlarmName).toMatch(new RegExp(`^TargetTracking-service/media/thumbnails-AlarmLow-${UUID}$`))
    expect(high?.AlarmARN).toBe(`arn:aws:cloudwatch:${REGION}:${ACCOUNT_ID}:alarm:${high?.AlarmName}`)
  })

  it('creates the alarms in CloudWatch', async () => {
    const { PolicyARN } = await local.track({ TargetValue: 70 })
    const [high, low] = await alarms()
    const shared = {
      AlarmDescription: `DO NOT EDIT OR DELETE. For TargetTrackingScaling policy ${PolicyARN}.`,
      AlarmActions: [PolicyARN],
      OKActions: [],
      Namespace: 'Shop',
      MetricName: 'Backlog',
      Statistic: 'Average',
      Period: 60,
      TreatMissingData: 'missing',
      ActionsEnabled: true,
    }
    expect(high).toMatchObject({
      ...shared,
      Threshold: 70,
      ComparisonOperator: 'GreaterThanThreshold',
      EvaluationPeriods: 3,
      DatapointsToAlarm: 3,
    })
    expect(low).toMatchObject({
      ...shared,
      Threshold: 63,
      ComparisonOperator: 'LessThanThreshold',
      EvaluationPeriods: 15,
      DatapointsToAlarm: 15,
    })
  })

  it('describes the policy as it was put', async () => {
    const configuration = {
      TargetValue: 12.5,
      CustomizedMetricSpecification: {
        Namespace: 'Shop',
        MetricName: 'Backlog',
        Dimensions: [{ Name: 'Queue', Value: 'orders' }],
        Statistic: 'Maximum' as const,
        Unit: 'Count',
      },
      ScaleOutCooldown: 60,
      ScaleInCooldown: 120,
      DisableScaleIn: false,
    }
    const { PolicyARN, Alarms } = await local.track(configuration)
    expect(await describePolicies()).toEqual([
      {
        ...THUMBNAILS,
        PolicyARN,
        PolicyName: 'backlog',
        PolicyType: 'TargetTrackingScaling',
        TargetTrackingScalingPolicyConfiguration: configuration,
        Alarms,
        CreationTime: new Date(local.clock.now()),
      },
    ])
    expect((await alarms())[0]?.Dimensions).toEqual([{ Name: 'Queue', Value: 'orders' }])
  })

  it('updates a policy in place: its ARN, its alarms and their names stay', async () => {
    const first = await local.track()
    await local.clock.advance(60_000)
    const second = await local.track({ TargetValue: 20 })
    expect(second).toMatchObject({ PolicyARN: first.PolicyARN, Alarms: first.Alarms })
    expect((await alarms()).map((alarm) => alarm.Threshold)).toEqual([20, 18])
    expect(await describePolicies()).toHaveLength(1)
  })

  it("follows the service's own CPU, by the minute and by twenty seconds", async () => {
    const predefined = (
      PredefinedMetricType:
        'ECSServiceAverageCPUUtilization' | 'ECSServiceAverageCPUUtilizationHighResolution',
    ) => ({
      CustomizedMetricSpecification: undefined,
      PredefinedMetricSpecification: { PredefinedMetricType },
    })
    await local.track(predefined('ECSServiceAverageCPUUtilization'))
    expect(await alarms()).toMatchObject([
      {
        Namespace: 'AWS/ECS',
        MetricName: 'CPUUtilization',
        Statistic: 'Average',
        Period: 60,
        Dimensions: [
          { Name: 'ClusterName', Value: 'media' },
          { Name: 'ServiceName', Value: 'thumbnails' },
        ],
      },
      { EvaluationPeriods: 15 },
    ])
    await local.track(predefined('ECSServiceAverageCPUUtilizationHighResolution'))
    expect(await alarms()).toMatchObject([
      { Period: 20, EvaluationPeriods: 3 },
      { Period: 20, EvaluationPeriods: 45 },
    ])
  })

  it('follows the requests that a load balancer sends to each target', async () => {
    await local.track({
      CustomizedMetricSpecification: undefined,
      PredefinedMetricSpecification: {
        PredefinedMetricType: 'ALBRequestCountPerTarget',
        ResourceLabel: 'app/web/50dc6c495c0c9188/targetgroup/web/943f017f100becff',
      },
    })
    const metric = {
      Namespace: 'AWS/ApplicationELB',
      MetricName: 'RequestCountPerTarget',
      Statistic: 'Sum',
      Period: 60,
      Dimensions: [
        { Name: 'TargetGroup', Value: 'targetgroup/web/943f017f100becff' },
        { Name: 'LoadBalancer', Value: 'app/web/50dc6c495c0c9188' },
      ],
    }
    expect(await alarms()).toMatchObject([metric, metric])
  })

  it('keeps what an update leaves out, and gives up the alarms of a policy that becomes another', async () => {
    const { PolicyARN } = await local.track({ TargetValue: 7 })
    await local.client.putScalingPolicy({ ...THUMBNAILS, PolicyName: 'backlog' })
    expect((await describePolicies())[0]?.TargetTrackingScalingPolicyConfiguration?.TargetValue).toBe(7)
    const step = {
      AdjustmentType: 'ChangeInCapacity' as const,
      StepAdjustments: [{ MetricIntervalLowerBound: 0, ScalingAdjustment: 1 }],
    }
    const changed = await local.client.putScalingPolicy({
      ...THUMBNAILS,
      PolicyName: 'backlog',
      PolicyType: 'StepScaling',
      StepScalingPolicyConfiguration: step,
    })
    expect(changed).toMatchObject({ PolicyARN, Alarms: [] })
    expect(await describePolicies()).toMatchObject([
      { PolicyType: 'StepScaling', StepScalingPolicyConfiguration: step, Alarms: [] },
    ])
    expect(await alarms()).toEqual([])
  })
})

describe('DescribeScalingPolicies', () => {
  it('filters by name and resource, in pages of ten', async () => {
    for (let at = 0; at < 12; at += 1) await local.track(metricNamed(`Metric${at}`), `policy-${at}`)
    expect(await describePolicies({ PolicyNames: ['policy-3', 'unknown'] })).toHaveLength(1)
    expect(await describePolicies({ ResourceId: 'service/media/other' })).toEqual([])
    const first = await local.client.describeScalingPolicies({ ServiceNamespace: 'ecs' })
    expect(first.ScalingPolicies).toHaveLength(10)
    expect(await describePolicies({ NextToken: first.NextToken })).toHaveLength(2)
  })
})

describe('DeleteScalingPolicy', () => {
  it('takes the alarms along', async () => {
    await local.track()
    await local.client.deleteScalingPolicy({ ...THUMBNAILS, PolicyName: 'backlog' })
    expect([...(await describePolicies()), ...(await alarms())]).toEqual([])
  })

  it('refuses a policy that is not there', async () => {
    await expect(
      local.client.deleteScalingPolicy({ ...THUMBNAILS, PolicyName: 'ghost' }),
    ).rejects.toMatchObject({
      name: 'ObjectNotFoundException',
      message:
        'No scaling policy found for service namespace: ecs, resource ID: service/media/thumbnails, scalable dimension: ecs:service:DesiredCount, policy name: ghost',
    })
  })
})
