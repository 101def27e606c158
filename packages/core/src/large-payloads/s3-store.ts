import { randomUUID } from 'node:crypto'
import type { Readable } from 'node:stream'
import type { S3ClientConfig } from '@aws-sdk/client-s3'
import { DeleteObjectCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { PayloadError } from '../errors.js'
import type { PayloadPointer, PayloadStore } from '../payload-store.js'
import { unreadable } from '../payload.js'
import { s3Error } from './s3-error.js'
import type { S3PayloadsOptions } from './s3-payloads.js'

const CONNECTION_TIMEOUT_MS = 3_000
// As many handlings may fetch at a time; more wait for a connection.
const SOCKETS = 50

type Environment = Readonly<Record<string, string | undefined>>

/** The store over the official SDK. */
export class S3Store implements PayloadStore {
  readonly #options: S3PayloadsOptions
  readonly #client: S3Client

  constructor(options: S3PayloadsOptions, env: Environment) {
    this.#options = options
    this.#client = options.client ?? new S3Client(clientConfig(options, env))
  }

  async put(body: string, abortSignal: AbortSignal): Promise<PayloadPointer> {
    const { bucket, prefix = '' } = this.#options
    const key = prefix + randomUUID()
    const command = new PutObjectCommand({ Bucket: bucket, Key: key, Body: Buffer.from(body) })
    await this.#client.send(command, { abortSignal }).catch((error: unknown) => {
      throw s3Error(error, 'put', { bucket, key })
    })
    return { bucket, key }
  }

  async get(pointer: PayloadPointer, maxBytes: number, abortSignal: AbortSignal): Promise<string> {
    const { bucket, key } = pointer
    const { bucket: own, readFrom = [] } = this.#options
    // Whoever may send a message must not choose among all that this task may read.
    if (bucket !== own && !readFrom.includes(bucket)) {
      throw unreadable(
        `points to the bucket ${bucket}, and payloads are read from ${[own, ...readFrom].join(', ')}`,
      )
    }
    try {
      const command = new GetObjectCommand({ Bucket: bucket, Key: key })
      const { Body, ContentLength = 0 } = await this.#client.send(command, { abortSignal })
      return await textOf(Body as Readable, ContentLength, maxBytes)
    } catch (error) {
      throw error instanceof PayloadError ? error : s3Error(error, 'get', pointer)
    }
  }

  async remove(pointer: PayloadPointer, abortSignal: AbortSignal): Promise<void> {
    const { bucket, key } = pointer
    if (bucket !== this.#options.bucket) return
    const command = new DeleteObjectCommand({ Bucket: bucket, Key: key })
    await this.#client.send(command, { abortSignal }).catch((error: unknown) => {
      throw s3Error(error, 'remove', pointer)
    })
  }

  close(): void {
    if (this.#options.client === undefined) this.#client.destroy()
  }
}

async function textOf(body: Readable, length: number, maxBytes: number): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  // To leave the loop by a throw ends the stream, and with it the connection.
  for await (const chunk of body) {
    bytes += (chunk as Buffer).length
    if (Math.max(bytes, length) > maxBytes) {
      throw unreadable(`has a payload of more than ${maxBytes} bytes (maxPayloadBytes)`)
    }
    chunks.push(chunk as Buffer)
  }
  return Buffer.concat(chunks).toString()
}

function clientConfig({ region, endpoint }: S3PayloadsOptions, env: Environment): S3ClientConfig {
  const agent = { keepAlive: true, maxSockets: SOCKETS }
  const configured = endpoint ?? env.AWS_ENDPOINT_URL_S3 ?? env.AWS_ENDPOINT_URL
  return {
    ...(region === undefined ? {} : { region }),
    ...(endpoint === undefined ? {} : { endpoint }),
    // Only AWS has a host name for each bucket.
    forcePathStyle: configured !== undefined && configured !== '',
    // Attempts, their backoff and their deadlines are ours.
    maxAttempts: 1,
    requestHandler: { connectionTimeout: CONNECTION_TIMEOUT_MS, httpAgent: agent, httpsAgent: agent },
  }
}
