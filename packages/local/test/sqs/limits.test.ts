import { describe, expect, it } from 'vitest'

import { LocalSqs } from './local-sqs.js'

describe('the in-flight limit', () => {
  it('refuses a short poll at 120,000 messages in flight, lets a long poll wait, and ends with a delete', async () => {
    const local = new LocalSqs()
    const queue = await local.createQueue('q', { VisibilityTimeout: '600' })
    const Entries = Array.from({ length: 10 }, (_, id) => ({ Id: String(id), MessageBody: 'x' }))
    let last
    for (let batch = 0; batch < 12_000; batch++) {
      await local.call('SendMessageBatch', { QueueUrl: queue, Entries })
      ;[last] = await local.receive(queue)
    }
    if (last === undefined) throw new Error('Nothing was received.')
    await local.send(queue, 'one more')
    expect(await local.counts(queue)).toEqual([1, 120_000, 0])
    await expect(local.receive(queue)).rejects.toMatchObject({ code: 'OverLimit', status: 403 })
    const poll = local.bodies(queue, { WaitTimeSeconds: 20 })
    await local.clock.advance(1_000)
    await local.delete(queue, last)
    expect(await poll).toEqual(['one more'])
  })
})

describe('once-a-minute rules', () => {
  it('allow a purge again after 60 seconds', async () => {
    const local = new LocalSqs()
    const queue = await local.createQueue('q')
    await local.call('PurgeQueue', { QueueUrl: queue })
    await local.clock.advance(59_999)
    await expect(local.call('PurgeQueue', { QueueUrl: queue })).rejects.toMatchObject({ status: 403 })
    await local.clock.advance(1)
    await local.call('PurgeQueue', { QueueUrl: queue })
  })

  it('allow a deleted queue’s name again after 60 seconds', async () => {
    const local = new LocalSqs()
    await local.call('DeleteQueue', { QueueUrl: await local.createQueue('q') })
    await local.clock.advance(59_999)
    await expect(local.createQueue('q')).rejects.toMatchObject({ code: 'QueueDeletedRecently' })
    await local.clock.advance(1)
    await local.createQueue('q')
  })
})

it('without strict timing, a queue is purged and a deleted queue’s name used again at once', async () => {
  const local = new LocalSqs({ strictTiming: false })
  const queue = await local.createQueue('q')
  for (let purge = 0; purge < 2; purge++) await local.call('PurgeQueue', { QueueUrl: queue })
  await local.call('DeleteQueue', { QueueUrl: queue })
  expect(await local.createQueue('q')).toBe(queue)
})

describe('input', () => {
  it('of a wrong type is a SerializationException that names the parameter', async () => {
    const local = new LocalSqs()
    const QueueUrl = await local.createQueue('q')
    const wrong: [string, Record<string, unknown>, string][] = [
      ['ReceiveMessage', { QueueUrl, MaxNumberOfMessages: 'ten' }, 'MaxNumberOfMessages: STRING_VALUE'],
      ['ReceiveMessage', { QueueUrl, WaitTimeSeconds: 1.5 }, 'WaitTimeSeconds: DECIMAL_VALUE'],
      ['ReceiveMessage', { QueueUrl, MessageAttributeNames: 'All' }, 'MessageAttributeNames: STRING_VALUE'],
      ['SendMessage', { QueueUrl, MessageBody: 12 }, 'MessageBody: NUMBER_VALUE'],
      [
        'SendMessage',
        { QueueUrl, MessageBody: 'x', MessageAttributes: [] },
        'MessageAttributes: START_ARRAY',
      ],
      ['SendMessage', { QueueUrl: { a: 1 }, MessageBody: 'x' }, 'QueueUrl: START_OBJECT'],
      ['SendMessageBatch', { QueueUrl, Entries: [null] }, 'Entries: NULL_VALUE'],
      [
        'CreateQueue',
        { QueueName: 'p', Attributes: { DelaySeconds: 5 } },
        'Attributes.DelaySeconds: NUMBER_VALUE',
      ],
      ['TagQueue', { QueueUrl, Tags: true }, 'Tags: TRUE_VALUE'],
    ]
    for (const [operation, input, message] of wrong) {
      await expect(local.call(operation, input)).rejects.toMatchObject({
        code: 'SerializationException',
        message: expect.stringContaining(message) as string,
      })
    }
  })

  it('that lacks a parameter is refused by its name', async () => {
    const local = new LocalSqs()
    const QueueUrl = await local.createQueue('q')
    const lacking: [string, Record<string, unknown>, string][] = [
      ['CreateQueue', {}, 'QueueName'],
      ['SendMessage', { MessageBody: 'x' }, 'QueueUrl'],
      ['SendMessage', { QueueUrl, MessageBody: null }, 'MessageBody'],
      ['DeleteMessage', { QueueUrl }, 'ReceiptHandle'],
      ['ChangeMessageVisibility', { QueueUrl, ReceiptHandle: 'x' }, 'VisibilityTimeout'],
      ['SetQueueAttributes', { QueueUrl }, 'Attributes'],
    ]
    for (const [operation, input, name] of lacking) {
      await expect(local.call(operation, input)).rejects.toMatchObject({
        queryCode: 'MissingParameter',
        message: `The request must contain the parameter ${name}.`,
      })
    }
  })

  it('that names a queue of another account, or no queue at all, finds none', async () => {
    const local = new LocalSqs()
    const own = await local.createQueue('q')
    const foreign = own.replace(/\d{12}/, '999999999999')
    await expect(local.counts(foreign)).rejects.toMatchObject({ code: 'QueueDoesNotExist' })
    for (const QueueUrl of ['q', 'http://127.0.0.1:4566/', `${own}/more`]) {
      await expect(local.counts(QueueUrl)).rejects.toMatchObject({ code: 'InvalidAddress' })
    }
  })
})

describe('queue attributes', () => {
  const configure = (local: LocalSqs, QueueUrl: string, Attributes: object): Promise<unknown> =>
    local.call('SetQueueAttributes', { QueueUrl, Attributes })

  it('whose names only look known are unknown', async () => {
    const local = new LocalSqs()
    const queue = await local.createQueue('q')
    for (const name of ['constructor', '__proto__', 'toString', 'QueueArn', 'FifoQueue']) {
      const attributes = JSON.parse(`{"${name}":"1"}`) as object
      await expect(configure(local, queue, attributes)).rejects.toMatchObject({
        code: 'InvalidAttributeName',
      })
    }
  })

  it('hold one kind of encryption at a time', async () => {
    const local = new LocalSqs()
    const queue = await local.createQueue('q')
    const both = { KmsMasterKeyId: 'key', SqsManagedSseEnabled: 'true' }
    await expect(configure(local, queue, both)).rejects.toThrow('one type of server-side encryption')
    await configure(local, queue, { KmsMasterKeyId: 'key' })
    const input = { QueueUrl: queue, AttributeNames: ['KmsMasterKeyId', 'SqsManagedSseEnabled'] }
    const named = await local.call('GetQueueAttributes', input)
    expect(named).toEqual({ Attributes: { KmsMasterKeyId: 'key', SqsManagedSseEnabled: 'false' } })
    await configure(local, queue, { SqsManagedSseEnabled: 'true' })
    expect(await local.call('GetQueueAttributes', input)).toEqual({
      Attributes: { SqsManagedSseEnabled: 'true' },
    })
  })
})
