// What the worker's system tests share: queues on a local AWS, or on whatever AWS_ENDPOINT_URL_SQS names, reached over the
// real SDK. Other servers may be slow: tests wait for what must become true, they do not measure.
import { createProducer, createWorker, defineQueue } from '@longshore/core'
import type { Handler, Queue, Worker, WorkerOptions } from '@longshore/core'
import { onTestFinished } from 'vitest'
import { z } from 'zod'

import { eventually, useEndpoint } from '../contract/endpoint.js'
import type { Counts, Endpoint } from '../contract/endpoint.js'

export const TIMEOUT_MS = 60_000

const message = z.object({ id: z.number() })
export type Message = z.output<typeof message>

/** A queue of messages with ids. */
export interface TestQueue {
  readonly url: string
  readonly definition: Queue<Message>
  /** Sends messages with the ids from 0 to `count`. */
  send(count: number): Promise<void>
  counts(): Promise<Counts>
  /** Waits until SQS counts exactly so; a local count is exact, another server's may lag. */
  countsBecome(expected: Counts): Promise<void>
  /** Waits until so many messages are visible and no more are there, after a worker gave up an idle long poll. */
  handedBack(count: number): Promise<void>
  worker(handler: Handler<Message>, options?: WorkerOptions): Worker
}

export interface WorkerStage {
  readonly endpoint: Endpoint
  queue(attributes?: Record<string, string>): Promise<TestQueue>
}

export function useWorkerStage(): WorkerStage {
  const endpoint = useEndpoint()
  return {
    endpoint,
    queue: async (attributes) => {
      const url = await endpoint.createQueue(attributes)
      const definition = defineQueue({ url, message, region: 'us-east-1' })
      return {
        url,
        definition,
        send: (count) => send(definition, count),
        counts: () => endpoint.counts(url),
        countsBecome: (expected) => countsBecome(endpoint, url, expected),
        handedBack: (count) => handedBack(endpoint, url, count),
        worker: (handler, options) => {
          const worker = createWorker(definition, handler, { log: false, ...options })
          // A test that failed half-way leaves no worker behind.
          onTestFinished(() => worker.stop({ deadline: '0s' }).then(() => undefined))
          return worker
        },
      }
    },
  }
}

async function send(definition: Queue<Message>, count: number): Promise<void> {
  const producer = createProducer(definition)
  await producer.sendAll(Array.from({ length: count }, (_, id) => ({ id })))
  await producer.close()
}

async function countsBecome(endpoint: Endpoint, url: string, expected: Counts): Promise<void> {
  const wanted = JSON.stringify(expected)
  await eventually(async () => (JSON.stringify(await endpoint.counts(url)) === wanted ? true : undefined))
}

// A long poll that its client gave up swallows what comes next on LocalStack (a known difference, see the contract suite):
// there, that nothing is gone is all that can be asked.
const swallows = process.env.LONGSHORE_CONTRACT_TARGET === 'localstack'

async function handedBack(endpoint: Endpoint, url: string, count: number): Promise<void> {
  await eventually(async () => {
    const { visible, inFlight, delayed } = await endpoint.counts(url)
    return visible + inFlight + delayed === count && (swallows || visible === count) ? true : undefined
  })
}

/** Resolves when `isTrue`; the test's own time limit ends the wait. */
export async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setTimeout(resolve, 10))
}

export function ids(count: number): number[] {
  return Array.from({ length: count }, (_, id) => id)
}
