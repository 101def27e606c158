// Target tracking as a user meets it: a service of real processes that follows a metric, on a control plane that runs
// ten minutes in a second. No other local implementation acts, so there is no other endpoint to run this against.
import { ApplicationAutoScaling } from '@aws-sdk/client-application-auto-scaling'
import { CloudWatch } from '@aws-sdk/client-cloudwatch'
import { ECS } from '@aws-sdk/client-ecs'
import { startLocalAws } from '@longshore/local'
import type { LocalAws } from '@longshore/local'
import { afterAll, beforeAll, expect, it } from 'vitest'

import { eventually } from './endpoint.js'

const THUMBNAILS = {
  ServiceNamespace: 'ecs',
  ResourceId: 'service/media/thumbnails',
  ScalableDimension: 'ecs:service:DesiredCount',
} as const
const BEAT_MS = 30
const MOST_MS = 50_000

let aws: LocalAws
let ecs: ECS
let cloudWatch: CloudWatch
let autoScaling: ApplicationAutoScaling

beforeAll(async () => {
  aws = await startLocalAws({ timeScale: 600, launchDelay: '10s' })
  const connection = { endpoint: aws.endpoint, region: 'us-east-1' }
  ecs = new ECS(connection)
  cloudWatch = new CloudWatch(connection)
  autoScaling = new ApplicationAutoScaling(connection)
  await ecs.createCluster({ clusterName: 'media' })
  await ecs.registerTaskDefinition({
    family: 'thumbnails',
    containerDefinitions: [{ name: 'worker', image: 'none', command: ['sleep', '600'], memory: 64 }],
  })
  const service = { serviceName: 'thumbnails', taskDefinition: 'thumbnails', desiredCount: 1 }
  await ecs.createService({ cluster: 'media', ...service })
})
afterAll(async () => {
  for (const client of [ecs, cloudWatch, autoScaling]) client.destroy()
  await aws.close()
})

async function thumbnails() {
  const { services = [] } = await ecs.describeServices({ cluster: 'media', services: ['thumbnails'] })
  return services[0]
}

/** Publishes the metric, beat after beat, until the service wants and runs so many tasks. */
async function publishUntilRunning(Value: number, tasks: number): Promise<void> {
  const publisher = new AbortController()
  const beats = (async () => {
    while (!publisher.signal.aborted) {
      await cloudWatch.putMetricData({
        Namespace: 'Shop',
        MetricData: [{ MetricName: 'BacklogPerTask', Value }],
      })
      await new Promise((resolve) => setTimeout(resolve, BEAT_MS))
    }
  })()
  try {
    await eventually(async () => {
      const service = await thumbnails()
      return service?.desiredCount === tasks && service.runningCount === tasks ? true : undefined
    }, MOST_MS)
  } finally {
    publisher.abort()
    await beats
  }
}

it('a service follows its metric out and back in', async () => {
  await autoScaling.registerScalableTarget({ ...THUMBNAILS, MinCapacity: 1, MaxCapacity: 3 })
  const { Alarms } = await autoScaling.putScalingPolicy({
    ...THUMBNAILS,
    PolicyName: 'backlog-per-task',
    PolicyType: 'TargetTrackingScaling',
    TargetTrackingScalingPolicyConfiguration: {
      TargetValue: 10,
      CustomizedMetricSpecification: {
        Namespace: 'Shop',
        MetricName: 'BacklogPerTask',
        Statistic: 'Average',
      },
      ScaleOutCooldown: 60,
      ScaleInCooldown: 60,
    },
  })
  await publishUntilRunning(1_000, 3)
  await publishUntilRunning(0, 1)

  const { ScalingActivities = [] } = await autoScaling.describeScalingActivities(THUMBNAILS)
  const [scaledIn, scaledOut] = ScalingActivities
  expect(ScalingActivities).toHaveLength(2)
  expect(scaledOut).toMatchObject({
    Description: 'Setting desired count to 3.',
    Cause: `monitor alarm ${Alarms?.[0]?.AlarmName} in state ALARM triggered policy backlog-per-task`,
    StatusCode: 'Successful',
    StatusMessage: 'Successfully set desired count to 3. Change successfully fulfilled by ecs.',
  })
  expect(scaledIn).toMatchObject({
    Description: 'Setting desired count to 1.',
    Cause: `monitor alarm ${Alarms?.[1]?.AlarmName} in state ALARM triggered policy backlog-per-task`,
  })
}, 120_000)

it('a service that does not exist cannot be registered', async () => {
  const call = autoScaling.registerScalableTarget({
    ...THUMBNAILS,
    ResourceId: 'service/media/ghost',
    MinCapacity: 1,
    MaxCapacity: 2,
  })
  await expect(call).rejects.toMatchObject({
    name: 'ValidationException',
    message: "ECS service doesn't exist: service/media/ghost",
  })
})
