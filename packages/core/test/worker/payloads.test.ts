import { expect, test } from 'vitest'
import { z } from 'zod'
import type { EnvelopeKind, Handler, Queue, Worker, WorkerOptions } from '../../src/index.js'
import { createWorker, defineQueue, s3Records } from '../../src/index.js'
import type { ManualClock, MemoryQueue } from '../../src/testing/index.js'
import { manualClock, memoryQueue } from '../../src/testing/index.js'
import { s3Event, s3TestEvent, snsNotification } from '../decode/samples.js'

const order = z.object({ id: z.number() })

interface Stage {
  readonly clock: ManualClock
  readonly queue: MemoryQueue
  readonly worker: Worker
}

function stage<Message, Kind extends EnvelopeKind>(
  definition: Queue<Message, Message, Kind>,
  handler: Handler<Message, Kind>,
  options: WorkerOptions = {},
): Stage {
  const clock = manualClock()
  const queue = memoryQueue({ clock })
  const worker = createWorker(definition, handler, {
    port: queue,
    clock,
    log: false,
    random: () => 0.5,
    ...options,
  })
  return { clock, queue, worker }
}

test('a handler sees the message, and its envelope in the context', async () => {
  const seen: unknown[] = []
  const { clock, queue, worker } = stage(
    defineQueue({ message: order, envelope: 'sns' }),
    (message, { envelope }) => {
      seen.push([message.id, envelope.topicArn])
    },
  )
  queue.put(snsNotification({ id: 1 }))
  await worker.start()
  await clock.advance(1_000)
  expect(seen).toEqual([[1, 'arn:aws:sns:us-west-2:123456789012:MyTopic']])
  await worker.stop()
})

// T15
test('a message that can never be read is rejected at every receive, and never deleted', async () => {
  const { clock, queue, worker } = stage(defineQueue({ message: order, envelope: 'eventbridge' }), () => {})
  const fates: string[] = []
  worker.on('payload:rejected', ({ error, fate }) => fates.push(`${error.code}: ${fate}`))
  queue.put({ id: 1 })
  await worker.start()
  await clock.advance(10_000)
  expect(fates.length).toBeGreaterThan(2)
  expect(fates[0]).toMatch(/^LONGSHORE_PAYLOAD: It is retried/)
  expect(queue.messages()).toHaveLength(1)
  expect(worker.stats()).toMatchObject({ done: 0, failed: 0, rejected: fates.length })
  await worker.stop()
})

// T15
test('a schema or a version step that fails for a reason of its own is retried, and not taken for the message’s fault', async () => {
  let calls = 0
  const flaky = (): { id: number } => {
    calls += 1
    if (calls < 3) throw new Error('the registry of versions cannot be reached')
    return { id: 1 }
  }
  const handled: number[] = []
  const definition = defineQueue({ message: order, versions: { upcast: { 1: flaky } } })
  const { clock, queue, worker } = stage(definition, ({ id }) => void handled.push(id))
  queue.put({})
  await worker.start()
  await clock.advance(20_000)
  expect(handled).toEqual([1])
  expect(worker.stats()).toMatchObject({ done: 1, failed: 2, rejected: 0 })
  expect(queue.messages()).toEqual([])
  await worker.stop()
})

test('the test event of S3 is deleted without the handler, and told', async () => {
  const keys: string[] = []
  const { clock, queue, worker } = stage(defineQueue({ message: s3Records, envelope: 's3' }), (records) => {
    for (const { key } of records) keys.push(key)
  })
  let skipped = 0
  worker.on('payload:skipped', () => (skipped += 1))
  queue.put(s3TestEvent)
  queue.put(s3Event('a', 'b'))
  await worker.start()
  await clock.advance(1_000)
  expect(keys).toEqual(['a', 'b'])
  expect(skipped).toBe(1)
  expect(queue.messages()).toEqual([])
  expect(worker.stats()).toMatchObject({ done: 2, rejected: 0 })
  await worker.stop()
})
