import { request } from 'node:http'
import type { IncomingHttpHeaders } from 'node:http'
import { connect } from 'node:net'
import type { Socket } from 'node:net'

export interface RawAnswer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
  readonly bytes: Buffer
  /** The body as JSON; an empty one, and one in another protocol, is `{}`. */
  readonly json: Readonly<Record<string, unknown>>
}

export interface RawCall {
  readonly method?: string
  readonly path?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
}

/** One HTTP exchange on a connection of its own. */
export function exchange(endpoint: string, call: RawCall = {}): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const { method = 'POST', path = '/', headers = {}, body = '' } = call
    const sent = request(`${endpoint}${path}`, { method, headers, agent: false }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => {
        const bytes = Buffer.concat(chunks)
        const text = bytes.toString()
        const isJson = text !== '' && String(response.headers['content-type']).includes('json')
        const json = isJson ? (JSON.parse(text) as Record<string, unknown>) : {}
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text, bytes, json })
      })
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

/** A call to SQS as a client writes it, without the client. */
export function sqsCall(endpoint: string, operation: string, input: unknown): Promise<RawAnswer> {
  return exchange(endpoint, { headers: target(`AmazonSQS.${operation}`), body: JSON.stringify(input) })
}

export function target(name: string): Record<string, string> {
  return { 'X-Amz-Target': name, 'Content-Type': 'application/x-amz-json-1.0' }
}

/** A call in the query protocol, as older SDKs write it. */
export function queryCall(
  endpoint: string,
  parameters: Readonly<Record<string, string>>,
  path: string = '/',
): Promise<RawAnswer> {
  const headers = { 'Content-Type': 'application/x-www-form-urlencoded; charset=utf-8' }
  return exchange(endpoint, { path, headers, body: new URLSearchParams(parameters).toString() })
}

/** The text of an SQS request, for tests that write to sockets themselves. */
export function requestText(operation: string, input: unknown): string {
  const body = JSON.stringify(input)
  const lines = [
    'POST / HTTP/1.1',
    'Host: 127.0.0.1',
    `X-Amz-Target: AmazonSQS.${operation}`,
    'Content-Type: application/x-amz-json-1.0',
    `Content-Length: ${Buffer.byteLength(body)}`,
  ]
  return `${lines.join('\r\n')}\r\n\r\n${body}`
}

/** A connected socket. Errors on it are the test's to look for: a reset is what some of them are about. */
export function openSocket(port: number, options: { allowHalfOpen?: boolean } = {}): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', ...options }, () => {
      socket.off('error', reject)
      socket.on('error', () => {})
      resolve(socket)
    })
    socket.once('error', reject)
  })
}

/** Everything that comes on a socket until the other side ends or cuts it. */
export function readToEnd(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    let text = ''
    socket.setEncoding('utf8')
    socket.on('data', (chunk: string) => (text += chunk))
    socket.on('close', () => resolve(text))
    socket.on('end', () => socket.end())
  })
}

/** Waits, in real time, until `check` gives true; fails after forty seconds, for a process may take its time to start. */
export async function until(what: string, check: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 40_000
  while (!(await check())) {
    if (performance.now() > deadline) throw new Error(`Waited in vain until ${what}.`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
