import { describe, expect, it } from 'vitest'

import { LocalSqs } from './local-sqs.js'

const LONG = { WaitTimeSeconds: 20 }

describe('long polls', () => {
  it('answer empty-handed exactly when their time is over', async () => {
    const local = new LocalSqs()
    const queue = await local.createQueue('q')
    let answered: unknown
    const poll = local.receive(queue, LONG).then((messages) => (answered = messages))
    await local.clock.advance(19_999)
    expect(answered).toBeUndefined()
    await local.clock.advance(1)
    expect(answered).toEqual([])
    await poll
    expect(local.clock.pending).toBe(0)
  })

  it('are served in the order they came', async () => {
    const local = new LocalSqs()
    const queue = await local.createQueue('q')
    const polls = ['first', 'second'].map(
      async (name) => `${name} ${String(await local.bodies(queue, LONG))}`,
    )
    await local.clock.advance(0)
    await local.send(queue, 'a')
    await local.send(queue, 'b')
    expect(await Promise.all(polls)).toEqual(['first a', 'second b'])
  })

  it('get a batch together', async () => {
    const local = new LocalSqs()
    const queue = await local.createQueue('q')
    const poll = local.bodies(queue, LONG)
    await local.clock.advance(0)
    const Entries = ['a', 'b', 'c'].map((MessageBody) => ({ Id: MessageBody, MessageBody }))
    await local.call('SendMessageBatch', { QueueUrl: queue, Entries })
    expect(await poll).toEqual(['a', 'b', 'c'])
  })

  it('wake at the instant a delay ends, and at the instant a visibility timeout ends', async () => {
    const local = new LocalSqs()
    const queue = await local.createQueue('q', { VisibilityTimeout: '7' })
    await local.send(queue, 'held')
    await local.receiveOne(queue)
    await local.send(queue, 'delayed', { DelaySeconds: 5 })
    const woken: string[] = []
    const wait = async (): Promise<void> => {
      const [body] = await local.bodies(queue, LONG)
      woken.push(`${body} after ${local.clock.now() - startMs} ms`)
    }
    const startMs = local.clock.now()
    const polls = [wait(), wait()]
    await local.clock.advance(10_000)
    await Promise.all(polls)
    expect(woken).toEqual(['delayed after 5000 ms', 'held after 7000 ms'])
    expect(local.clock.pending).toBe(0)
  })

  it('follow a due time that comes nearer', async () => {
    const local = new LocalSqs()
    const queue = await local.createQueue('q', { VisibilityTimeout: '600' })
    await local.send(queue, 'held')
    const message = await local.receiveOne(queue)
    const poll = local.bodies(queue, LONG)
    await local.clock.advance(1_000)
    await local.changeVisibility(queue, message, 2)
    await local.clock.advance(2_000)
    expect(await poll).toEqual(['held'])
  })

  it('share one timer for what falls due, and leave none behind when they are given up', async () => {
    const local = new LocalSqs()
    const queue = await local.createQueue('q')
    await local.send(queue, 'later', { DelaySeconds: 900 })
    const gone = new AbortController()
    const polls = Array.from({ length: 3 }, () => local.receive(queue, LONG, gone.signal))
    await local.clock.advance(0)
    expect(local.clock.pending).toBe(3 + 1)
    gone.abort()
    expect((await Promise.all(polls)).flat()).toEqual([])
    expect(local.clock.pending).toBe(0)
  })

  it('end with QueueDoesNotExist when their queue is deleted', async () => {
    const local = new LocalSqs()
    const queue = await local.createQueue('q')
    const poll = expect(local.receive(queue, LONG)).rejects.toMatchObject({ code: 'QueueDoesNotExist' })
    await local.clock.advance(0)
    await local.call('DeleteQueue', { QueueUrl: queue })
    await poll
    expect(local.clock.pending).toBe(0)
  })

  it('end empty-handed when SQS closes', async () => {
    const local = new LocalSqs()
    const queue = await local.createQueue('q')
    const polls = [local.receive(queue, LONG), local.receive(queue, LONG)]
    await local.clock.advance(0)
    local.sqs.close()
    expect((await Promise.all(polls)).flat()).toEqual([])
    expect(local.clock.pending).toBe(0)
  })
})

describe('a caller that goes away', () => {
  it('takes nothing when it is gone before its receive', async () => {
    const local = new LocalSqs()
    const queue = await local.createQueue('q')
    await local.send(queue, 'one')
    expect(await local.receive(queue, LONG, AbortSignal.abort())).toEqual([])
    expect(await local.counts(queue)).toEqual([1, 0, 0])
  })

  it('leaves a waiting receive that takes nothing', async () => {
    const local = new LocalSqs()
    const queue = await local.createQueue('q')
    const gone = new AbortController()
    const poll = local.receive(queue, LONG, gone.signal)
    await local.clock.advance(0)
    gone.abort()
    await local.send(queue, 'one')
    expect(await poll).toEqual([])
    expect((await local.receiveOne(queue)).Attributes?.ApproximateReceiveCount).toBe('1')
  })

  it('after its messages were taken has them put back as they were: order, receive count, first receive', async () => {
    const local = new LocalSqs()
    const queue = await local.createQueue('q', { VisibilityTimeout: '1' })
    await local.send(queue, 'a')
    const before = await local.receiveOne(queue)
    await local.clock.advance(5_000)
    for (const body of ['b', 'c']) await local.send(queue, body)
    const gone = new AbortController()
    expect(await local.receive(queue, { VisibilityTimeout: 600 }, gone.signal)).toHaveLength(3)
    await local.clock.advance(1_000)
    gone.abort()
    expect(await local.counts(queue)).toEqual([3, 0, 0])
    // The receive before the lost one is the latest again: its handle still deletes.
    const again = await local.receive(queue, { VisibilityTimeout: 0 })
    expect(again.map(({ Body }) => Body)).toEqual(['a', 'b', 'c'])
    expect(again.map(({ Attributes }) => Attributes?.ApproximateReceiveCount)).toEqual(['2', '1', '1'])
    expect(again[0]?.Attributes?.ApproximateFirstReceiveTimestamp).toBe(
      before.Attributes?.ApproximateFirstReceiveTimestamp,
    )
  })

  it('leaves the handle of the receive before in force', async () => {
    const local = new LocalSqs()
    const queue = await local.createQueue('q', { VisibilityTimeout: '1' })
    await local.send(queue, 'a')
    const before = await local.receiveOne(queue)
    await local.clock.advance(1_000)
    const gone = new AbortController()
    await local.receive(queue, {}, gone.signal)
    gone.abort()
    await local.delete(queue, before)
    expect(await local.counts(queue)).toEqual([0, 0, 0])
  })

  it('has its messages handed to a receive that waits', async () => {
    const local = new LocalSqs()
    const queue = await local.createQueue('q', { VisibilityTimeout: '600' })
    await local.send(queue, 'a')
    const gone = new AbortController()
    await local.receive(queue, {}, gone.signal)
    const poll = local.bodies(queue, LONG)
    await local.clock.advance(0)
    gone.abort()
    expect(await poll).toEqual(['a'])
  })

  it('changes nothing about messages that were received again or deleted since', async () => {
    const local = new LocalSqs()
    const queue = await local.createQueue('q', { VisibilityTimeout: '0' })
    for (const body of ['a', 'b']) await local.send(queue, body)
    const gone = new AbortController()
    await local.receive(queue, {}, gone.signal)
    const [a, b] = await local.receive(queue, { VisibilityTimeout: 600 })
    if (a === undefined || b === undefined) throw new Error('Two messages were expected.')
    await local.delete(queue, a)
    gone.abort()
    expect(await local.counts(queue)).toEqual([0, 1, 0])
    await local.delete(queue, b)
    expect(await local.counts(queue)).toEqual([0, 0, 0])
  })
})
