import { createHash } from 'node:crypto'

import { DeleteMessageCommand, SendMessageBatchCommand, SendMessageCommand } from '@aws-sdk/client-sqs'
import type { SendMessageCommandInput, SendMessageCommandOutput } from '@aws-sdk/client-sqs'
import { describe, expect } from 'vitest'

import { refusal, rule, useEndpoint } from './endpoint.js'

const sqs = useEndpoint()

const fifo = { FifoQueue: 'true' }
const byContent = { ...fifo, ContentBasedDeduplication: 'true' }
const perGroup = { ...fifo, DeduplicationScope: 'messageGroup' }

function send(
  QueueUrl: string,
  MessageDeduplicationId: string | undefined,
  more: Partial<SendMessageCommandInput> = {},
): Promise<SendMessageCommandOutput> {
  const input = { QueueUrl, MessageBody: 'body', MessageGroupId: 'a', ...more }
  const id = MessageDeduplicationId === undefined ? {} : { MessageDeduplicationId }
  return sqs.client.send(new SendMessageCommand({ ...input, ...id }))
}

const visible = async (QueueUrl: string): Promise<number> => (await sqs.counts(QueueUrl)).visible

describe('deduplication by id', () => {
  rule('a message that repeats a deduplication id is answered like the first, and not stored', async () => {
    const QueueUrl = await sqs.createQueue(fifo)
    const first = await send(QueueUrl, 'one')
    const second = await send(QueueUrl, 'one', { MessageBody: 'another' })
    expect(second.MessageId).toBe(first.MessageId)
    expect(await visible(QueueUrl)).toBe(1)
    expect((await sqs.receiveOne(QueueUrl)).Body).toBe('body')
  })

  rule('a deduplication id stays known when its message is deleted', async () => {
    const QueueUrl = await sqs.createQueue(fifo)
    await send(QueueUrl, 'one')
    const { handle } = await sqs.receiveOne(QueueUrl)
    await sqs.client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: handle }))
    await send(QueueUrl, 'one')
    expect(await visible(QueueUrl)).toBe(0)
  })

  rule('a deduplication id is the whole queue’s, whatever the group', async () => {
    const QueueUrl = await sqs.createQueue(fifo)
    await send(QueueUrl, 'one', { MessageGroupId: 'a' })
    await send(QueueUrl, 'one', { MessageGroupId: 'b' })
    expect(await visible(QueueUrl)).toBe(1)
  })

  rule('with the scope messageGroup a deduplication id is its group’s', async () => {
    const QueueUrl = await sqs.createQueue(perGroup)
    for (const MessageGroupId of ['a', 'b', 'a', 'b']) await send(QueueUrl, 'one', { MessageGroupId })
    expect(await visible(QueueUrl)).toBe(2)
  })

  rule('two messages of one batch that share a deduplication id are one', async () => {
    const QueueUrl = await sqs.createQueue(fifo)
    const message = { MessageBody: 'body', MessageGroupId: 'a', MessageDeduplicationId: 'one' }
    const Entries = [
      { Id: '1', ...message },
      { Id: '2', ...message },
    ]
    const { Successful = [] } = await sqs.client.send(new SendMessageBatchCommand({ QueueUrl, Entries }))
    expect(Successful).toHaveLength(2)
    expect(Successful[1]?.MessageId).toBe(Successful[0]?.MessageId)
    expect(await visible(QueueUrl)).toBe(1)
  })
})

describe('deduplication by content', () => {
  rule('a body’s SHA-256 is its deduplication id', async () => {
    const QueueUrl = await sqs.createQueue(byContent)
    await send(QueueUrl, undefined)
    await send(QueueUrl, undefined)
    await send(QueueUrl, undefined, { MessageBody: 'other' })
    expect(await visible(QueueUrl)).toBe(2)
    const { Attributes } = await sqs.receiveOne(QueueUrl, { MessageSystemAttributeNames: ['All'] })
    const digest = createHash('sha256').update('body').digest('hex')
    expect(Attributes?.MessageDeduplicationId).toBe(digest)
  })

  rule('message attributes are no part of the content', async () => {
    const QueueUrl = await sqs.createQueue(byContent)
    for (const StringValue of ['x', 'y']) {
      await send(QueueUrl, undefined, { MessageAttributes: { kind: { DataType: 'String', StringValue } } })
    }
    expect(await visible(QueueUrl)).toBe(1)
  })

  rule('a deduplication id of its own comes before the content', async () => {
    const QueueUrl = await sqs.createQueue(byContent)
    await send(QueueUrl, 'one')
    await send(QueueUrl, 'two')
    expect(await visible(QueueUrl)).toBe(2)
  })
})

describe('sequence numbers', () => {
  rule('sequence numbers have twenty digits and rise with every message', async () => {
    const QueueUrl = await sqs.createQueue(fifo)
    const numbers: string[] = []
    for (const id of ['1', '2', '3', '4']) {
      const { SequenceNumber = '' } = await send(QueueUrl, id, { MessageGroupId: `g${Number(id) % 2}` })
      expect(SequenceNumber).toMatch(/^\d{20}$/)
      numbers.push(SequenceNumber)
    }
    expect(new Set(numbers).size).toBe(4)
    expect(numbers.toSorted()).toEqual(numbers)
  })

  rule('a batch answers with a sequence number for each message', async () => {
    const QueueUrl = await sqs.createQueue(byContent)
    const Entries = ['1', '2'].map((Id) => ({ Id, MessageBody: Id, MessageGroupId: 'a' }))
    const { Successful = [] } = await sqs.client.send(new SendMessageBatchCommand({ QueueUrl, Entries }))
    const [one = '', two = ''] = Successful.map(({ SequenceNumber }) => SequenceNumber)
    expect([one, two].every((number) => /^\d{20}$/.test(number))).toBe(true)
    expect(one < two).toBe(true)
  })
})

describe('what FIFO queues refuse of a send', () => {
  rule('a message without a group is refused', async () => {
    const QueueUrl = await sqs.createQueue(byContent)
    const call = sqs.client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'body' }))
    const refused = await refusal(call)
    expect(refused).toMatchObject({ name: 'MissingParameter', status: 400 })
    expect(refused.message).toBe('The request must contain the parameter MessageGroupId.')
  })

  rule('a message without a deduplication id is refused unless content makes one', async () => {
    const refused = await refusal(send(await sqs.createQueue(fifo), undefined))
    expect(refused).toMatchObject({ name: 'InvalidParameterValue', status: 400 })
    expect(refused.message).toContain('MessageDeduplicationId provided explicitly')
  })

  rule('a message’s own delay is refused, but for one of 0', async () => {
    const QueueUrl = await sqs.createQueue(fifo)
    const refused = await refusal(send(QueueUrl, 'one', { DelaySeconds: 2 }))
    expect(refused).toMatchObject({ name: 'InvalidParameterValue', status: 400 })
    await send(QueueUrl, 'one', { DelaySeconds: 0 })
    expect(await visible(QueueUrl)).toBe(1)
  })

  rule('a batch with one message that lacks its group or deduplication id is refused whole', async () => {
    const QueueUrl = await sqs.createQueue(fifo)
    const good = { Id: '1', MessageBody: 'body', MessageGroupId: 'a', MessageDeduplicationId: 'one' }
    for (const bad of [{ MessageGroupId: 'a' }, { MessageDeduplicationId: 'two' }]) {
      const Entries = [good, { Id: '2', MessageBody: 'body', ...bad }]
      const refused = await refusal(sqs.client.send(new SendMessageBatchCommand({ QueueUrl, Entries })))
      expect(refused).toMatchObject({ name: 'InvalidParameterValue', status: 400 })
    }
    expect(await visible(QueueUrl)).toBe(0)
  })

  rule('a group or deduplication id with another character, or of 129, is refused', async () => {
    const QueueUrl = await sqs.createQueue(fifo)
    for (const token of ['with space', 'ü', 'x'.repeat(129)]) {
      const byGroup = await refusal(send(QueueUrl, 'one', { MessageGroupId: token }))
      expect(byGroup).toMatchObject({ name: 'InvalidParameterValue', status: 400 })
      const byId = await refusal(send(QueueUrl, token))
      expect(byId).toMatchObject({ name: 'InvalidParameterValue', status: 400 })
    }
  })

  rule('a standard queue refuses a deduplication id', async () => {
    const refused = await refusal(send(await sqs.createQueue(), 'one'))
    expect(refused).toMatchObject({ name: 'InvalidParameterValue', status: 400 })
  })
})
