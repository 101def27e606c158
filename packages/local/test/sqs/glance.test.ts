import { describe, expect, it } from 'vitest'

import { LocalSqs } from './local-sqs.js'

describe('looking at a queue', () => {
  it('counts what came and went since its creation, whatever readings were taken', async () => {
    const local = new LocalSqs()
    const queue = await local.createQueue('q')
    for (const body of ['one', 'two', 'three']) await local.send(queue, body)
    const message = await local.receiveOne(queue)
    local.sqs.takeReadings()
    await local.delete(queue, message)
    await local.receiveOne(queue)
    expect(local.sqs.glance('q')?.totals).toEqual({ sent: 3, received: 2, deleted: 1 })
    expect(local.sqs.takeReadings()).toMatchObject([{ sent: 0, received: 1, deleted: 1 }])
  })

  it('says since when the oldest message waits', async () => {
    const local = new LocalSqs()
    const queue = await local.createQueue('q')
    expect(local.sqs.glance('q')?.oldestEnteredAtMs).toBeUndefined()
    const sentAtMs = local.clock.now()
    await local.send(queue, 'one')
    await local.clock.advance(5_000)
    expect(local.sqs.glance('q')?.oldestEnteredAtMs).toBe(sentAtMs)
  })

  it('shows messages of every state without receiving any', async () => {
    const local = new LocalSqs()
    const queue = await local.createQueue('q', { VisibilityTimeout: '10' })
    await local.send(queue, 'held')
    await local.receiveOne(queue)
    await local.send(queue, 'waiting')
    await local.send(queue, 'later', { DelaySeconds: 60 })
    const states = (limit: number): unknown[] =>
      local.sqs.look('q', limit).map(({ sent, state, receipt }) => [sent.body, state, receipt.receiveCount])
    const held = ['held', 'inFlight', 1]
    expect(states(10)).toEqual([held, ['waiting', 'visible', 0], ['later', 'delayed', 0]])
    expect(states(1)).toEqual([held])
    expect(await local.counts(queue)).toEqual([1, 1, 1])
    await local.clock.advance(10_000)
    expect(states(1)).toEqual([['held', 'visible', 1]])
  })

  it('finds nothing in a queue that is not there', () => {
    const { sqs } = new LocalSqs()
    expect(sqs.glance('q')).toBeUndefined()
    expect(sqs.look('q', 10)).toEqual([])
  })
})
