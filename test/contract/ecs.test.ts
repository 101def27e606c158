// The real ECS client against a local AWS whose control plane runs forty times as fast as the wall.
import {
  ClientException,
  ClusterContainsServicesException,
  ClusterNotFoundException,
  CreateClusterCommand,
  CreateServiceCommand,
  DeleteClusterCommand,
  DeleteServiceCommand,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  DescribeTaskSetsCommand,
  DescribeTasksCommand,
  ECSClient,
  ECSServiceException,
  InvalidParameterException,
  ListTagsForResourceCommand,
  ListTasksCommand,
  paginateListTasks,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  ServiceNotFoundException,
  StopTaskCommand,
  TagResourceCommand,
  UpdateServiceCommand,
  waitUntilServicesInactive,
  waitUntilServicesStable,
  waitUntilTasksRunning,
  waitUntilTasksStopped,
} from '@aws-sdk/client-ecs'
import type { Service, Task } from '@aws-sdk/client-ecs'
import type { LocalAws } from '@longshore/local'
import { startLocalAws } from '@longshore/local'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const TIME_SCALE = 40
// It says when it knows what SIGTERM asks of it: RUNNING is a process that was started.
const PATIENT = 'trap "exit 0" TERM; sleep 1000 & echo ready; wait'
const WAIT_MS = 40_000
const output: { readonly taskArn: string; readonly line: string }[] = []

let aws: LocalAws
let ecs: ECSClient

beforeAll(async () => {
  aws = await startLocalAws({
    timeScale: TIME_SCALE,
    seed: 1,
    onTaskOutput: ({ taskArn, line }) => output.push({ taskArn, line }),
  })
  ecs = new ECSClient({ endpoint: aws.endpoint, region: 'us-east-1' })
  await ecs.send(new CreateClusterCommand({ clusterName: 'media' }))
  await register('patient', PATIENT)
})
afterAll(async () => {
  ecs.destroy()
  await aws.close()
})

/** The SDK's waiters, asking often enough for a fast control plane. */
const waiting = (): { client: ECSClient; minDelay: number; maxDelay: number; maxWaitTime: number } => ({
  client: ecs,
  minDelay: 0.1,
  maxDelay: 0.2,
  maxWaitTime: WAIT_MS / 1_000,
})

async function register(family: string, script: string): Promise<string> {
  const { taskDefinition } = await ecs.send(
    new RegisterTaskDefinitionCommand({
      family,
      containerDefinitions: [{ name: 'main', image: 'none', memory: 64, command: ['sh', '-c', script] }],
    }),
  )
  return taskDefinition?.taskDefinitionArn ?? ''
}

async function service(serviceName: string): Promise<Service> {
  const { services } = await ecs.send(
    new DescribeServicesCommand({ cluster: 'media', services: [serviceName] }),
  )
  return services?.[0] ?? {}
}

async function serviceTasks(
  serviceName: string,
  desiredStatus: 'RUNNING' | 'STOPPED' = 'RUNNING',
): Promise<Task[]> {
  const { taskArns = [] } = await ecs.send(
    new ListTasksCommand({ cluster: 'media', serviceName, desiredStatus }),
  )
  if (taskArns.length === 0) return []
  const { tasks } = await ecs.send(new DescribeTasksCommand({ cluster: 'media', tasks: taskArns }))
  return tasks ?? []
}

describe('a service over the real client', () => {
  const target = { cluster: 'media', services: ['worker'] }

  test('goes from created through scaling and a deployment to deleted', async () => {
    const created = await ecs.send(
      new CreateServiceCommand({
        cluster: 'media',
        serviceName: 'worker',
        taskDefinition: 'patient',
        desiredCount: 1,
      }),
    )
    expect(created.service).toMatchObject({ status: 'ACTIVE', desiredCount: 1, runningCount: 0 })
    expect(created.service?.createdAt).toBeInstanceOf(Date)
    await waitUntilServicesStable(waiting(), target)
    expect(await serviceTasks('worker')).toMatchObject([
      { lastStatus: 'RUNNING', group: 'service:worker', startedBy: created.service?.deployments?.[0]?.id },
    ])

    await ecs.send(new UpdateServiceCommand({ cluster: 'media', service: 'worker', desiredCount: 3 }))
    await waitUntilServicesStable(waiting(), target)
    const three = (await serviceTasks('worker')).map(({ taskArn }) => taskArn)
    expect(three).toHaveLength(3)
    const ready = (): unknown[] =>
      output.filter(({ taskArn, line }) => line === 'ready' && three.includes(taskArn))
    await expect.poll(ready, { timeout: WAIT_MS }).toHaveLength(3)

    await ecs.send(new UpdateServiceCommand({ cluster: 'media', service: 'worker', desiredCount: 2 }))
    await waitUntilServicesStable(waiting(), target)
    await expect
      .poll(() => serviceTasks('worker', 'STOPPED'), { timeout: WAIT_MS })
      .toMatchObject([
        { lastStatus: 'STOPPED', stopCode: 'ServiceSchedulerInitiated', containers: [{ exitCode: 0 }] },
      ])

    const updated = await ecs.send(
      new UpdateServiceCommand({ cluster: 'media', service: 'worker', forceNewDeployment: true }),
    )
    expect(updated.service?.deployments).toHaveLength(2)
    await waitUntilServicesStable(waiting(), target)
    const replaced = (await serviceTasks('worker')).map(({ taskArn }) => taskArn)
    expect(replaced.filter((arn) => three.includes(arn))).toEqual([])
    await expect
      .poll(async () => (await service('worker')).events?.map(({ message }) => message), { timeout: WAIT_MS })
      .toContainEqual(
        expect.stringMatching(/^\(service worker\) \(deployment ecs-svc\/\d+\) deployment completed\.$/),
      )

    await ecs.send(new DeleteServiceCommand({ cluster: 'media', service: 'worker', force: true }))
    await waitUntilServicesInactive(waiting(), target)
    expect(await serviceTasks('worker')).toEqual([])
  })
})

describe('tasks over the real client', () => {
  test('run, are told their endpoint, and stop with their reason', async () => {
    await register(
      'report',
      'trap "exit 7" TERM; sleep 1000 & echo "endpoint=$AWS_ENDPOINT_URL extra=$EXTRA"; wait',
    )
    const { tasks, failures } = await ecs.send(
      new RunTaskCommand({
        cluster: 'media',
        taskDefinition: 'report',
        startedBy: 'contract',
        overrides: { containerOverrides: [{ name: 'main', environment: [{ name: 'EXTRA', value: 'yes' }] }] },
      }),
    )
    expect(failures).toEqual([])
    const target = { cluster: 'media', tasks: [tasks?.[0]?.taskArn ?? ''] }
    await waitUntilTasksRunning(waiting(), target)
    const said = (): string[] => output.map(({ line }) => line)
    await expect.poll(said, { timeout: WAIT_MS }).toContain(`endpoint=${aws.endpoint} extra=yes`)

    await ecs.send(new StopTaskCommand({ cluster: 'media', task: target.tasks[0], reason: 'seen enough' }))
    await waitUntilTasksStopped(waiting(), target)
    const described = await ecs.send(new DescribeTasksCommand(target))
    const [task] = described.tasks ?? []
    expect(task).toMatchObject({
      stopCode: 'UserInitiated',
      stoppedReason: 'seen enough',
      containers: [{ exitCode: 7 }],
    })
    expect(task?.startedAt?.getTime()).toBeLessThan(task?.stoppedAt?.getTime() ?? 0)
  })

  test('are listed by page', async () => {
    await register('many', PATIENT)
    await ecs.send(new RunTaskCommand({ cluster: 'media', taskDefinition: 'many', count: 5 }))
    const pages: number[] = []
    for await (const page of paginateListTasks(
      { client: ecs, pageSize: 2 },
      { cluster: 'media', family: 'many' },
    )) {
      pages.push(page.taskArns?.length ?? 0)
    }
    expect(pages).toEqual([2, 2, 1])
  })

  test('and services that are not there come back as failures', async () => {
    const tasks = await ecs.send(new DescribeTasksCommand({ cluster: 'media', tasks: ['none'] }))
    expect(tasks.failures).toMatchObject([
      { reason: 'MISSING', arn: expect.stringMatching(/:task\/media\/none$/) },
    ])
    const services = await ecs.send(new DescribeServicesCommand({ cluster: 'media', services: ['none'] }))
    expect(services.failures).toMatchObject([
      { reason: 'MISSING', arn: expect.stringMatching(/:service\/media\/none$/) },
    ])
  })
})

describe('errors over the real client', () => {
  test('are of the classes that the client has for them', async () => {
    await expect(ecs.send(new ListTasksCommand({ cluster: 'none' }))).rejects.toBeInstanceOf(
      ClusterNotFoundException,
    )
    await expect(
      ecs.send(new UpdateServiceCommand({ cluster: 'media', service: 'none', desiredCount: 1 })),
    ).rejects.toBeInstanceOf(ServiceNotFoundException)
    await expect(
      ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: 'none' })),
    ).rejects.toBeInstanceOf(ClientException)
    await expect(ecs.send(new StopTaskCommand({ cluster: 'media', task: 'none' }))).rejects.toBeInstanceOf(
      InvalidParameterException,
    )
  })

  test('name an operation that is not there', async () => {
    const call = ecs.send(new DescribeTaskSetsCommand({ cluster: 'media', service: 'worker' }))
    await expect(call).rejects.toBeInstanceOf(ECSServiceException)
    await expect(call).rejects.toThrow(/DescribeTaskSets/)
  })

  test('keep a cluster that has services', async () => {
    await ecs.send(
      new CreateServiceCommand({ cluster: 'media', serviceName: 'idle', taskDefinition: 'patient' }),
    )
    await expect(ecs.send(new DeleteClusterCommand({ cluster: 'media' }))).rejects.toBeInstanceOf(
      ClusterContainsServicesException,
    )
  })
})

test('tags over the real client are kept with their resource', async () => {
  const resourceArn = await register('tagged', PATIENT)
  await ecs.send(new TagResourceCommand({ resourceArn, tags: [{ key: 'team', value: 'a' }] }))
  const { tags } = await ecs.send(new ListTagsForResourceCommand({ resourceArn }))
  expect(tags).toEqual([{ key: 'team', value: 'a' }])
})
