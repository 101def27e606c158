import { describe, expect, it } from 'vitest'

import { LocalSqs } from './local-sqs.js'
import type { ReceivedMessage } from './local-sqs.js'

const two = { MaxNumberOfMessages: 2 }
const bodyOf = (message: ReceivedMessage): string => message.Body

/** A FIFO queue with messages written `group:body`. */
async function queueOf(...messages: readonly string[]): Promise<{ local: LocalSqs; queue: string }> {
  const local = new LocalSqs()
  const queue = await local.createFifo('q', { VisibilityTimeout: '30' })
  await local.sendInOrder(queue, ...messages)
  return { local, queue }
}

describe('a receive of ten', () => {
  it('takes the oldest group whole, then the next', async () => {
    const { local, queue } = await queueOf('a:1', 'b:1', 'a:2', 'c:1', 'b:2', 'a:3')
    expect(await local.bodies(queue)).toEqual(['a:1', 'a:2', 'a:3', 'b:1', 'b:2', 'c:1'])
  })

  it('gives no more of a group that it cannot give whole', async () => {
    const { local, queue } = await queueOf('a:1', 'a:2', 'a:3', 'b:1')
    expect(await local.bodies(queue, two)).toEqual(['a:1', 'a:2'])
    expect(await local.bodies(queue)).toEqual(['b:1'])
    expect(await local.bodies(queue)).toEqual([])
  })
})

describe('a group', () => {
  it('is locked until all that was received of it is deleted', async () => {
    const { local, queue } = await queueOf('a:1', 'a:2', 'a:3')
    const [first, second] = await local.receive(queue, two)
    if (first === undefined || second === undefined) throw new Error('Two messages were to come.')
    await local.delete(queue, second)
    expect(await local.bodies(queue)).toEqual([])
    await local.delete(queue, first)
    expect(await local.bodies(queue)).toEqual(['a:3'])
  })

  it('gives its messages again in their order when their visibility timeout is over', async () => {
    const { local, queue } = await queueOf('a:1', 'a:2', 'a:3')
    await local.receive(queue, two)
    await local.clock.advance(30_000)
    expect(await local.bodies(queue)).toEqual(['a:1', 'a:2', 'a:3'])
  })

  it('opens for a message that is handed back, and no further than to those still in flight', async () => {
    const { local, queue } = await queueOf('a:1', 'a:2', 'a:3', 'b:1')
    const [first] = await local.receive(queue, two)
    if (first === undefined) throw new Error('No message came.')
    await local.changeVisibility(queue, first, 0)
    expect(await local.bodies(queue)).toEqual(['b:1', 'a:1'])
  })

  it('stays locked while its first message is in flight, whatever comes back behind it', async () => {
    const { local, queue } = await queueOf('a:1', 'a:2')
    const [, second] = await local.receive(queue)
    if (second === undefined) throw new Error('Two messages were to come.')
    await local.changeVisibility(queue, second, 0)
    expect(await local.bodies(queue)).toEqual([])
    expect(await local.counts(queue)).toEqual([1, 1, 0])
  })

  it('wakes a long poll when its lock ends: by a delete, by a timeout', async () => {
    const { local, queue } = await queueOf('a:1', 'a:2')
    const held = await local.receiveOne(queue)
    const byDelete = local.bodies(queue, { MaxNumberOfMessages: 1, WaitTimeSeconds: 20 })
    await local.clock.advance(5_000)
    await local.delete(queue, held)
    expect(await byDelete).toEqual(['a:2'])
    const byTimeout = local.bodies(queue, { WaitTimeSeconds: 20 })
    await local.clock.advance(20_000)
    expect(await byTimeout).toEqual([])
    const again = local.bodies(queue, { WaitTimeSeconds: 20 })
    await local.clock.advance(10_000)
    expect(await again).toEqual(['a:2'])
  })

  it('keeps its place when the answer to a receive reached nobody', async () => {
    const { local, queue } = await queueOf('a:1', 'a:2', 'b:1', 'a:3')
    const gone = new AbortController()
    await local.receive(queue, two, gone.signal)
    gone.abort()
    expect(await local.bodies(queue)).toEqual(['a:1', 'a:2', 'a:3', 'b:1'])
  })

  it('goes on behind a message that became too old', async () => {
    const local = new LocalSqs()
    const queue = await local.createFifo('q', { MessageRetentionPeriod: '60' })
    await local.sendInOrder(queue, 'a:1')
    await local.receiveOne(queue, { VisibilityTimeout: 600 })
    await local.clock.advance(30_000)
    await local.sendInOrder(queue, 'a:2')
    await local.clock.advance(30_000)
    expect(await local.bodies(queue)).toEqual(['a:2'])
  })
})

// Orders of groups as recorded from AWS.
describe('groups are received in the order in which they became free', () => {
  it('a group in part received and deleted waits with its next message’s age', async () => {
    const { local, queue } = await queueOf('a:1', 'b:1', 'a:2', 'b:2', 'a:3', 'a:4', 'c:1')
    for (const message of await local.receive(queue, two)) await local.delete(queue, message)
    expect(await local.bodies(queue)).toEqual(['b:1', 'b:2', 'a:3', 'a:4', 'c:1'])
  })

  it('groups that come back wait behind one that was never received', async () => {
    const { local, queue } = await queueOf('a:1', 'a:2', 'a:3', 'a:4', 'b:1', 'c:1')
    await local.receive(queue, { ...two, VisibilityTimeout: 1 })
    await local.receive(queue, { MaxNumberOfMessages: 1, VisibilityTimeout: 1 })
    await local.clock.advance(2_000)
    expect(await local.bodies(queue)).toEqual(['c:1', 'a:1', 'a:2', 'a:3', 'a:4', 'b:1'])
  })

  it('a receive with a visibility timeout of 0 puts its groups to the back', async () => {
    const { local, queue } = await queueOf('a:1', 'b:1', 'b:2', 'c:1', 'a:2')
    const first = await local.receive(queue, { MaxNumberOfMessages: 3, VisibilityTimeout: 0 })
    expect(first.map(bodyOf)).toEqual(['a:1', 'a:2', 'b:1'])
    expect(await local.bodies(queue, { VisibilityTimeout: 0 })).toEqual(['c:1', 'a:1', 'a:2', 'b:1', 'b:2'])
  })
})

describe('delays', () => {
  it('of the queue hold back every message, and keep their order', async () => {
    const local = new LocalSqs()
    const queue = await local.createFifo('q', { DelaySeconds: '5' })
    await local.sendInOrder(queue, 'b:1', 'a:1', 'b:2')
    expect([await local.counts(queue), await local.bodies(queue)]).toEqual([[0, 0, 3], []])
    await local.clock.advance(5_000)
    expect(await local.bodies(queue)).toEqual(['b:1', 'b:2', 'a:1'])
  })

  it('hold back the messages behind them', async () => {
    const local = new LocalSqs()
    const queue = await local.createFifo('q', { DelaySeconds: '5' })
    await local.sendInOrder(queue, 'a:1')
    await local.clock.advance(3_000)
    await local.sendInOrder(queue, 'a:2')
    await local.clock.advance(2_000)
    expect(await local.bodies(queue)).toEqual(['a:1'])
  })

  it('change with the queue’s, for messages already sent', async () => {
    const local = new LocalSqs()
    const queue = await local.createFifo('q', { DelaySeconds: '900' })
    await local.sendInOrder(queue, 'a:1')
    await local.clock.advance(10_000)
    const poll = local.bodies(queue, { WaitTimeSeconds: 20 })
    await local.call('SetQueueAttributes', { QueueUrl: queue, Attributes: { DelaySeconds: '15' } })
    await local.clock.advance(4_999)
    expect(await local.counts(queue)).toEqual([0, 0, 1])
    await local.clock.advance(1)
    expect(await poll).toEqual(['a:1'])
  })
})

it('120,000 messages in flight end a FIFO queue’s deliveries without an error', async () => {
  const local = new LocalSqs()
  const queue = await local.createFifo('q', { VisibilityTimeout: '600' })
  let held: ReceivedMessage | undefined
  for (let batch = 0; batch < 12_000; batch++) {
    const Entries = Array.from({ length: 10 }, (_, id) => {
      const MessageBody = `${batch}-${id}`
      return { Id: String(id), MessageBody, MessageGroupId: MessageBody }
    })
    await local.call('SendMessageBatch', { QueueUrl: queue, Entries })
    ;[held] = await local.receive(queue)
  }
  await local.sendInOrder(queue, 'last:1')
  expect(await local.counts(queue)).toEqual([1, 120_000, 0])
  expect(await local.bodies(queue)).toEqual([])
  if (held !== undefined) await local.delete(queue, held)
  expect(await local.bodies(queue)).toEqual(['last:1'])
})
