// Task protection over the real ECS client, and the agent's endpoints over HTTP from inside a task.
import {
  CreateClusterCommand,
  CreateServiceCommand,
  DescribeTasksCommand,
  ECSClient,
  GetTaskProtectionCommand,
  InvalidParameterException,
  ListTasksCommand,
  RegisterTaskDefinitionCommand,
  UpdateServiceCommand,
  UpdateTaskProtectionCommand,
  waitUntilServicesStable,
} from '@aws-sdk/client-ecs'
import type { LocalAws } from '@longshore/local'
import { startLocalAws } from '@longshore/local'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const PATIENT = 'trap "exit 0" TERM; sleep 1000 & wait'

/** Protects itself through its agent, reads metadata and statistics, and tells it all in one line. */
const WORKER = `
const { ECS_AGENT_URI: agent, ECS_CONTAINER_METADATA_URI_V4: metadata } = process.env
process.on('SIGTERM', () => process.exit(0))
const state = agent + '/task-protection/v1/state'
const ask = async (url, options) => { const answer = await fetch(url, options); return [answer.status, await answer.json()] }
const body = JSON.stringify({ ProtectionEnabled: true, ExpiresInMinutes: 10 })
const said = {
  put: await ask(state, { method: 'PUT', body }),
  get: await ask(state),
  unknown: await ask(state, { method: 'PUT', body: '{"Protect":true}' }),
  task: await ask(metadata + '/task'),
  container: await ask(metadata),
  stats: await ask(metadata + '/task/stats'),
}
console.log('said ' + JSON.stringify(said))
setInterval(() => {}, 1e6)
`

type Json = Readonly<Record<string, unknown>>

const output: { readonly taskArn: string; readonly line: string }[] = []
let aws: LocalAws
let ecs: ECSClient

beforeAll(async () => {
  aws = await startLocalAws({
    timeScale: 40,
    seed: 1,
    onTaskOutput: ({ taskArn, line }) => output.push({ taskArn, line }),
  })
  ecs = new ECSClient({ endpoint: aws.endpoint, region: 'us-east-1' })
  await ecs.send(new CreateClusterCommand({ clusterName: 'media' }))
  await register('patient', ['sh', '-c', PATIENT])
  await register('worker', ['node', '--input-type=module', '-e', WORKER])
})
afterAll(async () => {
  ecs.destroy()
  await aws.close()
})

async function register(family: string, command: string[]): Promise<void> {
  const main = { name: 'main', image: 'none', memory: 64, command }
  await ecs.send(new RegisterTaskDefinitionCommand({ family, containerDefinitions: [main] }))
}

async function runService(
  serviceName: string,
  taskDefinition: string,
  desiredCount: number,
): Promise<string[]> {
  const cluster = 'media'
  await ecs.send(new CreateServiceCommand({ cluster, serviceName, taskDefinition, desiredCount }))
  await stable(serviceName)
  return tasksOf(serviceName)
}

async function stable(serviceName: string): Promise<void> {
  const waiting = { client: ecs, minDelay: 0.1, maxDelay: 0.2, maxWaitTime: 40 }
  await waitUntilServicesStable(waiting, { cluster: 'media', services: [serviceName] })
}

async function tasksOf(serviceName: string): Promise<string[]> {
  const { taskArns = [] } = await ecs.send(new ListTasksCommand({ cluster: 'media', serviceName }))
  return taskArns
}

describe('task protection over the real client', () => {
  test('keeps the protected task through scale-in', async () => {
    const [kept = ''] = await runService('protected', 'patient', 3)
    const before = Date.now()
    const answer = await ecs.send(
      new UpdateTaskProtectionCommand({ cluster: 'media', tasks: [kept], protectionEnabled: true }),
    )
    expect(answer).toMatchObject({
      protectedTasks: [{ taskArn: kept, protectionEnabled: true }],
      failures: [],
    })
    const minutes = ((answer.protectedTasks?.[0]?.expirationDate?.getTime() ?? 0) - before) / 60_000
    expect(Math.abs(minutes - 120)).toBeLessThan(0.5)

    await ecs.send(new UpdateServiceCommand({ cluster: 'media', service: 'protected', desiredCount: 1 }))
    await stable('protected')
    expect(await tasksOf('protected')).toEqual([kept])
    const read = await ecs.send(new GetTaskProtectionCommand({ cluster: 'media', tasks: [kept, 'none'] }))
    expect(read.protectedTasks).toEqual(answer.protectedTasks)
    expect(read.failures).toMatchObject([{ reason: 'TASK_NOT_FOUND' }])
  })

  test('fails task by task when more would be protected than desired, and as a whole out of range', async () => {
    const old = await runService('blocked', 'patient', 2)
    const protect = (input: { tasks: string[]; expiresInMinutes?: number }): UpdateTaskProtectionCommand =>
      new UpdateTaskProtectionCommand({ cluster: 'media', protectionEnabled: true, ...input })
    await ecs.send(protect({ tasks: old }))
    await ecs.send(
      new UpdateServiceCommand({
        cluster: 'media',
        service: 'blocked',
        desiredCount: 1,
        forceNewDeployment: true,
        // Room for a new task beside the two that stay.
        deploymentConfiguration: { maximumPercent: 300 },
      }),
    )
    const launched = async (): Promise<string[]> =>
      (await tasksOf('blocked')).filter((arn) => !old.includes(arn))
    await expect.poll(launched, { timeout: 40_000 }).toHaveLength(1)
    const tasks = await launched()
    const answer = await ecs.send(protect({ tasks }))
    expect(answer).toMatchObject({
      protectedTasks: [],
      failures: [{ arn: tasks[0], reason: 'DEPLOYMENT_BLOCKED' }],
    })
    await expect(ecs.send(protect({ tasks, expiresInMinutes: 2_881 }))).rejects.toBeInstanceOf(
      InvalidParameterException,
    )
  })
})

describe('a task that asks its agent', () => {
  test('protects itself, and reads who it is and what it uses', async () => {
    const [arn = ''] = await runService('asking', 'worker', 1)
    const saidBy = (): string | undefined =>
      output.find(({ taskArn, line }) => taskArn === arn && line.startsWith('said '))?.line
    await expect.poll(saidBy, { timeout: 40_000 }).toBeDefined()
    const said = JSON.parse((saidBy() ?? '').slice('said '.length)) as Record<string, [number, Json]>

    const protection = { ExpirationDate: expect.any(String), ProtectionEnabled: true, TaskArn: arn }
    expect(said.put).toEqual([200, { protection }])
    expect(said.get).toEqual(said.put)
    expect(said.unknown).toEqual([
      400,
      {
        error: {
          Code: 'InvalidParameterException',
          Message: 'UpdateTaskProtection: failed to decode request',
        },
      },
    ])
    const { protectedTasks } = await ecs.send(
      new GetTaskProtectionCommand({ cluster: 'media', tasks: [arn] }),
    )
    const { ExpirationDate = '' } = (said.put?.[1].protection ?? {}) as { ExpirationDate?: string }
    expect(protectedTasks?.[0]?.expirationDate).toEqual(new Date(ExpirationDate))

    const { tasks } = await ecs.send(new DescribeTasksCommand({ cluster: 'media', tasks: [arn] }))
    expect(said.task).toMatchObject([
      200,
      { TaskARN: arn, Family: 'worker', Revision: '1', ServiceName: 'asking', KnownStatus: 'RUNNING' },
    ])
    const id = tasks?.[0]?.containers?.[0]?.runtimeId ?? ''
    expect(said.container).toMatchObject([200, { DockerId: id, Name: 'main' }])
    expect(Object.keys(said.stats?.[1] ?? {})).toEqual([id])
  })
})
