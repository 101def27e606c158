import { beforeEach, describe, expect, it } from 'vitest'

import type { Redeliver } from '../../src/server/service.js'
import { LocalSqs } from '../sqs/local-sqs.js'
import type { ReceivedMessage } from '../sqs/local-sqs.js'

let sqs: LocalSqs
let queue: string
beforeEach(async () => {
  sqs = new LocalSqs()
  queue = await sqs.createQueue('q')
})

interface Receive {
  readonly maximum?: number
  readonly claim?: () => boolean
  readonly signal?: AbortSignal
  readonly WaitTimeSeconds?: number
}

/** A receive that a fault has struck. */
async function receiveAgain(of: Redeliver['of'], receive: Receive = {}): Promise<ReceivedMessage[]> {
  const { maximum = 10, claim = () => true, signal = new AbortController().signal, ...more } = receive
  const operation = sqs.sqs.operations.ReceiveMessage
  const input = { QueueUrl: queue, MaxNumberOfMessages: maximum, AttributeNames: ['All'], ...more }
  const answer = await operation?.(input, {
    origin: 'http://127.0.0.1',
    signal,
    redeliver: { of, claim },
  })
  return (answer as { Messages?: ReceivedMessage[] }).Messages ?? []
}

describe('a duplicate delivery', () => {
  it('of a message in flight is a receive of its own, and makes the older handle stale', async () => {
    await sqs.send(queue, 'one')
    const first = await sqs.receiveOne(queue)
    const [again] = await receiveAgain('in-flight')
    expect(again).toMatchObject({ MessageId: first.MessageId, Body: 'one' })
    expect(again?.Attributes?.ApproximateReceiveCount).toBe('2')
    expect(again?.ReceiptHandle).not.toBe(first.ReceiptHandle)
    await sqs.delete(queue, first)
    expect(await sqs.counts(queue)).toEqual([0, 1, 0])
    if (again !== undefined) await sqs.delete(queue, again)
    expect(await sqs.counts(queue)).toEqual([0, 0, 0])
  })

  it('after a delete brings the message back until it is deleted again', async () => {
    await sqs.send(queue, 'one')
    await sqs.delete(queue, await sqs.receiveOne(queue))
    const [again] = await receiveAgain('deleted')
    expect(again?.Body).toBe('one')
    expect(await sqs.counts(queue)).toEqual([0, 1, 0])
    await sqs.clock.advance(30_000)
    const back = await sqs.receiveOne(queue)
    expect(back.Attributes?.ApproximateReceiveCount).toBe('3')
    await sqs.delete(queue, back)
    expect(await sqs.counts(queue)).toEqual([0, 0, 0])
    expect(await receiveAgain('in-flight')).toEqual([])
  })

  it('comes before what is visible, within the number of messages asked for', async () => {
    await sqs.send(queue, 'held')
    await sqs.receiveOne(queue)
    for (const body of ['a', 'b', 'c']) await sqs.send(queue, body)
    expect((await receiveAgain('in-flight', { maximum: 3 })).map(({ Body }) => Body)).toEqual([
      'held',
      'a',
      'b',
    ])
  })

  it('does not happen where there is no such message, nor when the claim is refused', async () => {
    let claims = 0
    const claim = (): boolean => {
      claims++
      return false
    }
    await sqs.send(queue, 'visible')
    expect((await receiveAgain('in-flight', { claim })).map(({ Body }) => Body)).toEqual(['visible'])
    expect(claims).toBe(0)
    expect(await receiveAgain('in-flight', { claim })).toEqual([])
    expect(await receiveAgain('deleted', { claim })).toEqual([])
    expect(claims).toBe(1)
  })

  it('ends a long poll’s wait', async () => {
    await sqs.send(queue, 'one')
    await sqs.receiveOne(queue, { VisibilityTimeout: 600 })
    expect(await receiveAgain('in-flight', { WaitTimeSeconds: 20 })).toHaveLength(1)
  })

  it('is of one of the ten messages deleted last, the last one first, and of none after a purge', async () => {
    const bodies = Array.from({ length: 12 }, (_, index) => `${index}`)
    for (const body of bodies) {
      await sqs.send(queue, body)
      await sqs.delete(queue, await sqs.receiveOne(queue))
    }
    const again: string[] = []
    for (let index = 0; index < 12; index++) {
      again.push(...(await receiveAgain('deleted')).map(({ Body }) => Body))
    }
    expect(again).toEqual(bodies.slice(2).toReversed())
    await sqs.send(queue, 'purged')
    await sqs.delete(queue, await sqs.receiveOne(queue))
    await sqs.call('PurgeQueue', { QueueUrl: queue })
    expect(await receiveAgain('deleted')).toEqual([])
  })

  it('that reaches nobody does not take the message from its holder', async () => {
    await sqs.send(queue, 'held')
    await sqs.receiveOne(queue, { VisibilityTimeout: 600 })
    const gone = new AbortController()
    await receiveAgain('in-flight', { signal: gone.signal })
    gone.abort()
    expect(await sqs.counts(queue)).toEqual([0, 1, 0])
  })
})
