// Service actions and deployment state changes, as EventBridge would hand them on; control time is moved by hand.
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { ServiceEvent } from '../../src/ecs/service-state-change.js'
import type { Described, LocalEcs } from './local-ecs.js'
import { ACCOUNT, localEcs, PATIENT, REGION } from './local-ecs.js'

let local: LocalEcs
let events: ServiceEvent[]
let onEvent: (event: ServiceEvent) => unknown
beforeEach(async () => {
  events = []
  onEvent = (event) => events.push(event)
  local = localEcs({ onServiceEvent: (event) => onEvent(event) })
  await local.call('CreateCluster')
  await local.registerShell('good', PATIENT)
  await local.registerShell('bad', 'exit 1')
})
afterEach(() => local[Symbol.asyncDispose]())

const create = (input: object): Promise<Described> =>
  local.call('CreateService', { serviceName: 's', desiredCount: 1, ...input })

const names = (): string[] => events.map(({ detail }) => detail.eventName)

const told = (eventName: string): Promise<void> =>
  local.until(`${eventName} is told`, () => names().includes(eventName))

const deploymentId = async (): Promise<unknown> =>
  ((await local.service('s')).deployments as Described[])[0]?.id

test('a deployment that completes, and the steady state after it, are told of in EventBridge’s form', async () => {
  await create({ taskDefinition: 'good' })
  await told('SERVICE_STEADY_STATE')
  const arn = `arn:aws:ecs:${REGION}:${ACCOUNT}:service/default/s`
  const envelope = {
    version: '0',
    id: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
    source: 'aws.ecs',
    account: ACCOUNT,
    time: expect.stringMatching(/^[\d-]{10}T[\d:]{8}Z$/) as string,
    region: REGION,
    resources: [arn],
  }
  const instant = expect.stringMatching(/^[\d-]{10}T[\d:]{8}\.\d{3}Z$/) as string
  const id = (await deploymentId()) as string
  const change = (state: string, reason: string): object => ({
    ...envelope,
    'detail-type': 'ECS Deployment State Change',
    detail: {
      eventType: 'INFO',
      eventName: `SERVICE_DEPLOYMENT_${state}`,
      deploymentId: id,
      updatedAt: instant,
      reason,
    },
  })
  expect(events).toEqual([
    change('IN_PROGRESS', `ECS deployment ${id} in progress.`),
    change('COMPLETED', `ECS deployment ${id} completed.`),
    {
      ...envelope,
      'detail-type': 'ECS Service Action',
      detail: {
        eventType: 'INFO',
        eventName: 'SERVICE_STEADY_STATE',
        clusterArn: `arn:aws:ecs:${REGION}:${ACCOUNT}:cluster/default`,
        createdAt: instant,
      },
    },
  ])
})

test('a deployment that the circuit breaker ends is told of as failed, and its rollback as one in progress', async () => {
  const deploymentCircuitBreaker = { enable: true, rollback: true }
  await create({ taskDefinition: 'good', deploymentConfiguration: { deploymentCircuitBreaker } })
  await told('SERVICE_STEADY_STATE')
  const good = await deploymentId()
  events = []
  await local.call('UpdateService', { service: 's', taskDefinition: 'bad' })
  const bad = await deploymentId()
  await told('SERVICE_STEADY_STATE')
  const changes = events.flatMap(({ detail }) =>
    'deploymentId' in detail ? [[detail.eventType, detail.eventName, detail.deploymentId]] : [],
  )
  expect(changes).toEqual([
    ['INFO', 'SERVICE_DEPLOYMENT_IN_PROGRESS', bad],
    ['ERROR', 'SERVICE_DEPLOYMENT_FAILED', bad],
    ['INFO', 'SERVICE_DEPLOYMENT_IN_PROGRESS', good],
    ['INFO', 'SERVICE_DEPLOYMENT_COMPLETED', good],
  ])
})

test('starts that fail again and again, and a task without a place, are told of', async () => {
  await create({ taskDefinition: 'bad' })
  await told('SERVICE_TASK_START_IMPAIRED')
  await local.call('CreateService', {
    serviceName: 'placeless',
    taskDefinition: 'good',
    launchType: 'EC2',
    desiredCount: 1,
  })
  await told('SERVICE_TASK_PLACEMENT_FAILURE')
  expect(events.filter(({ resources }) => resources[0]?.endsWith('/placeless'))).toMatchObject([
    { detail: { eventName: 'SERVICE_DEPLOYMENT_IN_PROGRESS' } },
    { detail: { eventType: 'ERROR', eventName: 'SERVICE_TASK_PLACEMENT_FAILURE' } },
  ])
})

test('an event whose delivery fails comes again, the same one', async () => {
  let failures = 2
  onEvent = (event) => {
    events.push(event)
    if (failures-- > 0) throw new Error('not now')
  }
  await create({ taskDefinition: 'good', desiredCount: 0 })
  await local.until('it was tried three times', () => events.length >= 4)
  const [first, ...rest] = events
  expect(rest.filter(({ id }) => id === first?.id).length).toBeGreaterThan(0)
})
