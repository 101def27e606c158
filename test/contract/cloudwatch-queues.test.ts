// The metrics that SQS gives CloudWatch by itself, on a control plane that runs ten minutes in a second.
import { CloudWatch } from '@aws-sdk/client-cloudwatch'
import { SQS } from '@aws-sdk/client-sqs'
import { startLocalAws } from '@longshore/local'
import type { LocalAws } from '@longshore/local'
import { afterAll, beforeAll, expect, it } from 'vitest'

import { eventually } from './endpoint.js'

let aws: LocalAws
let sqs: SQS
let cloudWatch: CloudWatch

beforeAll(async () => {
  aws = await startLocalAws({ timeScale: 600 })
  const connection = { endpoint: aws.endpoint, region: 'us-east-1' }
  sqs = new SQS(connection)
  cloudWatch = new CloudWatch(connection)
})
afterAll(async () => {
  sqs.destroy()
  cloudWatch.destroy()
  await aws.close()
})

async function maxima(MetricName: string): Promise<readonly (number | undefined)[]> {
  const { Datapoints = [] } = await cloudWatch.getMetricStatistics({
    Namespace: 'AWS/SQS',
    MetricName,
    Dimensions: [{ Name: 'QueueName', Value: 'orders' }],
    // The control plane runs ahead of the wall.
    StartTime: new Date(Date.now() - 3_600_000),
    EndTime: new Date(Date.now() + 20 * 3_600_000),
    Period: 60,
    Statistics: ['Maximum'],
  })
  return Datapoints.map((point) => point.Maximum)
}

it('what waits in a queue and what is in flight show without anybody publishing them', async () => {
  const { QueueUrl } = await sqs.createQueue({ QueueName: 'orders' })
  for (const MessageBody of ['a', 'b', 'c']) await sqs.sendMessage({ QueueUrl, MessageBody })
  const visible = 'ApproximateNumberOfMessagesVisible'
  await eventually(async () => ((await maxima(visible)).includes(3) ? true : undefined))
  expect(await maxima('ApproximateNumberOfMessagesNotVisible')).toEqual([])
  await sqs.receiveMessage({ QueueUrl, MaxNumberOfMessages: 1 })
  await eventually(async () =>
    (await maxima('ApproximateNumberOfMessagesNotVisible')).includes(1) ? true : undefined,
  )
  expect((await maxima(visible)).at(-1)).toBe(2)
})
