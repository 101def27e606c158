import { createHash } from 'node:crypto'

import { ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs'
import type { MessageAttributeValue } from '@aws-sdk/client-sqs'
import { describe, expect } from 'vitest'

import { eventually, pause, rule, useEndpoint } from './endpoint.js'

const sqs = useEndpoint()

const md5 = (text: string): string => createHash('md5').update(text).digest('hex')
const text = (value: string): MessageAttributeValue => ({ DataType: 'String', StringValue: value })

// Digests recorded from AWS for these attributes.
const greeting = { General: text('Kenobi'), Hello: text('There'), 'Help.Me': text('Me') }
const DIGEST_OF_GREETING = '4c360f3fdafd970e05fae2f149d997f5'

describe('what is sent is what is received', () => {
  rule('a message is received with the id, body and MD5 that sending gave', async () => {
    const QueueUrl = await sqs.createQueue()
    const sent = await sqs.client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'a body' }))
    expect(sent.MD5OfMessageBody).toBe(md5('a body'))
    const received = await sqs.receiveOne(QueueUrl)
    expect(received).toMatchObject({ MessageId: sent.MessageId, Body: 'a body', MD5OfBody: md5('a body') })
    expect(received.handle).not.toBe('')
  })

  rule('any text that SQS allows arrives unchanged', async () => {
    const QueueUrl = await sqs.createQueue()
    const body =
      '\t<tag a="1">&amp;\r\n\u00e9\u4f60\u597d \ud83d\ude80 \ufffd \ue000</tag> {"json":[1,2.5,null]}'
    await sqs.send(QueueUrl, body)
    expect((await sqs.receiveOne(QueueUrl)).Body).toBe(body)
  })

  rule('messages of one queue are not received from another', async () => {
    const [one, other] = [await sqs.createQueue(), await sqs.createQueue()]
    await sqs.send(one)
    expect(await sqs.receive(other)).toEqual([])
    await sqs.receiveOne(one)
  })

  rule('every message sent is received once while none is given back', async () => {
    const QueueUrl = await sqs.createQueue()
    const bodies = Array.from({ length: 25 }, (_, index) => `message ${index}`)
    await Promise.all(bodies.map((body) => sqs.send(QueueUrl, body)))
    const received: string[] = []
    await eventually(async () => {
      const messages = await sqs.receive(QueueUrl, { WaitTimeSeconds: 1 })
      received.push(...messages.map((message) => message.Body ?? ''))
      return received.length >= bodies.length ? true : undefined
    })
    expect(received.sort()).toEqual(bodies.sort())
    expect(await sqs.receive(QueueUrl)).toEqual([])
  })

  rule('a receive gives no more messages than it asked for', async () => {
    const QueueUrl = await sqs.createQueue()
    for (let index = 0; index < 4; index++) await sqs.send(QueueUrl)
    const messages = await sqs.receive(QueueUrl, { MaxNumberOfMessages: 3 })
    expect(messages.length).toBeGreaterThan(0)
    expect(messages.length).toBeLessThanOrEqual(3)
    const { Messages = [] } = await sqs.client.send(new ReceiveMessageCommand({ QueueUrl }))
    expect(Messages.length).toBeLessThanOrEqual(1)
  })
})

describe('message attributes', () => {
  rule('texts, numbers, bytes and custom types arrive unchanged, with their MD5', async () => {
    const QueueUrl = await sqs.createQueue()
    const MessageAttributes = {
      text: text('some text \u00e9'),
      number: { DataType: 'Number', StringValue: '-12.5e3' },
      bytes: { DataType: 'Binary', BinaryValue: Uint8Array.of(0, 1, 127, 128, 255) },
      'custom.one': { DataType: 'Number.float', StringValue: '0.1' },
    }
    const input = { QueueUrl, MessageBody: 'body', MessageAttributes }
    const sent = await sqs.client.send(new SendMessageCommand(input))
    const received = await sqs.receiveOne(QueueUrl, { MessageAttributeNames: ['All'] })
    expect(received.MD5OfMessageAttributes).toBe(sent.MD5OfMessageAttributes)
    expect(received.MessageAttributes).toMatchObject({
      text: MessageAttributes.text,
      number: MessageAttributes.number,
      'custom.one': MessageAttributes['custom.one'],
    })
    expect(Array.from(received.MessageAttributes?.bytes?.BinaryValue ?? [])).toEqual([0, 1, 127, 128, 255])
  })

  rule('the MD5 of message attributes is the one that AWS computes', async () => {
    const QueueUrl = await sqs.createQueue()
    const input = { QueueUrl, MessageBody: 'msg', MessageAttributes: greeting }
    const sent = await sqs.client.send(new SendMessageCommand(input))
    expect(sent.MD5OfMessageAttributes).toBe(DIGEST_OF_GREETING)
  })

  rule('message attributes are given only where asked for: by name, by prefix, or all', async () => {
    const QueueUrl = await sqs.createQueue({ VisibilityTimeout: '0' })
    await sqs.send(QueueUrl, 'msg', { MessageAttributes: greeting })
    const namesFor = async (...wanted: string[]): Promise<string[]> => {
      const { MessageAttributes } = await sqs.receiveOne(QueueUrl, { MessageAttributeNames: wanted })
      return Object.keys(MessageAttributes ?? {}).sort()
    }
    expect(await namesFor()).toEqual([])
    expect(await namesFor('Hello', 'Absent')).toEqual(['Hello'])
    expect(await namesFor('Hel.*')).toEqual(['Hello', 'Help.Me'])
    expect(await namesFor('.*')).toEqual(['General', 'Hello', 'Help.Me'])
    expect(await namesFor('All')).toEqual(['General', 'Hello', 'Help.Me'])
  })
})

describe('system attributes', () => {
  rule('All gives sender, times and receive count', async () => {
    const QueueUrl = await sqs.createQueue({ VisibilityTimeout: '0' })
    const before = Date.now()
    await sqs.send(QueueUrl)
    const { Attributes } = await sqs.receiveOne(QueueUrl, { MessageSystemAttributeNames: ['All'] })
    expect(Attributes).toMatchObject({
      ApproximateReceiveCount: '1',
      SenderId: expect.stringMatching(/./) as string,
    })
    // A minute of leeway: another machine's clock may differ.
    expect(Math.abs(Number(Attributes?.SentTimestamp) - before)).toBeLessThan(60_000)
    expect(Number(Attributes?.ApproximateFirstReceiveTimestamp)).toBeGreaterThanOrEqual(
      Number(Attributes?.SentTimestamp),
    )
  })

  rule('the receive count goes up by one at each receive, and the first receive’s time stays', async () => {
    const QueueUrl = await sqs.createQueue({ VisibilityTimeout: '0' })
    await sqs.send(QueueUrl)
    const attributes = []
    for (let receive = 1; receive <= 3; receive++) {
      attributes.push((await sqs.receiveOne(QueueUrl, { MessageSystemAttributeNames: ['All'] })).Attributes)
    }
    expect(attributes.map((each) => each?.ApproximateReceiveCount)).toEqual(['1', '2', '3'])
    expect(new Set(attributes.map((each) => each?.ApproximateFirstReceiveTimestamp)).size).toBe(1)
  })

  rule('system attributes are given only where asked for, under the old parameter’s name too', async () => {
    const QueueUrl = await sqs.createQueue({ VisibilityTimeout: '0' })
    await sqs.send(QueueUrl)
    expect((await sqs.receiveOne(QueueUrl)).Attributes ?? {}).toEqual({})
    const one = await sqs.receiveOne(QueueUrl, { MessageSystemAttributeNames: ['ApproximateReceiveCount'] })
    expect(Object.keys(one.Attributes ?? {})).toEqual(['ApproximateReceiveCount'])
    const old = await sqs.receiveOne(QueueUrl, { AttributeNames: ['SentTimestamp' as 'All'] })
    expect(Object.keys(old.Attributes ?? {})).toEqual(['SentTimestamp'])
  })

  rule('the X-Ray trace header travels with the message', async () => {
    const QueueUrl = await sqs.createQueue()
    const header = 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1'
    await sqs.send(QueueUrl, 'body', { MessageSystemAttributes: { AWSTraceHeader: text(header) } })
    const { Attributes } = await sqs.receiveOne(QueueUrl, { MessageSystemAttributeNames: ['AWSTraceHeader'] })
    expect(Attributes).toEqual({ AWSTraceHeader: header })
  })

  rule('a message group id on a standard queue is accepted and given back', async () => {
    const QueueUrl = await sqs.createQueue()
    await sqs.send(QueueUrl, 'body', { MessageGroupId: 'tenant-1' })
    const { Attributes } = await sqs.receiveOne(QueueUrl, { MessageSystemAttributeNames: ['All'] })
    expect(Attributes?.MessageGroupId).toBe('tenant-1')
  })
})

describe('delays', () => {
  rule('a delayed message is counted as delayed, and received when its delay is over', async () => {
    const QueueUrl = await sqs.createQueue()
    await sqs.send(QueueUrl, 'much later', { DelaySeconds: 900 })
    expect(await sqs.receive(QueueUrl)).toEqual([])
    expect(await sqs.counts(QueueUrl)).toEqual({ visible: 0, inFlight: 0, delayed: 1 })
    const beganMs = performance.now()
    await sqs.send(QueueUrl, 'later', { DelaySeconds: 2 })
    expect((await sqs.receiveOne(QueueUrl)).Body).toBe('later')
    expect(performance.now() - beganMs).toBeGreaterThanOrEqual(1_900)
    expect((await sqs.counts(QueueUrl)).delayed).toBe(1)
  })

  rule('a queue’s delay holds for messages without one; a message’s own delay of 0 wins', async () => {
    const QueueUrl = await sqs.createQueue({ DelaySeconds: '900' })
    await sqs.send(QueueUrl, 'by default')
    await sqs.send(QueueUrl, 'at once', { DelaySeconds: 0 })
    expect((await sqs.receiveOne(QueueUrl)).Body).toBe('at once')
    expect((await sqs.counts(QueueUrl)).delayed).toBe(1)
  })
})

describe('long polls', () => {
  rule('a receive on an empty queue gives no messages', async () => {
    const QueueUrl = await sqs.createQueue()
    const answer = await sqs.client.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 0 }))
    expect(answer.Messages ?? []).toEqual([])
  })

  rule('a long poll waits its time when nothing comes', async () => {
    const QueueUrl = await sqs.createQueue()
    const started = performance.now()
    expect(await sqs.receive(QueueUrl, { WaitTimeSeconds: 1 })).toEqual([])
    expect(performance.now() - started).toBeGreaterThan(900)
  })

  rule('a long poll answers when a message is sent, not when its time is over', async () => {
    const QueueUrl = await sqs.createQueue()
    const started = performance.now()
    const poll = sqs.receive(QueueUrl, { WaitTimeSeconds: 20 })
    await pause(300)
    await sqs.send(QueueUrl, 'awaited')
    expect((await poll).map((message) => message.Body)).toEqual(['awaited'])
    expect(performance.now() - started).toBeLessThan(15_000)
  })

  rule('a long poll answers when a delay ends', async () => {
    const QueueUrl = await sqs.createQueue()
    await sqs.send(QueueUrl, 'delayed', { DelaySeconds: 1 })
    const started = performance.now()
    expect(await sqs.receive(QueueUrl, { WaitTimeSeconds: 20 })).toHaveLength(1)
    expect(performance.now() - started).toBeLessThan(15_000)
  })

  rule('a long poll answers when a visibility timeout ends', async () => {
    const QueueUrl = await sqs.createQueue({ VisibilityTimeout: '1' })
    await sqs.send(QueueUrl, 'again')
    await sqs.receiveOne(QueueUrl)
    const started = performance.now()
    expect(await sqs.receive(QueueUrl, { WaitTimeSeconds: 20 })).toHaveLength(1)
    expect(performance.now() - started).toBeLessThan(15_000)
  })

  rule('a receive that names no wait time waits as long as its queue says', async () => {
    const waiting = await sqs.createQueue({ ReceiveMessageWaitTimeSeconds: '1' })
    const started = performance.now()
    await sqs.client.send(new ReceiveMessageCommand({ QueueUrl: waiting }))
    const waited = performance.now()
    expect(waited - started).toBeGreaterThan(900)
    const QueueUrl = await sqs.createQueue({ ReceiveMessageWaitTimeSeconds: '20' })
    await sqs.client.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 0 }))
    expect(performance.now() - waited).toBeLessThan(15_000)
  })

  rule('one message reaches one of several waiting receives', async () => {
    const QueueUrl = await sqs.createQueue()
    const polls = Array.from({ length: 3 }, () =>
      sqs.receive(QueueUrl, { WaitTimeSeconds: 20, MaxNumberOfMessages: 1 }),
    )
    await pause(300)
    const bodies = ['a', 'b', 'c']
    for (const body of bodies) await sqs.send(QueueUrl, body)
    const received = (await Promise.all(polls)).flat().map(({ Body = '' }) => Body)
    expect(received.sort()).toEqual(bodies)
  })

  rule('a long poll that the client aborts swallows no message', async () => {
    const QueueUrl = await sqs.createQueue({ VisibilityTimeout: '600' })
    const client = sqs.newClient()
    const aborted = new AbortController()
    const command = new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 20 })
    const poll = client.send(command, { abortSignal: aborted.signal }).catch((error: Error) => error.name)
    await pause(500)
    aborted.abort()
    expect(await poll).toBe('AbortError')
    client.destroy()
    await pause(200)
    await sqs.send(QueueUrl, 'not lost')
    const { Body, Attributes } = await sqs.receiveOne(QueueUrl, { MessageSystemAttributeNames: ['All'] })
    expect({ Body, count: Attributes?.ApproximateReceiveCount }).toEqual({ Body: 'not lost', count: '1' })
  })
})
