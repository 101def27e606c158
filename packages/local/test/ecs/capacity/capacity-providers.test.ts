// Capacity providers and strategies: tasks here never start a process.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Described, LocalEcs } from '../local-ecs.js'
import { ACCOUNT, localEcs, PATIENT, REGION } from '../local-ecs.js'

let local: LocalEcs
beforeEach(async () => {
  local = localEcs({ launchDelayMs: 1e9 })
  await local.call('RegisterTaskDefinition', {
    family: 'app',
    networkMode: 'awsvpc',
    cpu: '256',
    memory: '512',
    containerDefinitions: [{ name: 'main', image: 'none', command: ['sh', '-c', PATIENT] }],
  })
})
afterEach(() => local[Symbol.asyncDispose]())

const NETWORK = { networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1'] } } }
const strategyOf = (...items: readonly [string, number, number?][]): object[] =>
  items.map(([capacityProvider, weight, base = 0]) => ({ capacityProvider, weight, base }))

const createGroup = (name: string): Promise<Described> =>
  local.call('CreateCapacityProvider', {
    name,
    autoScalingGroupProvider: { autoScalingGroupArn: 'arn:aws:autoscaling:::group' },
  })

/** How many tasks that are meant to run are on each provider. */
async function spread(): Promise<Record<string, number>> {
  const { taskArns } = await local.call('ListTasks')
  const { tasks } = await local.call('DescribeTasks', { tasks: taskArns })
  const counts: Record<string, number> = {}
  for (const { capacityProviderName } of tasks as { capacityProviderName: string }[]) {
    counts[capacityProviderName] = (counts[capacityProviderName] ?? 0) + 1
  }
  return counts
}

describe('a strategy over Fargate and Fargate Spot', () => {
  const capacityProviderStrategy = strategyOf(['FARGATE', 1, 1], ['FARGATE_SPOT', 3])
  beforeEach(() => local.call('CreateCluster', { capacityProviders: ['FARGATE', 'FARGATE_SPOT'] }))

  test('spreads a service’s tasks by base and weight, through scaling too', async () => {
    const created = await local.call('CreateService', {
      serviceName: 's',
      taskDefinition: 'app',
      desiredCount: 5,
      capacityProviderStrategy,
      ...NETWORK,
    })
    expect(created.service).toMatchObject({
      capacityProviderStrategy,
      deployments: [{ capacityProviderStrategy }],
    })
    expect(created.service).not.toHaveProperty('launchType')
    await local.control.advance(0)
    expect(await spread()).toEqual({ FARGATE: 2, FARGATE_SPOT: 3 })
    local.ecs.setDesiredCount('default', 's', 9)
    await local.control.advance(0)
    expect(await spread()).toEqual({ FARGATE: 3, FARGATE_SPOT: 6 })
  })

  test('spreads the tasks of RunTask, which have launch type FARGATE', async () => {
    const { tasks } = await local.call('RunTask', {
      taskDefinition: 'app',
      count: 5,
      capacityProviderStrategy,
      ...NETWORK,
    })
    expect(await spread()).toEqual({ FARGATE: 2, FARGATE_SPOT: 3 })
    expect(tasks).toMatchObject([{ launchType: 'FARGATE', capacityProviderName: 'FARGATE' }, {}, {}, {}, {}])
  })

  test('can be the cluster’s default, for launches that say nothing', async () => {
    const { cluster } = await local.call('PutClusterCapacityProviders', {
      cluster: 'default',
      capacityProviders: ['FARGATE_SPOT'],
      defaultCapacityProviderStrategy: strategyOf(['FARGATE_SPOT', 1]),
    })
    expect(cluster).toMatchObject({
      capacityProviders: ['FARGATE_SPOT'],
      defaultCapacityProviderStrategy: strategyOf(['FARGATE_SPOT', 1]),
    })
    await local.call('CreateService', {
      serviceName: 's',
      taskDefinition: 'app',
      desiredCount: 2,
      ...NETWORK,
    })
    await local.call('RunTask', { taskDefinition: 'app', ...NETWORK })
    await local.call('RunTask', { taskDefinition: 'app', launchType: 'FARGATE', ...NETWORK })
    await local.control.advance(0)
    expect(await spread()).toEqual({ FARGATE_SPOT: 3, undefined: 1 })
  })

  test('can be changed, for the tasks launched from then on', async () => {
    await local.call('CreateService', {
      serviceName: 's',
      taskDefinition: 'app',
      desiredCount: 1,
      ...NETWORK,
    })
    await local.control.advance(0)
    const strategy = strategyOf(['FARGATE_SPOT', 1])
    const { service } = await local.call('UpdateService', {
      service: 's',
      desiredCount: 3,
      capacityProviderStrategy: strategy,
    })
    expect(service).toMatchObject({ capacityProviderStrategy: strategy })
    await local.control.advance(0)
    expect(await spread()).toEqual({ undefined: 1, FARGATE_SPOT: 2 })
  })

  test.each([
    [
      'beside a launch type',
      { launchType: 'FARGATE', capacityProviderStrategy },
      'Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again.',
    ],
    [
      'over a provider that is not there',
      { capacityProviderStrategy: strategyOf(['none', 1]) },
      'The specified capacity provider was not found. Specify a valid name or ARN and try again.',
    ],
    [
      'without any weight',
      { capacityProviderStrategy: strategyOf(['FARGATE', 0]) },
      'At least one capacity provider in a strategy must have a weight greater than zero.',
    ],
  ])('is refused %s', async (_, change, message) => {
    const input = { serviceName: 's', taskDefinition: 'app', ...NETWORK, ...change }
    expect(await local.refusal('CreateService', input)).toEqual({
      code: 'InvalidParameterException',
      message,
    })
  })

  test('asks for a task definition that Fargate can run', async () => {
    await local.registerShell('plain', PATIENT)
    const input = { serviceName: 's', taskDefinition: 'plain', capacityProviderStrategy, ...NETWORK }
    expect(await local.refusal('CreateService', input)).toMatchObject({
      message: 'Task definition does not support launch_type FARGATE.',
    })
  })
})

describe('capacity providers', () => {
  test('are Fargate’s and those that were created', async () => {
    const { capacityProvider } = await createGroup('fleet')
    expect(capacityProvider).toMatchObject({
      name: 'fleet',
      capacityProviderArn: `arn:aws:ecs:${REGION}:${ACCOUNT}:capacity-provider/fleet`,
      status: 'ACTIVE',
      type: 'EC2_AUTOSCALING',
      autoScalingGroupProvider: { autoScalingGroupArn: 'arn:aws:autoscaling:::group' },
    })
    const { capacityProviders } = await local.call('DescribeCapacityProviders')
    expect(capacityProviders).toMatchObject([
      { name: 'FARGATE', type: 'FARGATE' },
      { name: 'FARGATE_SPOT' },
      { name: 'fleet' },
    ])
    expect(
      await local.call('DescribeCapacityProviders', { capacityProviders: ['fleet', 'none'] }),
    ).toMatchObject({
      capacityProviders: [{ name: 'fleet' }],
      failures: [{ arn: `arn:aws:ecs:${REGION}:${ACCOUNT}:capacity-provider/none`, reason: 'MISSING' }],
    })
  })

  test('must be associated with the cluster before they are used, and stay while a service uses them', async () => {
    await local.call('CreateCluster')
    await createGroup('fleet')
    const service = {
      serviceName: 's',
      taskDefinition: 'app',
      capacityProviderStrategy: strategyOf(['fleet', 1]),
      ...NETWORK,
    }
    expect((await local.refusal('CreateService', service)).message).toMatch(/not associated with the cluster/)
    const put = { cluster: 'default', defaultCapacityProviderStrategy: [] }
    await local.call('PutClusterCapacityProviders', { ...put, capacityProviders: ['fleet', 'FARGATE'] })
    await local.call('CreateService', service)
    const inUse = { code: 'ResourceInUseException' }
    expect(
      await local.refusal('PutClusterCapacityProviders', { ...put, capacityProviders: ['FARGATE'] }),
    ).toMatchObject(inUse)
    expect(await local.refusal('DeleteCapacityProvider', { capacityProvider: 'fleet' })).toMatchObject(inUse)
    const mixed = strategyOf(['fleet', 1], ['FARGATE', 1])
    const refusal = await local.refusal('UpdateService', { service: 's', capacityProviderStrategy: mixed })
    expect(refusal.message).toMatch(/cannot contain both Fargate and Auto Scaling group/)
  })

  test('of Fargate cannot be deleted, others can', async () => {
    await createGroup('fleet')
    expect(await local.call('DeleteCapacityProvider', { capacityProvider: 'fleet' })).toMatchObject({
      capacityProvider: { status: 'INACTIVE' },
    })
    expect(await local.refusal('DeleteCapacityProvider', { capacityProvider: 'FARGATE' })).toMatchObject({
      code: 'InvalidParameterException',
    })
  })

  test.each([
    [{ name: 'fargate-two' }, /^Invalid capacity provider name/],
    [{ name: 'fleet', autoScalingGroupProvider: {} }, /autoScalingGroupArn must be specified/],
    [{ name: 'fleet', managedInstancesProvider: {} }, /managedInstancesProvider is not supported/],
  ])('are refused as %o', async (change, message) => {
    const input = {
      autoScalingGroupProvider: { autoScalingGroupArn: 'arn:aws:autoscaling:::group' },
      ...change,
    }
    expect((await local.refusal('CreateCapacityProvider', input)).message).toMatch(message)
  })
})
