import { beforeEach, describe, expect, it } from 'vitest'

import { LocalSqs } from './local-sqs.js'
import type { ReceivedMessage } from './local-sqs.js'

let local: LocalSqs
let queue: string
beforeEach(async () => {
  local = new LocalSqs()
  queue = await local.createQueue('q', { VisibilityTimeout: '43200' })
})

/** Sends `count` messages of a group: `loud-1`, `loud-2`, … */
async function send(group: string, count: number, from = 1): Promise<void> {
  for (let number = from; number < from + count; number++) {
    await local.send(queue, `${group}-${number}`, { MessageGroupId: group })
  }
}

/** Receives in tens, as many as asked for. */
async function take(count: number): Promise<ReceivedMessage[]> {
  const taken: ReceivedMessage[] = []
  while (taken.length < count) {
    const maximum = Math.min(10, count - taken.length)
    taken.push(...(await local.receive(queue, { MaxNumberOfMessages: maximum })))
  }
  return taken
}

const next = async (): Promise<string | undefined> =>
  (await local.receive(queue, { MaxNumberOfMessages: 1 }))[0]?.Body

describe('groups of a standard queue', () => {
  it('are received as their messages came while none is noisy', async () => {
    await local.sendInOrder(queue, 'a:1', 'b:1', 'a:2')
    await local.send(queue, 'alone')
    await local.sendInOrder(queue, 'c:1', 'b:2')
    expect(await local.bodies(queue)).toEqual(['a:1', 'b:1', 'a:2', 'alone', 'c:1', 'b:2'])
  })

  it('keep their places when their messages come back, and lose them after three receives', async () => {
    await local.sendInOrder(queue, 'a:1', 'b:1', 'a:2')
    const again = { MaxNumberOfMessages: 2, VisibilityTimeout: 0 }
    for (let receive = 0; receive < 3; receive++) {
      expect(await local.bodies(queue, again)).toEqual(['a:1', 'b:1'])
    }
    expect(await local.bodies(queue)).toEqual(['a:2', 'a:1', 'b:1'])
  })

  it('are as they were when the answer to a receive reached nobody', async () => {
    await local.sendInOrder(queue, 'a:1', 'b:1', 'a:2', 'b:2')
    const gone = new AbortController()
    await local.receive(queue, { MaxNumberOfMessages: 3 }, gone.signal)
    gone.abort()
    expect(await local.bodies(queue)).toEqual(['a:1', 'b:1', 'a:2', 'b:2'])
  })
})

describe('a group with many messages in flight', () => {
  it('waits for others from its thirtieth on', async () => {
    await send('loud', 60)
    await send('low', 2)
    await take(29)
    expect(await next()).toBe('loud-30')
    expect(await next()).toBe('low-1')
    expect(await next()).toBe('low-2')
    expect(await next()).toBe('loud-31')
  })

  it('does not wait while they are no more than a tenth of the queue’s', async () => {
    for (let number = 0; number < 300; number++) await local.send(queue, 'alone')
    await take(300)
    await send('loud', 60)
    await send('low', 1)
    await take(33)
    // 33 of 333 are no more than a tenth; 34 of 334 are.
    expect(await next()).toBe('loud-34')
    expect(await next()).toBe('low-1')
  })

  it('waits for messages without a group, and for those that come later', async () => {
    await send('loud', 60)
    await take(30)
    await local.send(queue, 'alone')
    expect(await next()).toBe('alone')
    expect(await next()).toBe('loud-31')
    await send('low', 1)
    expect(await next()).toBe('low-1')
  })

  it('waits on when its messages are deleted, until its backlog is drained', async () => {
    await send('loud', 40)
    const held = await take(30)
    await send('low', 1)
    expect(await next()).toBe('low-1')
    for (const message of held) await local.delete(queue, message)
    await send('low', 1, 2)
    expect(await next()).toBe('low-2')
    for (const message of await take(10)) await local.delete(queue, message)
    await send('loud', 1, 41)
    await send('low', 1, 3)
    expect(await next()).toBe('loud-41')
  })

  it('waits no longer when nothing was sent to it for five minutes', async () => {
    await send('loud', 60)
    await take(30)
    await local.clock.advance(299_999)
    await send('low', 2)
    expect(await next()).toBe('low-1')
    await local.clock.advance(1)
    expect(await next()).toBe('loud-31')
  })

  it('comes before a noisy group that has more in flight', async () => {
    await send('louder', 80)
    await send('loud', 80)
    for (let receive = 0; receive < 4; receive++) await local.receive(queue)
    const order = (await take(26)).map(({ Body }) => Body.split('-')[0])
    // Thirty of the first group and ten of the second are in flight; when both are noisy, they take turns.
    expect(order.slice(0, 20)).toEqual(Array.from({ length: 20 }, () => 'loud'))
    expect(order.slice(20)).toEqual(['louder', 'loud', 'louder', 'loud', 'louder', 'loud'])
  })
})

describe('a group with slow messages', () => {
  it('waits for others when it has more than a tenth of the recent processing time', async () => {
    await send('slow', 1)
    await next()
    await local.clock.advance(10_000)
    await send('slow', 1, 2)
    await send('quick', 1)
    expect(await next()).toBe('quick-1')
    expect(await next()).toBe('slow-2')
  })

  it('is judged by recent time only', async () => {
    await local.send(queue, 'alone')
    await next()
    await send('slow', 2)
    const [held] = await take(1)
    await local.clock.advance(5_000)
    if (held !== undefined) await local.delete(queue, held)
    await local.clock.advance(240_000)
    await send('slow', 1, 3)
    await send('quick', 1)
    expect(await next()).toBe('slow-2')
  })

  it('leaves nothing behind when it has gone for long', async () => {
    await send('slow', 1)
    for (const message of await take(1)) await local.delete(queue, message)
    await local.clock.advance(600_000)
    await send('quick', 2)
    await send('slow', 1, 2)
    expect([await next(), await next(), await next()]).toEqual(['quick-1', 'quick-2', 'slow-2'])
  })
})
