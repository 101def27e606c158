import { manualClock } from '@longshore/core/testing'
import type { ManualClock } from '@longshore/core/testing'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { startLocalAws } from '../../src/index.js'
import type { LocalAws } from '../../src/index.js'
import {
  openSocket,
  queryCall,
  readToEnd,
  requestText,
  sqsCall,
  target,
  exchange,
  until,
} from '../server/raw-http.js'
import type { RawAnswer } from '../server/raw-http.js'

let aws: LocalAws
let clock: ManualClock
let queue: string
beforeEach(async () => {
  clock = manualClock()
  aws = await startLocalAws({ clock, seed: 1 })
  queue = await createQueue('q')
})
afterEach(() => aws.close())

const sqs = (operation: string, input: object = {}): Promise<RawAnswer> =>
  sqsCall(aws.endpoint, operation, { QueueUrl: queue, ...input })
const send = (MessageBody = 'x'): Promise<RawAnswer> => sqs('SendMessage', { MessageBody })

async function createQueue(QueueName: string, Attributes: Record<string, string> = {}): Promise<string> {
  const { json } = await sqsCall(aws.endpoint, 'CreateQueue', { QueueName, Attributes })
  return String(json.QueueUrl)
}

/** Visible, in flight and delayed. */
async function counts(): Promise<number[]> {
  const { json } = await sqs('GetQueueAttributes', { AttributeNames: ['All'] })
  const attributes = json.Attributes as Record<string, string>
  return ['', 'NotVisible', 'Delayed'].map((state) =>
    Number(attributes[`ApproximateNumberOfMessages${state}`]),
  )
}

const outcome = (call: Promise<RawAnswer>): Promise<unknown> =>
  call.then(
    ({ status }) => status,
    (error: NodeJS.ErrnoException) => error.code,
  )

describe('throttling', () => {
  it('is SQS’s own error, and nothing is done', async () => {
    const fault = aws.faults.add({ operation: 'SendMessage', effect: 'throttling', count: 1 })
    const refused = await send()
    expect([refused.status, refused.json]).toEqual([
      403,
      { __type: 'com.amazonaws.sqs#RequestThrottled', message: 'Request is throttled.' },
    ])
    expect(refused.headers['x-amzn-query-error']).toBe('RequestThrottled;Sender')
    expect(fault.hits).toBe(1)
    expect(await counts()).toEqual([0, 0, 0])
    expect((await send()).status).toBe(200)
    expect(fault.hits).toBe(1)
  })

  it('is ThrottlingException elsewhere, in the protocol of the call', async () => {
    aws.faults.add({ effect: 'throttling' })
    const ecs = await exchange(aws.endpoint, {
      headers: target('AmazonEC2ContainerServiceV20141113.ListClusters'),
      body: '{}',
    })
    expect([ecs.status, ecs.json.__type]).toEqual([400, 'com.amazon.coral.availability#ThrottlingException'])
    const cloudWatch = await queryCall(aws.endpoint, { Action: 'ListMetrics', Version: '2010-08-01' })
    expect(cloudWatch.text).toContain('<Code>Throttling</Code><Message>Rate exceeded</Message>')
  })
})

describe('a server error', () => {
  it.each([
    [undefined, 500, 'InternalFailure'],
    [503, 503, 'ServiceUnavailable'],
    [504, 504, 'InternalFailure'],
  ])('with status %s answers %d %s', async (status, answered, code) => {
    aws.faults.add({ effect: 'server-error', ...(status === undefined ? {} : { status }) })
    const answer = await send()
    expect([answer.status, answer.json.__type]).toEqual([answered, `com.amazonaws.sqs#${code}`])
    expect(answer.headers['x-amzn-query-error']).toBe(`${code};Receiver`)
    aws.faults.clear()
    expect(await counts()).toEqual([0, 0, 0])
  })
})

describe('a lost request', () => {
  it('resets the connection before anything is done', async () => {
    aws.faults.add({ operation: 'SendMessage', effect: 'lost-request' })
    expect(await outcome(send())).toBe('ECONNRESET')
    expect(await counts()).toEqual([0, 0, 0])
  })
})

describe('a lost answer', () => {
  it('resets the connection after everything is done', async () => {
    aws.faults.add({ operation: 'SendMessage', effect: 'lost-answer' })
    expect(await outcome(send())).toBe('ECONNRESET')
    expect(await counts()).toEqual([1, 0, 0])
  })

  it('leaves what a receive took in flight, as AWS does', async () => {
    await send('taken')
    aws.faults.add({ operation: 'ReceiveMessage', effect: 'lost-answer', count: 1 })
    expect(await outcome(sqs('ReceiveMessage'))).toBe('ECONNRESET')
    expect(await counts()).toEqual([0, 1, 0])
    await clock.advance(30_000)
    const { json } = await sqs('ReceiveMessage', { AttributeNames: ['ApproximateReceiveCount'] })
    expect(json.Messages).toMatchObject([{ Body: 'taken', Attributes: { ApproximateReceiveCount: '2' } }])
  })

  it('lets a long poll go on for a caller that is gone', async () => {
    aws.faults.add({ operation: 'ReceiveMessage', effect: 'lost-answer' })
    const socket = await openSocket(aws.port)
    socket.write(requestText('ReceiveMessage', { QueueUrl: queue, WaitTimeSeconds: 20 }))
    await until('the receive is struck', () => aws.faults.list()[0]?.hits === 1)
    socket.destroy()
    await until('the connection is gone', () => socket.closed)
    await send('for nobody')
    expect(await counts()).toEqual([0, 1, 0])
  })
})

describe('a half-open connection', () => {
  it('takes the call, does nothing and answers nothing, until the caller or the server goes', async () => {
    const fault = aws.faults.add({ operation: 'SendMessage', effect: 'half-open' })
    const socket = await openSocket(aws.port)
    let heard = ''
    socket.on('data', (text) => (heard += String(text)))
    socket.write(requestText('SendMessage', { QueueUrl: queue, MessageBody: 'unheard' }))
    await until('the call is struck', () => fault.hits === 1)
    expect(await counts()).toEqual([0, 0, 0])
    expect([heard, socket.readyState]).toEqual(['', 'open'])
    socket.destroy()
    const other = await openSocket(aws.port)
    const ended = readToEnd(other)
    other.write(requestText('SendMessage', { QueueUrl: queue, MessageBody: 'unheard' }))
    await until('the call is struck', () => fault.hits === 2)
    await aws.close()
    expect(await ended).toBe('')
  })
})

describe('slowness', () => {
  it('processes a call when its delay is over; delays of several faults add up', async () => {
    aws.faults.add({ operation: 'SendMessage', effect: 'slow', delay: '2s' })
    const last = aws.faults.add({ operation: 'SendMessage', effect: 'slow', delay: '3s' })
    const sent = send()
    await until('the call is struck', () => last.hits === 1)
    await clock.advance(4_999)
    expect(await counts()).toEqual([0, 0, 0])
    await clock.advance(1)
    expect((await sent).status).toBe(200)
    expect(await counts()).toEqual([1, 0, 0])
  })

  it('forgets a call whose caller goes during the delay', async () => {
    const before = clock.pending
    const fault = aws.faults.add({ operation: 'SendMessage', effect: 'slow', delay: '2s' })
    const socket = await openSocket(aws.port)
    socket.write(requestText('SendMessage', { QueueUrl: queue, MessageBody: 'x' }))
    await until('the call is struck', () => fault.hits === 1)
    socket.destroy()
    await until('its delay is given up', () => clock.pending === before)
    expect(await counts()).toEqual([0, 0, 0])
  })

  it('writes an answer at so many bytes a second', async () => {
    await send('x'.repeat(2_000))
    const fault = aws.faults.add({ operation: 'ReceiveMessage', effect: 'slow', bytesPerSecond: 1_000 })
    const socket = await openSocket(aws.port)
    let heard = ''
    socket.on('data', (text) => (heard += String(text)))
    socket.write(requestText('ReceiveMessage', { QueueUrl: queue }))
    await until('the call is struck', () => fault.hits === 1)
    const bodyBytes = (): number => heard.length - heard.indexOf('\r\n\r\n') - 4
    for (const seconds of [1, 2]) {
      await clock.advance(1_000)
      await until(`${seconds} s of the answer came`, () => heard !== '' && bodyBytes() >= seconds * 1_000)
      expect(bodyBytes()).toBe(seconds * 1_000)
    }
    await clock.advance(1_000)
    await until('all of it came', () => heard.endsWith('}'))
    expect(await counts()).toEqual([0, 1, 0])
    socket.destroy()
  })

  it('puts messages back when the caller goes inside a slow answer', async () => {
    await send('kept')
    const fault = aws.faults.add({ operation: 'ReceiveMessage', effect: 'slow', bytesPerSecond: 1, count: 1 })
    const socket = await openSocket(aws.port)
    socket.write(requestText('ReceiveMessage', { QueueUrl: queue }))
    await until('the call is struck', () => fault.hits === 1)
    await until('the message is taken', async () => (await counts())[1] === 1)
    socket.destroy()
    await until('the message is back', async () => (await counts())[0] === 1)
  })

  it('ends with the server', async () => {
    const fault = aws.faults.add({ operation: 'SendMessage', effect: 'slow', delay: '1h' })
    const sent = outcome(send())
    await until('the call is struck', () => fault.hits === 1)
    await aws.close()
    expect(await sent).toBe('ECONNRESET')
  })
})
