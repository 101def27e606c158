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
})
