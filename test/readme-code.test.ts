// The code in the README of core: every block compiles as a user's would, and those of the entries run, on a local AWS.
import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs'
import { createProducer, defineQueue } from '@longshore/core'
import { startLocalAws, type LocalAws } from '@longshore/local'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { startDynamoDb, type DynamoDbServer } from './contract/dynamodb-server.js'

const root = resolve(import.meta.dirname, '..')
const blocks = [
  ...readFileSync(join(root, 'packages/core/README.md'), 'utf8').matchAll(/^```ts\n([\s\S]*?)^```$/gm),
].map(([, code = '']) => code)

/** Modules that blocks import by name. */
const BESIDE: Readonly<Record<string, string>> = {
  'thumbnails.ts': `
import { defineQueue } from '@longshore/core'
import { z } from 'zod'
export const thumbnails = defineQueue({ url: process.env.QUEUE_URL, message: z.object({ bucket: z.string(), key: z.string() }) })
export const handler = ({ key }: { key: string }): void => console.log('handled ' + key)
`,
  'orders.ts': `
import { defineQueue } from '@longshore/core'
import { z } from 'zod'
export const orders = defineQueue({ url: process.env.QUEUE_URL, message: z.object({ id: z.string() }) })
export const chargeOrder = ({ id }: { id: string }): void => console.log('charged ' + id)
`,
  'register.ts': `
import { trace } from '@opentelemetry/api'
import { BasicTracerProvider, SimpleSpanProcessor, type ReadableSpan } from '@opentelemetry/sdk-trace-base'
const say = ({ name, links }: ReadableSpan): void => console.log('span ' + name + ', links: ' + links.length)
const exporter = {
  export: (spans: ReadableSpan[], done: (result: { code: number }) => void) => { spans.forEach(say); done({ code: 0 }) },
  shutdown: () => Promise.resolve(),
}
trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }))
`,
}

let folder: string
let aws: LocalAws
let dynamoDb: DynamoDbServer
let sqs: SQSClient
const running: ChildProcess[] = []

beforeAll(async () => {
  mkdirSync(join(root, '.cache'), { recursive: true })
  folder = mkdtempSync(join(root, '.cache', 'readme-'))
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module' }))
  const sources = {
    ...BESIDE,
    ...Object.fromEntries(blocks.map((code, at) => [`block-${at}.ts`, code])),
  }
  for (const [name, text] of Object.entries(sources)) writeFileSync(join(folder, name), text)
  // `await using` runs on Node 20 by what the compiler makes of it.
  const compilerOptions = {
    target: 'es2022',
    lib: ['es2023', 'esnext.disposable'],
    module: 'nodenext',
    moduleDetection: 'force',
    strict: true,
    types: ['node'],
    typeRoots: [join(root, 'node_modules/@types')],
    outDir: 'out',
    rootDir: '.',
  }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts'] }))
  ;[aws, dynamoDb] = await Promise.all([startLocalAws(), startDynamoDb()])
  sqs = new SQSClient({ endpoint: aws.environment.AWS_ENDPOINT_URL ?? '', useQueueUrlAsEndpoint: false })
  expect(await compilerErrors()).toEqual([])
})

afterAll(async () => {
  for (const child of running) {
    if (child.exitCode !== null || child.signalCode !== null) continue
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  sqs.destroy()
  await Promise.all([aws.close(), dynamoDb.close()])
  rmSync(folder, { recursive: true, force: true })
})

test.concurrent(
  'the block of the entry for CloudWatch handles messages and tells so in a line that CloudWatch reads',
  async () => {
    const { url, send } = await queueOf('thumbnails', z.object({ bucket: z.string(), key: z.string() }))
    const program = start('/emf', { QUEUE_URL: url })
    await send({ bucket: 'photos', key: 'cat.jpg' })
    await program.says('handled cat.jpg')
    const lines = await program.stop()
    const emf = lines.filter((line) => line.startsWith('{"_aws"')).map((line) => JSON.parse(line) as object)
    expect(emf).toMatchObject([
      { Queue: 'thumbnails', Environment: 'live', Done: 1, HandlingTime: [expect.any(Number)] },
    ])
  },
)

test.concurrent('the block of OpenTelemetry links a handling to the send of its message', async () => {
  const { url } = await queueOf('traced', z.object({ bucket: z.string(), key: z.string() }))
  const program = start('/opentelemetry', { QUEUE_URL: url }, ['--import', './register.js'])
  await program.says('handled cat.jpg')
  const lines = await program.stop()
  expect(lines.filter((line) => line.startsWith('span ')).toSorted()).toEqual([
    'span delete traced, links: 0',
    'span process traced, links: 1',
    'span receive traced, links: 1',
    'span send traced, links: 0',
  ])
})

test.concurrent('the block of idempotent handlers charges an order once that was sent twice', async () => {
  const { url, send } = await queueOf('orders', z.object({ id: z.string() }))
  const program = start('/idempotency-dynamodb', {
    QUEUE_URL: url,
    AWS_ENDPOINT_URL_DYNAMODB: dynamoDb.endpoint,
  })
  await send({ id: 'o-1' })
  await program.says('charged o-1')
  await send({ id: 'o-1' })
  await send({ id: 'o-2' })
  await program.says('charged o-2')
  const lines = await program.stop()
  expect(lines.filter((line) => line.startsWith('charged'))).toEqual(['charged o-1', 'charged o-2'])
  expect([...dynamoDb.items.values()].map(({ state }) => state)).toEqual([
    { S: 'completed' },
    { S: 'completed' },
  ])
})

test.concurrent('the blocks of the producer and of users’ tests run to their end', async () => {
  const { url } = await queueOf('sends', z.object({ bucket: z.string(), key: z.string() }))
  const producer = start('createProducer(thumbnails)\n', { QUEUE_URL: url })
  const tests = start('/testing', {})
  expect(await producer.ended()).toBe(0)
  expect(await tests.ended()).toBe(0)
})

// Names that are not there, and parameters whose types would follow from theirs.
const FRAGMENTARY = /error TS(2304|2552|18004|7006|7031):/

/** What the compiler has against the blocks, but for names that a fragment takes for granted. */
async function compilerErrors(): Promise<string[]> {
  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  const { stdout } = await promisify(execFile)(process.execPath, [tsc, '-p', folder]).catch(
    (error: { stdout: string }) => error,
  )
  return stdout.split('\n').filter((line) => line.includes('error TS') && !FRAGMENTARY.test(line))
}

async function queueOf<Message>(
  name: string,
  message: z.ZodType<Message, Message>,
): Promise<{ url: string; send: (message: Message) => Promise<void> }> {
  const { QueueUrl: url = '' } = await sqs.send(new CreateQueueCommand({ QueueName: name }))
  const send = async (each: Message): Promise<void> => {
    await using producer = createProducer(defineQueue({ url, message, client: sqs }))
    await producer.send(each)
  }
  return { url, send }
}

/** Runs the one block that has this text in it. */
function start(text: string, environment: Readonly<Record<string, string>>, options: readonly string[] = []) {
  const at = blocks.findIndex((code) => code.includes(text))
  const child = spawn(process.execPath, [...options, `block-${at}.js`], {
    cwd: join(folder, 'out'),
    env: { ...process.env, ...aws.environment, ...environment },
  })
  running.push(child)
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk
      child.emit('said')
    })
  }
  const exit = once(child, 'close')
  const ended = async (): Promise<number | null> => {
    await exit
    if (child.exitCode !== 0) expect.fail(output)
    return child.exitCode
  }
  return {
    async says(line: string): Promise<void> {
      while (!output.split('\n').includes(line)) {
        if (child.exitCode !== null) expect.fail(output)
        await Promise.race([once(child, 'said'), exit])
      }
    },
    ended,
    /** Stops it as ECS would; what it has written on either stream. */
    async stop(): Promise<string[]> {
      child.kill('SIGTERM')
      await ended()
      return output.split('\n')
    },
  }
}
