// What the compiler promises users; `tsc -p tsconfig.tests.json` is the check, running it only shows that it is whole.
import { expectTypeOf, test } from 'vitest'
import { z } from 'zod'
import type {
  Duration,
  HandlerContext,
  Producer,
  Queue,
  StopReport,
  Worker,
  WorkerOptions,
} from '../src/index.js'
import { createProducer, createWorker, defineQueue } from '../src/index.js'
import { memoryQueue } from '../src/testing/index.js'

const schema = z.object({ at: z.coerce.date(), size: z.number().default(1) })
const queue = defineQueue({ url: undefined, message: schema })
const port = memoryQueue()

test('a handler gets what the schema makes of a message, a producer takes what it reads', () => {
  expectTypeOf(queue).toExtend<Queue<z.input<typeof schema>, z.output<typeof schema>>>()
  createWorker(
    queue,
    (message, context) => {
      expectTypeOf(message).toEqualTypeOf<{ at: Date; size: number }>()
      expectTypeOf(context).toEqualTypeOf<HandlerContext>()
    },
    { port },
  )
  const producer = createProducer(queue, { port })
  expectTypeOf(producer).toEqualTypeOf<Producer<z.input<typeof schema>>>()
  expectTypeOf<Parameters<Producer<{ n: number }>['send']>[0]>().toEqualTypeOf<{ n: number }>()
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
