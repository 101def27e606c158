import { createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'

import { createProducer, createWorker, defineQueue, QueueCallError } from '@longshore/core'
import { describe, expect, it, onTestFinished } from 'vitest'
import { z } from 'zod'

import { DeleteQueueCommand } from '@aws-sdk/client-sqs'
import { TIMEOUT_MS, useWorkerStage } from './worker-stage.js'

const message = z.object({})

describe('a queue that cannot be used', { timeout: TIMEOUT_MS }, () => {
  const stage = useWorkerStage()

  it('that does not exist ends the start at once, with its URL and what to do', async () => {
    const { url } = await stage.queue()
    const queue = defineQueue({ url: `${url}-missing`, message, region: 'us-east-1' })
    const error = await failureOf(createWorker(queue, () => {}, { log: false }).run())

    expect(error).toMatchObject({
      code: 'LONGSHORE_QUEUE_CALL',
      reason: 'notFound',
      awsCode: 'QueueDoesNotExist',
    })
    expect(error.message).toContain(`${url}-missing`)
    expect(error.message).toContain('Check its URL or name, the region and the account')
  })

  it('that does not exist, by its name, ends the start and a send', async () => {
    const { url } = await stage.queue()
    const endpoint = process.env.AWS_ENDPOINT_URL_SQS ?? new URL(url).origin
    const queue = defineQueue({ name: 'no-such-queue', endpoint, message, region: 'us-east-1' })
    expect(await failureOf(createWorker(queue, () => {}, { log: false }).run())).toMatchObject({
      reason: 'notFound',
      queue: 'no-such-queue',
    })
    const producer = createProducer(queue)
    expect(await failureOf(producer.send({}))).toMatchObject({ reason: 'notFound', operation: 'GetQueueUrl' })
    await producer.close()
  })

  it('whose endpoint refuses connections is asked on, each time with a warning that names the endpoint', async () => {
    const endpoint = 'http://127.0.0.1:1'
    const error = await warningOf(endpoint)
    expect(error).toMatchObject({ reason: 'unreachable', endpoint })
    expect(error.message).toMatch(/ECONNREFUSED 127\.0\.0\.1:1/)
  })

  it('whose endpoint accepts connections and never answers does not hang the start', async () => {
    const sockets = new Set<Socket>()
    const server = createServer((socket) => sockets.add(socket))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => {
      for (const socket of sockets) socket.destroy()
      server.close()
    })
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const error = await warningOf(endpoint)
    expect(error).toMatchObject({ reason: 'timeout' })
  })

  it('that is deleted under a running worker ends it with an error', async () => {
    const queue = await stage.queue()
    const worker = queue.worker(() => {}, { waitTime: '1s' })
    const run = failureOf(worker.run())
    await worker.start()
    await stage.endpoint.client.send(new DeleteQueueCommand({ QueueUrl: queue.url }))
    const error = await run
    expect(error).toMatchObject({ reason: 'notFound', operation: 'ReceiveMessage' })
    expect(worker.state).toBe('stopped')
  })
})

/** What the first warning of a start tells; the start is then stopped. */
async function warningOf(endpoint: string): Promise<QueueCallError> {
  const url = `${endpoint}/000000000000/orders`
  const queue = defineQueue({ url, endpoint, message, region: 'us-east-1' })
  const ignore = (): void => {}
  const warned = new Promise<unknown>((resolve) => {
    const warn = ({ err }: { err?: unknown }): void => resolve(err)
    const log = { debug: ignore, info: ignore, error: ignore, warn }
    const worker = createWorker(queue, () => {}, { log, doctor: false })
    onTestFinished(async () => void (await worker.stop()))
    void worker.run()
  })
  const error = await warned
  if (error instanceof QueueCallError) return error
  throw new Error('Expected a QueueCallError.', { cause: error })
}

async function failureOf(promise: Promise<unknown>): Promise<QueueCallError> {
  const error: unknown = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (error instanceof QueueCallError) return error
  throw new Error('Expected a QueueCallError.', { cause: error })
}
