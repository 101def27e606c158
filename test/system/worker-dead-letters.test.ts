import { createProducer, createWorker, deadLetter, defineQueue, redrive } from '@longshore/core'
import type { Handler, Worker } from '@longshore/core'
import { s3Payloads } from '@longshore/core/large-payloads'
import { describe, expect, it, onTestFinished } from 'vitest'
import { z } from 'zod'

import { useBucket } from '../s3/stage.js'
import { TIMEOUT_MS, until, useWorkerStage } from './worker-stage.js'

const NOTHING = { visible: 0, inFlight: 0, delayed: 0 }
const message = z.object({ id: z.number(), filler: z.string() })
type Message = z.output<typeof message>

describe('dead letters over the real SDKs', { timeout: TIMEOUT_MS }, () => {
  const stage = useWorkerStage()
  const bucket = useBucket()

  it('say why they are there, keep all that they had, and go back as they were sent, payload included', async () => {
    const deadLetters = await stage.queue()
    const deadLetterTargetArn = await stage.endpoint.arnOf(deadLetters.url)
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn, maxReceiveCount: 5 })
    // Short, for servers whose aborted long polls swallow what comes next.
    const source = await stage.queue({ RedrivePolicy, VisibilityTimeout: '5' })
    const { name, endpoint } = bucket
    const definition = defineQueue({
      url: source.url,
      message,
      region: 'us-east-1',
      largePayloads: s3Payloads({ bucket: name, endpoint, region: 'us-east-1' }),
    })
    const run = (handler: Handler<Message>): Worker => {
      const worker = createWorker(definition, handler, { log: false })
      onTestFinished(() => worker.stop({ deadline: '0s' }).then(() => undefined))
      return worker
    }
    const attributes = { tenant: 'acme', weight: 3 }
    const filler = 'x'.repeat(300_000)
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
    const producer = createProducer(definition, { trace: () => ({ traceparent }) })
    await producer.send({ id: 1, filler }, { attributes, groupId: 'tenant-7' })
    await producer.close()

    const failing = run(() => deadLetter('no such bucket', { error: new RangeError('12 > 10') }))
    await failing.start()
    await until(() => failing.stats().deadLettered === 1)
    await failing.stop()
    await source.countsBecome(NOTHING)
    const dead = await stage.endpoint.receiveOne(deadLetters.url, {
      MessageAttributeNames: ['All'],
      MessageSystemAttributeNames: ['MessageGroupId'],
      VisibilityTimeout: 0,
    })
    const told = Object.fromEntries(
      Object.entries(dead.MessageAttributes ?? {}).map(([key, { StringValue }]) => [key, StringValue]),
    )
    expect(told).toEqual({
      tenant: 'acme',
      weight: '3',
      traceparent,
      ExtendedPayloadSize: expect.stringMatching(/^3000\d\d$/),
      'longshore.reason': 'no such bucket',
      'longshore.error': 'RangeError: 12 > 10',
      'longshore.receiveCount': '1',
      'longshore.source': await stage.endpoint.arnOf(source.url),
      'longshore.traceId': '0af7651916cd43dd8448eb211c80319c',
    })
    expect(dead.Attributes?.MessageGroupId).toBe('tenant-7')

    expect(await redrive(definition)).toMatchObject({ moved: 1, failed: [] })
    const seen: unknown[] = []
    const mended = run((arrived, { attributes: theirs, groupId }) => {
      const names = Object.keys(theirs).toSorted()
      seen.push([arrived.id, arrived.filler === filler, names, groupId])
    })
    await mended.start()
    await until(() => mended.stats().done === 1)
    await mended.stop()
    expect(seen).toEqual([[1, true, ['ExtendedPayloadSize', 'tenant', 'traceparent', 'weight'], 'tenant-7']])
    await deadLetters.countsBecome(NOTHING)
  })
})
