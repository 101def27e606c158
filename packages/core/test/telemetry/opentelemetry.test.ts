import {
  context as contextApi,
  propagation,
  SpanKind,
  SpanStatusCode,
  trace as traceApi,
} from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics'
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base'
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { createProducer, deadLetter, retry } from '../../src/index.js'
import { openTelemetry } from '../../src/telemetry/opentelemetry.js'
import { passTime } from '../pass-time.js'
import type { StageOptions } from '../stage.js'
import { stage } from '../stage.js'

class Reader extends MetricReader {
  protected override onShutdown(): Promise<void> {
    return Promise.resolve()
  }
  protected override onForceFlush(): Promise<void> {
    return Promise.resolve()
  }
}

const exporter = new InMemorySpanExporter()
const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] })
const contexts = new AsyncLocalStorageContextManager()

beforeAll(() => contextApi.setGlobalContextManager(contexts.enable()))
afterEach(() => exporter.reset())
afterAll(() => {
  contextApi.disable()
  contexts.disable()
})

function traced(options: StageOptions = {}) {
  const reader = new Reader()
  const meters = new MeterProvider({ readers: [reader] })
  const tracer = provider.getTracer('test')
  const telemetry = openTelemetry({ tracer, meter: meters.getMeter('test') })
  const scene = stage({ ...options, use: [telemetry.middleware, ...(options.use ?? [])] })
  const end = telemetry.observe(scene.worker)
  const producer = createProducer(scene.definition, {
    port: scene.queue,
    clock: scene.clock,
    trace: telemetry.trace,
  })
  return { ...scene, telemetry, producer, tracer, reader, end }
}

function spans(name: string): ReadableSpan[] {
  return exporter.getFinishedSpans().filter((span) => span.name === name)
}

async function metric(reader: Reader, name: string): Promise<{ attributes: object; value: unknown }[]> {
  const { resourceMetrics } = await reader.collect()
  const metrics = resourceMetrics.scopeMetrics.flatMap((scope) => scope.metrics)
  const points = metrics.find(({ descriptor }) => descriptor.name === name)?.dataPoints ?? []
  return points.map(({ attributes, value }) => ({ attributes, value }))
}

const common = { 'messaging.system': 'aws_sqs', 'messaging.destination.name': 'memory' }

test('a message is sent in its sender’s trace, and handled in a trace of its own that is linked to it', async () => {
  const { begin, clock, producer, tracer } = traced()
  const request = tracer.startSpan('request')
  const sending = contextApi.with(traceApi.setSpan(contextApi.active(), request), () =>
    producer.send({ id: 1 }),
  )
  const { messageId } = await passTime(clock, sending)
  request.end()
  await begin()
  await clock.advance(1_000)

  const [send] = spans('send memory')
  expect(send).toMatchObject({
    kind: SpanKind.PRODUCER,
    parentSpanContext: { spanId: request.spanContext().spanId },
    attributes: {
      ...common,
      'messaging.operation.name': 'send',
      'messaging.operation.type': 'send',
      'messaging.message.id': messageId,
    },
  })
  const [handling] = spans('process memory')
  expect(handling).toMatchObject({
    kind: SpanKind.CONSUMER,
    attributes: {
      ...common,
      'messaging.operation.name': 'process',
      'messaging.operation.type': 'process',
      'messaging.message.id': messageId,
      'longshore.receive_count': 1,
      'longshore.outcome': 'done',
    },
    status: { code: SpanStatusCode.UNSET },
  })
  expect(handling?.parentSpanContext).toBeUndefined()
  expect(handling?.spanContext().traceId).not.toBe(send?.spanContext().traceId)
  expect(handling?.links.map((link) => link.context.spanId)).toEqual([send?.spanContext().spanId])
  await passTime(clock, producer.close())
})

test('messages that beget messages never make one endless trace', async () => {
  const { begin, clock, producer, put } = traced({
    use: [
      async (message, { receiveCount }, next) => {
        const { id } = message as { id: number }
        if (id < 4 && receiveCount === 1) void producer.send({ id: id + 1 })
        return await next()
      },
    ],
  })
  put({ id: 1 })
  await begin()
  await clock.advance(3_000)
  const handlings = spans('process memory')
  expect(handlings).toHaveLength(4)
  expect(new Set(handlings.map((span) => span.spanContext().traceId)).size).toBe(4)
  for (const [index, send] of spans('send memory').entries()) {
    expect(send.parentSpanContext?.spanId).toBe(handlings[index]?.spanContext().spanId)
    expect(handlings[index + 1]?.links[0]?.context.spanId).toBe(send.spanContext().spanId)
  }
  await passTime(clock, producer.close())
})

test('the handler’s own spans nest in its handling’s, concurrent ones each in their own', async () => {
  const { begin, clock, put, tracer } = traced({
    use: [
      (message, _context, next) => {
        const { id } = message as { id: number }
        return tracer.startActiveSpan(`work ${id}`, async (span) => {
          const outcome = await next()
          span.end()
          return outcome
        })
      },
    ],
  })
  put({ id: 1, takes: '200ms' }, { id: 2, takes: '100ms' })
  await begin()
  await clock.advance(1_000)
  const handlings = new Map(spans('process memory').map((span) => [span.spanContext().spanId, span]))
  for (const id of [1, 2]) {
    const [work] = spans(`work ${id}`)
    const parent = handlings.get(work?.parentSpanContext?.spanId ?? '')
    expect(parent).toBeDefined()
    handlings.delete(parent?.spanContext().spanId ?? '')
  }
})

test('a sender is known by W3C’s attributes, by X-Ray’s header, and by this process’s own propagators', async () => {
  const { begin, clock, queue } = traced()
  const traceId = '5759e988bd862e3fe1be46a994272793'
  queue.put(
    { id: 1 },
    { attributes: { traceparent: { type: 'String', value: `00-${traceId}-53995c3f42cd8ad8-01` } } },
  )
  queue.put({ id: 2 }, { attributes: { traceparent: { type: 'String', value: '00-nonsense' } } })
  const sending = queue.sendBatch(
    [
      {
        body: '{"id":3}',
        traceHeader: 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad9;Sampled=1',
      },
    ],
    new AbortController().signal,
  )
  await passTime(clock, sending)
  propagation.setGlobalPropagator({
    inject: () => {},
    fields: () => ['own'],
    extract: (context, carrier, getter) => {
      const spanId = getter.get(carrier, 'own')
      if (typeof spanId !== 'string') return context
      return traceApi.setSpanContext(context, { traceId, spanId, traceFlags: 0, isRemote: true })
    },
  })
  queue.put({ id: 4 }, { attributes: { own: { type: 'String', value: '53995c3f42cd8ada' } } })
  await begin()
  await clock.advance(1_000)
  propagation.disable()
  const linked = spans('process memory').map((span) => span.links.map(({ context }) => context))
  expect(linked).toEqual([
    [expect.objectContaining({ traceId, spanId: '53995c3f42cd8ad8', traceFlags: 1, isRemote: true })],
    [],
    [expect.objectContaining({ traceId, spanId: '53995c3f42cd8ad9', traceFlags: 1, isRemote: true })],
    [expect.objectContaining({ traceId, spanId: '53995c3f42cd8ada', traceFlags: 0 })],
  ])
})

test('calls have spans with their batch’s size: receives that brought something, and settlements', async () => {
  const { begin, clock, put, producer, queue } = traced()
  await passTime(clock, producer.sendAll([{ id: 1 }, { id: 2 }, { id: 3 }]))
  put({ id: 4, takes: '25s' })
  await begin()
  await clock.advance(60_000)
  const [receive] = spans('receive memory')
  expect(receive).toMatchObject({
    kind: SpanKind.CLIENT,
    attributes: {
      ...common,
      'messaging.operation.name': 'receive',
      'messaging.operation.type': 'receive',
      'messaging.batch.message_count': 4,
    },
  })
  const sends = spans('send memory').map((span) => span.spanContext().spanId)
  expect(receive?.links.map(({ context }) => context.spanId)).toEqual(sends)
  expect(spans('receive memory')).toHaveLength(1)
  expect(queue.calls.filter(({ operation }) => operation === 'ReceiveMessage').length).toBeGreaterThan(2)
  expect(spans('delete memory').map(({ attributes }) => attributes)).toEqual([
    expect.objectContaining({ 'messaging.operation.type': 'settle', 'messaging.batch.message_count': 3 }),
    expect.objectContaining({ 'messaging.operation.type': 'settle', 'messaging.batch.message_count': 1 }),
  ])
  const [beat] = spans('heartbeat memory')
  expect(beat?.attributes).toMatchObject({ 'messaging.operation.name': 'heartbeat' })
  expect(beat?.attributes).not.toHaveProperty('messaging.operation.type')
  await passTime(clock, producer.close())
})

test('what fails says so: a handler, a dead letter, a call, a send', async () => {
  const { begin, clock, queue, producer } = traced({
    queue: { maxReceiveCount: 5 },
    use: [
      (message, _context, next) => {
        const { id } = message as { id: number }
        if (id === 2) return deadLetter('no such thing')
        return id === 3 ? retry({ after: '5m' }) : next()
      },
    ],
  })
  const ids = [{ id: 1, ends: 'throw' }, { id: 2 }, { id: 3 }].map((script) => queue.put(script))
  queue.intercept(({ operation, count }) => {
    if (operation === 'SendMessageBatch') return undefined
    return operation === 'ReceiveMessage' && count === 1 ? { kind: 'fail', reason: 'throttled' } : undefined
  })
  await begin()
  await clock.advance(5_000)
  const handlings = [0, 1, 2].map((index) => {
    const id = ids[index]
    return spans('process memory').find(({ attributes }) => attributes['messaging.message.id'] === id)
  })
  expect(handlings[0]).toMatchObject({
    attributes: { 'longshore.outcome': 'retry', 'error.type': 'Error' },
    status: { code: SpanStatusCode.ERROR, message: 'message 1 fails' },
    events: [{ name: 'exception' }],
  })
  expect(handlings[1]).toMatchObject({
    attributes: { 'longshore.outcome': 'deadLetter', 'error.type': 'deadLetter' },
    status: { code: SpanStatusCode.ERROR },
  })
  expect(handlings[2]).toMatchObject({
    attributes: { 'longshore.outcome': 'retry' },
    status: { code: SpanStatusCode.UNSET },
  })
  expect(spans('receive memory')[0]).toMatchObject({
    attributes: { 'error.type': 'LONGSHORE_QUEUE_CALL' },
    status: { code: SpanStatusCode.ERROR },
  })
  await expect(producer.send({ id: 'none' as never })).rejects.toThrow()
  expect(spans('send memory').at(-1)).toMatchObject({ attributes: { 'error.type': 'LONGSHORE_PAYLOAD' } })
  await passTime(clock, producer.close())
})

test('metrics are those of the conventions, and the worker’s own figures', async () => {
  const { begin, clock, put, producer, reader, end } = traced({ concurrency: 3 })
  await passTime(clock, producer.send({ id: 1 }))
  put({ id: 2, takes: '2s' }, { id: 3, ends: 'throwOnce' }, { id: 4, takes: '10m' })
  await begin()
  await clock.advance(3_000)

  expect(await metric(reader, 'messaging.client.sent.messages')).toEqual([
    {
      attributes: { ...common, 'messaging.operation.name': 'send', 'messaging.operation.type': 'send' },
      value: 1,
    },
  ])
  const [consumed] = await metric(reader, 'messaging.client.consumed.messages')
  expect(consumed?.attributes).toMatchObject({ ...common, 'messaging.operation.name': 'receive' })
  expect(consumed?.value).toBeGreaterThanOrEqual(4)
  const handled = await metric(reader, 'messaging.process.duration')
  expect(handled).toContainEqual({
    attributes: expect.objectContaining({ 'longshore.outcome': 'done' }),
    value: expect.objectContaining({ count: 3, sum: 2, max: 2 }),
  })
  expect(handled).toContainEqual({
    attributes: expect.objectContaining({ 'longshore.outcome': 'retry', 'error.type': 'Error' }),
    value: expect.objectContaining({ count: 1 }),
  })
  const operations = await metric(reader, 'messaging.client.operation.duration')
  const names = operations.map(
    ({ attributes }) => Reflect.get(attributes, 'messaging.operation.name') as string,
  )
  expect([...new Set(names)].toSorted()).toEqual(['delete', 'make_visible', 'receive', 'send'])

  const queue = { 'messaging.destination.name': 'memory' }
  expect(await metric(reader, 'longshore.slots')).toEqual([{ attributes: {}, value: 3 }])
  expect(await metric(reader, 'longshore.slots.time')).toEqual([
    { attributes: {}, value: expect.closeTo(9, 0) },
  ])
  expect(await metric(reader, 'longshore.handlings.mean')).toEqual([
    { attributes: {}, value: expect.any(Number) },
  ])
  expect(await metric(reader, 'longshore.slots.busy')).toEqual([{ attributes: queue, value: 1 }])
  expect(await metric(reader, 'longshore.messages.settled')).toContainEqual({
    attributes: { ...queue, 'longshore.outcome': 'done' },
    value: 3,
  })
  end()
  put({ id: 5 })
  await clock.advance(5_000)
  expect(await metric(reader, 'messaging.client.consumed.messages')).toEqual([consumed])
  await passTime(clock, producer.close())
})

test('without a registered provider nothing happens, and nothing fails', async () => {
  const telemetry = openTelemetry()
  const { worker, begin, put, clock, stop } = stage({ use: [telemetry.middleware] })
  telemetry.observe(worker)
  put({ id: 1 })
  await begin()
  await clock.advance(1_000)
  expect(worker.stats().done).toBe(1)
  expect(telemetry.trace('memory').traceparent).toBeUndefined()
  await stop()
})
