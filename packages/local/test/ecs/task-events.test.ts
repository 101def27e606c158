// Task state change events and Spot interruptions, over real processes: control time is moved by hand.
import { readFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { TaskStateChangeEvent } from '../../src/ecs/task-state-change.js'
import type { Described, LocalEcs } from './local-ecs.js'
import { localEcs, PATIENT } from './local-ecs.js'

const READY = PATIENT.replace(' wait', ' echo ready; wait')

let local: LocalEcs
let events: TaskStateChangeEvent[]
let onEvent: (event: TaskStateChangeEvent) => unknown

beforeEach(async () => {
  events = []
  onEvent = (event) => events.push(event)
  local = localEcs({ onTaskStateChange: (event) => onEvent(event) })
  await local.call('CreateCluster')
  await local.registerShell('app', READY)
})
afterEach(() => local[Symbol.asyncDispose]())

async function run(taskDefinition = 'app'): Promise<string> {
  const { tasks } = await local.call('RunTask', { taskDefinition })
  return (tasks as Described[])[0]?.taskArn as string
}

const ready = (arn: string): Promise<void> =>
  local.until(`${arn} is ready`, () => local.ecs.taskLog(arn).some(({ line }) => line === 'ready'), 500)

const stopped = (arn: string): Promise<void> =>
  local.until(`${arn} has stopped`, async () => (await local.task(arn)).lastStatus === 'STOPPED', 100)

/** What became of the task, step by step. */
const steps = (): unknown[][] =>
  events.map(({ detail }) => [detail.version, detail.lastStatus, detail.desiredStatus])

describe('task state change events', () => {
  test('tell each change of a task once, with its version, to its end', async () => {
    const arn = await run()
    await ready(arn)
    await local.call('StopTask', { task: arn })
    await stopped(arn)
    expect(steps()).toEqual([
      [1, 'PROVISIONING', 'RUNNING'],
      [2, 'PENDING', 'RUNNING'],
      [3, 'RUNNING', 'RUNNING'],
      [4, 'RUNNING', 'STOPPED'],
      [5, 'STOPPING', 'STOPPED'],
      [6, 'STOPPED', 'STOPPED'],
    ])
    expect(new Set(events.map(({ id }) => id)).size).toBe(6)
  })

  test('have the envelope of EventBridge and the task of DescribeTasks, with instants as text', async () => {
    const golden = JSON.parse(
      readFileSync(new URL('./task-stopped-event.json', import.meta.url), 'utf8'),
    ) as unknown
    await local.registerShell('brief', 'exit 3', { cpu: 128 })
    const arn = await run('brief')
    await stopped(arn)
    const id = arn.split('/')[2] ?? ''
    const text = JSON.stringify(events.at(-1), (key, value: unknown) => {
      if (key === 'id') return 'UUID'
      if (key === 'runtimeId') return 'RUNTIME'
      return key.endsWith('At') && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(String(value))
        ? 'INSTANT'
        : value
    })
      .replaceAll(id, 'TASK')
      .replace(/(container\/default\/TASK\/)[0-9a-f-]{36}/g, '$1CONTAINER')
      .replace(/"time":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"/, '"time":"SECOND"')
    expect(JSON.parse(text)).toEqual(golden)
  })

  test('tell of containers, too, when the task itself stays as it is', async () => {
    await local.call('RegisterTaskDefinition', {
      family: 'two',
      memory: '128',
      containerDefinitions: [
        { name: 'main', image: 'none', command: ['sh', '-c', READY] },
        { name: 'brief', image: 'none', essential: false, command: ['sh', '-c', 'exit 2'] },
      ],
    })
    const arn = await run('two')
    await ready(arn)
    await local.until('brief has ended', () =>
      events.some(({ detail }) => detail.containers[1]?.exitCode === 2),
    )
    const versions = events.map(({ detail }) => detail.version)
    expect(versions).toEqual(versions.map((_, at) => at + 1))
    expect(events.at(-1)?.detail).toMatchObject({
      lastStatus: 'RUNNING',
      containers: [{ lastStatus: 'RUNNING' }, { lastStatus: 'STOPPED', exitCode: 2 }],
    })
  })

  test('come again until they are taken, as the same event, while others go on', async () => {
    const failures: number[] = []
    onEvent = (event) => {
      const attempts = failures.push(local.control.now())
      if (event.detail.version === 2 && attempts <= 4) return Promise.reject(new Error('not now'))
      return events.push(event)
    }
    const arn = await run()
    await ready(arn)
    await local.until('all came', () => events.length === 3, 1_000)
    expect(events.map(({ detail }) => detail.version)).toEqual([1, 3, 2])
    expect(events.at(-1)?.detail).toMatchObject({ version: 2, lastStatus: 'PENDING' })
  })

  test('that nobody takes do not keep the server from closing', async () => {
    onEvent = () => {
      throw new Error('never')
    }
    await run()
    await local.control.advance(60_000)
    await local.ecs.close()
    expect(local.control.pending).toBe(0)
  })
})

describe('a Spot interruption', () => {
  test('is told at once, stops the task with SIGTERM, and has its own stop code', async () => {
    const arn = await run()
    await ready(arn)
    const before = events.length
    local.ecs.interruptSpot(undefined, arn)
    await stopped(arn)
    expect(events[before]?.detail).toMatchObject({
      lastStatus: 'RUNNING',
      desiredStatus: 'STOPPED',
      stopCode: 'SpotInterruption',
      stoppedReason: 'Your Spot Task was interrupted.',
    })
    expect(await local.task(arn)).toMatchObject({
      stopCode: 'SpotInterruption',
      stoppedReason: 'Your Spot Task was interrupted.',
      containers: [{ exitCode: 0 }],
    })
  })

  test('of a service’s task has it replaced at once and is no failed start, protected or not', async () => {
    await local.call('CreateService', { serviceName: 's', taskDefinition: 'app', desiredCount: 1 })
    await local.control.advance(0)
    const [arn = ''] = (await local.call('ListTasks')).taskArns as string[]
    await ready(arn)
    await local.call('UpdateTaskProtection', { tasks: [arn], protectionEnabled: true })
    await local.ecs.commands['interrupt-spot']?.({ cluster: 'default', task: arn.split('/')[2] })
    await local.control.advance(0)
    const { taskArns } = await local.call('ListTasks')
    expect(taskArns).toHaveLength(1)
    expect(taskArns).not.toContain(arn)
    expect(await local.service('s')).toMatchObject({ deployments: [{ failedTasks: 0 }] })
  })

  test('needs a task that is there', () => {
    expect(() => local.ecs.interruptSpot(undefined, 'none')).toThrow('The referenced task was not found.')
    expect(() => local.ecs.interruptSpot('none', 'none')).toThrow('Cluster not found.')
  })
})
