// The agent's task protection endpoint for real containers; real time stands still except where a test moves it.
import { readFileSync } from 'node:fs'
import { manualClock } from '@longshore/core/testing'
import type { ManualClock } from '@longshore/core/testing'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { FaultEffect } from '../../../src/faults/fault-options.js'
import { FaultBook } from '../../../src/faults/faults.js'
import type { Described, LocalEcs } from '../local-ecs.js'
import { localEcs, PATIENT } from '../local-ecs.js'
import type { AgentAnswer } from './ask-agent.js'
import { addressesOf, askAgent, TELL_ADDRESSES } from './ask-agent.js'

interface Case {
  readonly name: string
  readonly method: string
  readonly body?: string
  readonly status: number
  /** `TASK` stands for the task's ARN, `ID` for a request's id. */
  readonly answer: string
}

const cases = JSON.parse(
  readFileSync(new URL('./protection-answers.json', import.meta.url), 'utf8'),
) as readonly Case[]

let local: LocalEcs
let real: ManualClock
let faults: FaultBook
beforeEach(async () => {
  real = manualClock()
  faults = new FaultBook({
    clock: real,
    seed: 1,
    knownOperations: () => ['GetTaskProtection', 'UpdateTaskProtection'],
    queueCounts: () => new Map(),
  })
  local = localEcs({ clock: real, strike: (call) => faults.strike(call) })
  await local.call('CreateCluster')
  await local.registerShell('app', `${TELL_ADDRESSES}; ${PATIENT}`)
})
afterEach(async () => {
  const closed = local.ecs.close()
  // Containers that would outlast their grace wait for this clock.
  await real.advance(60_000)
  await closed
})

async function serviceTask(desiredCount = 1): Promise<string> {
  await local.call('CreateService', { serviceName: 's', taskDefinition: 'app', desiredCount })
  await local.control.advance(0)
  return ((await local.call('ListTasks', { serviceName: 's' })).taskArns as string[])[0] ?? ''
}

const stateOf = async (arn: string): Promise<string> =>
  `${(await addressesOf(local, arn)).agent}/task-protection/v1/state`

const put = (uri: string, body: object): Promise<AgentAnswer> =>
  askAgent(local.agent, uri, { method: 'PUT', body: JSON.stringify(body) })

describe('the task protection endpoint', () => {
  test('answers as the agent does, to the letter', async () => {
    const arn = await serviceTask()
    const uri = await stateOf(arn)
    for (const { name, method, body = '', status, answer } of cases) {
      const got = await askAgent(local.agent, uri, { method, body })
      const text = got.body.replaceAll(arn, 'TASK').replace(/"requestID":"[0-9a-f-]{36}"/, '"requestID":"ID"')
      expect({ name, status: got.status, answer: text }).toEqual({ name, status, answer })
      if (status !== 405) expect(got.headers['Content-Type']).toBe('application/json')
    }
  })

  test('protects the task that it belongs to', async () => {
    const arn = await serviceTask(2)
    await put(await stateOf(arn), { ProtectionEnabled: true, ExpiresInMinutes: 1 })
    local.ecs.setDesiredCount('default', 's', 0)
    await local.until('only the protected one is wanted', async () => {
      const { taskArns } = await local.call('ListTasks')
      return (taskArns as string[]).join() === arn
    })
  })

  test('answers 200 with a failure when ECS refuses the task: blocked, or of no service', async () => {
    const arn = await serviceTask()
    const uri = await stateOf(arn)
    local.ecs.setDesiredCount('default', 's', 0)
    const blocked = await put(uri, { ProtectionEnabled: true })
    expect(blocked.status).toBe(200)
    expect(JSON.parse(blocked.body)).toEqual({
      failure: { Arn: arn, Detail: expect.any(String), Reason: 'DEPLOYMENT_BLOCKED' },
    })

    const { tasks } = await local.call('RunTask', { taskDefinition: 'app' })
    const alone = (tasks as Described[])[0]?.taskArn as string
    const standalone = await stateOf(alone)
    for (const answer of [
      await put(standalone, { ProtectionEnabled: true }),
      await askAgent(local.agent, standalone),
    ]) {
      expect(answer.status).toBe(200)
      expect(answer.body).toBe(
        `{"failure":{"Arn":"${alone}","Detail":"The task does not belong to an active service.","Reason":"TASK_NOT_VALID"}}`,
      )
    }
  })

  test('is of no use to others, and gone when the task has stopped', async () => {
    const arn = await serviceTask()
    const uri = await stateOf(arn)
    const notFound =
      '{"error":{"Code":"ResourceNotFoundException","Message":"Failed to find a task for the request"}}'
    const guessed = uri.replace(/[0-9a-f]{32}/, '0'.repeat(32))
    expect(await put(guessed, { ProtectionEnabled: true })).toMatchObject({ status: 404, body: notFound })
    expect(await put(guessed, { Unknown: true })).toMatchObject({ status: 400 })
    await local.call('StopTask', { task: arn })
    expect(await askAgent(local.agent, uri)).toMatchObject({ status: 200 })
    await local.until('stopped', async () => (await local.task(arn)).lastStatus === 'STOPPED')
    expect(await askAgent(local.agent, uri)).toMatchObject({ status: 404, body: notFound })
  })

  test('serves sixty requests at once and forty a second, shared with metadata', async () => {
    const arn = await serviceTask()
    const uri = await stateOf(arn)
    const { metadata } = await addressesOf(local, arn)
    const statuses = async (count: number): Promise<number[]> => {
      const asked = Array.from({ length: count }, (_, at) =>
        askAgent(local.agent, at % 2 === 0 ? uri : metadata),
      )
      return (await Promise.all(asked)).map(({ status }) => status)
    }
    const count = (all: number[], status: number): number => all.filter((one) => one === status).length
    const burst = await statuses(80)
    expect([count(burst, 200), count(burst, 429)]).toEqual([60, 20])
    expect(await askAgent(local.agent, uri)).toMatchObject({
      body: 'You have reached maximum request limit.',
      headers: { 'X-Rate-Limit-Limit': '40.00', 'X-Rate-Limit-Duration': '1' },
    })
    await real.advance(1_000)
    const second = await statuses(80)
    expect([count(second, 200), count(second, 429)]).toEqual([40, 40])
  })

  test('tells what became of its own call to ECS: refused, lost, or not answered within four seconds', async () => {
    const arn = await serviceTask()
    const uri = await stateOf(arn)
    const operation = 'UpdateTaskProtection'
    const answerUnder = async (fault: FaultEffect): Promise<[number, unknown]> => {
      const active = faults.add({ ...fault, service: 'ecs', operation })
      const asked = put(uri, { ProtectionEnabled: true })
      await real.advance(3_999)
      let isAnswered = false
      void asked.then(() => (isAnswered = true))
      await real.advance(0)
      const isLate = !isAnswered
      await real.advance(1)
      const { status, body } = await asked
      active.remove()
      expect({ isLate, hits: active.hits }).toEqual({ isLate: status === 504, hits: 1 })
      return [status, JSON.parse(body)]
    }
    const error = (Code: string, Message: string) => ({ error: { Arn: arn, Code, Message } })
    const requestID = expect.any(String) as string
    expect(await answerUnder({ effect: 'throttling' })).toEqual([
      400,
      { requestID, ...error('ThrottlingException', 'Rate exceeded') },
    ])
    expect(await answerUnder({ effect: 'server-error', status: 503 })).toMatchObject([
      503,
      { requestID, error: { Arn: arn, Code: 'ServiceUnavailable' } },
    ])
    const timedOut = [504, error('RequestCanceled', 'Timed out calling ECS Task Protection API')]
    expect(await answerUnder({ effect: 'half-open' })).toEqual(timedOut)
    expect(await answerUnder({ effect: 'slow', delay: '4s' })).toEqual(timedOut)
    const notSent = [500, error('RequestError', 'send request failed')]
    expect(await answerUnder({ effect: 'lost-request' })).toEqual(notSent)
    const isProtected = async () =>
      (JSON.parse((await askAgent(local.agent, uri)).body) as { protection: { ProtectionEnabled: boolean } })
        .protection.ProtectionEnabled
    expect(await isProtected()).toBe(false)
    expect(await answerUnder({ effect: 'lost-answer' })).toEqual(notSent)
    expect(await isProtected()).toBe(true)
    expect((await answerUnder({ effect: 'slow', delay: '3s' }))[0]).toBe(200)
  })

  test('limits each task for itself', async () => {
    const arn = await serviceTask(2)
    const { taskArns } = await local.call('ListTasks')
    const other = (taskArns as string[]).find((candidate) => candidate !== arn) ?? ''
    const [uri, otherUri] = [await stateOf(arn), await stateOf(other)]
    await Promise.all(Array.from({ length: 61 }, () => askAgent(local.agent, uri)))
    expect((await askAgent(local.agent, uri)).status).toBe(429)
    expect((await askAgent(local.agent, otherUri)).status).toBe(200)
  })
})
