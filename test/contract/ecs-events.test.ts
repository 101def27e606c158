// A Spot interruption by command and the events that tell of it, on a running server.
import {
  CreateClusterCommand,
  CreateServiceCommand,
  DescribeTasksCommand,
  ECSClient,
  ListTasksCommand,
  RegisterTaskDefinitionCommand,
  waitUntilServicesStable,
  waitUntilTasksStopped,
} from '@aws-sdk/client-ecs'
import type { LocalAws, TaskStateChangeEvent } from '@longshore/local'
import { startLocalAws } from '@longshore/local'
import { afterAll, beforeAll, expect, test } from 'vitest'

const cluster = 'media'
const events: TaskStateChangeEvent[] = []
const output: string[] = []
let aws: LocalAws
let ecs: ECSClient

beforeAll(async () => {
  aws = await startLocalAws({
    timeScale: 40,
    seed: 1,
    onTaskOutput: ({ line }) => output.push(line),
    onTaskStateChange: (event) => events.push(event),
  })
  ecs = new ECSClient({ endpoint: aws.endpoint, region: 'us-east-1' })
  await ecs.send(new CreateClusterCommand({ clusterName: cluster }))
  const script = 'trap "echo draining; exit 0" TERM; sleep 1000 & echo up; wait'
  const main = { name: 'main', image: 'none', memory: 64, command: ['sh', '-c', script] }
  await ecs.send(new RegisterTaskDefinitionCommand({ family: 'app', containerDefinitions: [main] }))
  await ecs.send(
    new CreateServiceCommand({ cluster, serviceName: 'spot', taskDefinition: 'app', desiredCount: 2 }),
  )
  await stable()
})
afterAll(async () => {
  ecs.destroy()
  await aws.close()
})

const waiting = (): { client: ECSClient; minDelay: number; maxDelay: number; maxWaitTime: number } => ({
  client: ecs,
  minDelay: 0.1,
  maxDelay: 0.2,
  maxWaitTime: 40,
})

async function stable(): Promise<void> {
  await waitUntilServicesStable(waiting(), { cluster, services: ['spot'] })
}

async function tasks(): Promise<string[]> {
  return (await ecs.send(new ListTasksCommand({ cluster, serviceName: 'spot' }))).taskArns ?? []
}

const command = (body: object): Promise<Response> =>
  fetch(`${aws.endpoint}/_longshore/ecs/interrupt-spot`, { method: 'POST', body: JSON.stringify(body) })

test('a task interrupted by command drains, is told of, and is replaced', async () => {
  await expect.poll(() => output.filter((line) => line === 'up').length, { timeout: 40_000 }).toBe(2)
  const [one = '', two = ''] = await tasks()
  const answer = await command({ cluster, task: one })
  expect([answer.status, await answer.json()]).toEqual([200, {}])
  aws.interruptSpot({ cluster, task: two })
  await waitUntilTasksStopped(waiting(), { cluster, tasks: [one, two] })
  const described = await ecs.send(new DescribeTasksCommand({ cluster, tasks: [one, two] }))
  for (const task of described.tasks ?? []) {
    expect(task).toMatchObject({ stopCode: 'SpotInterruption', containers: [{ exitCode: 0 }] })
  }
  expect(output.filter((line) => line === 'draining')).toHaveLength(2)

  const notices = events.filter(
    ({ detail }) => detail.stopCode === 'SpotInterruption' && detail.lastStatus === 'RUNNING',
  )
  expect(notices.map(({ resources }) => resources[0]).toSorted()).toEqual([one, two].toSorted())
  await stable()
  expect(await tasks()).toHaveLength(2)
})

test('a command that cannot be carried out says why, in ECS’s words', async () => {
  const missing = await command({ cluster, task: 'none' })
  expect(missing.status).toBe(400)
  expect(await missing.json()).toMatchObject({ message: 'The referenced task was not found.' })
  expect((await command({ cluster: 'none', task: 'none' })).status).toBe(400)
  const list = await fetch(`${aws.endpoint}/_longshore/ecs/interrupt-spot`, { method: 'POST', body: '[]' })
  expect(list.status).toBe(400)
  expect(await list.json()).toMatchObject({ message: 'The request body must be a JSON object.' })
  expect((await fetch(`${aws.endpoint}/_longshore/ecs/interrupt-spot`)).status).toBe(404)
  const unknown = await fetch(`${aws.endpoint}/_longshore/ecs/unknown`, { method: 'POST', body: '{}' })
  expect(unknown.status).toBeGreaterThanOrEqual(400)
})
