// The sqs-consumer package against a local AWS: what its own integration suite asks of an SQS, and what its users do
// with it besides. That suite is no part of what it publishes: LONGSHORE_SQS_CONSUMER names a checkout of the project,
// built and with its dependencies, where it is run as it stands.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'

import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs'
import { startLocalAws } from '@longshore/local'
import { Consumer } from 'sqs-consumer'
import type { ConsumerOptions } from 'sqs-consumer'
import { describe, expect, it } from 'vitest'

import { useEndpoint } from './endpoint.js'

const emitted = (consumer: Consumer, event: 'stopped' | 'empty'): Promise<unknown> =>
  new Promise((resolve) => consumer.once(event, resolve))

describe('sqs-consumer', () => {
  const sqs = useEndpoint()
  const consumerOf = (queueUrl: string, options: Partial<ConsumerOptions>): Consumer =>
    Consumer.create({ queueUrl, sqs: sqs.client, waitTimeSeconds: 1, ...options })
  const bodies = ['1', '2', '3', '4', '5', '6']

  it.concurrent('handles messages one at a time, deletes each, and then finds the queue empty', async () => {
    const queueUrl = await sqs.createQueue()
    for (const body of bodies) await sqs.send(queueUrl, body)
    const handled: (string | undefined)[] = []
    const consumer = consumerOf(queueUrl, {
      handleMessage: async (message) => {
        handled.push(message.Body)
        const { visible, inFlight } = await sqs.counts(queueUrl)
        expect({ visible, inFlight }).toEqual({ visible: bodies.length - handled.length, inFlight: 1 })
        return message
      },
    })
    const empty = emitted(consumer, 'empty')
    consumer.start()
    await empty
    consumer.stop()
    expect(handled).toEqual(bodies)
    expect(await sqs.counts(queueUrl)).toEqual({ visible: 0, inFlight: 0, delayed: 0 })
  })

  it.concurrent('handles batches and deletes each whole', async () => {
    const queueUrl = await sqs.createQueue()
    for (const body of bodies) await sqs.send(queueUrl, body)
    const sizes: number[] = []
    const consumer = consumerOf(queueUrl, {
      batchSize: 5,
      handleMessageBatch: (messages) => {
        sizes.push(messages.length)
        return Promise.resolve(messages)
      },
    })
    const empty = emitted(consumer, 'empty')
    consumer.start()
    await empty
    consumer.stop()
    expect(sizes).toEqual([5, 1])
    expect(await sqs.counts(queueUrl)).toEqual({ visible: 0, inFlight: 0, delayed: 0 })
  })

  it.concurrent('handles what is in flight before it has stopped', async () => {
    const queueUrl = await sqs.createQueue()
    for (const body of bodies) await sqs.send(queueUrl, body)
    let processed = 0
    const consumer = consumerOf(queueUrl, {
      batchSize: 10,
      pollingCompleteWaitTimeMs: 10_000,
      handleMessage: async (message) => {
        await new Promise((resolve) => setTimeout(resolve, 100))
        return message
      },
    })
    consumer.on('message_processed', () => (processed += 1))
    const stopped = emitted(consumer, 'stopped')
    consumer.start()
    consumer.stop()
    await stopped
    expect(processed).toBe(bodies.length)
    expect(await sqs.counts(queueUrl)).toEqual({ visible: 0, inFlight: 0, delayed: 0 })
  })

  it.concurrent('gives a failed message back at once, and takes it again', async () => {
    const queueUrl = await sqs.createQueue()
    await sqs.send(queueUrl, 'twice')
    const counts: (string | undefined)[] = []
    const consumer = consumerOf(queueUrl, {
      messageSystemAttributeNames: ['ApproximateReceiveCount'],
      terminateVisibilityTimeout: true,
      handleMessage: (message) => {
        counts.push(message.Attributes?.ApproximateReceiveCount)
        return counts.length === 1 ? Promise.reject(new Error('not yet')) : Promise.resolve(message)
      },
    })
    const errors: string[] = []
    consumer.on('processing_error', (error) => errors.push(error.message))
    const empty = emitted(consumer, 'empty')
    consumer.start()
    await empty
    consumer.stop()
    expect(counts).toEqual(['1', '2'])
    expect(errors).toEqual([expect.stringContaining('not yet')])
  })

  it.concurrent('keeps a message that it handles for longer than the visibility timeout', async () => {
    const queueUrl = await sqs.createQueue()
    await sqs.send(queueUrl, 'long')
    let handled = 0
    const consumer = consumerOf(queueUrl, {
      // Four heartbeats may be late on a slow machine before the timeout ends.
      visibilityTimeout: 5,
      heartbeatInterval: 1,
      handleMessage: async (message) => {
        handled += 1
        // Between two heartbeats: sqs-consumer would send one that falls together with its delete.
        await new Promise((resolve) => setTimeout(resolve, 5_500))
        expect(await sqs.receive(queueUrl)).toEqual([])
        return message
      },
    })
    const empty = emitted(consumer, 'empty')
    consumer.start()
    await empty
    consumer.stop()
    expect(handled).toBe(1)
  })

  it.concurrent('leaves the messages that come after an aborted stop', async () => {
    const queueUrl = await sqs.createQueue()
    const consumer = consumerOf(queueUrl, {
      waitTimeSeconds: 20,
      handleMessage: (message) => Promise.resolve(message),
    })
    const stopped = emitted(consumer, 'stopped')
    consumer.start()
    // The poll is at the server before it is given up.
    await new Promise((resolve) => setTimeout(resolve, 200))
    consumer.stop({ abort: true })
    await stopped
    await sqs.send(queueUrl, 'later')
    expect(await sqs.receive(queueUrl)).toMatchObject([{ Body: 'later' }])
  })

  it.concurrent('knows by its code that a queue is missing', async () => {
    const queueUrl = (await sqs.createQueue()).replace(/[^/]+$/, 'missing')
    const consumer = consumerOf(queueUrl, { handleMessage: (message) => Promise.resolve(message) })
    const failed = new Promise<Error>((resolve) => consumer.once('error', resolve))
    consumer.start()
    const error = await failed
    consumer.stop()
    expect(error).toMatchObject({
      message: 'SQS receive message failed: The specified queue does not exist.',
      code: 'QueueDoesNotExist',
      statusCode: 400,
    })
  })
})

const checkout = process.env.LONGSHORE_SQS_CONSUMER
if (checkout !== undefined) ownSuite(checkout)

function ownSuite(folder: string): void {
  // What the suite expects to find, written in its test/features/utils/sqs.js.
  const expected = { port: 9_324, region: 'eu-west-1' }
  const features = readdirSync(join(folder, 'test/features')).filter((name) => name.endsWith('.feature'))

  describe('sqs-consumer’s own integration suite passes', () => {
    // Each in a run of its own: a consumer that is stopped without `abort` goes on with its last poll, and takes a
    // message of the feature that follows, on any SQS.
    it.each(features)('%s', async (feature) => {
      // Its scenarios purge one queue more than once a minute.
      const aws = await startLocalAws({ ...expected, strictTiming: false })
      const client = new SQSClient({ endpoint: aws.endpoint, region: expected.region })
      try {
        await client.send(new CreateQueueCommand({ QueueName: 'sqs-consumer-data' }))
        const cucumber = join(folder, 'node_modules/.bin/cucumber-js')
        const args = ['--exit', '--import', 'test/features/**/*.js', join('test/features', feature)]
        const ran = spawn(cucumber, args, { cwd: folder, stdio: ['ignore', 'inherit', 'inherit'] })
        expect(await once(ran, 'exit')).toEqual([0, null])
      } finally {
        client.destroy()
        await aws.close()
      }
    })
  })
}
