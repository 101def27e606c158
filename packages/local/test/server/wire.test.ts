import { deflateSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { startLocalAws } from '../../src/index.js'
import type { LocalAws } from '../../src/index.js'
import { exchange, openSocket, readToEnd, sqsCall, target } from './raw-http.js'

let aws: LocalAws
let queueUrl: string

beforeAll(async () => {
  aws = await startLocalAws()
  queueUrl = String((await sqsCall(aws.endpoint, 'CreateQueue', { QueueName: 'wire' })).json.QueueUrl)
})
afterAll(() => aws.close())

const send = target('AmazonSQS.SendMessage')
const bodyOf = (text: string): string => JSON.stringify({ QueueUrl: queueUrl, MessageBody: text })

describe('answers', () => {
  it('carry a request id of their own and the content type of the protocol', async () => {
    const [one, other] = [
      await sqsCall(aws.endpoint, 'ListQueues', {}),
      await sqsCall(aws.endpoint, 'ListQueues', {}),
    ]
    expect(one.status).toBe(200)
    expect(one.headers['content-type']).toBe('application/x-amz-json-1.0')
    expect(one.headers['x-amzn-requestid']).toMatch(/^[0-9a-f-]{36}$/)
    expect(one.headers['x-amzn-requestid']).not.toBe(other.headers['x-amzn-requestid'])
  })

  it('have an empty body for an operation without output', async () => {
    const answer = await sqsCall(aws.endpoint, 'TagQueue', { QueueUrl: queueUrl, Tags: { a: 'b' } })
    expect([answer.status, answer.text]).toEqual([200, ''])
  })

  it('name an error by its shape in __type and by its older code in x-amzn-query-error', async () => {
    const missing = await sqsCall(aws.endpoint, 'GetQueueUrl', { QueueName: 'missing' })
    expect(missing.status).toBe(400)
    expect(missing.json).toEqual({
      __type: 'com.amazonaws.sqs#QueueDoesNotExist',
      message: 'The specified queue does not exist.',
    })
    expect(missing.headers['x-amzn-query-error']).toBe('AWS.SimpleQueueService.NonExistentQueue;Sender')
    const invalid = await sqsCall(aws.endpoint, 'ReceiveMessage', {
      QueueUrl: queueUrl,
      MaxNumberOfMessages: 11,
    })
    expect(invalid.json.__type).toBe('com.amazonaws.sqs#InvalidParameterValueException')
    expect(invalid.headers['x-amzn-query-error']).toBe('InvalidParameterValue;Sender')
  })

  it('are the same on the path of a QueueUrl', async () => {
    const path = new URL(queueUrl).pathname
    expect((await exchange(aws.endpoint, { path, headers: send, body: bodyOf('by path') })).status).toBe(200)
  })

  it('write QueueUrls with the host that the caller used', async () => {
    const headers = { ...target('AmazonSQS.GetQueueUrl'), Host: 'sqs.example:99' }
    const answer = await exchange(aws.endpoint, { headers, body: '{"QueueName":"wire"}' })
    expect(answer.json.QueueUrl).toBe('http://sqs.example:99/000000000000/wire')
  })

  it('tell a health check that all is well', async () => {
    for (const path of ['/', '/_longshore/health', '/_longshore/health?x=1']) {
      const answer = await exchange(aws.endpoint, { method: 'GET', path })
      expect(answer.status).toBe(200)
      expect(answer.json).toMatchObject({ name: '@longshore/local', status: 'running' })
    }
  })

  it('refuse other paths and methods', async () => {
    expect((await exchange(aws.endpoint, { method: 'GET', path: '/nothing' })).status).toBe(404)
    expect((await exchange(aws.endpoint, { method: 'PUT', path: '/' })).status).toBe(405)
  })
})

describe('operations that are not there', () => {
  it.each([
    ['AmazonSQS.ReceiveNothing', "Amazon SQS's operation ReceiveNothing"],
    ['AmazonSQS.', "Amazon SQS's operation "],
    ['AmazonSQS.constructor', "Amazon SQS's operation constructor"],
    ['DynamoDB_20120810.GetItem', "the service of X-Amz-Target 'DynamoDB_20120810.GetItem'"],
    ['nonsense', "the service of X-Amz-Target 'nonsense'"],
  ])('are refused by name: %s', async (name, what) => {
    const answer = await exchange(aws.endpoint, { headers: target(name), body: '{}' })
    expect(answer.status).toBe(400)
    expect(answer.json).toEqual({
      __type: 'com.amazon.coral.service#UnknownOperationException',
      message: `@longshore/local does not implement ${what}.`,
    })
  })

  it('are asked for by what is missing when a call is in no protocol', async () => {
    const headers = { 'Content-Type': 'application/json' }
    const answer = await exchange(aws.endpoint, { headers, body: '{}' })
    expect(answer.status).toBe(400)
    expect(answer.json.message).toBe(
      '@longshore/local does not implement a call without an X-Amz-Target header, a form or a smithy-protocol header.',
    )
  })
})

describe('request bodies', () => {
  it.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
  ])('are read when compressed: %s', async (encoding, compress) => {
    const headers = { ...send, 'Content-Encoding': encoding }
    const answer = await exchange(aws.endpoint, { headers, body: compress(bodyOf('small')) })
    expect(answer.json.MD5OfMessageBody).toBe('eb5c1399a871211c7e7ed732d15e3a8b')
  })

  it('that are not what their encoding says are refused', async () => {
    const headers = { ...send, 'Content-Encoding': 'gzip' }
    const answer = await exchange(aws.endpoint, { headers, body: bodyOf('not gzip') })
    expect(answer.status).toBe(400)
    expect(answer.json.__type).toBe('com.amazon.coral.service#SerializationException')
  })

  it('in an unknown encoding are refused by its name', async () => {
    const headers = { ...send, 'Content-Encoding': 'br' }
    const answer = await exchange(aws.endpoint, { headers, body: bodyOf('x') })
    expect(answer.status).toBe(415)
    expect(answer.json.message).toContain("'br'")
  })

  it.each(['{', '{"QueueUrl":', 'plain text', '[]', '"text"', 'null', '12', '\u0000'])(
    'that are not a JSON object are refused: %j',
    async (body) => {
      const answer = await exchange(aws.endpoint, { headers: send, body })
      expect(answer.status).toBe(400)
      expect(answer.json.__type).toBe('com.amazon.coral.service#SerializationException')
    },
  )

  it('do not appear in what is said of them', async () => {
    const answer = await exchange(aws.endpoint, { headers: send, body: '{"MessageBody":"secret"' })
    expect(answer.text).not.toContain('secret')
  })

  it('of more than 16 MiB are refused, as they come and after decompression', async () => {
    const huge = Buffer.alloc(16 * 1024 * 1024 + 1, 'x')
    expect((await exchange(aws.endpoint, { headers: send, body: huge })).status).toBe(413)
    const bomb = gzipSync(Buffer.alloc(200 * 1024 * 1024))
    const headers = { ...send, 'Content-Encoding': 'gzip' }
    const answer = await exchange(aws.endpoint, { headers, body: bomb })
    expect([answer.status, answer.json.__type]).toEqual([
      413,
      'com.amazon.coral.service#RequestEntityTooLarge',
    ])
  })

  it('may come in pieces', async () => {
    const socket = await openSocket(aws.port)
    const answered = readToEnd(socket)
    const head = `POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Amz-Target: AmazonSQS.SendMessage\r\nTransfer-Encoding: chunked\r\n\r\n`
    const body = bodyOf('in pieces é')
    socket.write(head)
    for (const byte of Buffer.from(body)) {
      socket.write(Buffer.concat([Buffer.from('1\r\n'), Buffer.from([byte]), Buffer.from('\r\n')]))
    }
    socket.write('0\r\n\r\n')
    expect(await answered).toContain('200 OK')
  })
})

describe('what is not HTTP', () => {
  it.each([
    '\u0000\u0001\u0002\r\n\r\n',
    'GET / HTTP/9.9\r\n\r\n',
    `GET /${'x'.repeat(100_000)} HTTP/1.1\r\n\r\n`,
  ])('is answered with 4xx and closed, and the next call served (%#)', async (bytes) => {
    const socket = await openSocket(aws.port)
    const answered = readToEnd(socket)
    socket.write(bytes)
    expect(await answered).toMatch(/^HTTP\/1\.1 4\d\d /)
    expect((await sqsCall(aws.endpoint, 'ListQueues', {})).status).toBe(200)
  })
})
