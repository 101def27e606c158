// The deployment circuit breaker over real processes: control time is moved by hand.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Described, LocalEcs } from './local-ecs.js'
import { localEcs, PATIENT } from './local-ecs.js'

let local: LocalEcs
beforeEach(async () => {
  local = localEcs()
  await local.call('CreateCluster')
  await local.registerShell('good', PATIENT)
  await local.registerShell('bad', 'exit 1')
})
afterEach(() => local[Symbol.asyncDispose]())

const BREAKER = { deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true } } }

const create = (input: object): Promise<Described> =>
  local.call('CreateService', { serviceName: 's', desiredCount: 1, ...input })

const deploy = (taskDefinition: string): Promise<Described> =>
  local.call('UpdateService', { service: 's', taskDefinition })

const deployments = async (): Promise<Described[]> => (await local.service('s')).deployments as Described[]

const primaryIs = (rolloutState: string): Promise<void> =>
  local.until(`the primary deployment is ${rolloutState}`, async () => {
    const [primary] = await deployments()
    return primary?.rolloutState === rolloutState
  })

const launches = async (): Promise<number> => {
  const { taskArns: running } = await local.call('ListTasks')
  const { taskArns: stopped } = await local.call('ListTasks', { desiredStatus: 'STOPPED' })
  return (running as string[]).length + (stopped as string[]).length
}

describe('the deployment circuit breaker', () => {
  test('goes back to the deployment that completed, under its old id, and says so', async () => {
    await create({ taskDefinition: 'good', ...BREAKER })
    await primaryIs('COMPLETED')
    const [good] = await deployments()
    await deploy('bad')
    const [bad] = await deployments()
    await local.until('rolled back', async () => (await deployments())[0]?.id === good?.id)

    const [primary, failed] = await deployments()
    expect(primary).toMatchObject({
      id: good?.id,
      status: 'PRIMARY',
      taskDefinition: good?.taskDefinition,
      rolloutStateReason: `ECS deployment circuit breaker: rolling back to deploymentId ${good?.id as string}.`,
    })
    expect(failed).toMatchObject({
      id: bad?.id,
      status: 'ACTIVE',
      rolloutState: 'FAILED',
      failedTasks: 3,
      rolloutStateReason: 'ECS deployment circuit breaker: tasks failed to start.',
    })
    await primaryIs('COMPLETED')
    expect(await deployments()).toMatchObject([{ id: good?.id, runningCount: 1, failedTasks: 0 }])
    expect(await local.service('s')).toMatchObject({ taskDefinition: good?.taskDefinition })
    const texts = await local.eventTexts('s')
    const failedAt = texts.indexOf(
      `(service s) (deployment ${bad?.id as string}) deployment failed: tasks failed to start.`,
    )
    expect(failedAt).toBeGreaterThan(0)
    expect(texts[failedAt - 1]).toBe(`(service s) rolling back to deployment ${good?.id as string}.`)
  })

  test('launches tasks again when the old ones were gone already', async () => {
    const deploymentConfiguration = {
      ...BREAKER.deploymentConfiguration,
      minimumHealthyPercent: 0,
      maximumPercent: 100,
    }
    await create({ taskDefinition: 'good', deploymentConfiguration })
    await primaryIs('COMPLETED')
    const [good] = await deployments()
    await deploy('bad')
    await local.until('rolled back', async () => (await deployments())[0]?.id === good?.id)
    expect(local.ecs.serviceCounts('default', 's')).toMatchObject({ isDeploying: true })
    await primaryIs('COMPLETED')
    expect(local.ecs.serviceCounts('default', 's')).toMatchObject({ running: 1, isDeploying: false })
  })

  test('with nothing to go back to leaves the deployment FAILED, and launches nothing more', async () => {
    await create({ taskDefinition: 'bad', ...BREAKER })
    await primaryIs('FAILED')
    expect(await deployments()).toMatchObject([{ status: 'PRIMARY', failedTasks: 3 }])
    const before = await launches()
    await local.control.advance(3_600_000)
    // Those that stopped an hour ago are forgotten; none has been added.
    expect(await launches()).toBeLessThanOrEqual(before)
    expect(local.ecs.serviceCounts('default', 's')).toMatchObject({ running: 0, pending: 0 })

    await deploy('good')
    await primaryIs('COMPLETED')
  })

  test('without rollback leaves the old tasks in place', async () => {
    const deploymentConfiguration = { deploymentCircuitBreaker: { enable: true, rollback: false } }
    await create({ taskDefinition: 'good', deploymentConfiguration })
    await primaryIs('COMPLETED')
    await deploy('bad')
    await primaryIs('FAILED')
    expect(local.ecs.serviceCounts('default', 's')).toMatchObject({ running: 1, isDeploying: false })
  })

  test('counts to its threshold', async () => {
    const deploymentCircuitBreaker = {
      enable: true,
      rollback: false,
      thresholdConfiguration: { type: 'COUNT', value: 1 },
    }
    await create({ taskDefinition: 'bad', deploymentConfiguration: { deploymentCircuitBreaker } })
    await primaryIs('FAILED')
    expect(await deployments()).toMatchObject([{ failedTasks: 1 }])
    expect(await launches()).toBe(1)
  })

  test('is off unless asked for', async () => {
    await create({ taskDefinition: 'bad' })
    await local.until('four failures', async () => ((await deployments())[0]?.failedTasks as number) >= 4)
    expect(await deployments()).toMatchObject([{ rolloutState: 'IN_PROGRESS' }])
    expect(await local.service('s')).toMatchObject({
      deploymentConfiguration: { deploymentCircuitBreaker: { enable: false, rollback: false } },
    })
  })

  test.each([
    [{ thresholdConfiguration: { type: 'PERCENT', value: 1 } }, /^Invalid threshold type 'PERCENT'/],
    [{ thresholdConfiguration: { type: 'COUNT', value: 0 } }, /^The threshold's value must be at least 1/],
  ])('is refused with %o', async (change, message) => {
    const deploymentCircuitBreaker = { enable: true, rollback: true, ...change }
    const refusal = await local.refusal('CreateService', {
      serviceName: 's',
      taskDefinition: 'good',
      deploymentConfiguration: { deploymentCircuitBreaker },
    })
    expect(refusal).toMatchObject({ code: 'InvalidParameterException' })
    expect(refusal.message).toMatch(message)
  })
})

test('a sixth deployment is refused while protected tasks keep five alive', async () => {
  await create({
    taskDefinition: 'good',
    desiredCount: 10,
    deploymentConfiguration: { maximumPercent: 1_000 },
  })
  const force = { service: 's', forceNewDeployment: true }
  for (let round = 0; round < 4; round += 1) {
    await local.control.advance(0)
    const [primary] = await deployments()
    const { taskArns } = await local.call('ListTasks', { startedBy: primary?.id })
    const tasks = (taskArns as string[]).slice(0, 1)
    await local.call('UpdateTaskProtection', { tasks, protectionEnabled: true })
    await local.call('UpdateService', force)
  }
  await local.control.advance(0)
  expect(await deployments()).toHaveLength(5)
  expect(await local.refusal('UpdateService', force)).toEqual({
    code: 'InvalidParameterException',
    message: '5 active deployments exist, unable to create new deployment.',
  })
})
