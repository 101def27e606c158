// Capacity providers and container instances over the real client.
import {
  CreateCapacityProviderCommand,
  CreateClusterCommand,
  CreateServiceCommand,
  DescribeCapacityProvidersCommand,
  DescribeContainerInstancesCommand,
  DescribeTasksCommand,
  ECSClient,
  ListTasksCommand,
  PutClusterCapacityProvidersCommand,
  RegisterTaskDefinitionCommand,
  ResourceInUseException,
  waitUntilServicesStable,
} from '@aws-sdk/client-ecs'
import type { Task } from '@aws-sdk/client-ecs'
import type { LocalAws } from '@longshore/local'
import { startLocalAws } from '@longshore/local'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const PATIENT = 'trap "exit 0" TERM; sleep 1000 & wait'
const cluster = 'media'

let aws: LocalAws
let ecs: ECSClient

beforeAll(async () => {
  aws = await startLocalAws({ timeScale: 60, seed: 1 })
  ecs = new ECSClient({ endpoint: aws.endpoint, region: 'us-east-1' })
  await ecs.send(
    new CreateCapacityProviderCommand({
      name: 'fleet',
      autoScalingGroupProvider: { autoScalingGroupArn: 'arn:aws:autoscaling:::group' },
    }),
  )
  await ecs.send(
    new CreateClusterCommand({
      clusterName: cluster,
      capacityProviders: ['FARGATE', 'FARGATE_SPOT', 'fleet'],
    }),
  )
  await register('good', PATIENT)
})
afterAll(async () => {
  ecs.destroy()
  await aws.close()
})

async function register(family: string, script: string): Promise<void> {
  await ecs.send(
    new RegisterTaskDefinitionCommand({
      family,
      networkMode: 'awsvpc',
      cpu: '256',
      memory: '512',
      containerDefinitions: [{ name: 'main', image: 'none', command: ['sh', '-c', script] }],
    }),
  )
}

const NETWORK = { networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1'] } } }

async function stable(service: string): Promise<void> {
  const waiting = { client: ecs, minDelay: 0.1, maxDelay: 0.2, maxWaitTime: 40 }
  await waitUntilServicesStable(waiting, { cluster, services: [service] })
}

async function tasks(serviceName: string): Promise<Task[]> {
  const { taskArns = [] } = await ecs.send(new ListTasksCommand({ cluster, serviceName }))
  if (taskArns.length === 0) return []
  return (await ecs.send(new DescribeTasksCommand({ cluster, tasks: taskArns }))).tasks ?? []
}

describe('capacity providers over the real client', () => {
  test('spread a service over Fargate and Spot by base and weight', async () => {
    await ecs.send(
      new CreateServiceCommand({
        cluster,
        serviceName: 'spread',
        taskDefinition: 'good',
        desiredCount: 4,
        capacityProviderStrategy: [
          { capacityProvider: 'FARGATE', base: 1, weight: 1 },
          { capacityProvider: 'FARGATE_SPOT', weight: 2 },
        ],
        ...NETWORK,
      }),
    )
    await stable('spread')
    const names = (await tasks('spread')).map(({ capacityProviderName }) => capacityProviderName ?? '')
    expect(names.toSorted()).toEqual(['FARGATE', 'FARGATE', 'FARGATE_SPOT', 'FARGATE_SPOT'])
    await expect(
      ecs.send(
        new PutClusterCapacityProvidersCommand({
          cluster,
          capacityProviders: ['FARGATE'],
          defaultCapacityProviderStrategy: [],
        }),
      ),
    ).rejects.toBeInstanceOf(ResourceInUseException)
    const { capacityProviders } = await ecs.send(new DescribeCapacityProvidersCommand({}))
    expect(capacityProviders).toMatchObject([
      { name: 'FARGATE' },
      { name: 'FARGATE_SPOT' },
      { name: 'fleet', type: 'EC2_AUTOSCALING' },
    ])
  })

  test('have tasks wait for an instance, which comes by command', async () => {
    await ecs.send(
      new CreateServiceCommand({
        cluster,
        serviceName: 'waiting',
        taskDefinition: 'good',
        desiredCount: 1,
        capacityProviderStrategy: [{ capacityProvider: 'fleet', weight: 1 }],
        ...NETWORK,
      }),
    )
    await expect
      .poll(() => tasks('waiting'), { timeout: 40_000 })
      .toMatchObject([{ lastStatus: 'PROVISIONING' }])
    const answer = await fetch(`${aws.endpoint}/_longshore/ecs/register-container-instance`, {
      method: 'POST',
      body: JSON.stringify({ cluster, cpu: 1_024, memory: 2_048, capacityProvider: 'fleet' }),
    })
    const { containerInstance } = (await answer.json()) as {
      containerInstance: { containerInstanceArn: string }
    }
    await stable('waiting')
    const { containerInstanceArn } = containerInstance
    expect(await tasks('waiting')).toMatchObject([
      { lastStatus: 'RUNNING', launchType: 'EC2', containerInstanceArn },
    ])
    const { containerInstances } = await ecs.send(
      new DescribeContainerInstancesCommand({ cluster, containerInstances: [containerInstanceArn] }),
    )
    expect(containerInstances?.[0]).toMatchObject({ runningTasksCount: 1, capacityProviderName: 'fleet' })
    expect(containerInstances?.[0]?.remainingResources).toMatchObject([
      { name: 'CPU', integerValue: 768 },
      { name: 'MEMORY', integerValue: 1_536 },
    ])
  })
})
