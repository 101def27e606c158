import { expect, test } from 'vitest'
import { DoctorError, inspect } from '../../src/index.js'
import type { Fault } from '../../src/testing/index.js'
import { eventually } from '../ecs/agent.js'
import { scripts, stage } from '../stage.js'

const fail = (reason: 'denied' | 'notFound'): Fault => ({ kind: 'fail', reason })

test('a worker tells what the doctor found, and runs', async () => {
  const { begin, told, put, clock, worker } = stage({ queue: { visibilityTimeout: '6s' } })
  const findings = told('doctor:found')
  await begin()
  await eventually(() => findings.length > 0)
  expect(findings.map(({ code }) => code)).toEqual([
    'visibility-short',
    'stop-timeout-short',
    'dead-letters-none',
  ])
  put(...scripts(1))
  await clock.advance(1_000)
  expect(worker.stats().done).toBe(1)
})

test('with doctor fail a problem keeps the worker from starting, and a note does not', async () => {
  const failing = stage({ doctor: 'fail' })
  const error: unknown = await failing.begin().catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(DoctorError)
  expect((error as DoctorError).findings.map(({ code }) => code)).toEqual(['dead-letters-none'])
  expect((error as DoctorError).message).toContain(
    'dead-letters-none: found no dead-letter queue; expected one',
  )
  expect(failing.worker.state).toBe('stopped')
  expect(failing.callsOf('ReceiveMessage')).toBe(0)

  const noted = stage({ doctor: 'fail', queue: { maxReceiveCount: 5 } })
  await noted.begin()
  expect(noted.worker.state).toBe('running')
})

test('the doctor shares the call of the start, and costs none where it is off', async () => {
  for (const doctor of ['warn', false] as const) {
    const { begin, callsOf, told, clock } = stage({ doctor })
    const findings = told('doctor:found')
    await begin()
    if (doctor !== false) await eventually(() => findings.length === 2)
    await clock.advance(1_000)
    expect(callsOf('GetQueueAttributes')).toBe(1)
    expect(findings.map(({ code }) => code)).toEqual(
      doctor === false ? [] : ['stop-timeout-short', 'dead-letters-none'],
    )
  }
})

test('inspect finds what a start would, and changes nothing', async () => {
  const { definition, queue } = stage({ queue: { latency: '0ms' } })
  const before = queue.put({ id: 1 })
  const findings = await inspect(definition, { port: queue, handlerTimeout: '20s', maxPollers: 1 })
  expect(findings.map(({ code }) => code)).toEqual(['dead-letters-none'])
  expect(queue.messages()).toMatchObject([{ messageId: before, receiveCount: 0 }])
})

test('inspect finds out which calls are denied', async () => {
  const { definition, queue } = stage({ queue: { latency: '0ms', maxReceiveCount: 5 } })
  queue.intercept(({ operation }) => (operation === 'GetQueueAttributes' ? undefined : fail('denied')))
  const findings = await inspect(definition, { port: queue, handlerTimeout: '20s' })
  expect(findings.map(({ code, expected }) => [code, expected.split(' ')[0]])).toEqual([
    ['dead-letters-unreadable', 'sqs:GetQueueUrl'],
    ['permission-denied', 'sqs:DeleteMessage'],
    ['permission-denied', 'sqs:ChangeMessageVisibility'],
  ])
  queue.intercept(() => fail('denied'))
  expect(await inspect(definition, { port: queue })).toMatchObject([
    {
      code: 'permission-denied',
      severity: 'problem',
      fix: expect.stringContaining('sqs:GetQueueAttributes'),
    },
  ])
})

test('a dead-letter queue that is gone is found', async () => {
  const { definition, queue } = stage({ queue: { latency: '0ms', maxReceiveCount: 5 } })
  queue.intercept(({ operation }) => (operation === 'GetQueueUrl' ? fail('notFound') : undefined))
  const findings = await inspect(definition, { port: queue, handlerTimeout: '20s' })
  expect(findings.map(({ code }) => code)).toEqual(['dead-letters-gone'])
})

test('a queue that does not exist is no finding but an error', async () => {
  const { definition, queue } = stage({ queue: { latency: '0ms' } })
  queue.intercept(() => fail('notFound'))
  await expect(inspect(definition, { port: queue })).rejects.toMatchObject({ reason: 'notFound' })
})
