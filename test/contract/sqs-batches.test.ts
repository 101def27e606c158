import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  SendMessageBatchCommand,
} from '@aws-sdk/client-sqs'
import type { BatchResultErrorEntry, SendMessageBatchRequestEntry } from '@aws-sdk/client-sqs'
import { describe, expect } from 'vitest'

import { eventually, refusal, rule, useEndpoint } from './endpoint.js'
import type { Refusal } from './endpoint.js'

const sqs = useEndpoint()

const MEBIBYTE = 1_048_576

const entry = (id: number, body = `body ${id}`): SendMessageBatchRequestEntry => ({
  Id: String(id),
  MessageBody: body,
})
const entries = (count: number): SendMessageBatchRequestEntry[] =>
  Array.from({ length: count }, (_, index) => entry(index))

/** Sends `count` messages and receives them all; gives their handles. */
async function held(QueueUrl: string, count: number): Promise<string[]> {
  await sqs.client.send(new SendMessageBatchCommand({ QueueUrl, Entries: entries(count) }))
  const handles: string[] = []
  await eventually(async () => {
    const messages = await sqs.receive(QueueUrl, { WaitTimeSeconds: 1, VisibilityTimeout: 600 })
    handles.push(...messages.map((message) => message.ReceiptHandle ?? ''))
    return handles.length >= count ? true : undefined
  })
  return handles
}

const ids = (answered: readonly { Id?: string | undefined }[] | undefined): string[] =>
  (answered ?? []).map(({ Id }) => Id ?? '').sort()

describe('send batches', () => {
  rule('each entry of a send batch is answered by its id, with id and MD5 of its message', async () => {
    const QueueUrl = await sqs.createQueue()
    const answer = await sqs.client.send(new SendMessageBatchCommand({ QueueUrl, Entries: entries(10) }))
    expect(answer.Failed ?? []).toEqual([])
    expect(ids(answer.Successful)).toEqual(ids(entries(10)))
    const sentIds = (answer.Successful ?? []).map(({ MessageId }) => MessageId)
    expect(new Set(sentIds).size).toBe(10)
    expect(answer.Successful?.every(({ MD5OfMessageBody }) => MD5OfMessageBody?.length === 32)).toBe(true)
    expect(await sqs.counts(QueueUrl)).toMatchObject({ visible: 10 })
  })

  rule('one receive can give ten messages', async () => {
    const QueueUrl = await sqs.createQueue()
    await sqs.client.send(new SendMessageBatchCommand({ QueueUrl, Entries: entries(10) }))
    const most = await eventually(async () => {
      const messages = await sqs.receive(QueueUrl, { WaitTimeSeconds: 1, VisibilityTimeout: 0 })
      return messages.length === 10 ? messages.length : undefined
    })
    expect(most).toBe(10)
  })

  const failsAlone = async (bad: SendMessageBatchRequestEntry): Promise<BatchResultErrorEntry> => {
    const QueueUrl = await sqs.createQueue()
    const Entries = [entry(1), { ...bad, Id: 'bad' }, entry(2)]
    const answer = await sqs.client.send(new SendMessageBatchCommand({ QueueUrl, Entries }))
    expect(ids(answer.Successful)).toEqual(['1', '2'])
    expect(ids(answer.Failed)).toEqual(['bad'])
    expect(await sqs.counts(QueueUrl)).toMatchObject({ visible: 2 })
    return answer.Failed?.[0] ?? { Id: undefined, SenderFault: undefined, Code: undefined }
  }

  rule('an entry with a forbidden character fails alone, by the sender’s fault', async () => {
    const failed = await failsAlone(entry(0, 'a\u0001b'))
    expect(failed).toMatchObject({ Code: 'InvalidMessageContents', SenderFault: true })
  })

  rule('a batch of more than 1 MiB in all is refused, one of exactly 1 MiB is not', async () => {
    const QueueUrl = await sqs.createQueue()
    const half = 'x'.repeat(MEBIBYTE / 2)
    const send = (...bodies: string[]): Promise<unknown> =>
      sqs.client.send(
        new SendMessageBatchCommand({ QueueUrl, Entries: bodies.map((body, id) => entry(id, body)) }),
      )
    expect(await refusal(send(half, `${half}x`))).toMatchObject({ name: 'BatchRequestTooLong', status: 400 })
    await send(half, half)
    expect(await sqs.counts(QueueUrl)).toMatchObject({ visible: 2 })
  })
})

describe('settling in batches', () => {
  rule('ten messages are deleted by one call', async () => {
    const QueueUrl = await sqs.createQueue()
    const handles = await held(QueueUrl, 10)
    const Entries = handles.map((ReceiptHandle, id) => ({ Id: String(id), ReceiptHandle }))
    const answer = await sqs.client.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }))
    expect(ids(answer.Successful)).toEqual(ids(Entries))
    expect(answer.Failed ?? []).toEqual([])
    expect(await sqs.counts(QueueUrl)).toEqual({ visible: 0, inFlight: 0, delayed: 0 })
  })

  rule('ten messages are given back by one call', async () => {
    const QueueUrl = await sqs.createQueue()
    const handles = await held(QueueUrl, 10)
    const Entries = handles.map((ReceiptHandle, id) => ({
      Id: String(id),
      ReceiptHandle,
      VisibilityTimeout: 0,
    }))
    const answer = await sqs.client.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries }))
    expect(ids(answer.Successful)).toEqual(ids(Entries))
    await eventually(async () => ((await sqs.counts(QueueUrl)).visible === 10 ? true : undefined))
  })

  rule('a delete entry with a garbage handle fails alone, by the sender’s fault', async () => {
    const QueueUrl = await sqs.createQueue()
    const [good = ''] = await held(QueueUrl, 1)
    const Entries = [
      { Id: 'bad', ReceiptHandle: 'garbage' },
      { Id: 'good', ReceiptHandle: good },
    ]
    const answer = await sqs.client.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }))
    expect(ids(answer.Successful)).toEqual(['good'])
    expect(answer.Failed).toMatchObject([{ Id: 'bad', Code: 'ReceiptHandleIsInvalid', SenderFault: true }])
    expect(await sqs.counts(QueueUrl)).toMatchObject({ visible: 0, inFlight: 0 })
  })

  rule('a visibility entry with a garbage handle fails alone, by the sender’s fault', async () => {
    const QueueUrl = await sqs.createQueue()
    const [good = ''] = await held(QueueUrl, 1)
    const Entries = [
      { Id: 'bad', ReceiptHandle: 'garbage', VisibilityTimeout: 10 },
      { Id: 'good', ReceiptHandle: good, VisibilityTimeout: 0 },
    ]
    const answer = await sqs.client.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries }))
    expect(ids(answer.Successful)).toEqual(['good'])
    expect(answer.Failed).toMatchObject([{ Id: 'bad', Code: 'ReceiptHandleIsInvalid', SenderFault: true }])
  })

  rule('a visibility entry above 43,200 seconds fails alone, by the sender’s fault', async () => {
    const QueueUrl = await sqs.createQueue()
    const [one = '', other = ''] = await held(QueueUrl, 2)
    const Entries = [
      { Id: 'bad', ReceiptHandle: one, VisibilityTimeout: 43_201 },
      { Id: 'good', ReceiptHandle: other, VisibilityTimeout: 600 },
    ]
    const answer = await sqs.client.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries }))
    expect(ids(answer.Successful)).toEqual(['good'])
    expect(answer.Failed).toMatchObject([{ Id: 'bad', Code: 'InvalidParameterValue', SenderFault: true }])
  })
})

describe('batches that are refused as a whole', () => {
  const refusals = async (batchIds: readonly string[]): Promise<Refusal[]> => {
    const QueueUrl = await sqs.createQueue()
    const Entries = batchIds.map((Id) => ({ Id, MessageBody: 'x', ReceiptHandle: 'x', VisibilityTimeout: 0 }))
    return [
      await refusal(sqs.client.send(new SendMessageBatchCommand({ QueueUrl, Entries }))),
      await refusal(sqs.client.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }))),
      await refusal(sqs.client.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries }))),
    ]
  }
  const named = (name: string): object[] => Array.from({ length: 3 }, () => ({ name, status: 400 }))

  rule('a batch without entries is refused', async () => {
    expect(await refusals([])).toMatchObject(named('EmptyBatchRequest'))
  })

  rule('a batch of eleven is refused', async () => {
    expect(await refusals(ids(entries(11)))).toMatchObject(named('TooManyEntriesInBatchRequest'))
  })

  rule('a batch with the same id twice is refused', async () => {
    expect(await refusals(['one', 'two', 'one'])).toMatchObject(named('BatchEntryIdsNotDistinct'))
  })

  rule(
    'a batch id with other characters than letters, digits, hyphens and underscores is refused',
    async () => {
      expect(await refusals(['good-id_1', 'bad:id'])).toMatchObject(named('InvalidBatchEntryId'))
    },
  )

  rule('a batch id of more than 80 characters is refused', async () => {
    expect(await refusals(['x'.repeat(81)])).toMatchObject(named('InvalidBatchEntryId'))
  })
})
