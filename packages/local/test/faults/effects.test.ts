import { manualClock } from '@longshore/core/testing'
import type { ManualClock } from '@longshore/core/testing'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { startLocalAws } from '../../src/index.js'
import type { FaultOptions, LocalAws } from '../../src/index.js'
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

async function bodies(input: object = {}): Promise<string[]> {
  const { json } = await sqs('ReceiveMessage', { MaxNumberOfMessages: 10, ...input })
  return ((json.Messages ?? []) as { Body: string }[]).map(({ Body }) => Body)
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

describe('a duplicate', () => {
  it('is delivered of what is in flight, or of what was deleted', async () => {
    await send('held')
    await sqs('ReceiveMessage')
    const held = aws.faults.add({ effect: 'duplicate', of: 'in-flight', count: 1 })
    expect(await bodies()).toEqual(['held'])
    expect(await bodies()).toEqual([])
    expect(held.hits).toBe(1)
    held.remove()
    await send('deleted')
    const { json } = await sqs('ReceiveMessage')
    const [{ ReceiptHandle }] = json.Messages as [{ ReceiptHandle: string }]
    await sqs('DeleteMessage', { ReceiptHandle })
    aws.faults.add({ effect: 'duplicate', of: 'deleted' })
    expect(await bodies()).toEqual(['deleted'])
    expect(await bodies()).toEqual([])
  })

  it('is of either kind unless one is asked for, and counts only where there was one', async () => {
    const fault = aws.faults.add({ effect: 'duplicate', seed: 5 })
    expect(await bodies()).toEqual([])
    expect(fault.hits).toBe(0)
    await send('held')
    await sqs('ReceiveMessage')
    const kinds = new Set<number>()
    for (let index = 0; index < 30; index++) kinds.add((await bodies()).length)
    // No message was deleted: the draws for one find none.
    expect(kinds).toEqual(new Set([0, 1]))
    expect(fault.hits).toBeGreaterThan(5)
  })
})

describe('stale counts', () => {
  it('stand still at first, then follow at a distance', async () => {
    await send()
    aws.faults.add({ queue: 'q', effect: 'stale-counts', age: '10s' })
    await send()
    await sqs('ReceiveMessage')
    expect(await counts()).toEqual([1, 0, 0])
    await clock.advance(9_000)
    expect(await counts()).toEqual([1, 0, 0])
    await sqs('SendMessage', { MessageBody: 'x', DelaySeconds: 900 })
    await clock.advance(2_000)
    expect(await counts()).toEqual([1, 1, 0])
    await clock.advance(9_000)
    expect(await counts()).toEqual([1, 1, 1])
  })

  it('are told of asked-for attributes only, and leave other queues and attributes alone', async () => {
    const fault = aws.faults.add({ queue: 'q', effect: 'stale-counts', age: '10s' })
    await send()
    const asked = { AttributeNames: ['ApproximateNumberOfMessages', 'VisibilityTimeout'] }
    expect((await sqs('GetQueueAttributes', asked)).json.Attributes).toEqual({
      ApproximateNumberOfMessages: '0',
      VisibilityTimeout: '30',
    })
    expect(fault.hits).toBe(1)
    await sqs('GetQueueAttributes', { AttributeNames: ['VisibilityTimeout'] })
    await sqs('GetQueueAttributes')
    expect(fault.hits).toBe(1)
    queue = await createQueue('other')
    await send()
    expect(await counts()).toEqual([1, 0, 0])
  })

  it('are zero for a queue that was not there', async () => {
    aws.faults.add({ effect: 'stale-counts', age: '1m' })
    queue = await createQueue('new')
    await send()
    expect(await counts()).toEqual([0, 0, 0])
  })

  it('are sampled no more when the fault is gone', async () => {
    const before = clock.pending
    const fault = aws.faults.add({ effect: 'stale-counts', age: '1m' })
    expect(clock.pending).toBe(before + 1)
    fault.remove()
    fault.remove()
    expect(clock.pending).toBe(before)
    await send()
    expect(await counts()).toEqual([1, 0, 0])
  })
})

describe('which calls are struck', () => {
  const status = async (operation: string, input: object = {}): Promise<number> =>
    (await sqs(operation, input)).status
  const throttled = (scope: Partial<FaultOptions>): unknown =>
    aws.faults.add({ effect: 'throttling', ...scope } as FaultOptions)

  it('is said by service, operation, queue and account', async () => {
    const other = await createQueue('other')
    throttled({ queue: 'other' })
    expect(await status('SendMessage', { MessageBody: 'x' })).toBe(200)
    expect(await status('SendMessage', { QueueUrl: other, MessageBody: 'x' })).toBe(403)
    expect((await sqsCall(aws.endpoint, 'GetQueueUrl', { QueueName: 'other' })).status).toBe(403)
    expect((await sqsCall(aws.endpoint, 'ListQueues', {})).status).toBe(200)
    aws.faults.clear()
    throttled({ service: 'cloudwatch' })
    expect(await status('ListQueues')).toBe(200)
    aws.faults.clear()
    throttled({ accountId: '111111111111' })
    expect(await status('ListQueues')).toBe(200)
    const Authorization = 'Credential=111111111111/20260101/us-east-1/sqs/aws4_request'
    const headers = { ...target('AmazonSQS.ListQueues'), Authorization }
    expect((await exchange(aws.endpoint, { headers, body: '{}' })).status).toBe(403)
  })

  it('is the same in every run with the same seed', async () => {
    const run = async (seed: number): Promise<string> => {
      const fault = aws.faults.add({ effect: 'throttling', probability: 0.3, seed })
      const struck: boolean[] = []
      for (let index = 0; index < 60; index++) struck.push((await status('ListQueues')) === 403)
      fault.remove()
      expect(struck.filter(Boolean)).toHaveLength(fault.hits)
      return struck.map(Number).join('')
    }
    const first = await run(11)
    expect(await run(11)).toBe(first)
    expect(await run(12)).not.toBe(first)
    const hits = first.split('').filter((mark) => mark === '1').length
    expect(hits).toBeGreaterThan(5)
    expect(hits).toBeLessThan(35)
  })

  it('does not depend on other faults', async () => {
    const marks = async (): Promise<string> => {
      let text = ''
      for (let index = 0; index < 20; index++) text += (await status('ListQueues')) === 403 ? '1' : '0'
      return text
    }
    aws.faults.add({ effect: 'throttling', probability: 0.5, seed: 3 })
    const alone = await marks()
    aws.faults.clear()
    aws.faults.add({
      effect: 'slow',
      bytesPerSecond: 1_000_000_000,
      probability: 0.5,
      operation: 'SendMessage',
    })
    aws.faults.add({ effect: 'throttling', probability: 0.5, seed: 3 })
    expect(await marks()).toBe(alone)
  })

  it('may have a seed of the server’s, which the fault tells', async () => {
    const one = aws.faults.add({ effect: 'throttling', probability: 0.5 })
    const other = aws.faults.add({ effect: 'throttling', probability: 0.5 })
    expect(one.seed).not.toBe(other.seed)
    const again = await startLocalAws({ seed: 1 })
    expect(again.faults.add({ effect: 'throttling', probability: 0.5 }).seed).toBe(one.seed)
    await again.close()
    expect(String(one)).toBe(`fault 1: effect=throttling probability=0.5 seed=${one.seed} (0 hits)`)
  })

  it('is decided by the first of several that refuse', async () => {
    const first = aws.faults.add({ effect: 'server-error' })
    const second = aws.faults.add({ effect: 'throttling' })
    expect(await status('ListQueues')).toBe(500)
    expect([first.hits, second.hits]).toEqual([1, 0])
    first.remove()
    expect(await status('ListQueues')).toBe(403)
    expect(aws.faults.list().map(({ id }) => id)).toEqual([second.id])
  })

  it('leaves calls to operations that are not there, and other paths, alone', async () => {
    const fault = aws.faults.add({ effect: 'throttling' })
    expect((await sqs('NoSuchOperation')).status).toBe(400)
    expect((await exchange(aws.endpoint, { method: 'GET' })).status).toBe(200)
    expect(fault.hits).toBe(0)
  })
})
