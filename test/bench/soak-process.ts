// A worker in a process of its own that handles many messages; says what the heap holds as they add up.
import { createProducer, createWorker, defineQueue } from '@longshore/core'
import type { Producer, Worker } from '@longshore/core'
import { memoryQueue } from '@longshore/core/testing'
import { setTimeout as wait } from 'node:timers/promises'
import { z } from 'zod'
import { answerParent } from './child.js'
import type { SoakRequest, SoakSample } from './soak.js'

const CHUNK = 1_000
const message = z.object({ id: z.number(), padding: z.string() })
const PADDING = 'x'.repeat(200)

answerParent((request) => {
  const { queueUrl, messages, samples } = request as SoakRequest
  return queueUrl === undefined ? inMemory(messages, samples) : overHttp(queueUrl, messages, samples)
})

async function inMemory(messages: number, samples: number): Promise<SoakSample[]> {
  const queue = memoryQueue()
  const options = { port: queue, log: false, doctor: false, concurrency: 100 } as const
  const worker = createWorker(defineQueue({ message }), () => {}, options)
  const send = (id: number): void => void queue.put({ id, padding: PADDING })
  // The queue in memory keeps a list of all calls for tests to read; here nobody does.
  const forget = (): void => void ((queue.calls as unknown[]).length = 0)
  return await soak({ worker, messages, samples, send: async (ids) => ids.forEach(send), forget })
}

async function overHttp(url: string, messages: number, samples: number): Promise<SoakSample[]> {
  const queue = defineQueue({ url, message })
  const worker = createWorker(queue, () => {}, { log: false, doctor: false, concurrency: 100 })
  const producer: Producer<z.input<typeof message>> = createProducer(queue)
  const send = async (ids: readonly number[]): Promise<void> => {
    await producer.sendAll(ids.map((id) => ({ id, padding: PADDING })))
  }
  const found = await soak({ worker, messages, samples, send, forget: () => {} })
  await producer.close()
  return found
}

interface Soak {
  readonly worker: Worker
  readonly messages: number
  readonly samples: number
  readonly send: (ids: readonly number[]) => Promise<void>
  readonly forget: () => void
}

async function soak({ worker, messages, samples, send, forget }: Soak): Promise<SoakSample[]> {
  const found: SoakSample[] = []
  await worker.start()
  for (let sent = 0; sent < messages;) {
    const count = Math.min(CHUNK, messages - sent)
    await send(Array.from({ length: count }, (_, index) => sent + index))
    sent += count
    while (worker.stats().done < sent) await wait(1)
    if (sent < ((found.length + 1) * messages) / samples) continue
    forget()
    found.push({ messages: sent, heapBytes: heapBytes() })
  }
  await worker.stop()
  return found
}

function heapBytes(): number {
  globalThis.gc?.()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}
