// What the compiler promises users; `tsc -p tsconfig.tests.json` is the check, running it only shows that it is whole.
import { expect, expectTypeOf, test } from 'vitest'
import { z } from 'zod'
import type { Logger as PinoLogger } from 'pino'
import type {
  CloseReport,
  Duration,
  Handler,
  IdempotencyStore,
  Logger,
  ProducerOptions,
  HandlerContext,
  Middleware,
  Outcome,
  Producer,
  Queue,
  S3Record,
  SendOptions,
  Sent,
  SnsEnvelope,
  Source,
  SourceOptions,
  StopReport,
  Worker,
  WorkerOptions,
} from '../src/index.js'
import {
  createProducer,
  createWorker,
  deadLetter,
  defineQueue,
  from,
  handleBatch,
  idempotent,
  OptionsError,
  retry,
  s3Records,
} from '../src/index.js'
import { publishEmf } from '../src/telemetry/emf.js'
import type { OpenTelemetry } from '../src/telemetry/opentelemetry.js'
import { memoryIdempotencyStore, memoryQueue } from '../src/testing/index.js'

const schema = z.object({ at: z.coerce.date(), size: z.number().default(1) })
const queue = defineQueue({ url: undefined, message: schema })
const port = memoryQueue()

/** What the compiler refuses, the schema of the options refuses too. */
function refused(make: () => unknown): void {
  expect(make).toThrow(OptionsError)
}

test('a handler gets what the schema makes of a message, a producer takes what it reads', () => {
  expectTypeOf(queue).toExtend<Queue<z.input<typeof schema>, z.output<typeof schema>>>()
  createWorker(
    queue,
    (message, context) => {
      expectTypeOf(message).toEqualTypeOf<{ at: Date; size: number }>()
      expectTypeOf(context).toEqualTypeOf<HandlerContext<'raw'>>()
    },
    { port },
  )
  const producer = createProducer(queue, { port })
  expectTypeOf(producer).toEqualTypeOf<Producer<z.input<typeof schema>>>()
  expectTypeOf<Parameters<Producer<{ n: number }>['send']>[0]>().toEqualTypeOf<{ n: number }>()
})

test('a handler knows the envelope of its queue, and which ones are possible where each message is looked at', () => {
  createWorker(
    defineQueue({ message: schema, envelope: 'sns' }),
    (_, { envelope }) => expectTypeOf(envelope).toEqualTypeOf<SnsEnvelope>(),
    { port },
  )
  createWorker(
    defineQueue({ message: s3Records, envelope: 's3' }),
    (records, { envelope }) => {
      expectTypeOf(records).toEqualTypeOf<readonly S3Record[]>()
      expectTypeOf(envelope.records).toEqualTypeOf<readonly S3Record[]>()
    },
    { port },
  )
  createWorker(
    defineQueue({ message: schema, envelope: 'auto' }),
    (_, { envelope }) => {
      expectTypeOf(envelope.kind).toEqualTypeOf<'raw' | 'sns' | 'eventbridge' | 's3'>()
      if (envelope.kind === 'eventbridge') expectTypeOf(envelope.detailType).toBeString()
    },
    { port },
  )
  // @ts-expect-error: there is no such envelope
  expect(() => defineQueue({ message: schema, envelope: 'kafka' })).toThrow(/envelope/)
  // A handler written for any queue fits each of them.
  const any = (_message: unknown, context: HandlerContext): string => context.envelope.kind
  createWorker(queue, any, { port })
})

test('a producer takes options by message, and may be full', () => {
  const producer = createProducer(queue, { port, compress: { encoding: 'gzip', above: 0 } })
  expectTypeOf<ReturnType<typeof producer.trySend>>().toEqualTypeOf<Promise<Sent> | undefined>()
  expectTypeOf<Awaited<ReturnType<typeof producer.close>>>().toEqualTypeOf<CloseReport>()
  type Options = Exclude<Parameters<typeof producer.sendAll>[1], SendOptions | undefined>
  expectTypeOf<Options>().returns.toEqualTypeOf<SendOptions>()
  // @ts-expect-error: there is no such encoding
  expect(() => createProducer(queue, { port, compress: 'lz4' })).toThrow(/compress/)
})

test('a duration needs a unit', () => {
  expectTypeOf<'30s'>().toExtend<Duration>()
  expectTypeOf<'1.5m'>().toExtend<Duration>()
  expectTypeOf<'30' extends Duration ? true : false>().toEqualTypeOf<false>()
  expectTypeOf<'30s later' extends Duration ? true : false>().toEqualTypeOf<false>()
  expectTypeOf<30 extends WorkerOptions['stopTimeout'] ? true : false>().toEqualTypeOf<false>()
})

test('listeners get the fields of their event, and unknown events do not compile', () => {
  const worker = createWorker(queue, () => {}, { port })
  expectTypeOf(worker).toEqualTypeOf<Worker>()
  expectTypeOf<Awaited<ReturnType<Worker['run']>>>().toEqualTypeOf<StopReport>()
  worker.on('delivery:settled', ({ delivery, outcome }) => {
    expectTypeOf(delivery.messageId).toBeString()
    expectTypeOf(outcome).toEqualTypeOf<'done' | 'retry' | 'deadLetter' | 'release'>()
  })
  // @ts-expect-error: there is no such event
  worker.on('delivery:setled', () => {})
})

test('middleware takes what the handler takes, and must return an outcome', () => {
  const any: Middleware = (_message, _context, next) => next()
  const own: Middleware<{ at: Date; size: number }> = (message, context, next) => {
    expectTypeOf(message.at).toEqualTypeOf<Date>()
    expectTypeOf(context).toEqualTypeOf<HandlerContext>()
    expectTypeOf(next).toEqualTypeOf<() => Promise<Outcome>>()
    return next()
  }
  const other: Middleware<{ colour: string }> = (_message, _context, next) => next()
  createWorker(queue, () => {}, {
    port,
    use: [
      any,
      own,
      async (message, _context, next) => {
        expectTypeOf(message).toEqualTypeOf<{ at: Date; size: number }>()
        return await next()
      },
    ],
  })
  // @ts-expect-error: it is for other messages
  createWorker(queue, () => {}, { port, use: [other] })
  // @ts-expect-error: what the handling came to would be forgotten
  createWorker(queue, () => {}, { port, use: [async (_message, _context, next) => void (await next())] })
  const shared: WorkerOptions = { port, use: [any] }
  expectTypeOf(createWorker(queue, () => {}, shared)).toEqualTypeOf<Worker>()
})

test('a handler may return anything, and takes nothing but its own message', () => {
  expectTypeOf<() => void>().toExtend<Handler<{ n: number }>>()
  expectTypeOf<(message: { n: number }) => Promise<string>>().toExtend<Handler<{ n: number }>>()
  // @ts-expect-error: the queue's messages have no colour
  createWorker(queue, (message: { colour: string }) => message.colour, { port })
  // @ts-expect-error: there is no such option
  refused(() => createWorker(queue, () => {}, { port, concurency: 3 }))
  // @ts-expect-error: a duration needs a unit
  refused(() => createWorker(queue, () => {}, { port, handlerTimeout: 30 }))
  // @ts-expect-error: protection is 'auto', false or its settings
  refused(() => createWorker(queue, () => {}, { port, protection: true }))
  // @ts-expect-error: a queue needs to know what its messages are
  refused(() => defineQueue({ url: 'https://sqs.eu-west-1.amazonaws.com/1/orders' }))
})

test('an outcome is a closed union, made by its constructors alone', () => {
  expectTypeOf<Outcome['kind']>().toEqualTypeOf<'done' | 'retry' | 'deadLetter' | 'release'>()
  // @ts-expect-error: a look-alike is not an outcome
  const forged: Outcome = { kind: 'done' }
  expectTypeOf(forged).toEqualTypeOf<Outcome>()
  // @ts-expect-error: the reason travels with the copy
  const bare = (): Outcome => deadLetter()
  // @ts-expect-error: a duration needs a unit
  const hasty = (): Outcome => retry({ after: 30 })
  expectTypeOf(bare).toEqualTypeOf(hasty)
})

test('each queue of several has a handler for its own messages, and options that are its own to have', () => {
  const other = defineQueue({ name: 'other', message: z.object({ colour: z.string() }) })
  const sources = [
    from(queue, (message) => void expectTypeOf(message).toEqualTypeOf<{ at: Date; size: number }>(), {
      port,
    }),
    from(other, ({ colour }) => void expectTypeOf(colour).toBeString(), { weight: 3, port: memoryQueue() }),
  ]
  expectTypeOf(sources).toEqualTypeOf<Source[]>()
  expectTypeOf(createWorker(sources, { concurrency: 3 })).toEqualTypeOf<Worker>()
  // @ts-expect-error: its messages have no size
  from(other, ({ size }: { size: number }) => size)
  // @ts-expect-error: slots are the worker's
  refused(() => from(queue, () => {}, { concurrency: 3 }))
  // @ts-expect-error: a handler belongs to its queue
  refused(() => createWorker([queue], () => {}))
  expectTypeOf<SourceOptions['use']>().toEqualTypeOf<WorkerOptions['use']>()
})

test('a handler of batches gets the messages of its queue, each with its context', () => {
  type Row = { at: Date; size: number }
  const whole = handleBatch<Row>((batch, { signal }) => {
    expectTypeOf(batch[0]?.message).toEqualTypeOf<Row | undefined>()
    expectTypeOf(batch[0]?.context).toEqualTypeOf<HandlerContext | undefined>()
    expectTypeOf(signal).toEqualTypeOf<AbortSignal>()
  })
  createWorker(queue, whole, { port })
  from(queue, whole, { weight: 2 })
  createWorker(
    queue,
    handleBatch((batch) => batch.map(({ message }) => expectTypeOf(message).toEqualTypeOf<Row>())),
    { port },
  )
  const other = handleBatch<{ colour: string }>(() => {})
  // @ts-expect-error: it is for other messages
  createWorker(queue, other, { port })
})

test('an idempotent handler’s key is made of its own messages', () => {
  const store = memoryIdempotencyStore()
  createWorker(queue, () => {}, {
    port,
    use: [
      idempotent({ name: 'a', store }),
      idempotent({ name: 'b', store, key: ({ size }: { size: number }) => `${size}` }),
      idempotent<{ at: Date }>({ name: 'c', store, key: ({ at }) => at.toISOString() }),
    ],
  })
  expectTypeOf(idempotent({ name: 'a', store })).toEqualTypeOf<Middleware>()
  const ofColours = idempotent({ name: 'd', store, key: ({ colour }: { colour: string }) => colour })
  // @ts-expect-error: the queue's messages have no colour
  createWorker(queue, () => {}, { port, use: [ofColours] })
  // @ts-expect-error: without a name two handlers would share their keys
  refused(() => idempotent({ store }))
  // @ts-expect-error: a key is a text
  idempotent({ name: 'e', store, key: ({ size }: { size: number }) => size })
  // @ts-expect-error: a store has begin, extend, complete and release
  const partial: IdempotencyStore = { begin: (claim) => store.begin(claim) }
  expectTypeOf(partial).toEqualTypeOf<IdempotencyStore>()
})

test('telemetry takes any worker, and goes with any queue', () => {
  const worker = createWorker(queue, () => {}, { port })
  expectTypeOf(worker).toExtend<Parameters<typeof publishEmf>[0]>()
  expectTypeOf(worker).toExtend<Parameters<OpenTelemetry['observe']>[0]>()
  expectTypeOf<OpenTelemetry['middleware']>().toEqualTypeOf<Middleware>()
  expectTypeOf<OpenTelemetry['trace']>().toExtend<ProducerOptions['trace']>()
  // @ts-expect-error: there is no such metric
  refused(() => publishEmf(worker, { metrics: ['Dome'] }))
  // @ts-expect-error: a duration needs a unit
  refused(() => publishEmf(worker, { interval: 60 }))
})

test('a logger is pino, or four methods', () => {
  expectTypeOf<PinoLogger>().toExtend<Logger>()
  expectTypeOf<Pick<Console, 'debug' | 'info' | 'warn' | 'error'>>().toExtend<Logger>()
  // @ts-expect-error: it cannot warn
  refused(() => createWorker(queue, () => {}, { port, log: { debug() {}, info() {}, error() {} } }))
})
