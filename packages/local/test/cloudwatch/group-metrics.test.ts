import { manualClock } from '@longshore/core/testing'
import type { ManualClock } from '@longshore/core/testing'
import { afterEach, beforeEach, expect, it } from 'vitest'

import { startLocalAws } from '../../src/index.js'
import type { LocalAws } from '../../src/index.js'
import { exchange, target } from '../server/raw-http.js'

let clock: ManualClock
let aws: LocalAws
beforeEach(async () => {
  clock = manualClock()
  aws = await startLocalAws({ clock, metricDelay: '0s', metricWakeDelay: '15m' })
})
afterEach(() => aws.close())

type Json = Readonly<Record<string, unknown>>

async function call(operation: string, input: Json): Promise<Json> {
  const { status, text, json } = await exchange(aws.endpoint, {
    headers: target(operation),
    body: JSON.stringify(input),
  })
  if (status !== 200) throw new Error(`${operation} answered ${status}: ${text}`)
  return json
}

const sqs = (operation: string, input: Json): Promise<Json> => call(`AmazonSQS.${operation}`, input)

/** The maximum of each minute that has one, oldest first. */
async function maxima(QueueName: string, MetricName: string): Promise<unknown[]> {
  const { Datapoints } = await call('GraniteServiceVersion20100801.GetMetricStatistics', {
    Namespace: 'AWS/SQS',
    MetricName,
    Dimensions: [{ Name: 'QueueName', Value: QueueName }],
    StartTime: clock.now() / 1_000 - 12 * 3_600,
    EndTime: clock.now() / 1_000 + 60,
    Period: 60,
    Statistics: ['Maximum'],
  })
  const points = Datapoints as { Timestamp: number; Maximum: number }[]
  return points.sort((one, other) => one.Timestamp - other.Timestamp).map(({ Maximum }) => Maximum)
}

it('a FIFO queue’s groups in flight and its duplicates show', async () => {
  const Attributes = { FifoQueue: 'true', ContentBasedDeduplication: 'true' }
  const { QueueUrl } = await sqs('CreateQueue', { QueueName: 'q.fifo', Attributes })
  for (const group of ['a', 'b', 'a']) {
    await sqs('SendMessage', { QueueUrl, MessageBody: group, MessageGroupId: group })
  }
  await clock.advance(60_000)
  await sqs('ReceiveMessage', { QueueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 90 })
  await clock.advance(120_000)
  expect(await maxima('q.fifo', 'ApproximateNumberOfGroupsWithInflightMessages')).toEqual([0, 2, 0])
  expect(await maxima('q.fifo', 'NumberOfDeduplicatedSentMessages')).toEqual([1])
  expect(await maxima('q.fifo', 'ApproximateNumberOfNoisyGroups')).toEqual([])
})

it('a fair queue’s noisy and quiet groups show', async () => {
  const { QueueUrl } = await sqs('CreateQueue', { QueueName: 'q' })
  for (let index = 0; index < 40; index++) {
    await sqs('SendMessage', { QueueUrl, MessageBody: 'x', MessageGroupId: 'loud' })
  }
  for (let receive = 0; receive < 3; receive++) {
    await sqs('ReceiveMessage', { QueueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 600 })
  }
  await sqs('SendMessage', { QueueUrl, MessageBody: 'x', MessageGroupId: 'low' })
  await clock.advance(60_000)
  expect(await maxima('q', 'ApproximateNumberOfNoisyGroups')).toEqual([1])
  expect(await maxima('q', 'ApproximateNumberOfMessagesVisible')).toEqual([11])
  expect(await maxima('q', 'ApproximateNumberOfMessagesVisibleInQuietGroups')).toEqual([1])
  expect(await maxima('q', 'ApproximateNumberOfMessagesNotVisibleInQuietGroups')).toEqual([0])
  expect(await maxima('q', 'ApproximateAgeOfOldestMessageInQuietGroups')).toEqual([60])
})

it('a queue that was unused for six hours has no metrics until the wake delay is over', async () => {
  const { QueueUrl } = await sqs('CreateQueue', { QueueName: 'q' })
  await clock.advance(7 * 3_600_000)
  const before = (await maxima('q', 'ApproximateNumberOfMessagesVisible')).length
  expect(before).toBe(361)
  await sqs('SendMessage', { QueueUrl, MessageBody: 'x' })
  await clock.advance(15 * 60_000)
  expect(await maxima('q', 'ApproximateNumberOfMessagesVisible')).toHaveLength(before)
  await clock.advance(60_000)
  expect((await maxima('q', 'ApproximateNumberOfMessagesVisible')).slice(before)).toEqual([1])
})
