// The real client against a server of a few lines, for what no well-behaved server does.
import { createHash } from 'node:crypto'
import { SQSClient } from '@aws-sdk/client-sqs'
import { expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { scaledClock, systemClock } from '../../src/clock.js'
import { createProducer, createWorker, defineQueue } from '../../src/index.js'
import { messages, serve, until } from './scripted-server.js'

// T3, over real sockets; the worker's clock runs 25 times as fast as the wall.
test('a poll on a socket that never answers is given up, and the worker goes on over another', async () => {
  const { url, seen } = await serve({
    GetQueueAttributes: () => ({ Attributes: { VisibilityTimeout: '30' } }),
    ReceiveMessage: (count) => (count === 2 ? messages(3) : 'silence'),
    DeleteMessageBatch: () => ({ Successful: [{ Id: '0' }, { Id: '1' }, { Id: '2' }], Failed: [] }),
  })
  const clock = scaledClock({ timeScale: 25, originMs: systemClock.now() })
  const worker = createWorker(defineQueue({ url, message: z.object({}) }), () => {}, { clock, log: false })
  const startedMs = clock.now()
  await worker.start()
  await until(() => worker.stats().done === 3)
  expect(clock.now() - startedMs).toBeGreaterThan(25_000)
  const receives = seen.filter(({ operation }) => operation === 'ReceiveMessage')
  expect(receives[1]?.socket).not.toBe(receives[0]?.socket)
  await worker.stop()
})

// T34
test('instrumentation that adds to the input of a call finds a fresh one each time', async () => {
  const { url, endpoint, seen } = await serve({
    GetQueueAttributes: () => ({ Attributes: { VisibilityTimeout: '30' } }),
    ReceiveMessage: (count) => (count <= 5 ? messages(1) : 'silence'),
    DeleteMessageBatch: () => ({ Successful: [{ Id: '0' }], Failed: [] }),
  })
  const client = new SQSClient({ endpoint, useQueueUrlAsEndpoint: false })
  onTestFinished(() => client.destroy())
  client.middlewareStack.add(
    (next) => (args) => {
      const input = args.input as { MessageAttributeNames?: string[]; MessageSystemAttributeNames?: string[] }
      input.MessageAttributeNames?.push('traceparent')
      input.MessageSystemAttributeNames?.push('SenderId')
      return next(args)
    },
    { step: 'initialize' },
  )
  const worker = createWorker(defineQueue({ url, client, message: z.object({}) }), () => {}, { log: false })
  await worker.start()
  await until(() => seen.filter(({ operation }) => operation === 'ReceiveMessage').length >= 6)
  for (const { operation, input } of seen) {
    if (operation !== 'ReceiveMessage') continue
    expect(input.MessageAttributeNames).toEqual(['All', 'traceparent'])
    expect(input.MessageSystemAttributeNames).toEqual([
      'ApproximateReceiveCount',
      'SentTimestamp',
      'ApproximateFirstReceiveTimestamp',
      'MessageGroupId',
      'AWSTraceHeader',
      'SenderId',
    ])
  }
  await worker.stop({ deadline: '0s' })
})

// T34
test('instrumentation that adds to the entries of a send finds fresh ones when the call is made again', async () => {
  const { url, endpoint, seen } = await serve({
    SendMessageBatch: (count) => (count === 1 ? { Successful: [], Failed: [] } : { Successful: sent }),
  })
  const sent = [{ Id: '0', MessageId: 'm', MD5OfMessageBody: createHash('md5').update('{}').digest('hex') }]
  const client = new SQSClient({ endpoint, useQueueUrlAsEndpoint: false })
  onTestFinished(() => client.destroy())
  client.middlewareStack.add(
    (next) => (args) => {
      const { Entries = [] } = args.input as { Entries?: { MessageAttributes?: Record<string, unknown> }[] }
      for (const entry of Entries) {
        expect(entry.MessageAttributes).toEqual({ tenant: { DataType: 'String', StringValue: 'acme' } })
        Object.assign(entry.MessageAttributes ?? {}, {
          traceparent: { DataType: 'String', StringValue: '00' },
        })
      }
      return next(args)
    },
    { step: 'initialize' },
  )
  const producer = createProducer(defineQueue({ url, client, message: z.object({}) }))
  await producer.send({}, { attributes: { tenant: 'acme' } })
  await producer.close()
  expect(seen).toHaveLength(2)
})

test('receives and settlements travel over separate connections', async () => {
  const { url, seen } = await serve({
    GetQueueAttributes: () => ({ Attributes: { VisibilityTimeout: '30' } }),
    ReceiveMessage: (count) => (count <= 3 ? messages(10) : 'silence'),
    DeleteMessageBatch: () => ({ Successful: [{ Id: '0' }], Failed: [] }),
  })
  const worker = createWorker(defineQueue({ url, message: z.object({}) }), () => {}, { log: false })
  await worker.start()
  await until(() => seen.some(({ operation }) => operation === 'DeleteMessageBatch'))
  const socketsOf = (name: string): number[] =>
    seen.filter(({ operation }) => operation === name).map(({ socket }) => socket)
  const receives = new Set(socketsOf('ReceiveMessage'))
  expect(socketsOf('DeleteMessageBatch').some((socket) => receives.has(socket))).toBe(false)
  await worker.stop({ deadline: '0s' })
})

test('the visibility timeout read at the start is asked for with each receive, so that a later change surprises nobody', async () => {
  const { url, seen } = await serve({
    GetQueueAttributes: () => ({ Attributes: { VisibilityTimeout: '77' } }),
    ReceiveMessage: () => 'silence',
  })
  const worker = createWorker(defineQueue({ url, message: z.object({}) }), () => {}, { log: false })
  await worker.start()
  await until(() => seen.some(({ operation }) => operation === 'ReceiveMessage'))
  const receive = seen.find(({ operation }) => operation === 'ReceiveMessage')
  expect(receive?.input).toMatchObject({
    VisibilityTimeout: 77,
    WaitTimeSeconds: 20,
    MaxNumberOfMessages: 10,
  })
  await worker.stop()
})
