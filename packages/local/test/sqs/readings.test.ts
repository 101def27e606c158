import { describe, expect, it } from 'vitest'

import { LocalSqs } from './local-sqs.js'

describe('takeReadings', () => {
  it('gives gauges as they are now and counts since the reading before', async () => {
    const local = new LocalSqs()
    const queue = await local.createQueue('q', { VisibilityTimeout: '600' })
    for (const body of ['four', 'longer one']) await local.send(queue, body)
    await local.send(queue, 'late', { DelaySeconds: 900 })
    await local.clock.advance(10_000)
    const message = await local.receiveOne(queue)
    await local.receive(queue, { MaxNumberOfMessages: 1 })
    await local.receive(queue)
    await local.delete(queue, message)
    expect(local.sqs.takeReadings()).toEqual([
      {
        queueName: 'q',
        visible: 0,
        inFlight: 1,
        delayed: 1,
        oldestAgeSeconds: 10,
        sent: 3,
        received: 2,
        deleted: 1,
        emptyReceives: 1,
        sentBytes: { sum: 18, minimum: 4, maximum: 10 },
        deduplicated: 0,
      },
    ])
    expect(local.sqs.takeReadings()).toMatchObject([
      { inFlight: 1, sent: 0, received: 0, deleted: 0, emptyReceives: 0, sentBytes: undefined },
    ])
  })

  it('has no age for an empty queue, for delayed messages, or for one received three times', async () => {
    const local = new LocalSqs()
    const queue = await local.createQueue('q', { VisibilityTimeout: '0' })
    const age = (): number | undefined => local.sqs.takeReadings()[0]?.oldestAgeSeconds
    expect(age()).toBeUndefined()
    await local.send(queue, 'delayed', { DelaySeconds: 900 })
    await local.clock.advance(1_000)
    expect(age()).toBeUndefined()
    await local.send(queue, 'poison')
    await local.clock.advance(2_000)
    expect(age()).toBe(2)
    for (let receive = 0; receive < 3; receive++) await local.receiveOne(queue)
    expect(age()).toBeUndefined()
    await local.send(queue, 'healthy')
    await local.clock.advance(3_000)
    expect(age()).toBe(3)
  })

  it('does not count a receive whose answer reached nobody', async () => {
    const local = new LocalSqs()
    const queue = await local.createQueue('q')
    await local.send(queue, 'one')
    const gone = new AbortController()
    await local.receive(queue, {}, gone.signal)
    gone.abort()
    expect(local.sqs.takeReadings()).toMatchObject([{ visible: 1, received: 0, emptyReceives: 0 }])
  })

  it('counts a FIFO queue’s groups in flight, and the sends that were duplicates', async () => {
    const local = new LocalSqs()
    const queue = await local.createFifo('q', { VisibilityTimeout: '30' })
    await local.sendInOrder(queue, 'a:1', 'a:2', 'b:1', 'a:1', 'b:1')
    expect(local.sqs.takeReadings()).toMatchObject([{ sent: 3, deduplicated: 2, groupsInFlight: 0 }])
    const [first] = await local.receive(queue)
    expect(local.sqs.takeReadings()).toMatchObject([{ inFlight: 3, deduplicated: 0, groupsInFlight: 2 }])
    if (first !== undefined) await local.delete(queue, first)
    expect(local.sqs.takeReadings()).toMatchObject([{ inFlight: 2, groupsInFlight: 2 }])
    await local.clock.advance(30_000)
    expect(local.sqs.takeReadings()).toMatchObject([{ inFlight: 0, groupsInFlight: 0, oldestAgeSeconds: 30 }])
  })

  it('keeps the age of a FIFO message that was received often', async () => {
    const local = new LocalSqs()
    const queue = await local.createFifo('q', { VisibilityTimeout: '1' })
    await local.sendInOrder(queue, 'a:1')
    for (let receive = 0; receive < 4; receive++) {
      await local.receiveOne(queue)
      await local.clock.advance(1_000)
    }
    expect(local.sqs.takeReadings()).toMatchObject([{ oldestAgeSeconds: 4 }])
  })

  it('tells the quiet groups of a fair queue from the noisy ones', async () => {
    const local = new LocalSqs()
    const queue = await local.createQueue('q', { VisibilityTimeout: '600' })
    await local.send(queue, 'alone')
    expect(local.sqs.takeReadings()[0]).not.toHaveProperty('fairness')
    for (let index = 0; index < 50; index++) await local.send(queue, 'x', { MessageGroupId: 'loud' })
    for (let receive = 0; receive < 4; receive++) await local.receive(queue)
    await local.clock.advance(5_000)
    await local.send(queue, 'x', { MessageGroupId: 'low' })
    await local.send(queue, 'x', { MessageGroupId: 'low', DelaySeconds: 900 })
    expect(local.sqs.takeReadings()).toMatchObject([
      {
        visible: 12,
        inFlight: 40,
        delayed: 1,
        oldestAgeSeconds: 5,
        fairness: {
          noisyGroups: 1,
          quietVisible: 1,
          quietInFlight: 1,
          quietDelayed: 1,
          // Of the message without a group, which is in flight.
          quietOldestAgeSeconds: 5,
        },
      },
    ])
  })
})
