// As much of S3's protocol as payloads need: objects by path-style addresses, checksums, errors as XML, and faults.
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { crc32 } from './crc32.js'

/** A call as it came in. */
export interface S3Call {
  readonly operation: 'PutObject' | 'GetObject' | 'DeleteObject'
  /** How many calls of this operation there were, this one included. */
  readonly count: number
  readonly bucket: string
  readonly key: string
}

/** What goes wrong with a call. */
export type S3Fault =
  /** Refused, with this status and code of S3. */
  | { readonly status: number; readonly code: string }
  /** The connection ends: before any answer, or amid the body. */
  | 'reset'
  | 'cut'
  /** Nothing is answered, or nothing after half of the body. */
  | 'silence'
  | 'stall'
  /** The body is not what was stored; its checksum is of what was. */
  | 'damage'

export interface S3Server {
  readonly endpoint: string
  /** Objects by bucket and key: `payloads/some-key`. */
  readonly objects: Map<string, Buffer>
  readonly calls: readonly S3Call[]
  /** Decides from now on what befalls each call. */
  intercept(intercept: (call: S3Call) => S3Fault | undefined): void
  /** As it was at its start: no objects, no calls, no faults. */
  reset(): void
  close(): Promise<void>
}

const OPERATIONS: Readonly<Record<string, S3Call['operation']>> = {
  PUT: 'PutObject',
  GET: 'GetObject',
  DELETE: 'DeleteObject',
}

/** Starts a server on 127.0.0.1 that has these buckets. */
export async function startS3(buckets: readonly string[]): Promise<S3Server> {
  const objects = new Map<string, Buffer>()
  const calls: S3Call[] = []
  let intercept: (call: S3Call) => S3Fault | undefined = () => undefined

  const server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      const [, bucket = '', ...rest] = decodeURIComponent((request.url ?? '').replace(/\?.*/, '')).split('/')
      const operation = OPERATIONS[request.method ?? '']
      if (operation === undefined) return refuse(response, 405, 'MethodNotAllowed')
      const count = calls.filter((each) => each.operation === operation).length + 1
      const call: S3Call = { operation, count, bucket, key: rest.join('/') }
      calls.push(call)
      const fault = intercept(call)
      if (fault === 'reset') request.socket.destroy()
      else if (typeof fault === 'object') refuse(response, fault.status, fault.code)
      else if (fault !== 'silence') serve(call, { request, response, body, fault })
      return undefined
    })
  })

  function serve({ operation, bucket, key }: S3Call, { request, response, body, fault }: Exchange): void {
    const path = `${bucket}/${key}`
    const object = objects.get(path)
    const { authorization, 'x-amz-checksum-crc32': checksum } = request.headers
    if (authorization?.includes('/s3/aws4_request') !== true) return refuse(response, 403, 'AccessDenied')
    if (!buckets.includes(bucket)) return refuse(response, 404, 'NoSuchBucket')
    if (operation === 'GetObject') {
      if (object === undefined) return refuse(response, 404, 'NoSuchKey')
      return answer(response, object, fault)
    }
    if (operation === 'PutObject') {
      if (checksum !== crc32(body)) return refuse(response, 400, 'BadDigest')
      objects.set(path, body)
    } else objects.delete(path)
    response.writeHead(operation === 'PutObject' ? 200 : 204).end()
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    objects,
    calls,
    intercept(next) {
      intercept = next
    },
    reset() {
      objects.clear()
      calls.length = 0
      intercept = () => undefined
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly body: Buffer
  readonly fault: S3Fault | undefined
}

function answer(response: ServerResponse, object: Buffer, fault: S3Fault | undefined): void {
  const half = object.subarray(0, object.length / 2)
  response.writeHead(200, { 'content-length': object.length, 'x-amz-checksum-crc32': crc32(object) })
  if (fault === 'stall') response.write(half)
  else if (fault === 'cut') response.write(half, () => response.destroy())
  else response.end(fault === 'damage' ? Buffer.alloc(object.length, '?') : object)
}

function refuse(response: ServerResponse, status: number, code: string): void {
  const text = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>A test says so.</Message></Error>`
  response.writeHead(status, { 'content-type': 'application/xml' }).end(text)
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}
