import { expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import type { EnvelopeKind, Handler, Producer, Queue, Worker, WorkerOptions } from '../../src/index.js'
import { createProducer, createWorker, deadLetter, defineQueue, LeaseLostError } from '../../src/index.js'
import type { ManualClock, MemoryPayloads, MemoryQueue } from '../../src/testing/index.js'
import { manualClock, memoryPayloads, memoryQueue } from '../../src/testing/index.js'
import { snsNotification } from '../decode/samples.js'
import { eventually } from '../ecs/agent.js'
import { passRealTime, passTime } from '../pass-time.js'

const schema = z.object({ id: z.number(), filler: z.string().default('') })
type Message = z.input<typeof schema>

interface Stage {
  readonly clock: ManualClock
  readonly queue: MemoryQueue
  readonly deadLetters: MemoryQueue
  readonly payloads: MemoryPayloads
  readonly handled: number[]
  readonly worker: Worker
  readonly producer: Producer<Message>
  /** Sends one message that is put into the store. */
  readonly send: (id: number) => Promise<unknown>
}

interface StageOptions extends WorkerOptions {
  readonly handler?: Handler<Required<Message>>
  readonly deleteAfter?: 'done' | false
  readonly envelope?: EnvelopeKind
}

function stage({ handler, deleteAfter = 'done', envelope = 'raw', ...options }: StageOptions = {}): Stage {
  const clock = manualClock()
  const deadLetters = memoryQueue({ clock, name: 'dead-letters' })
  const queue = memoryQueue({ clock, latency: '8ms', redrive: { to: deadLetters, maxReceiveCount: 20 } })
  const payloads = memoryPayloads({ above: 1_000, deleteAfter })
  const definition: Queue<Message, Required<Message>> = defineQueue({
    message: schema,
    largePayloads: payloads,
    envelope,
  })
  const handled: number[] = []
  const common = { port: queue, clock, random: (): number => 0.5 }
  const handle: Handler<Required<Message>> = (message, context) => {
    handled.push(message.id)
    return handler?.(message, context)
  }
  const worker = createWorker(definition, handle, { ...common, log: false, ...options })
  const producer = createProducer(defineQueue({ message: schema, largePayloads: payloads }), common)
  onTestFinished(() => passTime(clock, worker.stop({ deadline: '0s' })).then(() => undefined))
  return {
    clock,
    queue,
    deadLetters,
    payloads,
    handled,
    worker,
    producer,
    send: (id) => passTime(clock, producer.send({ id, filler: 'x'.repeat(2_000) })),
  }
}

const begin = ({ clock, worker }: Stage): Promise<void> => passTime(clock, worker.start())

test('a message over the threshold goes to the store, its pointer to the queue, in the form of the Extended Client', async () => {
  const { clock, queue, payloads, producer, send } = stage()
  await send(1)
  await passTime(clock, producer.send({ id: 2 }))
  const [large, small] = queue.messages()
  const [[key, body] = ['', '']] = payloads.objects
  expect(large?.body).toBe(
    `["software.amazon.payloadoffloading.PayloadS3Pointer",{"s3BucketName":"memory","s3Key":"${key}"}]`,
  )
  expect(large?.attributes).toEqual({ ExtendedPayloadSize: { type: 'Number', value: String(body.length) } })
  expect(JSON.parse(body)).toEqual({ id: 1, filler: 'x'.repeat(2_000) })
  expect(small).toMatchObject({ body: '{"id":2}', attributes: {} })
})

test('the worker fetches the payload before it handles, and removes it after', async () => {
  const it = stage()
  await it.send(1)
  await begin(it)
  await it.clock.advance(1_000)
  expect(it.handled).toEqual([1])
  expect(it.queue.messages()).toEqual([])
  expect(it.payloads.objects.size).toBe(0)
})

// T11, T26: SQS accepts a delete with an old receipt of a standard queue, and deletes nothing.
test('the payload of a message that another worker has by now stays, though its handler ran to its end here', async () => {
  let blockedMs = 0
  let other: Promise<unknown> | undefined
  const it = stage({
    concurrency: 1,
    prefetch: 0,
    handler: () => {
      blockedMs = 31_000
      const request = { maxMessages: 1, waitSeconds: 0, visibilityTimeoutSeconds: 30 }
      other ??= it.queue.receive(request, new AbortController().signal)
    },
  })
  await it.send(1)
  const now = it.clock.now.bind(it.clock)
  Object.assign(it.clock, { now: () => now() + blockedMs })
  await begin(it)
  await it.clock.advance(2_000)
  expect(await other).toMatchObject([{ receiveCount: 2 }])
  expect(it.worker.stats()).toMatchObject({ done: 0, lost: 1 })
  expect(it.payloads.objects.size).toBe(1)
})

test('pointers that older libraries wrote are understood', async () => {
  const it = stage()
  it.payloads.objects.set('old', '{"id":7}')
  const body = ['com.amazon.sqs.javamessaging.MessageS3Pointer', { s3BucketName: 'memory', s3Key: 'old' }]
  it.queue.put(body, { attributes: { SQSLargePayloadSize: { type: 'Number', value: '8' } } })
  await begin(it)
  await it.clock.advance(1_000)
  expect(it.handled).toEqual([7])
  expect(it.payloads.objects.size).toBe(0)
})

// T11
test('a payload is removed only once the delete of its message is confirmed', async () => {
  const it = stage()
  await it.send(1)
  it.queue.intercept(({ operation, count }) =>
    operation === 'DeleteMessageBatch' && count <= 3 ? { kind: 'fail', reason: 'service' } : undefined,
  )
  const deletes: number[] = []
  it.worker.on('settle:failed', () => deletes.push(it.payloads.objects.size))
  it.worker.on('delivery:settled', () => deletes.push(it.payloads.objects.size))
  await begin(it)
  await it.clock.advance(5_000)
  expect(deletes).toEqual([1, 1, 1, 1])
  expect(it.payloads.calls.map(({ operation }) => operation)).toEqual(['put', 'get', 'remove'])
  expect(it.payloads.objects.size).toBe(0)
})

// T11
test('a message that is retried, released or lost keeps its payload for the next receive', async () => {
  let attempt = 0
  const it = stage({
    handler: () => {
      attempt += 1
      if (attempt < 4) throw new Error('not yet')
    },
  })
  await it.send(1)
  await begin(it)
  await it.clock.advance(60_000)
  expect(it.handled).toEqual([1, 1, 1, 1])
  expect(it.payloads.calls.map(({ operation }) => operation)).toEqual([
    'put',
    'get',
    'get',
    'get',
    'get',
    'remove',
  ])
})

// T11
test('while no delete is confirmed no payload is removed, though the message was handled', async () => {
  const it = stage({ visibilityTimeout: '30s' })
  await it.send(1)
  it.queue.intercept(({ operation }) =>
    operation === 'DeleteMessageBatch' ? { kind: 'fail', reason: 'service' } : undefined,
  )
  await begin(it)
  await it.clock.advance(300_000)
  expect(it.worker.stats().lost).toBeGreaterThan(0)
  expect(it.payloads.objects.size).toBe(1)
  it.queue.intercept(() => undefined)
  await it.clock.advance(60_000)
  // What came again was handled before: it is deleted with its new receipt, and takes its payload along.
  expect(it.handled).toEqual([1])
  expect(it.queue.messages()).toEqual([])
  expect(it.payloads.objects.size).toBe(0)
})

// T15
test('a fetch that fails for a while is tried again, within the slot and then with the message', async () => {
  const it = stage()
  await it.send(1)
  it.payloads.intercept(({ operation, count }) => (operation === 'get' && count <= 7 ? 'fail' : undefined))
  const failed: string[] = []
  it.worker.on('payload:failed', ({ error }) => failed.push(error.operation))
  await begin(it)
  await it.clock.advance(30_000)
  expect(failed).toEqual(['get'])
  expect(it.handled).toEqual([1])
  expect(it.worker.stats()).toMatchObject({ rejected: 0, failed: 1, retried: 1, done: 1 })
})

// T15
test('a fetch that is refused is not tried again at once, and the message is kept', async () => {
  const it = stage()
  await it.send(1)
  it.payloads.intercept(({ operation, count }) => (operation === 'get' && count === 1 ? 'refuse' : undefined))
  await begin(it)
  await it.clock.advance(500)
  expect(it.payloads.calls.filter(({ operation }) => operation === 'get')).toHaveLength(1)
  expect(it.queue.messages()).toHaveLength(1)
  await it.clock.advance(10_000)
  expect(it.handled).toEqual([1])
})

// T15
test('a payload that is gone is the message’s fault: it is rejected, and never deleted', async () => {
  const it = stage()
  await it.send(1)
  it.payloads.objects.clear()
  const rejected: string[] = []
  it.worker.on('payload:rejected', ({ error }) => rejected.push(error.message))
  await begin(it)
  await it.clock.advance(5_000)
  expect(rejected[0]).toMatch(/^The message points to memory\/.* which is gone\.$/)
  expect(it.handled).toEqual([])
  expect(it.queue.messages()).toHaveLength(1)
})

test('a fetch that never answers is given up after its time and tried again', async () => {
  const it = stage()
  await it.send(1)
  it.payloads.intercept(({ operation, count }) => (operation === 'get' && count === 1 ? 'hang' : undefined))
  await begin(it)
  await it.clock.advance(29_000)
  expect(it.handled).toEqual([])
  await it.clock.advance(2_000)
  expect(it.handled).toEqual([1])
})

test('a handling’s deadline covers its fetch', async () => {
  const it = stage({ handlerTimeout: '5s' })
  await it.send(1)
  it.payloads.intercept(({ operation, count }) => (operation === 'get' && count === 1 ? 'hang' : undefined))
  await begin(it)
  await it.clock.advance(10_000)
  expect(it.worker.stats().timedOut).toBe(1)
  expect(it.handled).toEqual([1])
})

test('a message that is lost while its payload is fetched never reaches the handler', async () => {
  const it = stage({ visibilityTimeout: '10s' })
  await it.send(1)
  it.payloads.intercept(({ operation }) => (operation === 'get' ? 'hang' : undefined))
  it.queue.intercept(({ operation }) =>
    operation === 'ChangeMessageVisibilityBatch' ? { kind: 'fail', reason: 'service' } : undefined,
  )
  const lost: Error[] = []
  it.worker.on('lease:lost', ({ error }) => lost.push(error))
  await begin(it)
  await it.clock.advance(15_000)
  expect(lost).toHaveLength(1)
  expect(lost[0]).toBeInstanceOf(LeaseLostError)
  expect(it.worker.stats()).toMatchObject({ handled: 1, failed: 0, running: 1 })
  expect(it.handled).toEqual([])
})

test('a stop aborts what is being fetched and hands it back', async () => {
  const it = stage()
  await it.send(1)
  it.payloads.intercept(({ operation }) => (operation === 'get' ? 'hang' : undefined))
  await begin(it)
  await it.clock.advance(1_000)
  const report = await passTime(it.clock, it.worker.stop({ deadline: '1s' }))
  expect(report).toMatchObject({ aborted: 1, abandoned: 0, unsettled: 0 })
  expect(it.handled).toEqual([])
  expect(it.queue.counts()).toMatchObject({ visible: 1 })
  expect(it.payloads.objects.size).toBe(1)
})

test('a payload that cannot be removed is told, and its message is done all the same', async () => {
  const it = stage()
  await it.send(1)
  it.payloads.intercept(({ operation }) => (operation === 'remove' ? 'fail' : undefined))
  const failed: string[] = []
  it.worker.on('payload:failed', ({ error }) => failed.push(`${error.operation} ${error.code}`))
  await begin(it)
  await it.clock.advance(30_000)
  expect(failed).toEqual(['remove LONGSHORE_PAYLOAD_STORE'])
  expect(it.payloads.calls.filter(({ operation }) => operation === 'remove')).toHaveLength(5)
  expect(it.worker.stats()).toMatchObject({ done: 1, failed: 0 })
  expect(it.queue.messages()).toEqual([])
})

test('a stop waits for removals that are under way, as long as its time allows, and says which it gave up', async () => {
  const it = stage()
  await it.send(1)
  it.payloads.intercept(({ operation }) => (operation === 'remove' ? 'hang' : undefined))
  const failed: string[] = []
  it.worker.on('payload:failed', ({ error }) => failed.push(error.message))
  await begin(it)
  await it.clock.advance(1_000)
  const report = await passTime(it.clock, it.worker.stop({ deadline: '1s' }))
  await it.clock.advance(1)
  expect(report.unsettled).toBe(0)
  expect(report.elapsedMs).toBeLessThan(10_000)
  expect(failed).toHaveLength(1)
  expect(failed[0]).toMatch(/The worker stopped before the payload was removed/)
})

test('a dead letter keeps its pointer, and its payload', async () => {
  const it = stage({ handler: () => deadLetter('cannot be handled') })
  await it.send(1)
  await begin(it)
  await it.clock.advance(1_000)
  expect(it.queue.messages()).toEqual([])
  const [copy] = it.deadLetters.messages()
  expect(copy?.body).toMatch(/PayloadS3Pointer/)
  expect(copy?.attributes).toMatchObject({ ExtendedPayloadSize: { type: 'Number' } })
  expect(it.payloads.objects.size).toBe(1)
})

test('payloads stay where deleteAfter says so, and where other queues may have the same pointer', async () => {
  const kept = stage({ deleteAfter: false })
  await kept.send(1)
  await begin(kept)
  await kept.clock.advance(1_000)
  expect(kept.handled).toEqual([1])
  expect(kept.payloads.objects.size).toBe(1)

  const published = stage({ envelope: 'sns' })
  published.payloads.objects.set('k', '{"id":5}')
  const pointer = [
    'software.amazon.payloadoffloading.PayloadS3Pointer',
    { s3BucketName: 'memory', s3Key: 'k' },
  ]
  const MessageAttributes = { ExtendedPayloadSize: { Type: 'Number', Value: '8' } }
  published.queue.put(snsNotification(pointer, { MessageAttributes }))
  await begin(published)
  await published.clock.advance(1_000)
  expect(published.handled).toEqual([5])
  expect(published.payloads.objects.size).toBe(1)
})

test('a large message is compressed before it is stored, and unfolded after it is fetched', async () => {
  const it = stage()
  const compressing = createProducer(defineQueue({ message: schema, largePayloads: it.payloads }), {
    port: it.queue,
    clock: it.clock,
    compress: 'br',
  })
  const noise = Array.from({ length: 2_000 }, (_, index) =>
    String.fromCodePoint(33 + ((index * 7919) % 90)),
  ).join('')
  await passRealTime(it.clock, compressing.send({ id: 3, filler: noise + noise }))
  const [message] = it.queue.messages()
  expect(message?.attributes).toMatchObject({ 'content-encoding': { value: 'br' } })
  await begin(it)
  await it.clock.advance(1_000)
  await eventually(() => it.handled.length === 1)
  await it.clock.advance(1_000)
  expect(it.handled).toEqual([3])
})

test('a payload that cannot be stored rejects its send when the send timeout is over, and sends nothing', async () => {
  const it = stage()
  it.payloads.intercept(({ count }) => (count <= 2 ? 'fail' : undefined))
  await it.send(1)
  expect(it.queue.messages()).toHaveLength(1)
  it.payloads.intercept(() => 'fail')
  const startedMs = it.clock.now()
  const failed = await it.send(2).catch((error: unknown) => error)
  expect(failed).toMatchObject({ code: 'LONGSHORE_PAYLOAD_STORE', operation: 'put' })
  expect(it.clock.now() - startedMs).toBeGreaterThanOrEqual(30_000)
  expect(it.queue.messages()).toHaveLength(1)
  expect(it.producer.stats()).toMatchObject({ pending: 0, sent: 1, failed: 1 })
})

test('a close with a deadline gives up payloads that are being stored', async () => {
  const it = stage()
  it.payloads.intercept(() => 'hang')
  const send = it.producer.send({ id: 1, filler: 'x'.repeat(2_000) }).catch((error: unknown) => error)
  const report = await passTime(it.clock, it.producer.close({ deadline: '1s' }))
  expect(report).toMatchObject({ sent: 0, unconfirmed: 1 })
  expect(await send).toMatchObject({ code: 'LONGSHORE_LIFECYCLE' })
})
