// The task metadata endpoint, version 4, for real containers.
import { existsSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Described, LocalEcs } from '../local-ecs.js'
import { ACCOUNT, localEcs, PATIENT, REGION } from '../local-ecs.js'
import type { Addresses } from './ask-agent.js'
import { addressesOf, askAgent, TELL_ADDRESSES } from './ask-agent.js'

let local: LocalEcs
beforeEach(async () => {
  local = localEcs()
  await local.call('CreateCluster')
})
afterEach(() => local[Symbol.asyncDispose]())

const read = async (uri: string): Promise<Described> =>
  JSON.parse((await askAgent(local.agent, uri)).body) as Described

async function start(containers: readonly object[], members: object = {}): Promise<string> {
  await local.call('RegisterTaskDefinition', {
    family: 'app',
    containerDefinitions: containers.map((container) => ({ image: 'repository/app:1', ...container })),
    ...members,
  })
  await local.call('CreateService', {
    serviceName: 's',
    taskDefinition: 'app',
    desiredCount: 1,
    tags: [{ key: 'team', value: 'a' }],
    propagateTags: 'SERVICE',
  })
  await local.control.advance(0)
  return ((await local.call('ListTasks')).taskArns as string[])[0] ?? ''
}

const patient = (name: string): object => ({
  name,
  command: ['sh', '-c', `${TELL_ADDRESSES}; ${PATIENT}`],
})

describe('the metadata of a task', () => {
  test('has the members and forms that tasks on Fargate read', async () => {
    const arn = await start([{ ...patient('main'), cpu: 128, memory: 256 }, patient('side')], {
      cpu: '.25 vCPU',
      memory: '0.5 GB',
    })
    const { metadata } = await addressesOf(local, arn)
    await addressesOf(local, arn, 'side')
    const described = await local.task(arn)
    const task = await read(`${metadata}/task`)
    const instantOf = (member: string): string =>
      new Date((described[member] as number) * 1_000).toISOString()
    const [main, side] = described.containers as Described[]
    expect(task).toEqual({
      Cluster: `arn:aws:ecs:${REGION}:${ACCOUNT}:cluster/default`,
      TaskARN: arn,
      Family: 'app',
      Revision: '1',
      DesiredStatus: 'RUNNING',
      KnownStatus: 'RUNNING',
      Limits: { CPU: 0.25, Memory: 512 },
      PullStartedAt: instantOf('pullStartedAt'),
      PullStoppedAt: instantOf('pullStoppedAt'),
      AvailabilityZone: `${REGION}a`,
      LaunchType: 'FARGATE',
      ServiceName: 's',
      Containers: [
        {
          DockerId: main?.runtimeId,
          Name: 'main',
          DockerName: 'main',
          Image: 'repository/app:1',
          ImageID: '',
          Labels: {
            'com.amazonaws.ecs.cluster': `arn:aws:ecs:${REGION}:${ACCOUNT}:cluster/default`,
            'com.amazonaws.ecs.container-name': 'main',
            'com.amazonaws.ecs.task-arn': arn,
            'com.amazonaws.ecs.task-definition-family': 'app',
            'com.amazonaws.ecs.task-definition-version': '1',
          },
          DesiredStatus: 'RUNNING',
          KnownStatus: 'RUNNING',
          Limits: { CPU: 128, Memory: 256 },
          CreatedAt: instantOf('pullStoppedAt'),
          StartedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
          Type: 'NORMAL',
          ContainerARN: main?.containerArn,
          Networks: [{ NetworkMode: 'bridge', IPv4Addresses: ['127.0.0.1'] }],
        },
        expect.objectContaining({ Name: 'side', DockerId: side?.runtimeId }),
      ],
      FaultInjectionEnabled: false,
    })
    expect(await read(metadata)).toEqual((task.Containers as unknown[])[0])
    expect(await read(`${metadata}/taskWithTags`)).toEqual({ ...task, TaskTags: { team: 'a' } })
  })

  test('says that the task is meant to stop while it still runs', async () => {
    const container = { name: 'main', memory: 64, stopTimeout: 60 }
    const deaf = `${TELL_ADDRESSES}; trap "" TERM; echo deaf; while :; do sleep 0.1; done`
    const arn = await start([{ ...container, command: ['sh', '-c', deaf] }])
    const { metadata } = await addressesOf(local, arn)
    await local.until('deaf', () => local.ecs.taskLog(arn).some(({ line }) => line === 'deaf'))
    await local.call('StopTask', { task: arn })
    const { DesiredStatus, KnownStatus, Limits } = await read(`${metadata}/task`)
    expect([DesiredStatus, KnownStatus, Limits]).toEqual(['STOPPED', 'RUNNING', undefined])
  })

  test('leaves out containers that have not started, and shows how others ended', async () => {
    const arn = await start([
      { ...patient('main'), memory: 64 },
      { name: 'brief', memory: 64, essential: false, command: ['sh', '-c', 'exit 3'] },
      {
        name: 'never',
        memory: 64,
        essential: false,
        command: ['true'],
        dependsOn: [{ containerName: 'main', condition: 'COMPLETE' }],
      },
    ])
    const { metadata } = await addressesOf(local, arn)
    await local.until('brief has ended', async () => {
      const { Containers } = await read(`${metadata}/task`)
      return (Containers as Described[]).some(({ KnownStatus }) => KnownStatus === 'STOPPED')
    })
    const { Containers, KnownStatus } = await read(`${metadata}/task`)
    expect(KnownStatus).toBe('NONE')
    expect(Containers).toMatchObject([
      { Name: 'main', KnownStatus: 'RUNNING' },
      { Name: 'brief', KnownStatus: 'STOPPED', ExitCode: 3, FinishedAt: expect.any(String) },
    ])
  })

  test('is not found by another id, nor under another path', async () => {
    const arn = await start([{ ...patient('main'), memory: 64 }])
    const { metadata } = await addressesOf(local, arn)
    const guessed = metadata.replace(/[0-9a-f]{32}/, 'guess')
    expect(await askAgent(local.agent, `${guessed}/task`)).toMatchObject({
      status: 404,
      body:
        '"V4 task metadata handler: unable to get task arn from request: ' +
        'unable to get task Arn from v3 endpoint ID: guess"',
    })
    expect(await askAgent(local.agent, `${guessed}/stats`)).toMatchObject({
      status: 404,
      body:
        '"V4 container stats handler: unable to get container ID from request: ' +
        'unable to get docker ID from v3 endpoint ID: guess"',
    })
    expect(await askAgent(local.agent, `${metadata}/nothing`)).toMatchObject({
      status: 404,
      body: '404 page not found\n',
    })
  })
})

describe.runIf(existsSync('/proc/self/stat'))('the statistics of a container', () => {
  /** Says its addresses, burns a tenth of a second of CPU in a child and one in itself, and waits. */
  const BUSY = `
    const burn = () => {
      const end = process.cpuUsage().user + 100_000
      while (process.cpuUsage().user < end) for (let i = 0; i < 1e5; i++);
    }
    console.log('agent', process.env.ECS_AGENT_URI, process.env.ECS_CONTAINER_METADATA_URI_V4)
    if (process.argv[1] === 'child') { burn(); console.log('burnt'); setInterval(() => {}, 1e6) }
    else {
      const { spawn } = require('node:child_process')
      spawn(process.execPath, ['-e', process.env.SCRIPT, 'child'], { stdio: 'inherit' })
      burn(); setInterval(() => {}, 1e6)
    }`

  async function startBusy(): Promise<{ arn: string; addresses: Addresses }> {
    const arn = await start([
      {
        name: 'main',
        memory: 256,
        command: ['node', '-e', BUSY],
        environment: [{ name: 'SCRIPT', value: BUSY }],
      },
    ])
    const addresses = await addressesOf(local, arn)
    await local.until('burnt', () => local.ecs.taskLog(arn).some(({ line }) => line === 'burnt'))
    return { arn, addresses }
  }

  test('are those of its process and of what it has started, in the form of Docker', async () => {
    const { arn, addresses } = await startBusy()
    const stats = await read(`${addresses.metadata}/stats`)
    const cpu = stats.cpu_stats as { cpu_usage: Record<string, number>; system_cpu_usage: number }
    const {
      total_usage: total = 0,
      usage_in_usermode: user = 0,
      usage_in_kernelmode: kernel = 0,
    } = cpu.cpu_usage
    expect(total).toBe(user + kernel)
    expect(user).toBeGreaterThan(180e6)
    expect(total).toBeLessThan(60e9)
    expect(cpu.system_cpu_usage).toBeGreaterThan(total)
    const memory = stats.memory_stats as Record<string, number>
    expect(memory.usage).toBeGreaterThan(40e6)
    expect(memory.usage).toBeLessThan(1e9)
    expect(memory.limit).toBe(256 * 1_048_576)
    expect(stats).toMatchObject({
      name: 'main',
      pids_stats: { current: 2 },
      preread: '0001-01-01T00:00:00Z',
      cpu_stats: { online_cpus: expect.any(Number) },
      precpu_stats: { cpu_usage: { total_usage: 0 } },
    })

    const described = await local.task(arn)
    const id = (described.containers as Described[])[0]?.runtimeId as string
    const again = await read(`${addresses.metadata}/task/stats`)
    expect(Object.keys(again)).toEqual([id])
    expect(again[id]).toMatchObject({ id, preread: stats.read, precpu_stats: stats.cpu_stats })
  })

  test('are empty when it does not run any more', async () => {
    const arn = await start([
      { ...patient('main'), memory: 64 },
      { name: 'brief', memory: 64, essential: false, command: ['true'] },
    ])
    const { metadata } = await addressesOf(local, arn)
    await local.until('brief has ended', async () => {
      const { containers } = await local.task(arn)
      return (containers as Described[])[1]?.lastStatus === 'STOPPED'
    })
    const stats = Object.values(await read(`${metadata}/task/stats`))
    expect(stats).toMatchObject([{ name: 'main' }, {}])
    expect(stats[1]).toEqual({})
  })
})

test('the agent’s variables stand against the definition’s and an override’s', async () => {
  await local.registerShell('app', `${TELL_ADDRESSES}; ${PATIENT}`, {
    environment: [{ name: 'ECS_AGENT_URI', value: 'http://elsewhere' }],
  })
  const environment = [{ name: 'ECS_CONTAINER_METADATA_URI_V4', value: 'http://elsewhere' }]
  const { tasks } = await local.call('RunTask', {
    taskDefinition: 'app',
    overrides: { containerOverrides: [{ name: 'main', environment }] },
  })
  const { agent, metadata } = await addressesOf(local, (tasks as Described[])[0]?.taskArn as string)
  const [, id] = /^http:\/\/127\.0\.0\.1:1\/api\/([0-9a-f]{32})$/.exec(agent) ?? []
  expect(metadata).toBe(`http://127.0.0.1:1/v4/${id}`)
})
