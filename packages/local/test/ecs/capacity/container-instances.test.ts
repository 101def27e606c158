// Container instances as room for tasks: tasks here never start a process, unless a test says so.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Described, LocalEcs } from '../local-ecs.js'
import { localEcs, PATIENT } from '../local-ecs.js'

let local: LocalEcs
beforeEach(async () => {
  local = localEcs({ launchDelayMs: 2_000 })
  await local.call('CreateCapacityProvider', {
    name: 'fleet',
    autoScalingGroupProvider: { autoScalingGroupArn: 'arn:aws:autoscaling:::group' },
  })
  await local.call('CreateCluster', { capacityProviders: ['fleet'] })
  await local.registerShell('app', PATIENT, { cpu: 256, memory: 512 })
})
afterEach(() => local[Symbol.asyncDispose]())

async function register(input: object = {}): Promise<string> {
  const answer = await local.ecs.commands['register-container-instance']?.({
    cpu: 1_024,
    memory: 1_024,
    ...input,
  })
  return (answer as { containerInstance: Described }).containerInstance.containerInstanceArn as string
}

const create = (desiredCount: number, input: object = {}): Promise<Described> =>
  local.call('CreateService', { serviceName: 's', taskDefinition: 'app', desiredCount, ...input })

const BY_PROVIDER = { capacityProviderStrategy: [{ capacityProvider: 'fleet', weight: 1 }] }
const BY_TYPE = { launchType: 'EC2' }

async function tasks(): Promise<Described[]> {
  const { taskArns } = await local.call('ListTasks')
  if ((taskArns as string[]).length === 0) return []
  return (await local.call('DescribeTasks', { tasks: taskArns })).tasks as Described[]
}

/** How many tasks are on each instance; those that wait are under `none`. */
async function places(): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const { containerInstanceArn } of await tasks()) {
    const name = typeof containerInstanceArn === 'string' ? containerInstanceArn : 'none'
    counts[name] = (counts[name] ?? 0) + 1
  }
  return counts
}

async function scaleTo(desired: number): Promise<void> {
  local.ecs.setDesiredCount('default', 's', desired)
  await local.control.advance(0)
}

describe('tasks on a capacity provider of instances', () => {
  test('wait in PROVISIONING until an instance has room, then start', async () => {
    await create(3, BY_PROVIDER)
    await local.control.advance(3_600_000)
    expect((await tasks()).map(({ lastStatus }) => lastStatus)).toEqual(Array(3).fill('PROVISIONING'))
    expect(local.ecs.serviceCounts('default', 's')).toMatchObject({ running: 0, pending: 3 })

    const instance = await register({ capacityProvider: 'fleet' })
    expect(await places()).toEqual({ [instance]: 2, none: 1 })
    await local.until('two run', () => local.ecs.serviceCounts('default', 's')?.running === 2)
    const placed = (await tasks()).find(({ lastStatus }) => lastStatus === 'RUNNING')
    expect(placed).toMatchObject({
      launchType: 'EC2',
      capacityProviderName: 'fleet',
      containerInstanceArn: instance,
    })
    expect(placed).not.toHaveProperty('platformVersion')
  })

  test('take the room that others leave, the longest waiting first', async () => {
    const instance = await register({ capacityProvider: 'fleet' })
    await create(4, BY_PROVIDER)
    await local.control.advance(0)
    const waiting = (await tasks()).filter(({ containerInstanceArn }) => containerInstanceArn === undefined)
    expect(waiting).toHaveLength(2)
    const { tasks: alone } = await local.call('RunTask', { taskDefinition: 'app', ...BY_PROVIDER })
    expect(alone).toMatchObject([{ lastStatus: 'PROVISIONING' }])
    const placed = (await tasks()).find((task) => task.containerInstanceArn === instance)
    await local.call('StopTask', { task: placed?.taskArn })
    const now = (await tasks()).filter((task) => task.containerInstanceArn === instance)
    expect(now.map(({ taskArn }) => taskArn)).toContainEqual(
      expect.stringMatching(new RegExp(waiting.map(({ taskArn }) => taskArn as string).join('|'))),
    )
  })

  test('use instances of their provider alone', async () => {
    await register()
    await create(1, BY_PROVIDER)
    await local.control.advance(0)
    expect(await places()).toEqual({ none: 1 })
  })

  test('may wait by five hundred in a cluster', async () => {
    await create(600, BY_PROVIDER)
    await local.control.advance(60_000)
    expect(await tasks().then(({ length }) => length)).toBe(100)
    expect(local.ecs.serviceCounts('default', 's')).toMatchObject({ pending: 500 })
    expect(await local.refusal('RunTask', { taskDefinition: 'app', ...BY_PROVIDER })).toMatchObject({
      message: "You've reached the limit on the number of tasks you can provision concurrently.",
    })
    await register({ capacityProvider: 'fleet', cpu: 10_240, memory: 10_240 })
    await local.control.advance(0)
    expect(local.ecs.serviceCounts('default', 's')?.pending).toBe(520)
  })
})

describe('tasks with launch type EC2', () => {
  test('are not launched without an instance, and the service says so once', async () => {
    await create(2, BY_TYPE)
    await local.control.advance(600_000)
    expect(await tasks()).toEqual([])
    expect(await local.eventTexts('s')).toEqual([
      '(service s) was unable to place a task because no container instance met all of its requirements. ' +
        'Reason: No Container Instances were found in your cluster. ' +
        'For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.',
    ])
    expect(await local.refusal('RunTask', { taskDefinition: 'app', ...BY_TYPE })).toEqual({
      code: 'InvalidParameterException',
      message: 'No Container Instances were found in your cluster.',
    })
    const instance = await register()
    await local.control.advance(0)
    expect(await places()).toEqual({ [instance]: 2 })
  })

  test('fail to be placed one by one where they do not fit, with what is lacking', async () => {
    const instance = await register()
    const { tasks: launched, failures } = await local.call('RunTask', {
      taskDefinition: 'app',
      count: 3,
      ...BY_TYPE,
    })
    expect(launched).toHaveLength(2)
    expect(failures).toEqual([{ arn: instance, reason: 'RESOURCE:MEMORY' }])
    await create(1, BY_TYPE)
    await local.control.advance(0)
    expect((await local.eventTexts('s'))[0]).toContain(
      `The closest matching (container-instance ${instance.split('/')[2] ?? ''}) has insufficient memory available.`,
    )
  })

  test('take the room that RunTask overrides, for a container or for the task', async () => {
    const instance = await register()
    const run = async (overrides: object): Promise<unknown> => {
      const { failures } = await local.call('RunTask', { taskDefinition: 'app', ...BY_TYPE, overrides })
      return failures
    }
    const left = async (): Promise<unknown[]> => {
      const { containerInstances } = await local.call('DescribeContainerInstances', {
        containerInstances: [instance],
      })
      const [{ remainingResources } = {}] = containerInstances as Described[]
      return (remainingResources as { integerValue: number }[]).map(({ integerValue }) => integerValue)
    }
    const lacking = [{ arn: instance, reason: 'RESOURCE:CPU' }]
    expect(await run({ containerOverrides: [{ name: 'main', cpu: 2_048 }] })).toEqual(lacking)
    expect(await run({ cpu: '2 vCPU' })).toEqual(lacking)
    expect(await run({ containerOverrides: [{ name: 'main', cpu: 128, memory: 64 }] })).toEqual([])
    expect(await left()).toEqual([896, 960])
    expect(await run({ cpu: '.5 vCPU', memory: '0.5 GB' })).toEqual([])
    expect(await left()).toEqual([384, 448])
    const { taskDefinition } = await local.call('DescribeTaskDefinition', { taskDefinition: 'app' })
    expect((taskDefinition as Described).containerDefinitions).toMatchObject([{ cpu: 256, memory: 512 }])
  })

  test('are spread over instances', async () => {
    const [one, two] = [await register(), await register()]
    await create(2, BY_TYPE)
    await local.control.advance(0)
    expect(await places()).toEqual({ [one]: 1, [two]: 1 })
  })
})

describe('a container instance', () => {
  test('tells what it has and what is left', async () => {
    const arn = await register({ ec2InstanceId: 'i-1', capacityProvider: 'fleet' })
    await create(1, BY_PROVIDER)
    await local.control.advance(0)
    const { containerInstances, failures } = await local.call('DescribeContainerInstances', {
      containerInstances: [arn, 'none'],
    })
    const room = (cpu: number, memory: number): object[] => [
      { name: 'CPU', type: 'INTEGER', doubleValue: 0, longValue: 0, integerValue: cpu },
      { name: 'MEMORY', type: 'INTEGER', doubleValue: 0, longValue: 0, integerValue: memory },
    ]
    expect(containerInstances).toMatchObject([
      {
        containerInstanceArn: arn,
        ec2InstanceId: 'i-1',
        capacityProviderName: 'fleet',
        status: 'ACTIVE',
        agentConnected: true,
        registeredResources: room(1_024, 1_024),
        remainingResources: room(768, 512),
        pendingTasksCount: 1,
      },
    ])
    expect(failures).toMatchObject([{ reason: 'MISSING' }])
    expect(await local.call('ListContainerInstances')).toEqual({ containerInstanceArns: [arn] })
    const [placed] = await tasks()
    const listed = await local.call('ListTasks', { containerInstance: arn })
    expect(listed.taskArns).toEqual([placed?.taskArn])
    expect(await local.call('DescribeClusters')).toMatchObject({
      clusters: [{ registeredContainerInstancesCount: 1, capacityProviders: ['fleet'] }],
    })
    expect(await local.refusal('DeleteCluster', { cluster: 'default' })).toBeDefined()
  })

  test('that drains takes no more, and a service moves its tasks away, protected ones too', async () => {
    const first = await register({ memory: 512 })
    await create(1, BY_TYPE)
    await local.until('one runs', () => local.ecs.serviceCounts('default', 's')?.running === 1)
    const [old] = await tasks()
    await local.call('UpdateTaskProtection', { tasks: [old?.taskArn], protectionEnabled: true })
    const second = await register()
    const answer = await local.call('UpdateContainerInstancesState', {
      containerInstances: [first],
      status: 'DRAINING',
    })
    expect(answer.containerInstances).toMatchObject([{ status: 'DRAINING' }])
    await local.control.advance(0)
    expect(await places()).toEqual({ [first]: 1, [second]: 1 })
    await local.until('moved', async () => (await places())[first] === undefined)
    expect(await places()).toEqual({ [second]: 1 })
    expect(local.ecs.serviceCounts('default', 's')).toMatchObject({ desired: 1 })
  })

  test('is deregistered by force with its tasks, which are replaced elsewhere', async () => {
    const first = await register({ ec2InstanceId: 'i-gone' })
    await create(1, BY_TYPE)
    await local.until('one runs', () => local.ecs.serviceCounts('default', 's')?.running === 1)
    const [old] = await tasks()
    expect(await local.refusal('DeregisterContainerInstance', { containerInstance: first })).toEqual({
      code: 'InvalidParameterException',
      message: 'Found running tasks on the instance.',
    })
    const second = await register()
    await local.call('DeregisterContainerInstance', { containerInstance: first, force: true })
    await local.control.advance(0)
    expect(await local.task(old?.taskArn as string)).toMatchObject({
      stopCode: 'TerminationNotice',
      stoppedReason: 'Host EC2 (instance i-gone) terminated.',
    })
    expect(await places()).toEqual({ [second]: 1 })
    expect(await local.service('s')).toMatchObject({ deployments: [{ failedTasks: 0 }] })
    expect(await local.call('ListContainerInstances')).toEqual({ containerInstanceArns: [second] })
  })

  test.each([
    [{ cpu: 0 }, 'cpu must be at least 1; got 0.'],
    [{ capacityProvider: 'FARGATE' }, 'FARGATE takes no container instances.'],
    [
      { capacityProvider: 'none' },
      'The specified capacity provider was not found. Specify a valid name or ARN and try again.',
    ],
  ])('is refused as %o', async (input, message) => {
    await expect(register(input)).rejects.toThrow(message)
  })

  test('frees the room of tasks that never ran', async () => {
    const instance = await register()
    await create(2, BY_TYPE)
    await local.control.advance(0)
    await scaleTo(0)
    await scaleTo(2)
    expect(await places()).toEqual({ [instance]: 2 })
  })
})
