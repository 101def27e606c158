import { createHash } from 'node:crypto'
import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import { expect, onTestFinished, test } from 'vitest'
import { cachedSend } from '../../src/queue/cached-send.js'
import { BodyMd5, makeLean } from '../../src/queue/lean-stack.js'
import type { Answers, Seen } from './scripted-server.js'
import { serve, until } from './scripted-server.js'

const md5 = (text: string): string => createHash('md5').update(text).digest('hex')

function client(endpoint: string): SQSClient {
  const credentials = { accessKeyId: 'AKID', secretAccessKey: 'secret' }
  const made = new SQSClient({
    endpoint,
    region: 'eu-west-1',
    credentials,
    maxAttempts: 1,
    useQueueUrlAsEndpoint: false,
    cacheMiddleware: true,
  })
  onTestFinished(() => made.destroy())
  return made
}

/** The same calls by the SDK as it comes, and by the lean stack. */
async function both(answers: Answers) {
  const { endpoint, url: QueueUrl, seen } = await serve(answers)
  const lean = client(endpoint)
  lean.config.md5 = BodyMd5
  makeLean(lean)
  return { QueueUrl, seen, plain: client(endpoint), lean: cachedSend(lean), stack: lean.middlewareStack }
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
const OF_RETRIES = ['amz-sdk-invocation-id', 'amz-sdk-request']
const OF_THE_INSTANT = ['authorization', 'x-amz-date']

function comparable({ operation, input, headers }: Seen): object {
  const left = Object.entries(headers).filter(([name]) => ![...OF_RETRIES, ...OF_THE_INSTANT].includes(name))
  return { operation, input, headers: Object.fromEntries(left) }
}

test('the calls of every message go out as the SDK sends them, and their answers come as it reads them', async () => {
  const { QueueUrl, seen, plain, lean } = await both({
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
  for (const command of [...commands, ...commands]) {
    const theirs = await plain.send(command() as ReceiveMessageCommand)
    const ours = await lean.send(command() as ReceiveMessageCommand)
    expect({ ...ours, $metadata: 0 }).toEqual({ ...theirs, $metadata: 0 })
    const [their, our] = seen.slice(-2)
    expect(our && comparable(our)).toEqual(their && comparable(their))
  }
})

test('errors are the SDK’s own', async () => {
  const { QueueUrl, plain, lean } = await both({
    ReceiveMessage: () => ({
      status: 400,
      body: { __type: 'com.amazonaws.sqs#QueueDoesNotExist', message: 'No such queue.' },
      headers: { 'x-amzn-query-error': 'AWS.SimpleQueueService.NonExistentQueue;Sender' },
    }),
    DeleteMessageBatch: () => ({ status: 503, body: {} }),
  })
  for (const command of [
    () => new ReceiveMessageCommand({ QueueUrl }),
    () => new DeleteMessageBatchCommand({ QueueUrl, Entries: [] }),
  ]) {
    const theirs: unknown = await plain
      .send(command() as ReceiveMessageCommand)
      .catch((error: unknown) => error)
    const ours: unknown = await lean.send(command() as ReceiveMessageCommand).catch((error: unknown) => error)
    expect(ours).toBeInstanceOf((theirs as Error).constructor)
    const told = ({
      name,
      message,
      $metadata,
    }: Error & { $metadata?: { httpStatusCode?: number } }): object => ({
      name,
      message,
      status: $metadata?.httpStatusCode,
    })
    expect(told(ours as Error)).toEqual(told(theirs as Error))
  }
})

test('every other call is left to the SDK, binary attributes included', async () => {
  const { QueueUrl, seen, lean } = await both({
    SendMessageBatch: () => ({ Successful: [{ Id: '0', MessageId: 'm', MD5OfMessageBody: md5('b') }] }),
    GetQueueAttributes: () => ({ Attributes: { VisibilityTimeout: '30' } }),
  })
  const MessageAttributes = { b: { DataType: 'Binary', BinaryValue: new Uint8Array([1, 2]) } }
  const Entries = [{ Id: '0', MessageBody: 'b', MessageAttributes }]
  await lean.send(new SendMessageBatchCommand({ QueueUrl, Entries }))
  expect(seen[0]?.input).toMatchObject({ Entries: [{ MessageAttributes: { b: { BinaryValue: 'AQI=' } } }] })
  const { Attributes } = await lean.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }))
  expect(Attributes).toEqual({ VisibilityTimeout: '30' })
})

test('a body that was damaged on its way is not taken', async () => {
  const { QueueUrl, lean } = await both({
    ReceiveMessage: () => ({ Messages: [{ ...MESSAGE, Body: 'grösser' }] }),
  })
  await expect(lean.send(new ReceiveMessageCommand({ QueueUrl }))).rejects.toThrow('Invalid MD5')
})

test('a call that is given up ends at once, although its client composes its middleware only once', async () => {
  const { QueueUrl, seen, lean } = await both({ ReceiveMessage: () => 'silence' })
  const given = new AbortController()
  const ended = lean.send(new ReceiveMessageCommand({ QueueUrl }), { abortSignal: given.signal })
  await until(() => seen.length === 1)
  given.abort()
  await expect(ended).rejects.toMatchObject({ name: 'AbortError' })
})

// A name that is not found is left alone: this is how we learn of it.
test('the SDK still names its middleware as it did', async () => {
  const { plain, stack } = await both({})
  const names = plain.middlewareStack.identify().join(' ')
  for (const name of [
    'logger',
    'retry',
    'recursionDetection',
    'getUserAgent',
    'serializer',
    'deserializer',
  ]) {
    expect(names).toContain(`${name}Middleware`)
  }
  expect(stack.identify()).toHaveLength(plain.middlewareStack.identify().length + 1)
})
