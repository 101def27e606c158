import { ChangeMessageVisibilityCommand, DeleteMessageCommand } from '@aws-sdk/client-sqs'
import type { CreateQueueCommandInput, Message } from '@aws-sdk/client-sqs'
import { describe, expect } from 'vitest'

import { eventually, pause, rule, useEndpoint } from './endpoint.js'

const sqs = useEndpoint()

/** A FIFO queue with messages written `group:body`, sent in this order. */
async function queueOf(
  messages: readonly string[],
  attributes: CreateQueueCommandInput['Attributes'] = {},
): Promise<string> {
  const fifo = { FifoQueue: 'true', ContentBasedDeduplication: 'true' }
  const QueueUrl = await sqs.createQueue({ ...fifo, ...attributes })
  for (const message of messages) {
    await sqs.send(QueueUrl, message, { MessageGroupId: message.split(':')[0] ?? '' })
  }
  return QueueUrl
}

async function bodies(QueueUrl: string, MaxNumberOfMessages = 10): Promise<(string | undefined)[]> {
  return (await sqs.receive(QueueUrl, { MaxNumberOfMessages })).map(({ Body }) => Body)
}

const settle = (QueueUrl: string, { ReceiptHandle }: Message): Promise<unknown> =>
  sqs.client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }))

describe('FIFO order', () => {
  rule('a group’s messages come in the order they were sent', async () => {
    const sent = Array.from({ length: 12 }, (_, index) => `a:${index}`)
    const QueueUrl = await queueOf(sent)
    const received: (string | undefined)[] = []
    await eventually(async () => {
      for (const message of await sqs.receive(QueueUrl)) {
        received.push(message.Body)
        await settle(QueueUrl, message)
      }
      return received.length >= sent.length ? true : undefined
    })
    expect(received).toEqual(sent)
  })

  rule('a receive of ten takes the oldest group first, then the next', async () => {
    const QueueUrl = await queueOf(['a:1', 'b:1', 'a:2', 'c:1', 'b:2', 'a:3'])
    expect(await bodies(QueueUrl)).toEqual(['a:1', 'a:2', 'a:3', 'b:1', 'b:2', 'c:1'])
  })

  rule('a message’s group, deduplication id and sequence number come with it', async () => {
    const QueueUrl = await sqs.createQueue({ FifoQueue: 'true' })
    await sqs.send(QueueUrl, 'body', { MessageGroupId: 'a', MessageDeduplicationId: 'one' })
    const { Attributes } = await sqs.receiveOne(QueueUrl, { MessageSystemAttributeNames: ['All'] })
    expect(Attributes).toMatchObject({ MessageGroupId: 'a', MessageDeduplicationId: 'one' })
    expect(Attributes?.SequenceNumber).toMatch(/^\d{20}$/)
  })
})

describe('the group lock', () => {
  rule('while a group’s message is in flight, no more of the group come, but of others do', async () => {
    const QueueUrl = await queueOf(['a:1', 'a:2', 'b:1'], { VisibilityTimeout: '600' })
    expect(await bodies(QueueUrl, 1)).toEqual(['a:1'])
    expect(await bodies(QueueUrl)).toEqual(['b:1'])
    expect(await bodies(QueueUrl)).toEqual([])
    expect(await sqs.counts(QueueUrl)).toEqual({ visible: 1, inFlight: 2, delayed: 0 })
  })

  rule('a group stays locked until every message that was received of it is deleted', async () => {
    const QueueUrl = await queueOf(['a:1', 'a:2', 'a:3'], { VisibilityTimeout: '600' })
    const [first, second] = await sqs.receive(QueueUrl, { MaxNumberOfMessages: 2 })
    if (first === undefined || second === undefined) throw new Error('Two messages were to come.')
    await settle(QueueUrl, first)
    expect(await bodies(QueueUrl)).toEqual([])
    await settle(QueueUrl, second)
    expect(await bodies(QueueUrl)).toEqual(['a:3'])
  })

  rule('a group goes on with its first message when its visibility timeout ends', async () => {
    const QueueUrl = await queueOf(['a:1', 'a:2', 'a:3'], { VisibilityTimeout: '2' })
    expect(await bodies(QueueUrl, 2)).toEqual(['a:1', 'a:2'])
    const again = await eventually(async () => {
      const received = await bodies(QueueUrl)
      return received.length > 0 ? received : undefined
    })
    expect(again).toEqual(['a:1', 'a:2', 'a:3'])
  })

  rule('a message that is handed back opens its group for itself alone', async () => {
    const QueueUrl = await queueOf(['a:1', 'a:2', 'b:1'], { VisibilityTimeout: '600' })
    const [first] = await sqs.receive(QueueUrl, { MaxNumberOfMessages: 2 })
    const change = { QueueUrl, ReceiptHandle: first?.ReceiptHandle, VisibilityTimeout: 0 }
    await sqs.client.send(new ChangeMessageVisibilityCommand(change))
    expect(await bodies(QueueUrl)).toEqual(['b:1', 'a:1'])
  })

  rule('a message that is handed back behind one in flight stays locked until that comes again', async () => {
    const QueueUrl = await queueOf(['a:1', 'a:2', 'a:3'])
    const [first, ...later] = await sqs.receive(QueueUrl, { MaxNumberOfMessages: 3 })
    const handBack = (ReceiptHandle: string | undefined, VisibilityTimeout: number): Promise<unknown> =>
      sqs.client.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout }))
    for (const { ReceiptHandle } of later) await handBack(ReceiptHandle, 0)
    expect(await bodies(QueueUrl)).toEqual([])
    await handBack(first?.ReceiptHandle, 1)
    const again = await eventually(async () => {
      const received = await bodies(QueueUrl)
      return received.length > 0 ? received : undefined
    })
    expect(again).toEqual(['a:1', 'a:2', 'a:3'])
  })

  rule('a receive with a timeout of 0 keeps order and locks nothing', async () => {
    const QueueUrl = await queueOf(['a:1', 'b:1', 'a:2'])
    const once = await sqs.receive(QueueUrl, { VisibilityTimeout: 0 })
    expect(once.map(({ Body }) => Body)).toEqual(['a:1', 'a:2', 'b:1'])
    const again = await eventually(async () => {
      const received = await bodies(QueueUrl)
      return received.length > 0 ? received : undefined
    })
    expect(again).toEqual(['a:1', 'a:2', 'b:1'])
  })

  rule('a delete of a group’s last held message wakes a long poll', async () => {
    const QueueUrl = await queueOf(['a:1', 'a:2'], { VisibilityTimeout: '600' })
    const held = await sqs.receiveOne(QueueUrl)
    const poll = sqs.receive(QueueUrl, { WaitTimeSeconds: 20 })
    await pause(300)
    await settle(QueueUrl, held)
    expect((await poll).map(({ Body }) => Body)).toEqual(['a:2'])
  })

  rule('a queue’s delay holds back all of a group in order', async () => {
    const beganMs = performance.now()
    const QueueUrl = await queueOf(['a:1', 'a:2'], { DelaySeconds: '2' })
    const later = await eventually(async () => {
      const received = await bodies(QueueUrl)
      return received.length > 0 ? received : undefined
    })
    expect(performance.now() - beganMs).toBeGreaterThanOrEqual(1_900)
    expect(later[0]).toBe('a:1')
  })
})
