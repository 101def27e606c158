import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { connect } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { createWorker, defineQueue, openQueue, QueueCallError } from '../../src/index.js'
import type { QueuePort } from '../../src/index.js'
import { undiciTransport } from '../../src/queue/undici.js'
import { messages, serve, until } from './scripted-server.js'

const RECEIVE = { maxMessages: 10, waitSeconds: 20, visibilityTimeoutSeconds: 30 }
const never = new AbortController().signal

function open(url: string, proxy?: string): QueuePort {
  const transport = undiciTransport({ proxy })
  const port = openQueue(defineQueue({ url, message: z.object({}), transport }))
  onTestFinished(() => port.close())
  return port
}

test('a worker handles and deletes over undici, its receives and settlements on separate connections', async () => {
  const { url, seen } = await serve({
    GetQueueAttributes: () => ({ Attributes: { VisibilityTimeout: '30' } }),
    ReceiveMessage: (count) => (count <= 3 ? messages(10) : 'silence'),
    DeleteMessageBatch: () => ({ Successful: [], Failed: [] }),
  })
  const queue = defineQueue({ url, message: z.object({}), transport: undiciTransport() })
  const worker = createWorker(queue, () => {}, { log: false })
  await worker.start()
  await until(() => worker.stats().done === 30)
  const socketsOf = (name: string): number[] =>
    seen.filter(({ operation }) => operation === name).map(({ socket }) => socket)
  const receives = new Set(socketsOf('ReceiveMessage'))
  expect(socketsOf('DeleteMessageBatch').some((socket) => receives.has(socket))).toBe(false)
  // Kept alive: thirty messages took a few connections.
  expect(receives.size).toBeLessThanOrEqual(3)
  await worker.stop({ deadline: '0s' })
})

test('a call that is given up closes its connection, and the next has another', async () => {
  const { url, seen } = await serve({ ReceiveMessage: (count) => (count === 1 ? 'silence' : messages(1)) })
  const port = open(url)
  const given = new AbortController()
  const ended = port.receive(RECEIVE, given.signal).catch((error: unknown) => error)
  await until(() => seen.length === 1)
  given.abort()
  expect(await ended).toMatchObject({ reason: 'aborted' })
  expect(await port.receive(RECEIVE, never)).toHaveLength(1)
  expect(seen[1]?.socket).not.toBe(seen[0]?.socket)
  expect(await port.receive(RECEIVE, AbortSignal.abort()).catch((error: unknown) => error)).toMatchObject({
    reason: 'aborted',
  })
})

test('a port that nobody listens on is unreachable, and a refusal is SQS’s own', async () => {
  const { url } = await serve({ ReceiveMessage: () => ({ status: 403, body: { __type: 'x#AccessDenied' } }) })
  expect(
    await open(url)
      .receive(RECEIVE, never)
      .catch((error: unknown) => error),
  ).toMatchObject({ reason: 'denied' })
  const gone = await open('http://127.0.0.1:1/000000000000/orders')
    .receive(RECEIVE, never)
    .catch((error: unknown) => error)
  expect(gone).toBeInstanceOf(QueueCallError)
  expect(gone).toMatchObject({ reason: 'unreachable' })
})

test('calls go through the proxy that is given', async () => {
  const { url } = await serve({ ReceiveMessage: () => messages(2) })
  const tunnels: string[] = []
  const proxy = createServer().on('connect', ({ url: to = '' }, socket, head: Buffer) => {
    tunnels.push(to)
    const [host, port] = to.split(':')
    const onward = connect(Number(port), host)
    onward.on('connect', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n')
      onward.write(head)
      onward.pipe(socket).pipe(onward)
    })
    for (const each of [onward, socket]) each.on('error', () => onward.destroy())
    socket.on('close', () => onward.destroy())
    onward.on('close', () => socket.destroy())
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void proxy.close())
  const port = open(url, `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`)
  expect(await port.receive(RECEIVE, never)).toHaveLength(2)
  expect(tunnels).toEqual([new URL(url).host])
  port.close()
})

test('a queue has a client of yours or a transport, not both', () => {
  const client = { send() {}, destroy() {} } as never
  expect(() => defineQueue({ message: z.object({}), client, transport: undiciTransport() })).toThrow(
    /transport: expected none beside client/,
  )
})
