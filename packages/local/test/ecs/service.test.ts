// Services over real processes: control time is moved by hand.
import { manualClock } from '@longshore/core/testing'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Described, LocalEcs } from './local-ecs.js'
import { ACCOUNT, localEcs, PATIENT, REGION } from './local-ecs.js'

let local: LocalEcs
beforeEach(async () => {
  local = localEcs()
  await local.call('CreateCluster', { clusterName: 'media' })
  await local.call('CreateCluster')
  await local.registerShell('app', PATIENT)
})
afterEach(() => local[Symbol.asyncDispose]())

const create = (input: object): Promise<Described> =>
  local.call('CreateService', { serviceName: 's', taskDefinition: 'app', ...input })

const running = (count: number): Promise<void> =>
  local.until(
    `${count} running and none pending`,
    () => counts().running === count && counts().pending === 0,
    500,
  )

const steady = (): Promise<void> =>
  local.until(
    'steady',
    async () => (await local.eventTexts('s'))[0]?.endsWith('steady state.') ?? false,
    5_000,
  )

function counts(name = 's'): { desired: number; running: number; pending: number; isDeploying: boolean } {
  const found = local.ecs.serviceCounts('default', name)
  if (found === undefined) throw new Error(`no service ${name}`)
  return found
}

async function taskArns(input: object = {}): Promise<string[]> {
  return (await local.call('ListTasks', { serviceName: 's', ...input })).taskArns as string[]
}

async function stoppedTasks(): Promise<Described[]> {
  const arns = await taskArns({ desiredStatus: 'STOPPED' })
  return arns.length === 0 ? [] : ((await local.call('DescribeTasks', { tasks: arns })).tasks as Described[])
}

/** Lets processes that were started end in real time, while control time stands still. */
async function processesEnded(): Promise<void> {
  const isOver = async (): Promise<boolean> => {
    const tasks = await taskArns()
    if (tasks.length === 0) return true
    const described = (await local.call('DescribeTasks', { tasks })).tasks as Described[]
    return described.every((task) => task.pullStoppedAt === undefined)
  }
  while (!(await isOver())) await new Promise((resolve) => setTimeout(resolve, 5))
}

describe('a service', () => {
  test('is created with nothing running, then launches its tasks and becomes steady', async () => {
    const { service } = await create({ desiredCount: 2, clientToken: 'a' })
    const [deployment] = (service as Described).deployments as Described[]
    expect(service).toMatchObject({
      serviceArn: `arn:aws:ecs:${REGION}:${ACCOUNT}:service/default/s`,
      status: 'ACTIVE',
      desiredCount: 2,
      runningCount: 0,
      pendingCount: 0,
      deploymentConfiguration: { minimumHealthyPercent: 100, maximumPercent: 200 },
      deployments: [{ status: 'PRIMARY', rolloutState: 'IN_PROGRESS', desiredCount: 2 }],
      events: [],
    })
    expect(deployment?.id).toMatch(/^ecs-svc\/\d{19}$/)
    expect(deployment?.rolloutStateReason).toBe(`ECS deployment ${deployment?.id as string} in progress.`)

    await local.control.advance(0)
    expect(counts()).toEqual({ desired: 2, running: 0, pending: 2, isDeploying: true })
    await running(2)
    await steady()
    expect(counts().isDeploying).toBe(false)
    const ids = (await taskArns()).map((arn) => arn.split('/')[2])
    const texts = await local.eventTexts('s')
    expect(texts).toEqual([
      '(service s) has reached a steady state.',
      `(service s) (deployment ${deployment?.id as string}) deployment completed.`,
      expect.stringMatching(
        /^\(service s\) has started 2 tasks: \(task [0-9a-f]{32}\) \(task [0-9a-f]{32}\)\.$/,
      ),
    ])
    for (const id of ids) expect(texts[2]).toContain(id)
    expect(await local.service('s')).toMatchObject({
      deployments: [{ rolloutState: 'COMPLETED', runningCount: 2 }],
    })
  })

  test('launches in the cluster it is in, with the group and starter that ECS gives', async () => {
    const { service } = await local.call('CreateService', {
      cluster: 'media',
      serviceName: 's',
      taskDefinition: 'app',
      desiredCount: 1,
      propagateTags: 'SERVICE',
      enableECSManagedTags: true,
      tags: [{ key: 'team', value: 'a' }],
    })
    await local.control.advance(0)
    const listed = await local.call('ListTasks', {
      cluster: 'media',
      serviceName: (service as Described).serviceArn,
    })
    const described = await local.call('DescribeTasks', {
      cluster: 'media',
      tasks: listed.taskArns,
      include: ['TAGS'],
    })
    expect(described.tasks).toMatchObject([
      {
        group: 'service:s',
        startedBy: ((service as Described).deployments as Described[])[0]?.id,
        clusterArn: `arn:aws:ecs:${REGION}:${ACCOUNT}:cluster/media`,
        tags: [
          { key: 'aws:ecs:clusterName', value: 'media' },
          { key: 'aws:ecs:serviceName', value: 's' },
          { key: 'team', value: 'a' },
        ],
      },
    ])
    expect(local.ecs.serviceCounts('media', 's')).toMatchObject({ desired: 1 })
    expect(local.ecs.serviceCounts('default', 's')).toBeUndefined()
    expect(await local.call('ListServices', { cluster: 'media' })).toEqual({
      serviceArns: [(service as Described).serviceArn],
    })
  })

  test('is answered again for the same request and refused for another', async () => {
    const { service } = await create({ desiredCount: 1, clientToken: 'a' })
    expect((await create({ desiredCount: 1, clientToken: 'b' })).service).toMatchObject({
      serviceArn: (service as Described).serviceArn,
    })
    const other = { serviceName: 's', taskDefinition: 'app', desiredCount: 2 }
    expect(await local.refusal('CreateService', other)).toEqual({
      code: 'InvalidParameterException',
      message: 'Creation of service was not idempotent.',
    })
  })

  test.each([
    ['an unknown cluster', { cluster: 'none' }, 'ClusterNotFoundException', 'Cluster not found.'],
    [
      'no task definition',
      { taskDefinition: undefined },
      'InvalidParameterException',
      'TaskDefinition can not be blank.',
    ],
    [
      'an unknown task definition',
      { taskDefinition: 'none' },
      'ClientException',
      'TaskDefinition not found.',
    ],
    [
      'a name with a space',
      { serviceName: 'a b' },
      'InvalidParameterException',
      /Invalid service name 'a b'/,
    ],
    ['a negative count', { desiredCount: -1 }, 'InvalidParameterException', /must not be negative/],
    [
      'a count that is no number',
      { desiredCount: '2' },
      'SerializationException',
      'desiredCount: expected an integer, got string.',
    ],
    [
      'percentages that block every deployment',
      { deploymentConfiguration: { minimumHealthyPercent: 100, maximumPercent: 100 } },
      'InvalidParameterException',
      'Both maximumPercent and minimumHealthyPercent cannot be 100 as this will block deployments.',
    ],
    [
      'a scheduling strategy it has not',
      { schedulingStrategy: 'DAEMON' },
      'UnsupportedFeatureException',
      /DAEMON is not supported/,
    ],
  ])('is refused with %s', async (_, change, code, message) => {
    const refusal = await local.refusal('CreateService', {
      serviceName: 's',
      taskDefinition: 'app',
      ...change,
    })
    expect(refusal.code).toBe(code)
    expect(refusal.message).toMatch(message)
  })

  test('that is not there is MISSING when described and not found when changed', async () => {
    expect(await local.call('DescribeServices', { services: ['none'] })).toEqual({
      services: [],
      failures: [{ arn: `arn:aws:ecs:${REGION}:${ACCOUNT}:service/default/none`, reason: 'MISSING' }],
    })
    expect(await local.refusal('UpdateService', { service: 'none' })).toEqual({
      code: 'ServiceNotFoundException',
      message: 'Service not found.',
    })
    expect(() => local.ecs.setDesiredCount('default', 'none', 1)).toThrow('Service not found.')
    const eleven = { services: Array.from({ length: 11 }, (_, at) => `s${at}`) }
    expect(await local.refusal('DescribeServices', eleven)).toEqual({
      code: 'InvalidParameterException',
      message: 'service names can have at most 10 items.',
    })
  })
})

describe('scaling a service', () => {
  test('out and in changes the running count, and scale-in ends tasks cleanly', async () => {
    await create({ desiredCount: 1 })
    await running(1)
    local.ecs.setDesiredCount('default', 's', 3)
    expect(counts()).toMatchObject({ desired: 3, running: 1 })
    await running(3)
    await steady()
    local.ecs.setDesiredCount('default', 's', 1)
    await running(1)
    await local.until('two stopped', async () =>
      (await stoppedTasks()).every((task) => task.lastStatus === 'STOPPED'),
    )
    const stopped = await stoppedTasks()
    expect(stopped).toHaveLength(2)
    for (const task of stopped) {
      expect(task).toMatchObject({
        stopCode: 'ServiceSchedulerInitiated',
        stoppedReason: expect.stringMatching(
          /^Scaling activity initiated by \(deployment ecs-svc\/\d{19}\)$/,
        ),
        containers: [{ exitCode: 0 }],
      })
    }
    await steady()
    expect((await local.eventTexts('s'))[1]).toMatch(
      /has stopped 2 running tasks: \(task \w+\) \(task \w+\)\.$/,
    )
  })

  test('to zero and back works, by UpdateService too', async () => {
    await create({ desiredCount: 1 })
    await running(1)
    expect(await local.call('UpdateService', { service: 's', desiredCount: 0 })).toMatchObject({
      service: { desiredCount: 0 },
    })
    await running(0)
    await local.call('UpdateService', { service: 's', desiredCount: 2 })
    await running(2)
    expect((await local.service('s')).deployments).toHaveLength(1)
  })

  test('stops tasks that never ran without starting a process', async () => {
    await create({ desiredCount: 3 })
    await local.control.advance(0)
    local.ecs.setDesiredCount('default', 's', 0)
    await local.control.advance(0)
    expect(counts()).toMatchObject({ running: 0, pending: 0 })
    expect(await stoppedTasks()).toHaveLength(3)
  })
})

describe('a task of a service that ends', () => {
  test('is replaced', async () => {
    await create({ desiredCount: 1 })
    await running(1)
    await steady()
    const [before] = await taskArns()
    await local.call('StopTask', { task: before, reason: 'test' })
    await local.until('another task', async () => {
      const [now] = await taskArns()
      return now !== undefined && now !== before
    })
    await running(1)
    expect(await stoppedTasks()).toMatchObject([{ taskArn: before, stopCode: 'UserInitiated' }])
    expect(await local.service('s')).toMatchObject({ deployments: [{ failedTasks: 0 }] })
  })

  test('soon after its start is replaced ever more slowly, and a new deployment starts at once', async () => {
    await local.registerShell('crash', 'exit 1')
    await create({ taskDefinition: 'crash', desiredCount: 2 })
    const launches: number[] = []
    let known = 0
    const startMs = local.control.now()
    while (local.control.now() < startMs + 120_000) {
      await local.control.advance(500)
      await processesEnded()
      const all = [...(await taskArns()), ...(await taskArns({ desiredStatus: 'STOPPED' }))].length
      if (all > known) launches.push(local.control.now() - startMs)
      known = Math.max(known, all)
    }
    const waits = launches.map((at, index) => Math.round((at - (launches[index - 1] ?? 0)) / 1_000)).slice(1)
    // Two seconds of launch delay and the back-off of 5, 10, 20 and 40 seconds.
    expect(waits.length).toBe(4)
    for (const [round, wait] of waits.entries())
      expect(Math.abs(wait - 2 - 5 * 2 ** round)).toBeLessThanOrEqual(1)
    const impaired = (await local.eventTexts('s')).filter((text) =>
      text.includes('unable to consistently start'),
    )
    expect(impaired).toHaveLength(1)
    expect(await local.service('s')).toMatchObject({ deployments: [{ failedTasks: 10 }] })

    await local.call('UpdateService', { service: 's', taskDefinition: 'app' })
    await local.control.advance(0)
    expect(counts()).toMatchObject({ pending: 2 })
  })

  test('after a healthy life is no failed start, and is replaced at once', async () => {
    const real = manualClock()
    const pids: number[] = []
    const other = localEcs({ clock: real, onTaskOutput: ({ line }) => pids.push(Number(line)) })
    try {
      await other.call('CreateCluster')
      await other.registerShell('app', `echo $$; ${PATIENT}`)
      await other.call('CreateService', { serviceName: 's', taskDefinition: 'app', desiredCount: 1 })
      await other.until('one process', () => pids.length === 1)
      await other.control.advance(60_000)
      await real.advance(6_000)
      const diedAtMs = other.control.now()
      process.kill(pids[0] ?? 0, 'SIGKILL')
      await other.until('another task', () => other.ecs.serviceCounts('default', 's')?.pending === 1, 10)
      expect(other.control.now() - diedAtMs).toBeLessThan(5_000)
      expect(await other.service('s')).toMatchObject({ deployments: [{ failedTasks: 0 }] })
    } finally {
      await other.ecs.close()
    }
  })

  test('that cannot start backs off too', async () => {
    await local.registerShell('broken', '', { command: ['no-such-program'] })
    await create({ taskDefinition: 'broken', desiredCount: 1 })
    await local.until('failed', async () => (await stoppedTasks()).length === 1, 500)
    expect(await stoppedTasks()).toMatchObject([{ stopCode: 'TaskFailedToStart' }])
    await local.control.advance(3_000)
    expect(counts()).toMatchObject({ pending: 0 })
    await local.control.advance(2_000)
    expect(counts()).toMatchObject({ pending: 1 })
  })
})

describe('a deployment', () => {
  test('replaces every task, keeping the healthy floor, and then completes', async () => {
    await create({ desiredCount: 2 })
    await running(2)
    await steady()
    const before = await taskArns()
    await local.registerShell('app', PATIENT)
    const { service } = await local.call('UpdateService', { service: 's', taskDefinition: 'app' })
    expect((service as Described).deployments).toMatchObject([
      { status: 'PRIMARY', desiredCount: 2, runningCount: 0, rolloutState: 'IN_PROGRESS' },
      { status: 'ACTIVE', runningCount: 2 },
    ])
    expect(counts().isDeploying).toBe(true)
    let fewest = 2
    let most = 0
    await local.until(
      'deployed',
      () => {
        const { running, pending, isDeploying } = counts()
        fewest = Math.min(fewest, running)
        most = Math.max(most, running + pending)
        return !isDeploying
      },
      1_000,
    )
    expect([fewest, most]).toEqual([2, 4])
    const after = await taskArns()
    expect(after).toHaveLength(2)
    expect(after.filter((arn) => before.includes(arn))).toEqual([])
    expect(await local.service('s')).toMatchObject({
      taskDefinition: `arn:aws:ecs:${REGION}:${ACCOUNT}:task-definition/app:2`,
      deployments: [{ status: 'PRIMARY', rolloutState: 'COMPLETED', runningCount: 2 }],
    })
  })

  test('is started by force and by what changes tasks, not by the same task definition again', async () => {
    await create({ desiredCount: 0 })
    const deployments = async (input: object): Promise<number> => {
      const [before] = (await local.service('s')).deployments as Described[]
      await local.call('UpdateService', { service: 's', ...input })
      const [after] = (await local.service('s')).deployments as Described[]
      return before?.id === after?.id ? 0 : 1
    }
    expect(await deployments({ taskDefinition: 'app:1' })).toBe(0)
    expect(await deployments({ enableExecuteCommand: true })).toBe(0)
    expect(await deployments({ deploymentConfiguration: { maximumPercent: 150 } })).toBe(0)
    expect(await deployments({ deploymentConfiguration: { minimumHealthyPercent: 50 } })).toBe(0)
    expect(await deployments({ forceNewDeployment: true })).toBe(1)
    expect(await deployments({ platformVersion: '1.4.0' })).toBe(1)
    expect(await deployments({ platformVersion: '1.4.0' })).toBe(0)
    expect(await local.service('s')).toMatchObject({
      enableExecuteCommand: true,
      deploymentConfiguration: { minimumHealthyPercent: 50, maximumPercent: 150 },
    })
  })

  test('that the percentages block says so once', async () => {
    await create({ desiredCount: 1, deploymentConfiguration: { maximumPercent: 150 } })
    await running(1)
    await steady()
    await local.call('UpdateService', { service: 's', forceNewDeployment: true })
    await local.control.advance(300_000)
    const texts = await local.eventTexts('s')
    expect(texts.filter((text) => text.includes('was unable to stop or start tasks'))).toHaveLength(1)
    await local.call('UpdateService', { service: 's', deploymentConfiguration: { maximumPercent: 200 } })
    await local.until('deployed', () => !counts().isDeploying)
  })
})

describe('deleting a service', () => {
  test('asks for zero tasks first, or for force, and drains', async () => {
    await create({ desiredCount: 1 })
    await running(1)
    expect(await local.refusal('DeleteService', { service: 's' })).toEqual({
      code: 'InvalidParameterException',
      message: 'The service cannot be stopped while it is scaled above 0.',
    })
    const { service } = await local.call('DeleteService', { service: 's', force: true })
    expect(service).toMatchObject({ status: 'DRAINING', desiredCount: 0 })
    expect(await local.refusal('CreateService', { serviceName: 's', taskDefinition: 'app' })).toEqual({
      code: 'InvalidParameterException',
      message: 'Unable to Start a service that is still Draining.',
    })
    await local.until('inactive', async () => (await local.service('s')).status === 'INACTIVE')
    expect(await local.call('ListServices')).toEqual({ serviceArns: [] })
    expect(local.ecs.serviceCounts('default', 's')).toBeUndefined()
    expect(await local.refusal('UpdateService', { service: 's', desiredCount: 1 })).toEqual({
      code: 'ServiceNotActiveException',
      message: 'Service was not ACTIVE.',
    })
    await create({ desiredCount: 1 })
    await running(1)
  })
})
