import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { startLocalAws } from '../../src/index.js'
import type { LocalAws } from '../../src/index.js'
import { exchange, openSocket, readToEnd, requestText, sqsCall, target, until } from './raw-http.js'

let aws: LocalAws
let receives: number
beforeEach(async () => {
  receives = 0
  aws = await startLocalAws({
    onCall: ({ operation }) => void (receives += operation === 'ReceiveMessage' ? 1 : 0),
  })
})
afterEach(() => aws.close())

async function createQueue(QueueName: string, Attributes: Record<string, string> = {}): Promise<string> {
  return String((await sqsCall(aws.endpoint, 'CreateQueue', { QueueName, Attributes })).json.QueueUrl)
}

/** Visible and in flight. */
async function counts(QueueUrl: string): Promise<[number, number]> {
  const { json } = await sqsCall(aws.endpoint, 'GetQueueAttributes', { QueueUrl, AttributeNames: ['All'] })
  const { ApproximateNumberOfMessages: visible, ApproximateNumberOfMessagesNotVisible: inFlight } =
    json.Attributes as Record<string, string>
  return [Number(visible), Number(inFlight)]
}

async function receiveCount(QueueUrl: string): Promise<unknown> {
  const input = { QueueUrl, MessageSystemAttributeNames: ['ApproximateReceiveCount'] }
  const { json } = await sqsCall(aws.endpoint, 'ReceiveMessage', input)
  const [message] = json.Messages as { Attributes: Record<string, string> }[]
  return message?.Attributes.ApproximateReceiveCount
}

const send = (QueueUrl: string, MessageBody: string): Promise<unknown> =>
  sqsCall(aws.endpoint, 'SendMessage', { QueueUrl, MessageBody })

const turns = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

describe('a client that goes away', () => {
  it.each(['destroys its connection', 'resets its connection', 'half-closes its connection'])(
    '%s inside a long poll swallows no message',
    async (how) => {
      const queue = await createQueue('q', { VisibilityTimeout: '600' })
      const socket = await openSocket(aws.port, { allowHalfOpen: true })
      socket.write(requestText('ReceiveMessage', { QueueUrl: queue, WaitTimeSeconds: 20 }))
      await turns(50)
      if (how.startsWith('destroys')) socket.destroy()
      else if (how.startsWith('resets')) socket.resetAndDestroy()
      else socket.end()
      await turns(50)
      await send(queue, 'kept')
      expect(await counts(queue)).toEqual([1, 0])
      expect(await receiveCount(queue)).toBe('1')
      socket.destroy()
    },
  )

  it('between its receive and the answer has its messages put back untouched', async () => {
    const [empty, full] = [
      await createQueue('empty'),
      await createQueue('full', { VisibilityTimeout: '600' }),
    ]
    await send(full, 'kept')
    // Two requests on one connection: the second one's answer is ready, and waits behind the first one's.
    const socket = await openSocket(aws.port)
    socket.write(requestText('ReceiveMessage', { QueueUrl: empty, WaitTimeSeconds: 20 }))
    socket.write(requestText('ReceiveMessage', { QueueUrl: full }))
    await until('the message is taken', async () => (await counts(full))[1] === 1)
    socket.destroy()
    await until('the message is back', async () => (await counts(full))[0] === 1)
    expect(await receiveCount(full)).toBe('1')
  })

  it('inside an answer it does not read has its messages put back', async () => {
    const queue = await createQueue('large', { VisibilityTimeout: '600' })
    for (let index = 0; index < 10; index++) await send(queue, 'x'.repeat(1_048_576))
    const socket = await openSocket(aws.port)
    socket.pause()
    socket.write(requestText('ReceiveMessage', { QueueUrl: queue, MaxNumberOfMessages: 10 }))
    await until('the messages are taken', async () => (await counts(queue))[1] === 10)
    // Longer than it takes to fill both sockets' buffers.
    await turns(200)
    socket.resetAndDestroy()
    await until('the messages are back', async () => (await counts(queue))[0] === 10)
    expect(await receiveCount(queue)).toBe('1')
  })

  it('that half-closes after its answer keeps what it received', async () => {
    const queue = await createQueue('q', { VisibilityTimeout: '600' })
    await send(queue, 'taken')
    const socket = await openSocket(aws.port, { allowHalfOpen: true })
    const answered = readToEnd(socket)
    socket.write(requestText('ReceiveMessage', { QueueUrl: queue }))
    await until('the message is taken', async () => (await counts(queue))[1] === 1)
    socket.end()
    expect(await answered).toContain('taken')
    expect(await counts(queue)).toEqual([0, 1])
  })

  it('inside its request leaves nothing behind', async () => {
    const queue = await createQueue('q')
    for (const cut of [10, 60, 150, 200]) {
      const socket = await openSocket(aws.port)
      socket.write(
        requestText('SendMessage', { QueueUrl: queue, MessageBody: 'x'.repeat(500) }).slice(0, cut),
      )
      await turns(10)
      socket.destroy()
    }
    expect(await counts(queue)).toEqual([0, 0])
  })
})

describe('one connection', () => {
  it('is kept for the next call, and answers pipelined calls in order', async () => {
    const queue = await createQueue('q')
    const socket = await openSocket(aws.port)
    const answered = readToEnd(socket)
    const bodies = ['first', 'second', 'third']
    for (const MessageBody of bodies)
      socket.write(requestText('SendMessage', { QueueUrl: queue, MessageBody }))
    await until('all three are sent', async () => (await counts(queue))[0] === 3)
    socket.end()
    expect((await answered).match(/200 OK/g)).toHaveLength(3)
  })
})

describe('close', () => {
  it('answers receives that wait, and refuses the next connection', async () => {
    const queue = await createQueue('q')
    const polls = [1, 2, 3].map(() =>
      sqsCall(aws.endpoint, 'ReceiveMessage', { QueueUrl: queue, WaitTimeSeconds: 20 }),
    )
    await until('all three wait', () => receives === 3)
    const started = performance.now()
    await aws.close()
    expect(performance.now() - started).toBeLessThan(15_000)
    for (const answer of await Promise.all(polls)) expect([answer.status, answer.json]).toEqual([200, {}])
    await expect(exchange(aws.endpoint, { headers: target('AmazonSQS.ListQueues') })).rejects.toMatchObject({
      code: 'ECONNREFUSED',
    })
  })

  it('cuts idle and half-sent connections', async () => {
    const sockets = [await openSocket(aws.port), await openSocket(aws.port)]
    sockets[1]?.write('POST / HTTP/1.1\r\nContent-Length: 100\r\n\r\n{')
    const ended = sockets.map(readToEnd)
    await turns(20)
    await aws.close()
    await Promise.all(ended)
  })

  it('may be called twice, and is what disposing calls', async () => {
    await Promise.all([aws.close(), aws.close()])
    const other = await startLocalAws()
    await other[Symbol.asyncDispose]()
    await expect(openSocket(other.port)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  })
})
