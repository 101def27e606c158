import { gunzipSync } from 'node:zlib'
import { createProducer, createWorker, defineQueue } from '@longshore/core'
import type { EnvelopeKind, Handler, PayloadError, Producer, Queue, Worker } from '@longshore/core'
import { s3Payloads } from '@longshore/core/large-payloads'
import type { S3PayloadsOptions } from '@longshore/core/large-payloads'
import { describe, expect, it, onTestFinished } from 'vitest'
import { z } from 'zod'

import { eventually } from '../contract/endpoint.js'
import type { S3Call, S3Fault } from '../s3/s3-server.js'
import { hasFaults, useBucket } from '../s3/stage.js'
import { TIMEOUT_MS, ids, until, useWorkerStage } from './worker-stage.js'

const NOTHING = { visible: 0, inFlight: 0, delayed: 0 }
const message = z.object({ id: z.number(), filler: z.string().default('') })
type Input = z.input<typeof message>
type Message = z.output<typeof message>

describe('payloads over the real SDKs', { timeout: TIMEOUT_MS }, () => {
  const stage = useWorkerStage()
  const bucket = useBucket()

  async function open<Kind extends EnvelopeKind = 'raw'>(
    more: Partial<S3PayloadsOptions> & { envelope?: Kind; maxPayloadBytes?: number } = {},
  ): Promise<Room<Kind>> {
    const { envelope, maxPayloadBytes, ...options } = more
    const queue = await stage.queue()
    const { name, endpoint } = bucket
    const definition: Queue<Input, Message, Kind> = defineQueue({
      url: queue.url,
      message,
      region: 'us-east-1',
      largePayloads: s3Payloads({ bucket: name, endpoint, region: 'us-east-1', ...options }),
      envelope,
      maxPayloadBytes,
    })
    return {
      url: queue.url,
      definition,
      isEmpty: () => queue.countsBecome(NOTHING),
      worker: (handler) => {
        const worker = createWorker(definition, handler, { log: false, retry: { base: '1s', cap: '1s' } })
        onTestFinished(() => worker.stop({ deadline: '0s' }).then(() => undefined))
        return worker
      },
      producer: () => {
        const producer = createProducer(definition)
        onTestFinished(() => producer.close().then(() => undefined))
        return producer
      },
    }
  }

  interface Room<Kind extends EnvelopeKind> {
    readonly url: string
    readonly definition: Queue<Input, Message, Kind>
    readonly isEmpty: () => Promise<void>
    readonly worker: (handler: Handler<Message, Kind>) => Worker
    readonly producer: () => Producer<Input>
  }

  const pointer = (key: string, name = bucket.name): string =>
    JSON.stringify(['software.amazon.payloadoffloading.PayloadS3Pointer', { s3BucketName: name, s3Key: key }])
  const size = (bytes: number): object => ({ DataType: 'Number', StringValue: String(bytes) })

  it('travel through S3 when they are too large for the queue, and are removed once they are done', async () => {
    const room = await open({ prefix: 'orders/' })
    const keys: string[] = []
    const filler = 'å'.repeat(700_000)
    const sent = ids(12).map((id) => (id % 3 === 0 ? { id, filler } : { id, filler: '' }))
    expect(await room.producer().sendAll(sent)).toEqual({ sent: 12 })
    const handled = new Map<number, string>()
    const worker = room.worker(({ id, filler: arrived }, { delivery }) => {
      handled.set(id, arrived)
      const [, key] = /"s3Key":"([^"]+)"/.exec(delivery.message.body) ?? []
      if (key !== undefined) keys.push(key)
    })
    await worker.start()
    await until(() => worker.stats().done === 12)
    const { calls } = worker.stats()
    await worker.stop()
    for (const { id, filler: given } of sent) expect(handled.get(id) === given).toBe(true)
    expect(keys).toHaveLength(4)
    for (const key of keys) {
      expect(key).toMatch(/^orders\/[0-9a-f-]{36}$/)
      expect(await bucket.has(key)).toBe(false)
    }
    expect(calls.DeleteMessageBatch).toBeGreaterThan(0)
    await room.isEmpty()
  })

  it('are read as the Extended Client Libraries write them, old and new', async () => {
    const room = await open()
    await bucket.put('made/by java.json', '{"id":1}')
    await bucket.put('older', '{"id":2}')
    await stage.endpoint.send(room.url, pointer('made/by java.json'), {
      MessageAttributes: { ExtendedPayloadSize: size(8) as { DataType: string } },
    })
    await stage.endpoint.send(
      room.url,
      pointer('older').replace(
        'software.amazon.payloadoffloading.PayloadS3Pointer',
        'com.amazon.sqs.javamessaging.MessageS3Pointer',
      ),
      { MessageAttributes: { SQSLargePayloadSize: size(8) as { DataType: string } } },
    )
    const handled: number[] = []
    const worker = room.worker(({ id }) => void handled.push(id))
    await worker.start()
    await until(() => worker.stats().done === 2)
    await worker.stop()
    expect(handled.toSorted((a, b) => a - b)).toEqual([1, 2])
    expect(await bucket.has('made/by java.json')).toBe(false)
  })

  it('that can never be read are rejected and kept: gone, elsewhere, or too large', async () => {
    const room = await open({ maxPayloadBytes: 1_024 })
    await bucket.put('large', JSON.stringify({ id: 1, filler: 'x'.repeat(2_000) }))
    const MessageAttributes = { ExtendedPayloadSize: size(8) as { DataType: string } }
    for (const body of [pointer('gone'), pointer('key', 'private-bucket'), pointer('large')])
      await stage.endpoint.send(room.url, body, { MessageAttributes })
    const rejected = new Map<string, PayloadError>()
    const worker = room.worker(() => {})
    worker.on('payload:rejected', ({ delivery, error }) => rejected.set(delivery.messageId, error))
    await worker.start()
    await until(() => rejected.size === 3)
    await worker.stop()
    const texts = [...rejected.values()].map((error) => error.message).toSorted()
    expect(texts[0]).toBe('The message has a payload of more than 1024 bytes (maxPayloadBytes).')
    expect(texts[1]).toBe(`The message points to ${bucket.name}/gone, which is gone (NoSuchKey).`)
    expect(texts[2]).toMatch(
      /^The message points to the bucket private-bucket, and payloads are read from payloads-/,
    )
    expect(worker.stats()).toMatchObject({ done: 0, failed: 0 })
    await eventually(async () => {
      const { visible, inFlight, delayed } = await stage.endpoint.counts(room.url)
      return visible + inFlight + delayed === 3 || undefined
    })
  })

  it('travel compressed, with their trace context and tenant', async () => {
    const room = await open<'auto'>({ envelope: 'auto' })
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
    const traceHeader = 'Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1'
    const producer = createProducer(room.definition, {
      compress: 'gzip',
      trace: () => ({ traceparent, tracestate: 'vendor=1', traceHeader }),
    })
    await producer.send({ id: 1, filler: 'x'.repeat(400_000) }, { groupId: 'tenant-7' })
    await producer.close()
    const seen: unknown[] = []
    const worker = room.worker(({ id, filler }, { attributes, groupId, delivery, envelope }) => {
      const { body, traceHeader: arrived } = delivery.message
      const unfolded = gunzipSync(Buffer.from(body, 'base64')).length
      seen.push([
        id,
        filler.length,
        unfolded > 400_000,
        attributes.traceparent?.value,
        groupId,
        arrived,
        envelope.kind,
      ])
    })
    await worker.start()
    await until(() => worker.stats().done === 1)
    await worker.stop()
    expect(seen).toEqual([[1, 400_000, true, traceparent, 'tenant-7', traceHeader, 'raw']])
  })

  it('through a topic are read with what was published, and stay in S3', async () => {
    const room = await open<'sns'>({ envelope: 'sns' })
    await bucket.put('published', '{"id":9}')
    const notification = {
      Type: 'Notification',
      MessageId: 'n-1',
      TopicArn: 'arn:aws:sns:us-east-1:000000000000:orders',
      Message: pointer('published'),
      Timestamp: '2026-11-22T12:00:00.000Z',
      MessageAttributes: { ExtendedPayloadSize: { Type: 'Number', Value: '8' } },
    }
    await stage.endpoint.send(room.url, JSON.stringify(notification))
    const seen: unknown[] = []
    const worker = room.worker(({ id }, { envelope }) => {
      seen.push([id, envelope.messageId, envelope.publishedAt])
    })
    await worker.start()
    await until(() => worker.stats().done === 1)
    await worker.stop()
    expect(seen).toEqual([[9, 'n-1', new Date('2026-11-22T12:00:00.000Z')]])
    expect(await bucket.has('published')).toBe(true)
  })

  it.runIf(hasFaults)('arrive whole whatever S3 and the network do for a while', async () => {
    const room = await open({ above: 0, callTimeout: '1s' })
    const faults: Partial<Record<S3Call['operation'], S3Fault[]>> = {
      PutObject: ['reset', { status: 503, code: 'SlowDown' }],
      GetObject: ['stall', 'cut', 'damage', { status: 500, code: 'InternalError' }],
    }
    bucket.server.intercept(({ operation, count }) => faults[operation]?.[count - 1])
    const filler = 'x'.repeat(100_000)
    await room.producer().send({ id: 1, filler })
    const problems: string[] = []
    const worker = room.worker(({ filler: arrived }) => {
      if (arrived !== filler) problems.push('damaged')
    })
    worker.on('payload:rejected', ({ error }) => problems.push(error.message))
    await worker.start()
    await until(() => worker.stats().done === 1)
    await worker.stop()
    expect(problems).toEqual([])
    // More of each where a machine was too slow for the second that a call has.
    expect(bucket.server.calls.map(({ operation }) => operation.slice(0, 3)).join(' ')).toMatch(
      /^(Put ){3,}(Get ){5,}Del\b/,
    )
    expect(bucket.server.objects.size).toBe(0)
  })

  it.runIf(hasFaults)('that S3 refuses to remove are told of, and their message is done', async () => {
    const room = await open({ above: 0 })
    bucket.server.intercept(({ operation }) =>
      operation === 'DeleteObject' ? { status: 403, code: 'AccessDenied' } : undefined,
    )
    await room.producer().send({ id: 1 })
    const failed: string[] = []
    const worker = room.worker(() => {})
    worker.on('payload:failed', ({ error }) => failed.push(error.message))
    await worker.start()
    await until(() => failed.length === 1)
    await worker.stop()
    expect(failed[0]).toMatch(/cannot be removed: AccessDenied: A test says so\.$/)
    expect(worker.stats().done).toBe(1)
    expect(bucket.server.objects.size).toBe(1)
    await room.isEmpty()
  })
})
