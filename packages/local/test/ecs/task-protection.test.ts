// Protection over the operations of ECS: both clocks are moved by hand, so tasks here never run a process.
import { manualClock } from '@longshore/core/testing'
import type { ManualClock } from '@longshore/core/testing'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Described, LocalEcs } from './local-ecs.js'
import { ACCOUNT, localEcs, PATIENT, REGION } from './local-ecs.js'

const MINUTE_MS = 60_000

let local: LocalEcs
let real: ManualClock
let arns: string[]

/** A service of three tasks that stay PROVISIONING: what the scheduler may stop does not depend on processes. */
beforeEach(async () => {
  real = manualClock()
  local = localEcs({ clock: real, launchDelayMs: 1e9 })
  await local.call('CreateCluster')
  await local.registerShell('app', PATIENT)
  await local.call('CreateService', { serviceName: 's', taskDefinition: 'app', desiredCount: 3 })
  await local.control.advance(0)
  arns = await wanted()
})
afterEach(() => local[Symbol.asyncDispose]())

const wanted = async (): Promise<string[]> => (await local.call('ListTasks')).taskArns as string[]

const protect = (input: object): Promise<Described> =>
  local.call('UpdateTaskProtection', { cluster: 'default', protectionEnabled: true, ...input })

const protection = async (task: string | undefined): Promise<unknown> =>
  (await local.call('GetTaskProtection', { cluster: 'default', tasks: [task] })).protectedTasks

async function scaleTo(desired: number): Promise<string[]> {
  local.ecs.setDesiredCount('default', 's', desired)
  await local.control.advance(0)
  return wanted()
}

const secondsFromNow = (minutes: number): number => (real.now() + minutes * MINUTE_MS) / 1_000

describe('UpdateTaskProtection', () => {
  test('protects for two hours, or for as long as it is told, from the call on', async () => {
    const [one = '', two = ''] = arns
    expect(await protect({ tasks: [one] })).toEqual({
      protectedTasks: [{ taskArn: one, protectionEnabled: true, expirationDate: secondsFromNow(120) }],
      failures: [],
    })
    const id = two.split('/')[2]
    expect(await protect({ tasks: [id], expiresInMinutes: 5 })).toMatchObject({
      protectedTasks: [{ taskArn: two, expirationDate: secondsFromNow(5) }],
    })
    await real.advance(MINUTE_MS)
    expect(await protect({ tasks: [two], expiresInMinutes: 5 })).toMatchObject({
      protectedTasks: [{ taskArn: two, expirationDate: secondsFromNow(5) }],
    })
  })

  test('keeps what it protects through scale-in, and lets it go when protection is taken away', async () => {
    const [kept = ''] = arns
    await protect({ tasks: [kept] })
    expect(await scaleTo(1)).toEqual([kept])
    expect(await scaleTo(0)).toEqual([kept])
    expect(local.ecs.serviceCounts('default', 's')).toMatchObject({ desired: 0, pending: 1 })
    expect((await local.eventTexts('s'))[0]).toContain('unable to stop 1 tasks because they are protected')

    expect(await protect({ tasks: [kept], protectionEnabled: false })).toEqual({
      protectedTasks: [{ taskArn: kept, protectionEnabled: false }],
      failures: [],
    })
    await local.control.advance(0)
    expect(await wanted()).toEqual([])
  })

  test('ends by itself, and the scheduler notices', async () => {
    const [kept = ''] = arns
    await protect({ tasks: [kept], expiresInMinutes: 1 })
    expect(await scaleTo(0)).toEqual([kept])
    await real.advance(MINUTE_MS - 1)
    await local.control.advance(1_000)
    expect(await wanted()).toEqual([kept])
    await real.advance(1)
    await local.control.advance(0)
    expect(await wanted()).toEqual([])
    expect(await protection(kept)).toEqual([])
  })

  test('keeps an old task through a deployment, beside the new ones', async () => {
    const [kept = ''] = arns
    await protect({ tasks: [kept] })
    await local.call('UpdateService', { service: 's', forceNewDeployment: true })
    await local.control.advance(0)
    const after = await wanted()
    expect(after).toHaveLength(4)
    expect(after.filter((arn) => arns.includes(arn))).toEqual([kept])
    expect(local.ecs.serviceCounts('default', 's')).toMatchObject({ isDeploying: true })
  })

  test('does not stand against StopTask, nor against the deletion of the service', async () => {
    const [stopped = '', other = ''] = arns
    await protect({ tasks: [stopped, other] })
    await local.call('StopTask', { task: stopped })
    expect(await local.task(stopped)).toMatchObject({ stopCode: 'UserInitiated' })
    await local.call('DeleteService', { service: 's', force: true })
    await local.control.advance(0)
    expect(await wanted()).toEqual([])
  })

  test('is DEPLOYMENT_BLOCKED when more tasks would be protected than desired; renewals and removals are not', async () => {
    await protect({ tasks: arns.slice(0, 2) })
    local.ecs.setDesiredCount('default', 's', 1)
    const [renewed = '', removed = '', refused = ''] = arns
    expect(await protect({ tasks: [refused] })).toEqual({
      protectedTasks: [],
      failures: [
        {
          arn: refused,
          reason: 'DEPLOYMENT_BLOCKED',
          detail: 'Service s would have more protected tasks than its desired count of 1.',
        },
      ],
    })
    expect(await protect({ tasks: [renewed] })).toMatchObject({ failures: [] })
    expect(await protect({ tasks: [removed], protectionEnabled: false })).toMatchObject({ failures: [] })
    await protect({ tasks: [renewed], protectionEnabled: false })
    expect(await protect({ tasks: [refused] })).toMatchObject({ failures: [] })
  })

  test('answers task by task: found and protected, unknown, standalone, stopping', async () => {
    const [good = '', stopping = ''] = arns
    const { tasks } = await local.call('RunTask', { taskDefinition: 'app' })
    const alone = (tasks as Described[])[0]?.taskArn as string
    await local.call('StopTask', { task: stopping })
    const { protectedTasks, failures } = await protect({ tasks: [good, 'none', alone, stopping] })
    expect(protectedTasks).toMatchObject([{ taskArn: good }])
    expect(failures).toEqual([
      {
        arn: `arn:aws:ecs:${REGION}:${ACCOUNT}:task/default/none`,
        reason: 'TASK_NOT_FOUND',
        detail: 'The task was not found in the cluster.',
      },
      {
        arn: alone,
        reason: 'TASK_NOT_VALID',
        detail: 'The task does not belong to an active service.',
      },
      {
        arn: stopping,
        reason: 'TASK_NOT_VALID',
        detail: 'The task does not belong to an active service.',
      },
    ])
  })

  test.each([
    ['no tasks', { tasks: [] }, 'Tasks cannot be empty.'],
    [
      'eleven tasks',
      { tasks: Array.from({ length: 11 }, (_, at) => `t${at}`) },
      'tasks can have at most 10 items.',
    ],
    [
      'zero minutes',
      { tasks: ['t'], expiresInMinutes: 0 },
      'expiresInMinutes must be between 1 and 2880; got 0.',
    ],
    [
      'more than 48 hours',
      { tasks: ['t'], expiresInMinutes: 2_881 },
      'expiresInMinutes must be between 1 and 2880; got 2881.',
    ],
    [
      'no word on enabling',
      { tasks: ['t'], protectionEnabled: undefined },
      'protectionEnabled must be specified.',
    ],
  ])('is refused with %s', async (_, change, message) => {
    const input = { cluster: 'default', protectionEnabled: true, ...change }
    expect(await local.refusal('UpdateTaskProtection', input)).toEqual({
      code: 'InvalidParameterException',
      message,
    })
  })

  test('is refused for an unknown cluster', async () => {
    const input = { cluster: 'none', protectionEnabled: true, tasks: ['t'] }
    expect(await local.refusal('UpdateTaskProtection', input)).toMatchObject({
      code: 'ClusterNotFoundException',
    })
  })
})

test('GetTaskProtection says who is protected and until when, for a hundred tasks at most', async () => {
  const [one = '', two = ''] = arns
  await protect({ tasks: [one], expiresInMinutes: 2_880 })
  const answer = await local.call('GetTaskProtection', { cluster: 'default', tasks: [one, two, 'none'] })
  expect(answer).toMatchObject({
    protectedTasks: [
      { taskArn: one, protectionEnabled: true, expirationDate: secondsFromNow(2_880) },
      { taskArn: two, protectionEnabled: false },
    ],
    failures: [{ reason: 'TASK_NOT_FOUND' }],
  })
  const tasks = Array.from({ length: 101 }, (_, at) => `t${at}`)
  expect(await local.refusal('GetTaskProtection', { cluster: 'default', tasks })).toMatchObject({
    message: 'tasks can have at most 100 items.',
  })
})

test('a standalone task cannot pass itself off as a service’s', async () => {
  expect(await local.refusal('RunTask', { taskDefinition: 'app', group: 'service:s' })).toEqual({
    code: 'InvalidParameterException',
    message: 'Invalid namespace for group.',
  })
})

test('closing leaves no timer of a protection', async () => {
  await protect({ tasks: arns })
  expect(real.pending).toBe(1)
  await local.ecs.close()
  expect(real.pending).toBe(0)
})
