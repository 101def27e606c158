import { describe, expect, it } from 'vitest'

import { LocalSqs } from './local-sqs.js'

const HOUR_MS = 3_600_000

describe('time', () => {
  it('ends a visibility timeout at its instant, in the counts as in the receives', async () => {
    const local = new LocalSqs()
    const queue = await local.createQueue('q', { VisibilityTimeout: '30' })
    await local.send(queue, 'one')
    await local.receiveOne(queue)
    await local.clock.advance(29_999)
    expect(await local.counts(queue)).toEqual([0, 1, 0])
    expect(await local.bodies(queue)).toEqual([])
    await local.clock.advance(1)
    expect(await local.counts(queue)).toEqual([1, 0, 0])
    expect(await local.bodies(queue)).toEqual(['one'])
  })

  it('ends a delay at its instant', async () => {
    const local = new LocalSqs()
    const queue = await local.createQueue('q', { DelaySeconds: '5' })
    await local.send(queue, 'by default')
    await local.send(queue, 'longest', { DelaySeconds: 900 })
    await local.send(queue, 'none', { DelaySeconds: 0 })
    expect(await local.counts(queue)).toEqual([1, 0, 2])
    await local.clock.advance(4_999)
    expect(await local.counts(queue)).toEqual([1, 0, 2])
    await local.clock.advance(1)
    expect(await local.counts(queue)).toEqual([2, 0, 1])
    await local.clock.advance(895_000)
    expect(await local.counts(queue)).toEqual([3, 0, 0])
  })

  it('drops messages past the retention period, wherever they are', async () => {
    const local = new LocalSqs()
    const queue = await local.createQueue('q', { MessageRetentionPeriod: '60' })
    await local.send(queue, 'held')
    await local.receiveOne(queue, { VisibilityTimeout: 600 })
    await local.send(queue, 'visible')
    await local.send(queue, 'delayed', { DelaySeconds: 600 })
    await local.clock.advance(1_000)
    await local.send(queue, 'younger')
    await local.clock.advance(59_000)
    expect(await local.counts(queue)).toEqual([1, 0, 0])
    expect(await local.bodies(queue)).toEqual(['younger'])
  })

  it('sets no timer while nobody waits', async () => {
    const local = new LocalSqs()
    const queue = await local.createQueue('q')
    for (let index = 0; index < 100; index++) await local.send(queue, 'body', { DelaySeconds: index })
    await local.receive(queue)
    expect(local.clock.pending).toBe(0)
  })
})

describe('ChangeMessageVisibility', () => {
  it('counts the new timeout from the call', async () => {
    const local = new LocalSqs()
    const queue = await local.createQueue('q', { VisibilityTimeout: '30' })
    await local.send(queue, 'one')
    const message = await local.receiveOne(queue)
    await local.clock.advance(20_000)
    await local.changeVisibility(queue, message, 30)
    await local.clock.advance(29_999)
    expect(await local.counts(queue)).toEqual([0, 1, 0])
    await local.clock.advance(1)
    expect(await local.counts(queue)).toEqual([1, 0, 0])
  })

  it('allows 12 hours from the receive in all, whatever the extensions between', async () => {
    const local = new LocalSqs()
    const queue = await local.createQueue('q', { VisibilityTimeout: '43200' })
    await local.send(queue, 'one')
    const message = await local.receiveOne(queue)
    await local.changeVisibility(queue, message, 43_200)
    await local.clock.advance(11 * HOUR_MS)
    await local.changeVisibility(queue, message, 3_600)
    await local.clock.advance(HOUR_MS - 10_000)
    await local.changeVisibility(queue, message, 10)
    await expect(local.changeVisibility(queue, message, 11)).rejects.toMatchObject({
      queryCode: 'InvalidParameterValue',
      message: expect.stringContaining('beyond the limit [43200 seconds]') as string,
    })
  })

  it('starts the 12 hours anew at each receive', async () => {
    const local = new LocalSqs()
    const queue = await local.createQueue('q')
    await local.send(queue, 'one')
    await local.receiveOne(queue)
    await local.clock.advance(13 * HOUR_MS)
    await local.changeVisibility(queue, await local.receiveOne(queue), 43_200)
    expect(await local.counts(queue)).toEqual([0, 1, 0])
  })

  it('is answered and changes nothing once the timeout has ended', async () => {
    const local = new LocalSqs()
    const queue = await local.createQueue('q', { VisibilityTimeout: '1' })
    await local.send(queue, 'one')
    const message = await local.receiveOne(queue)
    await local.clock.advance(1_000)
    await local.changeVisibility(queue, message, 600)
    expect(await local.counts(queue)).toEqual([1, 0, 0])
  })

  it('is refused for a receive that a later one has replaced, whose timeout stays', async () => {
    const local = new LocalSqs()
    const queue = await local.createQueue('q', { VisibilityTimeout: '1' })
    await local.send(queue, 'one')
    const first = await local.receiveOne(queue)
    await local.clock.advance(1_000)
    await local.receiveOne(queue, { VisibilityTimeout: 600 })
    await expect(local.changeVisibility(queue, first, 0)).rejects.toMatchObject({
      code: 'MessageNotInflight',
    })
    expect(await local.counts(queue)).toEqual([0, 1, 0])
  })
})

describe('DeleteMessage', () => {
  it('deletes nothing with the handle of a receive that a later one has replaced', async () => {
    const local = new LocalSqs()
    const queue = await local.createQueue('q', { VisibilityTimeout: '1' })
    await local.send(queue, 'one')
    const first = await local.receiveOne(queue)
    await local.clock.advance(1_000)
    const second = await local.receiveOne(queue)
    await local.delete(queue, first)
    expect(await local.counts(queue)).toEqual([0, 1, 0])
    await local.delete(queue, second)
    expect(await local.counts(queue)).toEqual([0, 0, 0])
  })

  it('refuses the handles of a deleted queue of the same name', async () => {
    const local = new LocalSqs()
    const queue = await local.createQueue('q')
    await local.send(queue, 'one')
    const message = await local.receiveOne(queue)
    await local.call('DeleteQueue', { QueueUrl: queue })
    await local.clock.advance(60_000)
    await local.createQueue('q')
    await expect(local.delete(queue, message)).rejects.toMatchObject({ code: 'ReceiptHandleIsInvalid' })
  })
})

describe('order', () => {
  it('gives messages in the order they were sent, and one that comes back in its old place', async () => {
    const local = new LocalSqs()
    const queue = await local.createQueue('q', { VisibilityTimeout: '1' })
    for (const body of ['a', 'b', 'c']) await local.send(queue, body)
    expect((await local.receiveOne(queue)).Body).toBe('a')
    await local.clock.advance(1_000)
    expect(await local.bodies(queue)).toEqual(['a', 'b', 'c'])
  })

  it('puts a message to the back when it was received three times and not deleted', async () => {
    const local = new LocalSqs()
    const queue = await local.createQueue('q', { VisibilityTimeout: '0' })
    await local.send(queue, 'poison')
    for (let receive = 0; receive < 3; receive++) await local.receiveOne(queue)
    await local.send(queue, 'healthy')
    // It came back before the other was sent; from here on it keeps coming back behind.
    expect(await local.bodies(queue)).toEqual(['poison', 'healthy'])
    expect(await local.bodies(queue)).toEqual(['healthy', 'poison'])
  })
})
