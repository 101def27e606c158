import { createHash } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import type { SQSClientConfig } from '@aws-sdk/client-sqs'
import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import { expect, onTestFinished, test } from 'vitest'
import type { Sender } from '../../src/queue/direct-send.js'
import { directSend } from '../../src/queue/direct-send.js'
import { BodyMd5, makeLean } from '../../src/queue/lean-stack.js'
import { CachingSigner } from '../../src/queue/signer.js'
import type { Answers, Seen } from './scripted-server.js'
import { serve, until } from './scripted-server.js'

const md5 = (text: string): string => createHash('md5').update(text).digest('hex')

const CREDENTIALS = { accessKeyId: 'AKID', secretAccessKey: 'secret', sessionToken: 'token' }

function client(config: SQSClientConfig): SQSClient {
  const made = new SQSClient({
    region: 'eu-west-1',
    credentials: CREDENTIALS,
    maxAttempts: 1,
    useQueueUrlAsEndpoint: false,
    ...config,
  })
  onTestFinished(() => made.destroy())
  return made
}

/** A client as `clients.ts` makes it. */
function directClient(endpoint: string): { client: SQSClient; signer: CachingSigner } {
  const signer: CachingSigner = new CachingSigner(() => made.config)
  const made: SQSClient = client({ endpoint, cacheMiddleware: true, md5: BodyMd5, signer })
  makeLean(made)
  return { client: made, signer }
}

/** The same calls by the SDK as it comes, and by ours. */
async function both(answers: Answers) {
  const { endpoint, url: QueueUrl, seen } = await serve(answers)
  const { client: ours, signer } = directClient(endpoint)
  return { QueueUrl, seen, plain: client({ endpoint }), ours, direct: directSend(ours, signer) }
}

const MESSAGE = {
  MessageId: 'm1',
  ReceiptHandle: 'r1',
  Body: 'größer',
  MD5OfBody: md5('größer'),
  Attributes: { ApproximateReceiveCount: '1' },
  MessageAttributes: {
    text: { DataType: 'String', StringValue: 'a' },
    bytes: { DataType: 'Binary', BinaryValue: Buffer.from([0, 255, 7]).toString('base64') },
  },
}

// Per attempt; we make one.
const OF_RETRIES = new Set(['amz-sdk-invocation-id', 'amz-sdk-request'])

/** But for the instant: what is signed, and by which key, must be the same. */
function comparable({ operation, input, headers }: Seen): object {
  const { authorization = '', 'x-amz-date': _, ...others } = headers
  const left = Object.entries(others).filter(([name]) => !OF_RETRIES.has(name))
  const signedNames = /SignedHeaders=([^,]*)/.exec(authorization)?.[1]?.split(';') ?? []
  return {
    operation,
    input,
    headers: Object.fromEntries(left),
    credential: /Credential=([^,]*)/.exec(authorization)?.[1],
    signed: signedNames.filter((name) => !OF_RETRIES.has(name)),
  }
}

test('the calls of every message go out as the SDK sends them, and their answers come as it reads them', async () => {
  const { QueueUrl, seen, plain, direct, ours } = await both({
    ReceiveMessage: () => ({ Messages: [MESSAGE] }),
    DeleteMessageBatch: () => ({
      Successful: [{ Id: '0' }],
      Failed: [{ Id: '1', Code: 'X', SenderFault: true }],
    }),
    ChangeMessageVisibilityBatch: () => ({ Successful: [{ Id: '0' }], Failed: [] }),
  })
  const commands = [
    () =>
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, ReceiveRequestAttemptId: undefined }),
    () => new DeleteMessageBatchCommand({ QueueUrl, Entries: [{ Id: '0', ReceiptHandle: 'r' }] }),
    () =>
      new ChangeMessageVisibilityBatchCommand({
        QueueUrl,
        Entries: [{ Id: '0', ReceiptHandle: 'r', VisibilityTimeout: 3 }],
      }),
  ]
  let passed = 0
  ours.middlewareStack.add((next) => (call) => ((passed += 1), next(call)), { step: 'initialize' })
  for (const command of [...commands, ...commands]) {
    const theirAnswer = await plain.send(command() as ReceiveMessageCommand)
    const ourAnswer = await direct.send(command() as ReceiveMessageCommand)
    expect({ ...ourAnswer, $metadata: 0 }).toEqual({ ...theirAnswer, $metadata: 0 })
    const [their, our] = seen.slice(-2)
    expect(our && comparable(our)).toEqual(their && comparable(their))
  }
  expect(passed).toBe(1)
})

test('errors are the SDK’s own, of the first call and of later ones', async () => {
  const { QueueUrl, seen, plain, direct } = await both({
    ReceiveMessage: () => ({
      status: 400,
      body: { __type: 'com.amazonaws.sqs#QueueDoesNotExist', message: 'No such queue.' },
      headers: { 'x-amzn-query-error': 'AWS.SimpleQueueService.NonExistentQueue;Sender' },
    }),
    DeleteMessageBatch: () => ({ status: 503, body: {} }),
    ChangeMessageVisibilityBatch: () => ({
      status: 400,
      body: { __type: 'com.amazonaws.sqs#RequestThrottled', message: 'Slow down.' },
    }),
  })
  for (const command of [
    () => new ReceiveMessageCommand({ QueueUrl }),
    () => new DeleteMessageBatchCommand({ QueueUrl, Entries: [] }),
    () => new ReceiveMessageCommand({ QueueUrl }),
    () => new ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries: [] }),
  ]) {
    const thrownBy = async (sender: Sender): Promise<object> =>
      await sender.send(command() as ReceiveMessageCommand).catch((error: unknown) => error as object)
    const [theirs, ours] = [await thrownBy(plain), await thrownBy(direct)]
    expect(ours).toBeInstanceOf(theirs.constructor)
    expect(told(ours)).toEqual(told(theirs))
  }
  expect(seen).toHaveLength(8)
})

function told(thrown: object): object {
  const { name, message, $fault, $metadata, Code } = thrown as Error & {
    $fault?: string
    $metadata?: { httpStatusCode?: number }
    Code?: string
  }
  return { name, message, $fault, Code, status: $metadata?.httpStatusCode }
}

test('a clock that is off is corrected by a refusal', async () => {
  const aheadMs = 3_600_000
  const { QueueUrl, seen, direct } = await both({
    ReceiveMessage: (count) =>
      count === 2
        ? {
            status: 403,
            body: { __type: 'InvalidSignatureException', message: 'Signature expired' },
            headers: { date: new Date(Date.now() + aheadMs).toUTCString() },
          }
        : { Messages: [] },
  })
  const receive = (): Promise<unknown> => direct.send(new ReceiveMessageCommand({ QueueUrl }))
  await receive()
  await expect(receive()).rejects.toThrow('Signature expired')
  await receive()
  const [, before = Number.NaN, after = Number.NaN] = seen.map(({ headers }) => signedAtMs(headers))
  expect(after - before).toBeGreaterThan(aheadMs - 60_000)
})

function signedAtMs({ 'x-amz-date': date }: IncomingHttpHeaders): number {
  return Date.parse(String(date).replace(/^(....)(..)(..)T(..)(..)(..)Z$/, '$1-$2-$3T$4:$5:$6Z'))
}

test('credentials are asked for with each call, so that renewed ones sign the next', async () => {
  const { endpoint, url: QueueUrl, seen } = await serve({ ReceiveMessage: () => ({ Messages: [] }) })
  let keys = 0
  const signer: CachingSigner = new CachingSigner(() => made.config)
  const credentials = (): Promise<typeof CREDENTIALS & { expiration: Date }> => {
    keys += 1
    return Promise.resolve({ ...CREDENTIALS, accessKeyId: `AKID${keys}`, expiration: new Date(0) })
  }
  const made: SQSClient = client({ endpoint, signer, credentials, cacheMiddleware: true })
  const direct = directSend(made, signer)
  for (let call = 0; call < 3; call += 1) await direct.send(new ReceiveMessageCommand({ QueueUrl }))
  const used = seen.map(({ headers }) => /Credential=(\w+)/.exec(headers.authorization ?? '')?.[1])
  expect(new Set(used).size).toBe(3)
})

test('every other call is left to the SDK, binary attributes included', async () => {
  const { QueueUrl, seen, direct } = await both({
    SendMessageBatch: () => ({ Successful: [{ Id: '0', MessageId: 'm', MD5OfMessageBody: md5('b') }] }),
    GetQueueAttributes: () => ({ Attributes: { VisibilityTimeout: '30' } }),
  })
  const MessageAttributes = { b: { DataType: 'Binary', BinaryValue: new Uint8Array([1, 2]) } }
  const Entries = [{ Id: '0', MessageBody: 'b', MessageAttributes }]
  await direct.send(new SendMessageBatchCommand({ QueueUrl, Entries }))
  expect(seen[0]?.input).toMatchObject({ Entries: [{ MessageAttributes: { b: { BinaryValue: 'AQI=' } } }] })
  const { Attributes } = await direct.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }),
  )
  expect(Attributes).toEqual({ VisibilityTimeout: '30' })
})

test('a body that was damaged on its way is not taken', async () => {
  const { QueueUrl, direct } = await both({
    ReceiveMessage: () => ({ Messages: [{ ...MESSAGE, Body: 'grösser' }] }),
  })
  for (let call = 0; call < 2; call += 1) {
    await expect(direct.send(new ReceiveMessageCommand({ QueueUrl }))).rejects.toThrow(
      'Invalid MD5 checksum on messages: m1',
    )
  }
})

test.each([1, 2])('call %i that is given up ends at once', async (last) => {
  const { QueueUrl, seen, direct } = await both({
    ReceiveMessage: (count) => (count < last ? { Messages: [] } : 'silence'),
  })
  for (let call = 1; call < last; call += 1) await direct.send(new ReceiveMessageCommand({ QueueUrl }))
  const given = new AbortController()
  const ended = direct.send(new ReceiveMessageCommand({ QueueUrl }), { abortSignal: given.signal })
  await until(() => seen.length === last)
  given.abort()
  await expect(ended).rejects.toMatchObject({ name: 'AbortError' })
})

test('instrumentation that has wrapped the client sees every call', async () => {
  const { endpoint, url: QueueUrl, seen } = await serve({ ReceiveMessage: () => ({ Messages: [] }) })
  const { client: watched, signer } = directClient(endpoint)
  const original = watched.send.bind(watched) as (...args: unknown[]) => Promise<unknown>
  let spans = 0
  watched.send = function (...args: unknown[]) {
    spans += 1
    return original(...args)
  } as SQSClient['send']
  const direct = directSend(watched, signer)
  for (let call = 0; call < 3; call += 1) await direct.send(new ReceiveMessageCommand({ QueueUrl }))
  expect(spans).toBe(3)
  // More where one was given up for being slow.
  expect(seen.length).toBeGreaterThanOrEqual(3)
})

// A name that is not found is left alone: this is how we learn of it. The same goes for what tells that nothing watches.
test('the SDK still names its middleware as it did, and sends by a method', async () => {
  const { plain, ours } = await both({})
  const names = plain.middlewareStack.identify().join(' ')
  for (const name of ['logger', 'retry', 'recursionDetection', 'getUserAgent']) {
    expect(names).toContain(`${name}Middleware`)
  }
  expect(ours.middlewareStack.identify()).toHaveLength(plain.middlewareStack.identify().length + 1)
  expect(String(Reflect.get(plain, 'send'))).toMatch(/^send\(/)
})
