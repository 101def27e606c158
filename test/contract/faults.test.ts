// What clients make of the faults of a local AWS: the SDK's own retries, and a worker that must lose nothing.
import { randomInt } from 'node:crypto'

import {
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import type { SQSClientConfig, SQSServiceException } from '@aws-sdk/client-sqs'
import { createProducer, createWorker, defineQueue } from '@longshore/core'
import { startLocalAws } from '@longshore/local'
import type { FaultEffect, LocalAws } from '@longshore/local'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'

import { pause } from './endpoint.js'

let aws: LocalAws
let client: SQSClient
let QueueUrl: string
beforeEach(async () => {
  aws = await startLocalAws()
  client = clientWith({})
  QueueUrl = await createQueue('q')
})
afterEach(async () => {
  client.destroy()
  await aws.close()
})

function clientWith(config: SQSClientConfig): SQSClient {
  return new SQSClient({
    endpoint: aws.endpoint,
    region: 'us-east-1',
    useQueueUrlAsEndpoint: false,
    ...config,
  })
}

async function createQueue(name: string): Promise<string> {
  const headers = { 'X-Amz-Target': 'AmazonSQS.CreateQueue' }
  const body = JSON.stringify({ QueueName: name, Attributes: { VisibilityTimeout: '2' } })
  const answer = await fetch(aws.endpoint, { method: 'POST', headers, body })
  return ((await answer.json()) as { QueueUrl: string }).QueueUrl
}

const send = (MessageBody = 'x'): SendMessageCommand => new SendMessageCommand({ QueueUrl, MessageBody })

/** Visible, in flight and delayed, with no fault in between. */
async function total(): Promise<number> {
  const { Attributes } = await client.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }),
  )
  const states = ['', 'NotVisible', 'Delayed'] as const
  return states.reduce((sum, state) => sum + Number(Attributes?.[`ApproximateNumberOfMessages${state}`]), 0)
}

describe('the SDK', () => {
  it.each([
    ['throttling', 'RequestThrottled', 403],
    ['server-error', 'InternalFailure', 500],
    ['lost-request', 'TimeoutError', undefined],
  ] as const)('tries again after %s, and names it when it gives up', async (effect, name, status) => {
    const fault = aws.faults.add({ operation: 'SendMessage', effect, count: 2 })
    const sent = await client.send(send())
    expect([sent.$metadata.attempts, fault.hits]).toEqual([3, 2])
    expect(await total()).toBe(1)
    fault.remove()
    aws.faults.add({ operation: 'SendMessage', effect })
    const failed = await client.send(send()).catch((error: unknown) => error)
    const {
      name: named,
      $metadata: { attempts, httpStatusCode },
    } = failed as SQSServiceException
    expect([named, attempts, httpStatusCode]).toEqual([name, 3, status])
    expect(await total()).toBe(1)
  })

  it('sends twice what was sent when its answer was lost', async () => {
    aws.faults.add({ operation: 'SendMessage', effect: 'lost-answer', count: 1 })
    expect((await client.send(send())).$metadata.attempts).toBe(2)
    expect(await total()).toBe(2)
  })

  it('gives up on a half-open connection where it is told to', async () => {
    aws.faults.add({ operation: 'SendMessage', effect: 'half-open' })
    const impatient = clientWith({
      maxAttempts: 1,
      requestHandler: { requestTimeout: 100, throwOnRequestTimeout: true },
    })
    await expect(impatient.send(send())).rejects.toMatchObject({ name: 'TimeoutError' })
    impatient.destroy()
    expect(await total()).toBe(0)
  })

  it('receives a message that another receiver holds', async () => {
    await client.send(send('held'))
    const receive = new ReceiveMessageCommand({ QueueUrl, VisibilityTimeout: 600 })
    const first = await client.send(receive)
    aws.faults.add({ effect: 'duplicate', of: 'in-flight', count: 1 })
    const again = await client.send(receive)
    expect(again.Messages?.map(({ MessageId }) => MessageId)).toEqual(
      first.Messages?.map(({ MessageId }) => MessageId),
    )
    expect((await client.send(receive)).Messages ?? []).toEqual([])
  })
})

describe('a worker', () => {
  it('handles every message and leaves none, whatever is refused, lost, slow or doubled', async ({
    annotate,
  }) => {
    const seed = randomInt(2 ** 32)
    await annotate(`seed ${seed}`)
    const definition = defineQueue({
      url: QueueUrl,
      message: z.object({ id: z.number() }),
      region: 'us-east-1',
    })
    const ids = Array.from({ length: 150 }, (_, id) => id)
    const producer = createProducer(definition)
    await producer.sendAll(ids.map((id) => ({ id })))
    await producer.close()
    const handled = new Set<number>()
    const worker = createWorker(definition, ({ id }) => void handled.add(id), { log: false })
    await worker.start()
    const effects: FaultEffect[] = [
      { effect: 'throttling' },
      { effect: 'server-error', status: 503 },
      { effect: 'lost-request' },
      { effect: 'lost-answer' },
      { effect: 'slow', delay: '50ms' },
      { effect: 'duplicate', of: 'in-flight' },
      { effect: 'duplicate', of: 'deleted' },
    ]
    // A worker that is refused over and over rightly waits longer and longer: not too often, and not for ever.
    const often = { probability: 0.08, count: 5 }
    const faults = effects.map((effect, at) => aws.faults.add({ ...effect, ...often, seed: seed + at }))
    const stands = async (): Promise<string> => `${handled.size} handled, ${await calmTotal()} left`
    try {
      await until(async () => (await stands()) === `${ids.length} handled, 0 left`)
    } catch {
      throw new Error([await stands(), ...faults].join('\n'))
    } finally {
      aws.faults.clear()
      await worker.stop({ deadline: '5s' })
    }
    expect(faults.some(({ hits }) => hits > 0)).toBe(true)
    expect([...handled].sort((one, other) => one - other)).toEqual(ids)
  }, 60_000)
})

/** Undefined when a fault refuses to tell. */
async function calmTotal(): Promise<number | undefined> {
  return total().catch(() => undefined)
}

async function until(isTrue: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 45_000
  while (!(await isTrue())) {
    if (performance.now() > deadline) throw new Error('It took too long.')
    await pause(50)
  }
}
