// The CPU and memory of a service's real processes, read with the real CloudWatch client.
import { CloudWatchClient, GetMetricStatisticsCommand } from '@aws-sdk/client-cloudwatch'
import type { Datapoint } from '@aws-sdk/client-cloudwatch'
import {
  CreateClusterCommand,
  CreateServiceCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
} from '@aws-sdk/client-ecs'
import type { LocalAws } from '@longshore/local'
import { startLocalAws } from '@longshore/local'
import { afterAll, beforeAll, expect, test } from 'vitest'

const TIME_SCALE = 300
const WAIT_MS = 40_000

let aws: LocalAws
let ecs: ECSClient
let cloudWatch: CloudWatchClient
let startedAtMs: number

beforeAll(async () => {
  startedAtMs = Date.now()
  aws = await startLocalAws({ timeScale: TIME_SCALE, seed: 1 })
  ecs = new ECSClient({ endpoint: aws.endpoint, region: 'us-east-1' })
  cloudWatch = new CloudWatchClient({ endpoint: aws.endpoint, region: 'us-east-1' })
  await ecs.send(new CreateClusterCommand({ clusterName: 'media' }))
  await ecs.send(
    new RegisterTaskDefinitionCommand({
      family: 'busy',
      containerDefinitions: [
        { name: 'main', image: 'none', cpu: 128, memory: 64, command: ['sh', '-c', 'while :; do :; done'] },
      ],
    }),
  )
})
afterAll(async () => {
  ecs.destroy()
  cloudWatch.destroy()
  await aws.close()
})

async function datapoints(serviceName: string, metricName: string, Period: number): Promise<Datapoint[]> {
  // Control time runs ahead of the wall.
  const endMs = startedAtMs + (Date.now() - startedAtMs) * TIME_SCALE + 60_000
  const { Datapoints = [] } = await cloudWatch.send(
    new GetMetricStatisticsCommand({
      Namespace: 'AWS/ECS',
      MetricName: metricName,
      Dimensions: [
        { Name: 'ClusterName', Value: 'media' },
        { Name: 'ServiceName', Value: serviceName },
      ],
      StartTime: new Date(endMs - 3_600_000),
      EndTime: new Date(endMs),
      Period,
      Statistics: ['Average', 'SampleCount'],
    }),
  )
  return Datapoints.sort((one, other) => Number(one.Timestamp) - Number(other.Timestamp))
}

async function serve(serviceName: string, resolutionSeconds: number): Promise<void> {
  await ecs.send(
    new CreateServiceCommand({
      cluster: 'media',
      serviceName,
      taskDefinition: 'busy',
      desiredCount: 2,
      monitoring: {
        metricConfigurations: [{ metricNames: ['CPUUtilization'], resolutionSeconds }],
      },
    }),
  )
}

test('a service’s CPU and memory are in CloudWatch, one sample a minute for each running task', async () => {
  await serve('minutely', 60)
  for (const metric of ['CPUUtilization', 'MemoryUtilization']) {
    // The second task may start minutes after the first: a minute is a fifth of a second.
    const newest = async (): Promise<Datapoint[]> => (await datapoints('minutely', metric, 60)).slice(-2)
    const ofBoth = {
      SampleCount: 2,
      Unit: 'Percent',
      Average: expect.toSatisfy((used: number) => used > 0.1) as number,
    }
    await expect.poll(newest, { timeout: WAIT_MS }).toMatchObject([ofBoth, ofBoth])
  }
})

test('a service that asks for it has its CPU every twenty seconds', async () => {
  await serve('often', 20)
  const seconds = async (): Promise<Set<number>> => {
    const read = await datapoints('often', 'CPUUtilization', 20)
    return new Set(read.map(({ Timestamp }) => (Number(Timestamp) / 1_000) % 60))
  }
  await expect.poll(seconds, { timeout: WAIT_MS }).toEqual(new Set([0, 20, 40]))
})
