import { onTestFinished } from 'vitest'
import { z } from 'zod'
import type { Producer, ProducerOptions, QueueOptions, QueuePort } from '../../src/index.js'
import { createProducer, defineQueue } from '../../src/index.js'
import type { SendEntry } from '../../src/queue/port.js'
import type { ManualClock, MemoryQueue } from '../../src/testing/index.js'
import { manualClock, memoryQueue } from '../../src/testing/index.js'
import { passTime } from '../pass-time.js'

const schema = z.object({ n: z.number(), at: z.string().optional(), filler: z.string().optional() })
export type Message = z.input<typeof schema>

export interface ProducerStage {
  readonly clock: ManualClock
  readonly queue: MemoryQueue
  readonly producer: Producer<Message>
  /** Every entry that came to the queue, in the order of coming, those that it refused included. */
  readonly entries: SendEntry[]
}

export interface ProducerStageOptions extends ProducerOptions {
  readonly name?: string
  readonly definition?: Partial<QueueOptions<Message, Message>>
}

export function stage(options: ProducerStageOptions = {}): ProducerStage {
  const { name = 'orders', definition: more, ...producerOptions } = options
  const clock = manualClock()
  const queue = memoryQueue({ clock, name, fifo: name.endsWith('.fifo'), latency: '10ms' })
  const entries: SendEntry[] = []
  const send: QueuePort['sendBatch'] = queue.sendBatch.bind(queue)
  queue.sendBatch = async (batch, signal) => {
    entries.push(...batch)
    return await send(batch, signal)
  }
  const definition = defineQueue({ name, message: schema, ...more })
  const producer = createProducer(definition, { port: queue, clock, random: () => 0.5, ...producerOptions })
  onTestFinished(() => passed(clock, producer.close()).then(() => undefined))
  return { clock, queue, producer, entries }
}

/** What a promise that needs virtual time to pass ends with: its value, or its error. */
export function passed<T>(clock: ManualClock, promise: Promise<T>): Promise<T | Error> {
  return passTime(clock, promise).catch((error: unknown) => error as Error)
}

export const numbers = (count: number): Message[] => Array.from({ length: count }, (_, n) => ({ n }))
