// Everything that SQS refuses, with its code, its HTTP status and its words, in AWS JSON (whose header repeats the code
// of the query protocol) and in the query protocol itself. Codes and statuses come from SQS's own model.
import { request } from 'node:http'

import * as model from '@aws-sdk/client-sqs'
import { startLocalAws } from '@longshore/local'
import type { LocalAws } from '@longshore/local'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { queryForm } from './query-form.js'
import { queueRows, redriveRows } from './queues.js'
import { moveRows, permissionRows, settleRows } from './receivers.js'
import type { Refusal, Stage } from './row.js'
import { batchRows, sendRows } from './sends.js'

interface Raw {
  readonly status: number | undefined
  readonly queryError: string | undefined
  readonly text: string
}

let aws: LocalAws
let stage: Stage
beforeAll(async () => {
  aws = await startLocalAws({ accountId: '123456789012' })
  stage = await setStage()
})
afterAll(() => aws.close())

function post(headers: Record<string, string>, body: string): Promise<Raw> {
  return new Promise((resolve, reject) => {
    const sent = request(aws.endpoint, { method: 'POST', headers }, (answer) => {
      const parts: Buffer[] = []
      answer.on('data', (part: Buffer) => parts.push(part))
      answer.on('end', () =>
        resolve({
          status: answer.statusCode,
          queryError: answer.headers['x-amzn-query-error'] as string | undefined,
          text: Buffer.concat(parts).toString(),
        }),
      )
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

const inJson = (operation: string, input: object): Promise<Raw> =>
  post(
    { 'Content-Type': 'application/x-amz-json-1.0', 'X-Amz-Target': `AmazonSQS.${operation}` },
    JSON.stringify(input),
  )
const inQuery = (operation: string, input: object): Promise<Raw> =>
  post({ 'Content-Type': 'application/x-www-form-urlencoded' }, queryForm(operation, input).toString())

async function call<Answer>(operation: string, input: object): Promise<Answer> {
  const { status, text } = await inJson(operation, input)
  if (status !== 200) throw new Error(`${operation}: ${text}`)
  return (text === '' ? {} : JSON.parse(text)) as Answer
}

/** Queues and handles that the table's inputs name. */
async function setStage(): Promise<Stage> {
  const create = async (QueueName: string, Attributes: Record<string, string> = {}): Promise<string> =>
    (await call<{ QueueUrl: string }>('CreateQueue', { QueueName, Attributes })).QueueUrl
  const arn = (name: string): string => `arn:aws:sqs:us-east-1:123456789012:${name}`
  const take = async (QueueUrl: string, more: object = {}): Promise<string> => {
    await call('SendMessage', { QueueUrl, MessageBody: 'x', ...more })
    const { Messages } = await call<{ Messages: { ReceiptHandle: string }[] }>('ReceiveMessage', { QueueUrl })
    return Messages[0]?.ReceiptHandle ?? ''
  }
  const standard = await create('standard', { VisibilityTimeout: '600' })
  const fifo = await create('orders.fifo', { FifoQueue: 'true', VisibilityTimeout: '0' })
  const dead = await create('dead')
  await create('closed', { RedriveAllowPolicy: '{"redrivePermission":"denyAll"}' })
  const redrive = { deadLetterTargetArn: arn('dead'), maxReceiveCount: 3 }
  await create('source', { RedrivePolicy: JSON.stringify(redrive) })
  await call('DeleteQueue', { QueueUrl: await create('deleted') })
  await call('PurgeQueue', { QueueUrl: await create('purged') })
  const permission = { AWSAccountIds: ['111122223333'], Actions: ['SendMessage'] }
  await call('AddPermission', { QueueUrl: standard, Label: 'taken', ...permission })
  const ordered = { MessageGroupId: 'g', MessageDeduplicationId: 'd' }
  // A message that nobody has, then one that a second receive has taken from the first.
  const gone = await take(standard)
  await call('DeleteMessage', { QueueUrl: standard, ReceiptHandle: gone })
  const again = await create('again', { VisibilityTimeout: '0' })
  const old = await take(again)
  await call('ReceiveMessage', { QueueUrl: again, VisibilityTimeout: 600 })
  return {
    arn,
    url: (name) => standard.replace(/[^/]+$/, name),
    standard,
    fifo,
    dead,
    handles: { gone, old, held: await take(standard), expired: await take(fifo, ordered) },
    again,
  }
}

/** What SQS's model says of an error: its code in the query protocol, and its status. */
function modelled(shape: string): { readonly code: string; readonly status: number } {
  const traits = (Reflect.get(model, `${shape}$`) as [number, string, string, object] | undefined)?.[3]
  const [code, status] = (Reflect.get(traits ?? {}, 'awsQueryError') ?? []) as [string?, number?]
  // The protocol's own errors are in no service's model.
  const own = {
    InvalidParameterValueException: 'InvalidParameterValue',
    MissingRequiredParameterException: 'MissingParameter',
  }
  return { code: code ?? (Reflect.get(own, shape) as string | undefined) ?? shape, status: status ?? 400 }
}

const wordsOf = (message: Refusal['message']): string =>
  typeof message === 'string' ? message : message(stage)

const refusals = [
  ...queueRows,
  ...redriveRows,
  ...sendRows,
  ...batchRows,
  ...settleRows,
  ...moveRows,
  ...permissionRows,
]

describe('SQS refuses, in both protocols,', () => {
  it.for(refusals)('$what ($operation)', async ({ operation, input, shape, message, queryMessage }) => {
    const given = input(stage)
    const { code, status } = modelled(shape)
    const said = wordsOf(message)
    const json = await inJson(operation, given)
    expect([json.status, json.queryError]).toEqual([status, `${code};Sender`])
    expect(JSON.parse(json.text)).toEqual({ __type: `com.amazonaws.sqs#${shape}`, message: said })
    const query = await inQuery(operation, given)
    expect(query.status).toBe(status)
    expect(query.text.replaceAll('&quot;', '"').replaceAll('&lt;', '<').replaceAll('&gt;', '>')).toContain(
      `<Type>Sender</Type><Code>${code}</Code><Message>${wordsOf(queryMessage)}</Message><Detail/>`,
    )
  })
})
