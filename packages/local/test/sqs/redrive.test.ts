import { describe, expect, it } from 'vitest'

import { ACCOUNT_ID, LocalSqs } from './local-sqs.js'

const arn = (name: string): string => `arn:aws:sqs:eu-west-1:${ACCOUNT_ID}:${name}`
const policy = (name: string, maxReceiveCount: number): { RedrivePolicy: string } => ({
  RedrivePolicy: JSON.stringify({ deadLetterTargetArn: arn(name), maxReceiveCount }),
})

describe('redrive', () => {
  it('moves a message at the receive after its last, in place of it', async () => {
    const local = new LocalSqs()
    const dead = await local.createQueue('dead')
    const queue = await local.createQueue('q', { VisibilityTimeout: '1', ...policy('dead', 2) })
    await local.send(queue, 'poison')
    for (let receive = 0; receive < 2; receive++) {
      await local.receiveOne(queue)
      await local.clock.advance(1_000)
    }
    // It stays visible in its queue until somebody tries to receive it.
    expect(await local.counts(queue)).toEqual([1, 0, 0])
    expect(await local.bodies(queue)).toEqual([])
    expect([await local.counts(queue), await local.counts(dead)]).toEqual([
      [0, 0, 0],
      [1, 0, 0],
    ])
  })

  it('gives the healthy messages behind a poisoned one in the same receive', async () => {
    const local = new LocalSqs()
    await local.createQueue('dead')
    const queue = await local.createQueue('q', { VisibilityTimeout: '0', ...policy('dead', 1) })
    await local.send(queue, 'poison')
    await local.receiveOne(queue)
    await local.send(queue, 'healthy')
    expect(await local.bodies(queue)).toEqual(['healthy'])
  })

  it('keeps what the message was, and counts its receives across queues', async () => {
    const local = new LocalSqs()
    const dead = await local.createQueue('dead')
    const queue = await local.createQueue('q', { VisibilityTimeout: '0', ...policy('dead', 2) })
    const id = await local.send(queue, 'poison', { MessageGroupId: 'tenant' })
    const first = await local.receiveOne(queue)
    await local.clock.advance(5_000)
    await local.receiveOne(queue)
    await local.receive(queue)
    const moved = await local.receiveOne(dead)
    expect(moved.MessageId).toBe(id)
    expect(moved.Attributes).toEqual({
      ...first.Attributes,
      ApproximateReceiveCount: '3',
      DeadLetterQueueSourceArn: arn('q'),
      MessageGroupId: 'tenant',
    })
  })

  it('wakes a long poll on the dead-letter queue', async () => {
    const local = new LocalSqs()
    const dead = await local.createQueue('dead')
    const queue = await local.createQueue('q', { VisibilityTimeout: '0', ...policy('dead', 1) })
    const poll = local.bodies(dead, { WaitTimeSeconds: 20 })
    await local.clock.advance(0)
    await local.send(queue, 'poison')
    await local.receiveOne(queue)
    await local.receive(queue)
    expect(await poll).toEqual(['poison'])
  })

  it('keeps a message in its queue while the dead-letter queue is gone', async () => {
    const local = new LocalSqs()
    const dead = await local.createQueue('dead')
    const queue = await local.createQueue('q', { VisibilityTimeout: '0', ...policy('dead', 1) })
    await local.send(queue, 'poison')
    await local.receiveOne(queue)
    await local.call('DeleteQueue', { QueueUrl: dead })
    expect(await local.bodies(queue)).toEqual(['poison'])
    expect(await local.counts(queue)).toEqual([1, 0, 0])
  })

  it('starts counting anew in the dead-letter queue, for that queue’s own policy', async () => {
    const local = new LocalSqs()
    await local.createQueue('last')
    const dead = await local.createQueue('dead', { VisibilityTimeout: '0', ...policy('last', 2) })
    const queue = await local.createQueue('q', { VisibilityTimeout: '0', ...policy('dead', 2) })
    await local.send(queue, 'poison')
    for (let receive = 0; receive < 3; receive++) await local.receive(queue)
    for (const expected of [['poison'], ['poison'], []]) expect(await local.bodies(dead)).toEqual(expected)
  })

  it('keeps a message’s age: retention in the dead-letter queue counts from its sending', async () => {
    const local = new LocalSqs()
    const dead = await local.createQueue('dead', { MessageRetentionPeriod: '100' })
    const queue = await local.createQueue('q', { VisibilityTimeout: '0', ...policy('dead', 1) })
    await local.send(queue, 'poison')
    await local.receive(queue)
    await local.clock.advance(80_000)
    await local.receive(queue)
    await local.send(dead, 'sent there')
    expect(await local.counts(dead)).toEqual([2, 0, 0])
    await local.clock.advance(20_000)
    expect(await local.bodies(dead)).toEqual(['sent there'])
  })
})
