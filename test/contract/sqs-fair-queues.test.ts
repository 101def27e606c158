import { SendMessageBatchCommand } from '@aws-sdk/client-sqs'
import { describe, expect } from 'vitest'

import { rule, useEndpoint } from './endpoint.js'

const sqs = useEndpoint()

/** Sends so many tens of messages of one group. */
async function sendTens(QueueUrl: string, MessageGroupId: string, tens: number): Promise<void> {
  for (let ten = 0; ten < tens; ten++) {
    const Entries = Array.from({ length: 10 }, (_, id) => {
      return { Id: String(id), MessageBody: `${MessageGroupId}-${ten * 10 + id}`, MessageGroupId }
    })
    await sqs.client.send(new SendMessageBatchCommand({ QueueUrl, Entries }))
  }
}

describe('fair queues', () => {
  rule('groups of a standard queue lock nothing and drop no equal messages', async () => {
    const QueueUrl = await sqs.createQueue({ VisibilityTimeout: '600' })
    for (let copy = 0; copy < 3; copy++) await sqs.send(QueueUrl, 'same', { MessageGroupId: 'a' })
    for (let receive = 0; receive < 3; receive++) await sqs.receiveOne(QueueUrl)
    expect(await sqs.counts(QueueUrl)).toEqual({ visible: 0, inFlight: 3, delayed: 0 })
  })

  rule('a quiet group’s message comes before the backlog of a noisy group', async () => {
    const QueueUrl = await sqs.createQueue({ VisibilityTimeout: '600' })
    await sendTens(QueueUrl, 'noisy', 8)
    for (let receive = 0; receive < 4; receive++) await sqs.receive(QueueUrl)
    await sqs.send(QueueUrl, 'quiet', { MessageGroupId: 'quiet' })
    expect((await sqs.receiveOne(QueueUrl)).Body).toBe('quiet')
    expect((await sqs.receiveOne(QueueUrl)).Body).toMatch(/^noisy-/)
  })
})
