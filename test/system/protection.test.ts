// Task protection as ECS sees it: real worker processes, the agent's endpoint, and a service that scales in.
import { fileURLToPath } from 'node:url'
import {
  DescribeTasksCommand,
  GetTaskProtectionCommand,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs'
import type { ProtectedTask, Task } from '@aws-sdk/client-ecs'
import { afterEach, describe, expect, it } from 'vitest'
import { Stage, until } from './stage.js'

const CLUSTER = 'system'
const SERVICE = 'records'
const EMPTYING = fileURLToPath(new URL('fixtures/dist/emptying-worker.js', import.meta.url))

const output: string[] = []
let stage: Stage | undefined

afterEach(async () => {
  await stage?.close()
  stage = undefined
  output.length = 0
})

async function open(options: { desiredCount: number; handlingMs: number }): Promise<Stage> {
  stage = await Stage.open({
    local: { timeScale: 20, onTaskOutput: ({ line }) => output.push(line) },
    visibilityTimeoutSeconds: 30,
    ...options,
  })
  return stage
}

/** How many workers have said that they receive. */
function receiving(): number {
  return output.filter((line) => line.includes('"Receiving"')).length
}

/** The service's running tasks that ECS would spare. */
async function protectedTasks({ ecs }: Stage, tasks: readonly Task[]): Promise<ProtectedTask[]> {
  const arns = tasks.map(({ taskArn = '' }) => taskArn)
  const read = await ecs.send(new GetTaskProtectionCommand({ cluster: CLUSTER, tasks: arns }))
  return (read.protectedTasks ?? []).filter(({ protectionEnabled }) => protectionEnabled === true)
}

describe('a service of workers on a local AWS', () => {
  it('scales in past the busy task, which finishes, and stops idle ones', async () => {
    const running = await open({ desiredCount: 3, handlingMs: 10_000 })
    // RUNNING is a process that was started; until it receives it would not know what SIGTERM asks of it.
    await until('every worker receives', () => Promise.resolve(receiving()), {
      isSo: (workers) => workers === 3,
      seconds: 60,
    })
    const [id] = await running.send(1)
    const tasks = await until('every task is listed', () => running.tasks('RUNNING'), {
      isSo: (seen) => seen.length === 3,
      seconds: 60,
    })
    const [busy, ...others] = await until('one task is protected', () => protectedTasks(running, tasks), {
      isSo: (seen) => seen.length > 0,
      seconds: 60,
    })
    expect(others).toEqual([])
    await running.ecs.send(new UpdateServiceCommand({ cluster: CLUSTER, service: SERVICE, desiredCount: 1 }))

    const stopped = await until('the idle tasks have stopped', () => running.tasks('STOPPED'), {
      isSo: (seen) => seen.length === 2 && seen.every(({ lastStatus }) => lastStatus === 'STOPPED'),
      seconds: 60,
    })
    expect(stopped.map(({ taskArn }) => taskArn)).not.toContain(busy?.taskArn)
    expect(stopped.map(({ containers }) => containers?.[0]?.exitCode)).toEqual([0, 0])
    const records = await until('the handling has ended', () => running.records(), {
      isSo: (seen) => seen.some(({ event }) => event === 'ended'),
      seconds: 60,
    })
    expect(records.map(({ event, id: of, receiveCount }) => [event, of, receiveCount])).toEqual([
      ['started', id, 1],
      ['ended', id, 1],
    ])
    expect(await running.tasks('RUNNING')).toMatchObject([{ taskArn: busy?.taskArn }])
  }, 120_000)

  it('leaves a task that no service runs to itself: it empties its queue and exits 0', async () => {
    const running = await open({ desiredCount: 0, handlingMs: 0 })
    await running.send(25)
    const environment = [{ name: 'QUEUE_URL', value: running.queueUrl }]
    const command = ['node', EMPTYING]
    await running.ecs.send(
      new RegisterTaskDefinitionCommand({
        family: 'emptying',
        containerDefinitions: [{ name: 'main', image: 'none', memory: 512, command, environment }],
      }),
    )
    const run = await running.ecs.send(new RunTaskCommand({ cluster: CLUSTER, taskDefinition: 'emptying' }))
    const arn = run.tasks?.[0]?.taskArn ?? ''
    const look = async (): Promise<Task | undefined> =>
      (await running.ecs.send(new DescribeTasksCommand({ cluster: CLUSTER, tasks: [arn] }))).tasks?.[0]
    const ended = await until('the task has ended by itself', look, {
      isSo: (task) => task?.lastStatus === 'STOPPED',
      seconds: 60,
    })

    expect(ended).toMatchObject({ stopCode: 'EssentialContainerExited', containers: [{ exitCode: 0 }] })
    const report = output.find((line) => line.startsWith('report '))?.slice('report '.length) ?? '{}'
    expect(JSON.parse(report)).toMatchObject({ reason: 'empty', isEmpty: true, done: 25, leftBehind: 0 })
    expect(await running.depth()).toBe(0)
    const said = output.filter((line) => line.includes('This task cannot be protected'))
    expect(said).toHaveLength(1)
    expect(said[0]).toContain('TASK_NOT_VALID')
  }, 120_000)
})
