// The circuit breaker over the real client. Control time is moved by hand: a task counts as healthy after 40 s of it, so a
// clock that runs by itself would call a failing one healthy whenever the machine is slow to run its process to the end.
import {
  CreateClusterCommand,
  CreateServiceCommand,
  DescribeServicesCommand,
  DescribeTasksCommand,
  ECSClient,
  ListTasksCommand,
  RegisterTaskDefinitionCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs'
import type { Service } from '@aws-sdk/client-ecs'
import { manualClock } from '@longshore/core/testing'
import type { LocalAws } from '@longshore/local'
import { startLocalAws } from '@longshore/local'
import { afterAll, beforeAll, expect, test } from 'vitest'

const PATIENT = 'trap "exit 0" TERM; sleep 1000 & wait'
const clock = manualClock()

let aws: LocalAws
let ecs: ECSClient

beforeAll(async () => {
  aws = await startLocalAws({ clock, seed: 1 })
  ecs = new ECSClient({ endpoint: aws.endpoint, region: 'us-east-1' })
  await ecs.send(new CreateClusterCommand({}))
  await register('good', PATIENT)
  await register('bad', 'exit 1')
})
afterAll(async () => {
  ecs.destroy()
  await aws.close()
})

async function register(family: string, script: string): Promise<void> {
  await ecs.send(
    new RegisterTaskDefinitionCommand({
      family,
      containerDefinitions: [{ name: 'main', image: 'none', memory: 64, command: ['sh', '-c', script] }],
    }),
  )
}

async function described(): Promise<Service> {
  const { services } = await ecs.send(new DescribeServicesCommand({ services: ['breaking'] }))
  return services?.[0] ?? {}
}

async function primary(): Promise<string> {
  const [deployment] = (await described()).deployments ?? []
  return `${deployment?.taskDefinition?.split('/')[1]} ${deployment?.rolloutState}`
}

/** Whether the process of a failing task has yet to end: that takes real time, in which control time stands still. */
async function isEnding(): Promise<boolean> {
  const { taskArns = [] } = await ecs.send(new ListTasksCommand({ family: 'bad' }))
  if (taskArns.length === 0) return false
  const { tasks = [] } = await ecs.send(new DescribeTasksCommand({ tasks: taskArns }))
  return tasks.some(({ lastStatus }) => lastStatus === 'RUNNING')
}

async function passUntil(state: string): Promise<void> {
  const look = async (): Promise<string> => {
    if (!(await isEnding())) await clock.advance(1_000)
    return primary()
  }
  await expect.poll(look, { timeout: 30_000, interval: 5 }).toBe(state)
}

test('the circuit breaker over the real client rolls a failing deployment back', async () => {
  await ecs.send(
    new CreateServiceCommand({
      serviceName: 'breaking',
      taskDefinition: 'good',
      desiredCount: 1,
      deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true } },
    }),
  )
  await passUntil('good:1 COMPLETED')
  await ecs.send(new UpdateServiceCommand({ service: 'breaking', taskDefinition: 'bad' }))
  expect(await primary()).toBe('bad:1 IN_PROGRESS')
  await passUntil('good:1 COMPLETED')

  const { deployments, events, runningCount } = await described()
  expect([deployments?.length, runningCount]).toEqual([1, 1])
  expect(events?.map(({ message }) => message)).toContainEqual(
    expect.stringMatching(/^\(service breaking\) rolling back to deployment ecs-svc\/\d+\.$/),
  )
})
