import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { createWorker, deadLetter, defineQueue } from '../../src/index.js'
import { manualClock, memoryQueue } from '../../src/testing/index.js'
import { passTime } from '../pass-time.js'
import { stage } from '../stage.js'

const attributes = { tenant: { type: 'String', value: 'acme' } }

test('a dead letter is copied with its attributes and the reason, and deleted only once the copy is confirmed', async () => {
  const { begin, clock, queue, deadLetters, worker } = stage({ queue: { maxReceiveCount: 3 } })
  queue.put({ id: 1, ends: 'deadLetter' }, { attributes })
  deadLetters.intercept(({ count }) => (count <= 2 ? { kind: 'fail', reason: 'throttled' } : undefined))
  await begin()
  await clock.advance(150)
  expect(queue.messages()).toHaveLength(1)
  await clock.advance(5_000)
  expect(queue.messages()).toEqual([])
  // A copy that fails for a while is made again; the handler need not run again for that.
  expect(worker.stats()).toMatchObject({ deadLettered: 1, retried: 0, started: 1 })
  expect(deadLetters.messages()).toMatchObject([
    {
      attributes: {
        tenant: attributes.tenant,
        'longshore.reason': { type: 'String', value: 'cannot be handled' },
        'longshore.receiveCount': { type: 'Number', value: '1' },
      },
    },
  ])
})

test('a copy whose answer is lost is made again: one too many rather than none', async () => {
  const { begin, clock, queue, deadLetters, put } = stage({ queue: { maxReceiveCount: 3 } })
  put({ id: 1, ends: 'deadLetter' })
  deadLetters.intercept(({ count }) => (count === 1 ? { kind: 'loseAnswer' } : undefined))
  await begin()
  await clock.advance(5_000)
  expect(queue.messages()).toEqual([])
  expect(deadLetters.messages()).toHaveLength(2)
})

test.each([
  ['the dead-letter queue refuses us', { kind: 'fail', reason: 'denied' }],
  [
    'the dead-letter queue refuses the message',
    { kind: 'failEntries', indexes: [0], code: 'InvalidMessageContents' },
  ],
  ['the dead-letter queue is out of reach for half a minute', { kind: 'fail', reason: 'unreachable' }],
] as const)('while %s the message is retried, and never deleted', async (_name, fault) => {
  const { begin, clock, queue, deadLetters, put, told, worker } = stage({ queue: { maxReceiveCount: 50 } })
  const failed = told('deadLetter:failed')
  put({ id: 1, ends: 'deadLetter' })
  deadLetters.intercept(() => fault)
  await begin()
  await clock.advance(60_000)
  expect(failed.length).toBeGreaterThan(0)
  expect(worker.stats()).toMatchObject({ deadLettered: 0 })
  expect(worker.stats().retried).toBeGreaterThan(0)
  expect(queue.messages()).toHaveLength(1)
  expect(deadLetters.messages()).toEqual([])
})

test('a stop waits for copies, and one that cannot be made in time leaves its message in the queue', async () => {
  const { begin, clock, queue, deadLetters, put, stop } = stage({ queue: { maxReceiveCount: 3 } })
  put({ id: 1, ends: 'deadLetter' })
  deadLetters.intercept(() => ({ kind: 'fail', reason: 'throttled' }))
  await begin()
  await clock.advance(100)
  expect(await stop({ deadline: '0s' })).toMatchObject({ unsettled: 1 })
  expect(queue.messages()).toHaveLength(1)
})

test('the copy says which task gave the message up, and what its handler had to say', async () => {
  const taskArn = 'arn:aws:ecs:eu-west-1:123456789012:task/media/0123456789abcdef'
  const metadata = createServer((_, response) =>
    response.end(JSON.stringify({ TaskARN: taskArn, Cluster: 'media' })),
  )
  await new Promise<void>((resolve) => metadata.listen(0, '127.0.0.1', resolve))
  process.env.ECS_CONTAINER_METADATA_URI_V4 = `http://127.0.0.1:${(metadata.address() as AddressInfo).port}`
  onTestFinished(() => {
    delete process.env.ECS_CONTAINER_METADATA_URI_V4
    metadata.closeAllConnections()
    metadata.close()
  })
  const clock = manualClock()
  const deadLetters = memoryQueue({ clock, name: 'dead-letters' })
  const queue = memoryQueue({ clock, redrive: { to: deadLetters, maxReceiveCount: 3 } })
  const worker = createWorker(
    defineQueue({ message: z.object({}) }),
    () => deadLetter('no such bucket', { error: new RangeError('12 > 10') }),
    { port: queue, clock, log: false },
  )
  queue.put({}, { attributes })
  await worker.start()
  // The metadata endpoint answers in real time.
  while (deadLetters.messages().length === 0) {
    await clock.advance(1)
    await new Promise((resolve) => setImmediate(resolve))
  }
  expect(deadLetters.messages()[0]?.attributes).toEqual({
    ...attributes,
    'longshore.reason': { type: 'String', value: 'no such bucket' },
    'longshore.error': { type: 'String', value: 'RangeError: 12 > 10' },
    'longshore.receiveCount': { type: 'Number', value: '1' },
    'longshore.taskArn': { type: 'String', value: taskArn },
  })
  await passTime(clock, worker.stop())
})
