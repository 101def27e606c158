import { describe, expect, it } from 'vitest'

import { LocalSqs } from './local-sqs.js'

const throttled = { code: 'ThrottlingException', status: 400, message: 'Rate exceeded' }
const high = { DeduplicationScope: 'messageGroup', FifoThroughputLimit: 'perMessageGroupId' }

async function limited(attributes: Record<string, string> = {}): Promise<[LocalSqs, string]> {
  const local = new LocalSqs({ fifoThroughputLimits: true })
  return [local, await local.createFifo('q', attributes)]
}

const times = async (count: number, call: (index: number) => Promise<unknown>): Promise<void> => {
  for (let index = 0; index < count; index++) await call(index)
}

describe('a FIFO queue with throughput limits', () => {
  it('takes 300 calls of an action in a second, and counts each action by itself', async () => {
    const [local, queue] = await limited()
    await times(300, (index) => local.sendInOrder(queue, `a:${index}`))
    await expect(local.sendInOrder(queue, 'a:more')).rejects.toMatchObject(throttled)
    await times(300, () => local.receive(queue, { VisibilityTimeout: 0 }))
    await expect(local.receive(queue)).rejects.toMatchObject(throttled)
    await local.clock.advance(1_000)
    await local.sendInOrder(queue, 'a:more')
    expect(await local.counts(queue)).toEqual([301, 0, 0])
  })

  it('counts a batch as one call', async () => {
    const [local, queue] = await limited()
    const batch = (index: number): Promise<unknown> => {
      const Entries = ['0', '1'].map((Id) => ({ Id, MessageBody: `${index}-${Id}`, MessageGroupId: 'a' }))
      return local.call('SendMessageBatch', { QueueUrl: queue, Entries })
    }
    await times(300, batch)
    await expect(batch(300)).rejects.toMatchObject(throttled)
    expect(await local.counts(queue)).toEqual([600, 0, 0])
  })

  it('counts sends for each group in high-throughput mode', async () => {
    const [local, queue] = await limited(high)
    await times(300, (index) => local.sendInOrder(queue, `a:${index}`))
    await expect(local.sendInOrder(queue, 'a:more')).rejects.toMatchObject(throttled)
    await local.sendInOrder(queue, 'b:1')
    await times(301, () => local.receive(queue, { VisibilityTimeout: 0 }))
  })
})

it('a FIFO queue without throughput limits, and a standard queue with them, take any number of calls', async () => {
  const [local] = await limited()
  const standard = await local.createQueue('s')
  await times(301, () => local.send(standard, 'body'))
  const free = new LocalSqs()
  const queue = await free.createFifo('q')
  await times(301, (index) => free.sendInOrder(queue, `a:${index}`))
})
