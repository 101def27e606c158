// A bucket for a file of tests: on a server of our own, whose faults a test may choose, or on LocalStack's S3.
import { randomUUID } from 'node:crypto'
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, beforeEach } from 'vitest'
import type { S3Server } from './s3-server.js'
import { startS3 } from './s3-server.js'

const endpointOfLocalStack =
  process.env.LONGSHORE_CONTRACT_TARGET === 'localstack' ? process.env.AWS_ENDPOINT_URL_SQS : undefined

export const hasFaults: boolean = endpointOfLocalStack === undefined

export interface Bucket {
  readonly name: string
  readonly endpoint: string
  put(key: string, body: string): Promise<void>
  has(key: string): Promise<boolean>
  /** Faults, objects and calls: of our own server only. */
  readonly server: S3Server
}

export function useBucket(): Bucket {
  const name = `payloads-${randomUUID()}`
  let server: S3Server | undefined
  let client: S3Client | undefined
  const open = (): S3Client => {
    if (client === undefined) throw new Error('The bucket is there only while the tests of its file run.')
    return client
  }
  beforeAll(async () => {
    if (endpointOfLocalStack === undefined) server = await startS3([name])
    const endpoint = server?.endpoint ?? endpointOfLocalStack ?? ''
    client = new S3Client({ endpoint, region: 'us-east-1', forcePathStyle: true })
    if (server === undefined) await client.send(new CreateBucketCommand({ Bucket: name }))
  })
  beforeEach(() => server?.reset())
  afterAll(async () => {
    client?.destroy()
    await server?.close()
  })
  return {
    name,
    get endpoint() {
      return server?.endpoint ?? endpointOfLocalStack ?? ''
    },
    get server() {
      if (server === undefined) throw new Error('LocalStack has no faults to choose.')
      return server
    },
    put: async (key, body) => {
      await open().send(new PutObjectCommand({ Bucket: name, Key: key, Body: body }))
    },
    has: async (key) => {
      const found = await open()
        .send(new GetObjectCommand({ Bucket: name, Key: key }))
        .catch(() => undefined)
      await found?.Body?.transformToString()
      return found !== undefined
    },
  }
}
