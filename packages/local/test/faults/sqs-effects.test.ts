import { manualClock } from '@longshore/core/testing'
import type { ManualClock } from '@longshore/core/testing'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { startLocalAws } from '../../src/index.js'
import type { LocalAws } from '../../src/index.js'
import { sqsCall } from '../server/raw-http.js'
import type { RawAnswer } from '../server/raw-http.js'

let aws: LocalAws
let clock: ManualClock
let queue: string
beforeEach(async () => {
  clock = manualClock()
  aws = await startLocalAws({ clock, seed: 1 })
  queue = await createQueue('q')
})
afterEach(() => aws.close())

const sqs = (operation: string, input: object = {}): Promise<RawAnswer> =>
  sqsCall(aws.endpoint, operation, { QueueUrl: queue, ...input })
const send = (MessageBody = 'x'): Promise<RawAnswer> => sqs('SendMessage', { MessageBody })

async function createQueue(QueueName: string, Attributes: Record<string, string> = {}): Promise<string> {
  const { json } = await sqsCall(aws.endpoint, 'CreateQueue', { QueueName, Attributes })
  return String(json.QueueUrl)
}

/** Visible, in flight and delayed. */
async function counts(): Promise<number[]> {
  const { json } = await sqs('GetQueueAttributes', { AttributeNames: ['All'] })
  const attributes = json.Attributes as Record<string, string>
  return ['', 'NotVisible', 'Delayed'].map((state) =>
    Number(attributes[`ApproximateNumberOfMessages${state}`]),
  )
}

async function bodies(input: object = {}): Promise<string[]> {
  const { json } = await sqs('ReceiveMessage', { MaxNumberOfMessages: 10, ...input })
  return ((json.Messages ?? []) as { Body: string }[]).map(({ Body }) => Body)
}

describe('a duplicate', () => {
  it('is delivered of what is in flight, or of what was deleted', async () => {
    await send('held')
    await sqs('ReceiveMessage')
    const held = aws.faults.add({ effect: 'duplicate', of: 'in-flight', count: 1 })
    expect(await bodies()).toEqual(['held'])
    expect(await bodies()).toEqual([])
    expect(held.hits).toBe(1)
    held.remove()
    await send('deleted')
    const { json } = await sqs('ReceiveMessage')
    const [{ ReceiptHandle }] = json.Messages as [{ ReceiptHandle: string }]
    await sqs('DeleteMessage', { ReceiptHandle })
    aws.faults.add({ effect: 'duplicate', of: 'deleted' })
    expect(await bodies()).toEqual(['deleted'])
    expect(await bodies()).toEqual([])
  })

  it('is of either kind unless one is asked for, and counts only where there was one', async () => {
    const fault = aws.faults.add({ effect: 'duplicate', seed: 5 })
    expect(await bodies()).toEqual([])
    expect(fault.hits).toBe(0)
    await send('held')
    await sqs('ReceiveMessage')
    const kinds = new Set<number>()
    for (let index = 0; index < 30; index++) kinds.add((await bodies()).length)
    // No message was deleted: the draws for one find none.
    expect(kinds).toEqual(new Set([0, 1]))
    expect(fault.hits).toBeGreaterThan(5)
  })
})

describe('stale counts', () => {
  it('stand still at first, then follow at a distance', async () => {
    await send()
    aws.faults.add({ queue: 'q', effect: 'stale-counts', age: '10s' })
    await send()
    await sqs('ReceiveMessage')
    expect(await counts()).toEqual([1, 0, 0])
    await clock.advance(9_000)
    expect(await counts()).toEqual([1, 0, 0])
    await sqs('SendMessage', { MessageBody: 'x', DelaySeconds: 900 })
    await clock.advance(2_000)
    expect(await counts()).toEqual([1, 1, 0])
    await clock.advance(9_000)
    expect(await counts()).toEqual([1, 1, 1])
  })

  it('are told of asked-for attributes only, and leave other queues and attributes alone', async () => {
    const fault = aws.faults.add({ queue: 'q', effect: 'stale-counts', age: '10s' })
    await send()
    const asked = { AttributeNames: ['ApproximateNumberOfMessages', 'VisibilityTimeout'] }
    expect((await sqs('GetQueueAttributes', asked)).json.Attributes).toEqual({
      ApproximateNumberOfMessages: '0',
      VisibilityTimeout: '30',
    })
    expect(fault.hits).toBe(1)
    await sqs('GetQueueAttributes', { AttributeNames: ['VisibilityTimeout'] })
    await sqs('GetQueueAttributes')
    expect(fault.hits).toBe(1)
    queue = await createQueue('other')
    await send()
    expect(await counts()).toEqual([1, 0, 0])
  })

  it('are zero for a queue that was not there', async () => {
    aws.faults.add({ effect: 'stale-counts', age: '1m' })
    queue = await createQueue('new')
    await send()
    expect(await counts()).toEqual([0, 0, 0])
  })

  it('are sampled no more when the fault is gone', async () => {
    const before = clock.pending
    const fault = aws.faults.add({ effect: 'stale-counts', age: '1m' })
    expect(clock.pending).toBe(before + 1)
    fault.remove()
    fault.remove()
    expect(clock.pending).toBe(before)
    await send()
    expect(await counts()).toEqual([1, 0, 0])
  })
})
