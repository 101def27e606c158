// How fast tasks are launched: control time is moved by hand, and no task starts a process.
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { LocalEcs } from '../local-ecs.js'
import { localEcs, PATIENT } from '../local-ecs.js'

let local: LocalEcs
beforeEach(async () => {
  local = localEcs({ launchDelayMs: 1e9 })
  await local.call('CreateCluster')
  await local.registerShell('app', PATIENT)
})
afterEach(() => local[Symbol.asyncDispose]())

const create = (serviceName: string, desiredCount: number): Promise<unknown> =>
  local.call('CreateService', { serviceName, taskDefinition: 'app', desiredCount })

const launched = (service: string): number | undefined => local.ecs.serviceCounts('default', service)?.pending

test('a service launches a hundred Fargate tasks at once and twenty a second, and comes to its desired count', async () => {
  await create('s', 250)
  await local.control.advance(0)
  expect(launched('s')).toBe(100)
  await local.control.advance(1_000)
  expect(launched('s')).toBe(120)
  await local.control.advance(10_000)
  expect(launched('s')).toBe(250)
})

test('services of an account share Fargate’s limit, and RunTask is refused beyond it', async () => {
  await create('one', 60)
  await create('two', 60)
  await local.control.advance(0)
  expect((launched('one') ?? 0) + (launched('two') ?? 0)).toBe(100)
  expect(await local.refusal('RunTask', { taskDefinition: 'app' })).toEqual({
    code: 'ThrottlingException',
    message: 'Rate exceeded',
  })
  await local.control.advance(3_000)
  expect((launched('one') ?? 0) + (launched('two') ?? 0)).toBe(120)
  const { tasks } = await local.call('RunTask', { taskDefinition: 'app', count: 10 })
  expect(tasks).toHaveLength(10)
})

test('one service launches five hundred tasks a minute, whatever it runs on', async () => {
  await local.ecs.commands['register-container-instance']?.({ cpu: 1_000_000, memory: 1_000_000 })
  await local.call('CreateService', {
    serviceName: 'many',
    taskDefinition: 'app',
    desiredCount: 700,
    launchType: 'EC2',
  })
  await local.control.advance(0)
  expect(launched('many')).toBe(500)
  await local.control.advance(12_000)
  expect(launched('many')).toBe(600)
  await local.control.advance(12_000)
  expect(launched('many')).toBe(700)
})
