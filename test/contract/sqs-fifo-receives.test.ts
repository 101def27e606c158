import {
  ChangeMessageVisibilityCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  SetQueueAttributesCommand,
} from '@aws-sdk/client-sqs'
import type { CreateQueueCommandInput, Message } from '@aws-sdk/client-sqs'
import { describe, expect } from 'vitest'

import { eventually, pause, refusal, rule, useEndpoint } from './endpoint.js'

const sqs = useEndpoint()

/** A FIFO queue with messages written `group:body`. */
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

const handles = (messages: readonly Message[]): unknown[] =>
  messages.map(({ ReceiptHandle }) => ReceiptHandle)
const attempt = { ReceiveRequestAttemptId: 'attempt-1' }

describe('expired handles', () => {
  rule('a delete after the visibility timeout is refused on a FIFO queue', async () => {
    const QueueUrl = await queueOf(['a:1'], { VisibilityTimeout: '1' })
    const { handle } = await sqs.receiveOne(QueueUrl)
    await pause(1_500)
    const refused = await refusal(
      sqs.client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: handle })),
    )
    expect(refused).toMatchObject({ name: 'InvalidParameterValue', status: 400 })
    expect(refused.message).toContain('The receipt handle has expired.')
    await sqs.receiveOne(QueueUrl)
  })

  rule('a visibility change after the timeout is refused on a FIFO queue', async () => {
    const QueueUrl = await queueOf(['a:1'], { VisibilityTimeout: '1' })
    const { handle } = await sqs.receiveOne(QueueUrl)
    await pause(1_500)
    const change = { QueueUrl, ReceiptHandle: handle, VisibilityTimeout: 10 }
    const refused = await refusal(sqs.client.send(new ChangeMessageVisibilityCommand(change)))
    expect(refused).toMatchObject({ name: 'InvalidParameterValue', status: 400 })
  })

  rule('a batch entry with an expired handle fails alone, by the sender’s fault', async () => {
    const QueueUrl = await queueOf(['a:1', 'b:1'], { VisibilityTimeout: '600' })
    const old = await sqs.receiveOne(QueueUrl, { VisibilityTimeout: 1 })
    await pause(1_500)
    const held = await sqs.receiveOne(QueueUrl)
    const Entries = [old, held].map(({ handle }, index) => ({ Id: String(index), ReceiptHandle: handle }))
    const answer = await sqs.client.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }))
    expect(answer.Successful).toMatchObject([{ Id: '1' }])
    expect(answer.Failed).toMatchObject([{ Id: '0', SenderFault: true }])
  })
})

describe('receive attempts', () => {
  rule('a receive with the attempt id of an earlier one gives the same messages and handles', async () => {
    const QueueUrl = await queueOf(['a:1', 'a:2', 'b:1'], { VisibilityTimeout: '600' })
    const first = await sqs.receive(QueueUrl, { MaxNumberOfMessages: 2, ...attempt })
    const again = await sqs.receive(QueueUrl, { MaxNumberOfMessages: 2, ...attempt })
    expect(handles(first)).toHaveLength(2)
    expect(handles(again)).toEqual(handles(first))
  })

  rule(
    'a receive with the attempt id of an earlier one takes new messages once one was deleted',
    async () => {
      const QueueUrl = await queueOf(['a:1', 'b:1'], { VisibilityTimeout: '600' })
      const first = await sqs.receiveOne(QueueUrl, attempt)
      await sqs.client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: first.handle }))
      expect((await sqs.receiveOne(QueueUrl, attempt)).Body).toBe('b:1')
    },
  )
})

describe('FIFO redrive', () => {
  async function withDeadLetters(messages: readonly string[]): Promise<{ source: string; target: string }> {
    const target = await sqs.createQueue({ FifoQueue: 'true' })
    const deadLetterTargetArn = await sqs.arnOf(target)
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn, maxReceiveCount: 1 })
    return { source: await queueOf(messages, { RedrivePolicy, VisibilityTimeout: '600' }), target }
  }

  rule('a poisoned message of a group moves, and the next one comes', async () => {
    const { source, target } = await withDeadLetters(['a:1', 'a:2'])
    await sqs.receiveOne(source, { VisibilityTimeout: 1 })
    const next = await sqs.receiveOne(source)
    expect(next.Body).toBe('a:2')
    expect((await sqs.receiveOne(target)).Body).toBe('a:1')
  })

  rule('a moved FIFO message keeps its group, and has its id for a deduplication id', async () => {
    const { source, target } = await withDeadLetters(['a:1'])
    const { MessageId } = await sqs.receiveOne(source, { VisibilityTimeout: 0 })
    await eventually(async () => {
      await sqs.receive(source)
      return (await sqs.counts(target)).visible === 1 ? true : undefined
    })
    const moved = await sqs.receiveOne(target, { MessageSystemAttributeNames: ['All'] })
    expect(moved.Attributes).toMatchObject({ MessageGroupId: 'a', MessageDeduplicationId: MessageId })
  })

  rule('a dead-letter queue is of the same type as its source', async () => {
    const fifo = await sqs.createQueue({ FifoQueue: 'true' })
    const standard = await sqs.createQueue()
    for (const [source, target] of [
      [fifo, standard],
      [standard, fifo],
    ] as const) {
      const deadLetterTargetArn = await sqs.arnOf(target)
      const RedrivePolicy = JSON.stringify({ deadLetterTargetArn, maxReceiveCount: 1 })
      const input = { QueueUrl: source, Attributes: { RedrivePolicy } }
      const refused = await refusal(sqs.client.send(new SetQueueAttributesCommand(input)))
      expect(refused).toMatchObject({ name: 'InvalidParameterValue', status: 400 })
    }
  })
})
