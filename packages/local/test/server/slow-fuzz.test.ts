// Requests that come in pieces, late, cut off, with lengths that lie: each is answered or its connection ends, the next
// call is served, and nothing is left of any.
import { setTimeout as delay } from 'node:timers/promises'

import * as fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'

import { startLocalAws } from '../../src/index.js'
import type { LocalAws } from '../../src/index.js'
import { openSocket, sqsCall, until } from './raw-http.js'

let aws: LocalAws
let QueueUrl: string
beforeAll(async () => {
  aws = await startLocalAws()
  QueueUrl = String((await sqsCall(aws.endpoint, 'CreateQueue', { QueueName: 'q' })).json.QueueUrl)
})
afterAll(() => aws.close())

const sockets = (): number =>
  process.getActiveResourcesInfo().filter((type) => type === 'TCPSocketWrap').length

const inputs = fc.constantFrom<(url: string) => [operation: string, body: string]>(
  (url) => ['SendMessage', JSON.stringify({ QueueUrl: url, MessageBody: 'x'.repeat(300) })],
  (url) => ['ReceiveMessage', JSON.stringify({ QueueUrl: url, WaitTimeSeconds: 20, VisibilityTimeout: 0 })],
  (url) => ['ReceiveMessage', `{"QueueUrl":"${url}","MaxNumberOfMessages":`],
  () => ['ListQueues', '{}'],
  () => ['ListQueues', ''],
  () => ['SendMessage', '\u0000'.repeat(50)],
)
/** What is said of the body's length. */
const framings = fc.constantFrom<(body: string) => { headers: string; body: string }>(
  (body) => ({ headers: `Content-Length: ${Buffer.byteLength(body)}`, body }),
  (body) => ({ headers: `Content-Length: ${Buffer.byteLength(body) + 20}`, body }),
  (body) => ({ headers: `Content-Length: ${Math.max(Buffer.byteLength(body) - 5, 0)}`, body }),
  (body) => ({ headers: 'Content-Length: 999999999999', body }),
  (body) => ({ headers: 'Content-Length: -1', body }),
  (body) => ({
    headers: `Transfer-Encoding: chunked`,
    body: `${Buffer.byteLength(body).toString(16)}\r\n${body}\r\n0\r\n\r\n`,
  }),
  (body) => ({ headers: `Transfer-Encoding: chunked`, body: `zz\r\n${body}` }),
  (body) => ({ headers: `Content-Length: 2\r\nTransfer-Encoding: chunked`, body }),
  (body) => ({ headers: `Content-Encoding: gzip\r\nContent-Length: ${Buffer.byteLength(body)}`, body }),
  (body) => ({ headers: `X-Long: ${'x'.repeat(20_000)}\r\nContent-Length: 2`, body }),
)
const deliveries = fc.record({
  input: inputs,
  framing: framings,
  /** Shares of the request after which the client pauses. */
  cuts: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 4 }),
  pauseMs: fc.integer({ min: 0, max: 4 }),
  /** How much is sent at all. */
  share: fc.constantFrom(1, 1, 1, 0.9, 0.5, 0.1),
  ending: fc.constantFrom('half-close', 'destroy', 'reset', 'wait and destroy'),
})

type Delivery = typeof deliveries extends fc.Arbitrary<infer Value> ? Value : never

/** What came back until the connection was over. */
async function deliver({ input, framing, cuts, pauseMs, share, ending }: Delivery): Promise<string> {
  const [operation, plain] = input(QueueUrl)
  const { headers, body } = framing(plain)
  const head = `POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Amz-Target: AmazonSQS.${operation}\r\n${headers}\r\n\r\n`
  const text = head + body
  const end = Math.ceil(text.length * share)
  const stops = [...cuts.map((cut) => Math.floor(cut * end)).sort((one, other) => one - other), end]
  const socket = await openSocket(aws.port, { allowHalfOpen: true })
  let heard = ''
  socket.setEncoding('utf8').on('data', (part: string) => (heard += part))
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  let from = 0
  for (const stop of stops) {
    socket.write(text.slice(from, stop))
    from = stop
    await delay(pauseMs)
  }
  if (ending === 'half-close') {
    socket.once('end', () => socket.destroy())
    socket.end()
  } else if (ending === 'reset') socket.resetAndDestroy()
  else {
    if (ending === 'wait and destroy') await delay(20)
    socket.destroy()
  }
  const hangs = setTimeout(() => socket.destroy(new Error('The connection hangs.')), 30_000)
  await closed
  clearTimeout(hangs)
  expect(socket.errored?.message).not.toBe('The connection hangs.')
  return heard
}

it('whatever way a request comes, it is answered or its connection ends', { timeout: 60_000 }, async () => {
  const before = sockets()
  // Many at a time: one that is slow must not hold up another.
  const property = fc.asyncProperty(fc.array(deliveries, { minLength: 20, maxLength: 20 }), async (all) => {
    for (const heard of await Promise.all(all.map(deliver))) {
      for (const [, status] of heard.matchAll(/HTTP\/1\.1 (\d+) /g)) {
        expect(Number(status), heard).toBeGreaterThanOrEqual(200)
        expect(Number(status), heard).toBeLessThan(500)
      }
      if (heard !== '') expect(heard).toMatch(/^HTTP\/1\.1 /)
    }
    expect((await sqsCall(aws.endpoint, 'ListQueues', {})).status).toBe(200)
  })
  await fc.assert(property, { numRuns: 25 })
  await until('every connection is gone', () => sockets() <= before)
  // Receives that nobody waits for any more have taken nothing: what was sent is all there.
  const counts = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible']
  const { json } = await sqsCall(aws.endpoint, 'GetQueueAttributes', { QueueUrl, AttributeNames: counts })
  expect((json.Attributes as Record<string, string>)[counts[1] ?? '']).toBe('0')
})
