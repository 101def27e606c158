// What makes a service scale besides target tracking on a metric of its own, with real processes, on a control plane that
// runs ten minutes in a second.
import { ApplicationAutoScaling } from '@aws-sdk/client-application-auto-scaling'
import type { StepAdjustment } from '@aws-sdk/client-application-auto-scaling'
import { CloudWatch } from '@aws-sdk/client-cloudwatch'
import { ECS } from '@aws-sdk/client-ecs'
import { startLocalAws } from '@longshore/local'
import type { LocalAws } from '@longshore/local'
import { afterAll, beforeAll, expect, it } from 'vitest'

import { eventually } from './endpoint.js'

const BEAT_MS = 20
const MOST_MS = 50_000

let aws: LocalAws
let ecs: ECS
let cloudWatch: CloudWatch
let autoScaling: ApplicationAutoScaling

beforeAll(async () => {
  aws = await startLocalAws({ timeScale: 600, launchDelay: '10s', parameters: { trackingHighDatapoints: 1 } })
  const connection = { endpoint: aws.endpoint, region: 'us-east-1' }
  ecs = new ECS(connection)
  cloudWatch = new CloudWatch(connection)
  autoScaling = new ApplicationAutoScaling(connection)
  await ecs.createCluster({ clusterName: 'media' })
  await ecs.registerTaskDefinition({
    family: 'worker',
    containerDefinitions: [{ name: 'worker', image: 'none', command: ['sleep', '600'], memory: 64 }],
  })
})
afterAll(async () => {
  for (const client of [ecs, cloudWatch, autoScaling]) client.destroy()
  await aws.close()
})

/** A service of one task that may have three. */
async function createService(serviceName: string) {
  await ecs.createService({ cluster: 'media', serviceName, taskDefinition: 'worker', desiredCount: 1 })
  const target = {
    ServiceNamespace: 'ecs',
    ResourceId: `service/media/${serviceName}`,
    ScalableDimension: 'ecs:service:DesiredCount',
  } as const
  await autoScaling.registerScalableTarget({ ...target, MinCapacity: 1, MaxCapacity: 3 })
  return target
}

async function runs(serviceName: string, tasks: number): Promise<true | undefined> {
  const { services = [] } = await ecs.describeServices({ cluster: 'media', services: [serviceName] })
  return services[0]?.desiredCount === tasks && services[0].runningCount === tasks ? true : undefined
}

/** Does something, beat after beat, until the service runs so many tasks. */
async function untilRunning(serviceName: string, tasks: number, beat: () => Promise<unknown>): Promise<void> {
  const beating = new AbortController()
  const beats = (async () => {
    while (!beating.signal.aborted) {
      await beat()
      await new Promise((resolve) => setTimeout(resolve, BEAT_MS))
    }
  })()
  try {
    await eventually(() => runs(serviceName, tasks), MOST_MS)
  } finally {
    beating.abort()
    await beats
  }
}

it('a ladder of steps over an alarm of ten seconds brings a service to what each band asks for', async () => {
  const target = await createService('ladder')
  const ladder = async (PolicyName: string, StepAdjustments: StepAdjustment[]) =>
    (
      await autoScaling.putScalingPolicy({
        ...target,
        PolicyName,
        PolicyType: 'StepScaling',
        StepScalingPolicyConfiguration: { AdjustmentType: 'ExactCapacity', StepAdjustments, Cooldown: 0 },
      })
    ).PolicyARN ?? ''
  const up = [
    { MetricIntervalLowerBound: 0, MetricIntervalUpperBound: 100, ScalingAdjustment: 2 },
    { MetricIntervalLowerBound: 100, ScalingAdjustment: 3 },
  ]
  const alarm = { Namespace: 'Shop', MetricName: 'Deficit', Statistic: 'Maximum', Period: 10 } as const
  await cloudWatch.putMetricAlarm({
    ...alarm,
    AlarmName: 'missing',
    EvaluationPeriods: 1,
    Threshold: 1,
    ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    AlarmActions: [await ladder('up', up)],
  })
  await cloudWatch.putMetricAlarm({
    ...alarm,
    AlarmName: 'none-missing',
    EvaluationPeriods: 1,
    Threshold: 0,
    ComparisonOperator: 'LessThanOrEqualToThreshold',
    AlarmActions: [await ladder('down', [{ MetricIntervalUpperBound: 0, ScalingAdjustment: 1 }])],
  })
  const publish = (Value: number) => () =>
    cloudWatch.putMetricData({
      Namespace: 'Shop',
      MetricData: [{ MetricName: 'Deficit', Value, StorageResolution: 1 }],
    })
  await untilRunning('ladder', 2, publish(50))
  await untilRunning('ladder', 3, publish(500))
  await untilRunning('ladder', 1, publish(0))
  const { ScalingPolicies } = await autoScaling.describeScalingPolicies({ ServiceNamespace: 'ecs' })
  expect(ScalingPolicies).toMatchObject([
    { PolicyName: 'down', Alarms: [{ AlarmName: 'none-missing' }] },
    { PolicyName: 'up', Alarms: [{ AlarmName: 'missing' }] },
  ])
}, 180_000)

it('requests of a load balancer, injected, scale a service that tracks them', async () => {
  const target = await createService('web')
  await autoScaling.putScalingPolicy({
    ...target,
    PolicyName: 'requests',
    PolicyType: 'TargetTrackingScaling',
    TargetTrackingScalingPolicyConfiguration: {
      TargetValue: 100,
      PredefinedMetricSpecification: {
        PredefinedMetricType: 'ALBRequestCountPerTarget',
        ResourceLabel: 'app/web/50dc6c495c0c9188/targetgroup/web/943f017f100becff',
      },
    },
  })
  const inject = async () => {
    const answer = await fetch(`${aws.endpoint}/_longshore/cloudwatch/inject-metrics`, {
      method: 'POST',
      body: JSON.stringify({
        Namespace: 'AWS/ApplicationELB',
        MetricData: [
          {
            MetricName: 'RequestCountPerTarget',
            Dimensions: [
              { Name: 'TargetGroup', Value: 'targetgroup/web/943f017f100becff' },
              { Name: 'LoadBalancer', Value: 'app/web/50dc6c495c0c9188' },
            ],
            Value: 1_000,
          },
        ],
      }),
    })
    if (!answer.ok) throw new Error(await answer.text())
    await answer.body?.cancel()
  }
  await untilRunning('web', 3, inject)
}, 180_000)

it('a scheduled action raises the minimum, and is passed over while those are suspended', async () => {
  const target = await createService('nightly')
  await autoScaling.putScheduledAction({
    ...target,
    ScheduledActionName: 'more',
    Schedule: 'rate(1 minute)',
    ScalableTargetAction: { MinCapacity: 2 },
  })
  await eventually(() => runs('nightly', 2), MOST_MS)
  const { ScalingActivities = [] } = await autoScaling.describeScalingActivities(target)
  const causes = ScalingActivities.map((activity) => activity.Cause)
  expect(causes).toContain('scheduled action name more was triggered')
  expect(causes).toContain('minimum capacity was set to 2')
  await autoScaling.registerScalableTarget({
    ...target,
    MinCapacity: 1,
    SuspendedState: { ScheduledScalingSuspended: true },
  })
  const count = async () => {
    const { ScalingActivities = [] } = await autoScaling.describeScalingActivities(target)
    return ScalingActivities.length
  }
  const before = await count()
  // Three runs of the schedule, on a clock that runs a minute in a tenth of a second.
  await new Promise((resolve) => setTimeout(resolve, 300))
  expect(await count()).toBe(before)
}, 180_000)
