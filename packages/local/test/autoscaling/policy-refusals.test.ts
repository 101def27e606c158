import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { PutScalingPolicyCommandInput } from '@aws-sdk/client-application-auto-scaling'

import type { LocalAutoScaling } from './local-autoscaling.js'
import { metricNamed, startAutoScaling, THUMBNAILS } from './local-autoscaling.js'

let local: LocalAutoScaling
beforeEach(async () => {
  local = await startAutoScaling()
  await local.register()
})
afterEach(() => local.close())

const describePolicies = async (more = {}) =>
  (await local.client.describeScalingPolicies({ ServiceNamespace: 'ecs', ...more })).ScalingPolicies ?? []
const alarms = async () => (await local.cloudWatch.describeAlarms({})).MetricAlarms ?? []

describe('PutScalingPolicy', () => {
  const predefined = (PredefinedMetricType: string, ResourceLabel?: string) => ({
    TargetTrackingScalingPolicyConfiguration: {
      TargetValue: 1,
      PredefinedMetricSpecification: {
        PredefinedMetricType: PredefinedMetricType as 'ALBRequestCountPerTarget',
        ResourceLabel,
      },
    },
  })
  const refused: readonly (readonly [string, Partial<PutScalingPolicyCommandInput>, string])[] = [
    ['no type', { PolicyType: undefined }, 'PolicyType is required when a scaling policy is created.'],
    ['no configuration', {}, 'TargetTrackingScaling policy configuration must be specified'],
    [
      'no metric',
      { TargetTrackingScalingPolicyConfiguration: { TargetValue: 1 } },
      'PredefinedMetricSpecification or CustomizedMetricSpecification must be set for target tracking scaling.',
    ],
    [
      'a metric of both kinds',
      {
        TargetTrackingScalingPolicyConfiguration: {
          TargetValue: 1,
          PredefinedMetricSpecification: { PredefinedMetricType: 'ECSServiceAverageCPUUtilization' },
          ...metricNamed('Backlog'),
        },
      },
      'Only one of PredefinedMetricSpecification or CustomizedMetricSpecification can be set for target tracking scaling.',
    ],
    [
      'a metric without a statistic',
      {
        TargetTrackingScalingPolicyConfiguration: {
          TargetValue: 1,
          CustomizedMetricSpecification: { MetricName: 'Backlog', Namespace: 'Shop' },
        },
      },
      "Value null at 'targetTrackingScalingPolicyConfiguration.customizedMetricSpecification.statistic' failed to satisfy constraint: Member must not be null",
    ],
    [
      'metric math beside a metric',
      {
        TargetTrackingScalingPolicyConfiguration: {
          TargetValue: 1,
          CustomizedMetricSpecification: {
            MetricName: 'Backlog',
            Metrics: [{ Id: 'm1', Expression: 'a/b' }],
          },
        },
      },
      'The customized metric specification is not valid.',
    ],
    [
      'metric math over what is not there',
      {
        TargetTrackingScalingPolicyConfiguration: {
          TargetValue: 1,
          CustomizedMetricSpecification: { Metrics: [{ Id: 'm1', Expression: 'a/b' }] },
        },
      },
      "Error in expression 'm1'",
    ],
    [
      'requests of no load balancer',
      predefined('ALBRequestCountPerTarget'),
      'Resource label should be specified for predefined metric type ALBRequestCountPerTarget',
    ],
    [
      'a broken label',
      predefined('ALBRequestCountPerTarget', 'web'),
      "Invalid resource label 'web' for predefined metric type ALBRequestCountPerTarget",
    ],
    [
      'a label that means nothing',
      predefined('ECSServiceAverageCPUUtilization', 'app/web/1/targetgroup/web/2'),
      'Resource label should not be specified for predefined metric type ECSServiceAverageCPUUtilization',
    ],
    [
      'the metric of another service',
      predefined('DynamoDBReadCapacityUtilization'),
      'Scalable dimension ecs:service:DesiredCount only supports the following predefined metric types: ALBRequestCountPerTarget, ECSServiceAverageCPUUtilization',
    ],
    [
      'no target value and a negative cooldown',
      { TargetTrackingScalingPolicyConfiguration: { TargetValue: undefined, ScaleInCooldown: -1 } },
      "2 validation errors detected: Value null at 'targetTrackingScalingPolicyConfiguration.targetValue'",
    ],
    [
      'a name that is too long',
      { PolicyName: 'x'.repeat(257) },
      'Member must have length less than or equal to 256',
    ],
  ]
  it.each(refused)('refuses %s', async (_what, overrides, message) => {
    await expect(
      local.client.putScalingPolicy({
        ...THUMBNAILS,
        PolicyName: 'backlog',
        PolicyType: 'TargetTrackingScaling',
        ...overrides,
      }),
    ).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringContaining(message) as string,
    })
    expect([...(await describePolicies()), ...(await alarms())]).toEqual([])
  })

  it('refuses a target that is not registered, a second policy on the same metric, and a fifty-first policy', async () => {
    await local.track()
    await expect(local.track({}, 'again')).rejects.toMatchObject({
      name: 'ValidationException',
      message: 'Only one TargetTrackingScaling policy for a given metric specification is allowed.',
    })
    for (let at = 1; at < 50; at += 1) await local.track(metricNamed(`Metric${at}`), `policy-${at}`)
    await expect(local.track(metricNamed('Metric50'), 'policy-50')).rejects.toMatchObject({
      name: 'LimitExceededException',
    })
    await local.client.deregisterScalableTarget(THUMBNAILS)
    await expect(local.track()).rejects.toMatchObject({
      name: 'ObjectNotFoundException',
      message:
        'No scalable target registered for service namespace: ecs, resource ID: service/media/thumbnails, scalable dimension: ecs:service:DesiredCount',
    })
  })
})
