import { manualClock } from '@longshore/core/testing'
import { afterEach, describe, expect, it } from 'vitest'

import { startLocalAws } from '../../src/index.js'
import type { LocalAws, LocalAwsOptions, TaskOutput } from '../../src/index.js'
import { exchange, sqsCall, target, until } from './raw-http.js'

const running: LocalAws[] = []
afterEach(async () => {
  for (const aws of running.splice(0)) await aws.close()
})

async function start(options: LocalAwsOptions): Promise<LocalAws> {
  const aws = await startLocalAws(options)
  running.push(aws)
  return aws
}

type Json = Readonly<Record<string, unknown>>

/** Calls any service; the answer must be a good one. */
async function call(aws: LocalAws, name: string, input: Json, accountId = '000000000000'): Promise<Json> {
  const scope = `${accountId}/20260101/eu-west-1/any/aws4_request`
  const headers = { ...target(name), Authorization: `AWS4-HMAC-SHA256 Credential=${scope}, Signature=0` }
  const { status, text, json } = await exchange(aws.endpoint, { headers, body: JSON.stringify(input) })
  if (status !== 200) throw new Error(`${name} answered ${status}: ${text}`)
  return json
}

const ecs = (operation: string): string => `AmazonEC2ContainerServiceV20141113.${operation}`
const scaling = (operation: string): string => `AnyScaleFrontendService.${operation}`

/** A cluster, and a task definition whose one container runs `script` in Node. */
async function register(aws: LocalAws, script: string, accountId?: string): Promise<void> {
  await call(aws, ecs('CreateCluster'), { clusterName: 'c' }, accountId)
  const container = {
    name: 'main',
    image: 'none',
    memory: 128,
    essential: true,
    command: ['node', '-e', script],
  }
  await call(
    aws,
    ecs('RegisterTaskDefinition'),
    { family: 'f', containerDefinitions: [container] },
    accountId,
  )
}

describe('the services of an account', () => {
  it('show a queue’s counts in CloudWatch after their delay', async () => {
    const clock = manualClock()
    const aws = await start({ clock, region: 'eu-west-1', metricDelay: '60s' })
    const { QueueUrl } = await call(aws, 'AmazonSQS.CreateQueue', { QueueName: 'q' })
    for (let index = 0; index < 3; index++)
      await call(aws, 'AmazonSQS.SendMessage', { QueueUrl, MessageBody: 'x' })
    const maximum = async (): Promise<unknown[]> => {
      const nowSeconds = clock.now() / 1_000
      const { Datapoints } = await call(aws, 'GraniteServiceVersion20100801.GetMetricStatistics', {
        Namespace: 'AWS/SQS',
        MetricName: 'ApproximateNumberOfMessagesVisible',
        Dimensions: [{ Name: 'QueueName', Value: 'q' }],
        StartTime: nowSeconds - 600,
        EndTime: nowSeconds + 60,
        Period: 60,
        Statistics: ['Maximum'],
      })
      return (Datapoints as Json[]).map((point) => point.Maximum)
    }
    await clock.advance(60_000)
    expect(await maximum()).toEqual([])
    await clock.advance(60_000)
    expect(await maximum()).toEqual([3])
  })

  it('start tasks that find the server, in the account and region they belong to', async () => {
    const output: TaskOutput[] = []
    const onTaskOutput = (line: TaskOutput): void => void output.push(line)
    const aws = await start({ timeScale: 100, launchDelay: '1s', onTaskOutput })
    const account = '123456789012'
    const { QueueUrl } = await call(aws, 'AmazonSQS.CreateQueue', { QueueName: 'q' }, account)
    const script = `
      const { AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID, AWS_REGION, LONGSHORE_TIME_SCALE } = process.env
      const scope = AWS_ACCESS_KEY_ID + '/20260101/' + AWS_REGION + '/sqs/aws4_request'
      const headers = { 'X-Amz-Target': 'AmazonSQS.SendMessage', Authorization: 'AWS4-HMAC-SHA256 Credential=' + scope }
      const body = JSON.stringify({ QueueUrl: '${String(QueueUrl)}', MessageBody: 'scale ' + LONGSHORE_TIME_SCALE })
      fetch(AWS_ENDPOINT_URL, { method: 'POST', headers, body }).then((answer) => console.log(answer.status))`
    await register(aws, script, account)
    await call(aws, ecs('RunTask'), { cluster: 'c', taskDefinition: 'f' }, account)
    const poll = { QueueUrl, WaitTimeSeconds: 20 }
    const { Messages } = await call(aws, 'AmazonSQS.ReceiveMessage', poll, account)
    expect(Messages).toMatchObject([{ Body: 'scale 100' }])
    await until('the task has written', () => output.length > 0)
    expect(output).toMatchObject([{ container: 'main', stream: 'stdout', line: '200' }])
  })

  it('scale a service out by a queue’s metric, and stop its tasks at close', async () => {
    const aws = await start({ timeScale: 600, launchDelay: '1s', metricDelay: '1s' })
    const { QueueUrl } = await call(aws, 'AmazonSQS.CreateQueue', { QueueName: 'q' })
    for (let index = 0; index < 9; index++)
      await call(aws, 'AmazonSQS.SendMessage', { QueueUrl, MessageBody: 'x' })
    await register(aws, 'setInterval(() => {}, 1000)')
    const service = { cluster: 'c', serviceName: 's', taskDefinition: 'f', desiredCount: 1 }
    await call(aws, ecs('CreateService'), service)
    const dimension = {
      ServiceNamespace: 'ecs',
      ResourceId: 'service/c/s',
      ScalableDimension: 'ecs:service:DesiredCount',
    }
    await call(aws, scaling('RegisterScalableTarget'), { ...dimension, MinCapacity: 1, MaxCapacity: 3 })
    await call(aws, scaling('PutScalingPolicy'), {
      ...dimension,
      PolicyName: 'backlog',
      PolicyType: 'TargetTrackingScaling',
      TargetTrackingScalingPolicyConfiguration: {
        TargetValue: 2,
        CustomizedMetricSpecification: {
          Namespace: 'AWS/SQS',
          MetricName: 'ApproximateNumberOfMessagesVisible',
          Dimensions: [{ Name: 'QueueName', Value: 'q' }],
          Statistic: 'Maximum',
        },
      },
    })
    await until('three tasks run', async () => {
      const { services } = await call(aws, ecs('DescribeServices'), { cluster: 'c', services: ['s'] })
      const [found] = services as { desiredCount: number; runningCount: number }[]
      return found?.desiredCount === 3 && found.runningCount === 3
    })
    expect((await sqsCall(aws.endpoint, 'ListQueues', {})).status).toBe(200)
  })
})
