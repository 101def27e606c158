import { beforeEach, describe, expect, it } from 'vitest'

import { ACCOUNT_ID, LocalSqs } from './local-sqs.js'

let local: LocalSqs
let queue: string
beforeEach(async () => {
  local = new LocalSqs()
  queue = await local.createFifo('q', { VisibilityTimeout: '30' })
})

const attempt = { ReceiveRequestAttemptId: 'try-1' }

describe('a receive with the attempt id of an earlier one', () => {
  it('gives the same messages under the same handles, without counting a receive', async () => {
    await local.sendInOrder(queue, 'a:1', 'a:2', 'b:1')
    const first = await local.receive(queue, { MaxNumberOfMessages: 2, ...attempt })
    await local.clock.advance(10_000)
    expect(await local.receive(queue, { MaxNumberOfMessages: 2, ...attempt })).toEqual(first)
    expect(await local.counts(queue)).toEqual([1, 2, 0])
  })

  it('starts the visibility timeout anew', async () => {
    await local.sendInOrder(queue, 'a:1')
    const [message] = await local.receive(queue, attempt)
    await local.clock.advance(25_000)
    await local.receive(queue, attempt)
    await local.clock.advance(25_000)
    expect(await local.counts(queue)).toEqual([0, 1, 0])
    if (message !== undefined) await local.delete(queue, message)
    expect(await local.counts(queue)).toEqual([0, 0, 0])
  })

  it('is a receive of its own when a message was deleted or changed, or became visible', async () => {
    await local.sendInOrder(queue, 'a:1', 'b:1', 'c:1')
    const [first] = await local.receive(queue, { MaxNumberOfMessages: 2, ...attempt })
    if (first === undefined) throw new Error('No message came.')
    await local.delete(queue, first)
    const [third] = await local.receive(queue, attempt)
    expect(third?.Body).toBe('c:1')
    if (third === undefined) throw new Error('No message came.')
    await local.changeVisibility(queue, third, 60)
    expect(await local.bodies(queue, attempt)).toEqual([])
    await local.clock.advance(30_000)
    const again = await local.receive(queue, attempt)
    expect(again.map(({ Body, Attributes }) => [Body, Attributes?.ApproximateReceiveCount])).toEqual([
      ['b:1', '2'],
    ])
  })

  it('is a receive of its own after five minutes', async () => {
    await local.sendInOrder(queue, 'a:1', 'b:1')
    await local.receive(queue, { MaxNumberOfMessages: 1, VisibilityTimeout: 600, ...attempt })
    await local.clock.advance(300_000)
    expect(await local.bodies(queue, attempt)).toEqual(['b:1'])
  })

  it('finds what an earlier one did not', async () => {
    expect(await local.bodies(queue, attempt)).toEqual([])
    await local.sendInOrder(queue, 'a:1')
    expect(await local.bodies(queue, attempt)).toEqual(['a:1'])
  })

  it('may lose its answer too: the first receiver’s hold stays', async () => {
    await local.sendInOrder(queue, 'a:1')
    const held = await local.receiveOne(queue, attempt)
    const gone = new AbortController()
    await local.receive(queue, attempt, gone.signal)
    gone.abort()
    expect(await local.counts(queue)).toEqual([0, 1, 0])
    await local.delete(queue, held)
  })

  it('comes to nothing on a standard queue', async () => {
    const standard = await local.createQueue('s')
    await expect(local.receive(standard, attempt)).rejects.toMatchObject({
      code: 'InvalidParameterValueException',
      message: expect.stringContaining('not valid for this queue type') as string,
    })
  })
})

describe('a handle whose receive is over', () => {
  const expired = {
    code: 'InvalidParameterValueException',
    message: expect.stringContaining('The receipt handle has expired.') as string,
  }

  it('deletes and changes nothing, and says so', async () => {
    await local.sendInOrder(queue, 'a:1')
    const message = await local.receiveOne(queue)
    await local.clock.advance(30_000)
    await expect(local.delete(queue, message)).rejects.toMatchObject(expired)
    await expect(local.changeVisibility(queue, message, 10)).rejects.toMatchObject(expired)
    expect(await local.counts(queue)).toEqual([1, 0, 0])
    await local.receiveOne(queue)
    await expect(local.delete(queue, message)).rejects.toMatchObject(expired)
  })

  it('of a message that was deleted with it is let pass', async () => {
    await local.sendInOrder(queue, 'a:1')
    const message = await local.receiveOne(queue)
    await local.delete(queue, message)
    await local.delete(queue, message)
  })

  it('fails its entry of a batch alone', async () => {
    await local.sendInOrder(queue, 'a:1', 'b:1')
    const old = await local.receiveOne(queue, { VisibilityTimeout: 1 })
    await local.clock.advance(1_000)
    const held = await local.receiveOne(queue)
    const Entries = [old, held].map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }))
    const answer = await local.call('DeleteMessageBatch', { QueueUrl: queue, Entries })
    expect(answer).toMatchObject({
      Successful: [{ Id: '1' }],
      Failed: [{ Id: '0', SenderFault: true, Code: 'InvalidParameterValue' }],
    })
  })
})

describe('redrive', () => {
  const arn = (name: string): string => `arn:aws:sqs:eu-west-1:${ACCOUNT_ID}:${name}`
  const policy = {
    RedrivePolicy: JSON.stringify({ deadLetterTargetArn: arn('dead.fifo'), maxReceiveCount: 1 }),
  }
  let dead: string
  beforeEach(async () => {
    dead = await local.createFifo('dead', { VisibilityTimeout: '0', MessageRetentionPeriod: '60' })
    await local.call('SetQueueAttributes', { QueueUrl: queue, Attributes: policy })
  })

  it('opens the group: the next message comes in the same receive', async () => {
    await local.sendInOrder(queue, 'a:1', 'b:1', 'a:2')
    await local.receiveOne(queue)
    await local.clock.advance(30_000)
    expect(await local.bodies(queue)).toEqual(['b:1', 'a:2'])
    expect(await local.bodies(dead)).toEqual(['a:1'])
  })

  it('makes the message a new one of the dead-letter queue, under its own id', async () => {
    await local.sendInOrder(queue, 'a:1')
    const first = await local.receiveOne(queue)
    await local.clock.advance(30_000)
    await local.receive(queue)
    const moved = await local.receiveOne(dead)
    expect(moved.MessageId).toBe(first.MessageId)
    expect(moved.Attributes).toMatchObject({
      MessageGroupId: 'a',
      MessageDeduplicationId: first.MessageId,
      DeadLetterQueueSourceArn: arn('q.fifo'),
      SentTimestamp: String(local.clock.now()),
      ApproximateReceiveCount: '2',
    })
    expect(moved.Attributes?.SequenceNumber).toMatch(/^\d{20}$/)
  })

  it('starts the retention period anew', async () => {
    await local.sendInOrder(queue, 'a:1')
    await local.receiveOne(queue)
    await local.clock.advance(50_000)
    await local.receive(queue)
    await local.clock.advance(59_999)
    expect(await local.counts(dead)).toEqual([1, 0, 0])
    await local.clock.advance(1)
    expect(await local.counts(dead)).toEqual([0, 0, 0])
  })

  it('keeps two messages apart that share a deduplication id', async () => {
    const other = await local.createFifo('other', { VisibilityTimeout: '0', ...policy })
    for (const url of [queue, other]) {
      await local.sendInOrder(url, 'a:1')
      await local.receive(url, { VisibilityTimeout: 0 })
      await local.receive(url)
    }
    expect(await local.counts(dead)).toEqual([2, 0, 0])
  })

  it('needs a dead-letter queue of the same type', async () => {
    const standard = await local.createQueue('s')
    await expect(
      local.call('SetQueueAttributes', { QueueUrl: standard, Attributes: policy }),
    ).rejects.toThrow('Dead-letter queue must be same type of queue as the source..')
  })
})
