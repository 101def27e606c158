import { describe, expect, it } from 'vitest'

import { LocalSqs } from './local-sqs.js'

interface Sent {
  readonly MessageId: string
  readonly SequenceNumber: string
}

const FIVE_MINUTES_MS = 300_000

/** Sends to a FIFO queue that has no content-based deduplication. */
function send(local: LocalSqs, QueueUrl: string, id: string, more: object = {}): Promise<Sent> {
  const input = { QueueUrl, MessageBody: 'body', MessageGroupId: 'a', MessageDeduplicationId: id, ...more }
  return local.call<Sent>('SendMessage', input)
}

async function plainFifo(attributes: Record<string, string> = {}): Promise<[LocalSqs, string]> {
  const local = new LocalSqs()
  return [local, await local.createFifo('q', { ContentBasedDeduplication: 'false', ...attributes })]
}

describe('deduplication', () => {
  it('answers a repeated send like the first one, for five minutes', async () => {
    const [local, queue] = await plainFifo()
    const first = await send(local, queue, 'one')
    await local.clock.advance(FIVE_MINUTES_MS - 1)
    expect(await send(local, queue, 'one', { MessageBody: 'another' })).toMatchObject({
      MessageId: first.MessageId,
      SequenceNumber: first.SequenceNumber,
    })
    expect(await local.counts(queue)).toEqual([1, 0, 0])
    await local.clock.advance(1)
    expect((await send(local, queue, 'one')).MessageId).not.toBe(first.MessageId)
    expect(await local.counts(queue)).toEqual([2, 0, 0])
  })

  it('counts the five minutes from the message that was stored, not from its repetitions', async () => {
    const [local, queue] = await plainFifo()
    await send(local, queue, 'one')
    for (let minute = 0; minute < 5; minute++) {
      await local.clock.advance(60_000)
      await send(local, queue, 'one')
    }
    expect(await local.counts(queue)).toEqual([2, 0, 0])
  })

  it('remembers messages that were deleted, and across many others', async () => {
    const [local, queue] = await plainFifo()
    for (let minute = 0; minute < 9; minute++) {
      await send(local, queue, `at-${minute}`)
      await local.delete(queue, await local.receiveOne(queue))
      await local.clock.advance(60_000)
    }
    for (const minute of [8, 7, 6, 5]) await send(local, queue, `at-${minute}`)
    expect(await local.counts(queue)).toEqual([0, 0, 0])
    await send(local, queue, 'at-4')
    expect(await local.counts(queue)).toEqual([1, 0, 0])
  })

  it('is forgotten with a purge', async () => {
    const [local, queue] = await plainFifo()
    await send(local, queue, 'one')
    await local.call('PurgeQueue', { QueueUrl: queue })
    await send(local, queue, 'one')
    expect(await local.counts(queue)).toEqual([1, 0, 0])
  })

  it('can change its scope while messages are remembered', async () => {
    const [local, queue] = await plainFifo()
    await send(local, queue, 'one')
    const Attributes = { DeduplicationScope: 'messageGroup' }
    await local.call('SetQueueAttributes', { QueueUrl: queue, Attributes })
    await send(local, queue, 'two')
    await send(local, queue, 'two', { MessageGroupId: 'b' })
    await send(local, queue, 'two', { MessageGroupId: 'b' })
    expect(await local.counts(queue)).toEqual([3, 0, 0])
  })

  it('within one batch stores the first of two equal messages and answers both alike', async () => {
    const local = new LocalSqs()
    const queue = await local.createFifo('q')
    const Entries = ['1', '2', '3'].map((Id) => ({
      Id,
      MessageBody: Id === '3' ? 'other' : 'same',
      MessageGroupId: 'a',
    }))
    const input = { QueueUrl: queue, Entries }
    const { Successful } = await local.call<{ Successful: Sent[] }>('SendMessageBatch', input)
    expect(Successful[1]).toMatchObject({ MessageId: Successful[0]?.MessageId })
    expect(Successful[2]?.MessageId).not.toBe(Successful[0]?.MessageId)
    expect(await local.bodies(queue)).toEqual(['same', 'other'])
  })
})

describe('sequence numbers', () => {
  it('have twenty digits and rise with every message, across groups', async () => {
    const [local, queue] = await plainFifo()
    const numbers: string[] = []
    for (let id = 0; id < 20; id++) {
      const { SequenceNumber } = await send(local, queue, String(id), { MessageGroupId: `g${id % 3}` })
      numbers.push(SequenceNumber)
    }
    for (const number of numbers) expect(number).toMatch(/^\d{20}$/)
    expect(numbers.toSorted()).toEqual(numbers)
    expect(new Set(numbers).size).toBe(20)
  })
})

describe('what a FIFO queue refuses of a send', () => {
  it.each([
    ['no group', { MessageGroupId: undefined }, 'MissingRequiredParameterException', 'MessageGroupId'],
    ['an empty group', { MessageGroupId: '' }, 'MissingRequiredParameterException', 'MessageGroupId'],
    ['a group that is no token', { MessageGroupId: 'ü' }, 'InvalidParameterValueException', '1 to 128'],
    [
      'no deduplication id',
      { MessageDeduplicationId: undefined },
      'InvalidParameterValueException',
      'The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly',
    ],
    [
      'a deduplication id that is no token',
      { MessageDeduplicationId: 'x'.repeat(129) },
      'InvalidParameterValueException',
      'MessageDeduplicationId can only include',
    ],
    [
      'a delay of its own',
      { DelaySeconds: 2 },
      'InvalidParameterValueException',
      'Value 2 for parameter DelaySeconds is invalid. Reason: The request include parameter that is not valid for this queue type.',
    ],
  ])('%s', async (_, more, code, text) => {
    const [local, queue] = await plainFifo()
    await expect(send(local, queue, 'one', more)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(text) as string,
    })
    expect(await local.counts(queue)).toEqual([0, 0, 0])
  })

  it('nothing of a delay of 0', async () => {
    const [local, queue] = await plainFifo()
    await send(local, queue, 'one', { DelaySeconds: 0 })
    expect(await local.counts(queue)).toEqual([1, 0, 0])
  })
})
