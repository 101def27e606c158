import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { startLocalAws } from '../../src/index.js'
import type { LocalAws, TaskOutput } from '../../src/index.js'
import { exchange, openSocket, readToEnd, requestText, sqsCall, target, until } from './raw-http.js'

let aws: LocalAws
let receives: number
const output: TaskOutput[] = []
beforeEach(async () => {
  output.length = 0
  receives = 0
  aws = await startLocalAws({
    timeScale: 100,
    launchDelay: '1s',
    onTaskOutput: (line) => void output.push(line),
    onCall: ({ operation }) => void (receives += operation === 'ReceiveMessage' ? 1 : 0),
  })
})
afterEach(() => aws.close())

type Json = Readonly<Record<string, unknown>>

async function call(name: string, input: Json = {}): Promise<Json> {
  const answer = await exchange(aws.endpoint, { headers: target(name), body: JSON.stringify(input) })
  if (answer.status !== 200) throw new Error(`${name} answered ${answer.status}: ${answer.text}`)
  return answer.json
}
const ecs = (operation: string): string => `AmazonEC2ContainerServiceV20141113.${operation}`
const cloudWatch = (operation: string): string => `GraniteServiceVersion20100801.${operation}`

async function fill(): Promise<void> {
  const { QueueUrl } = await call('AmazonSQS.CreateQueue', { QueueName: 'q' })
  await call('AmazonSQS.SendMessage', { QueueUrl, MessageBody: 'old' })
  await call(cloudWatch('PutMetricData'), { Namespace: 'N', MetricData: [{ MetricName: 'm', Value: 1 }] })
  await call(cloudWatch('PutMetricAlarm'), {
    AlarmName: 'a',
    Namespace: 'N',
    MetricName: 'm',
    Statistic: 'Sum',
    Period: 60,
    EvaluationPeriods: 1,
    Threshold: 1,
    ComparisonOperator: 'GreaterThanThreshold',
  })
  await call(ecs('CreateCluster'), { clusterName: 'c' })
}

async function remains(): Promise<Json> {
  const [queues, metrics, alarms, clusters] = [
    await call('AmazonSQS.ListQueues'),
    await call(cloudWatch('ListMetrics')),
    await call(cloudWatch('DescribeAlarms')),
    await call(ecs('ListClusters')),
  ]
  return {
    queues: queues.QueueUrls,
    metrics: metrics.Metrics,
    alarms: alarms.MetricAlarms,
    clusters: clusters.clusterArns,
  }
}
const NOTHING = { queues: undefined, metrics: [], alarms: [], clusters: [] }

describe('reset', () => {
  it('leaves nothing in any account, and the endpoint as it was', async () => {
    await fill()
    const Authorization = 'Credential=111111111111/20260101/eu-west-1/sqs/aws4_request'
    const headers = { ...target('AmazonSQS.CreateQueue'), Authorization }
    await exchange(aws.endpoint, { headers, body: '{"QueueName":"other"}' })
    aws.faults.add({ operation: 'CreateQueue', effect: 'throttling' })
    const { endpoint } = aws
    await aws.reset()
    expect(aws.faults.list()).toEqual([])
    expect(await remains()).toEqual(NOTHING)
    const list = { ...headers, ...target('AmazonSQS.ListQueues') }
    expect((await exchange(aws.endpoint, { headers: list, body: '{}' })).json).toEqual({})
    expect(aws.endpoint).toBe(endpoint)
    await fill()
    const { QueueUrls } = await call('AmazonSQS.ListQueues')
    expect(QueueUrls).toHaveLength(1)
  })

  it('can be asked for over HTTP', async () => {
    await fill()
    const answer = await exchange(aws.endpoint, { path: '/_longshore/reset' })
    expect([answer.status, answer.json]).toEqual([200, {}])
    expect(await remains()).toEqual(NOTHING)
    expect((await exchange(aws.endpoint, { method: 'GET', path: '/_longshore/reset' })).status).toBe(404)
  })

  it('stops tasks, which settle their messages on the way out', async () => {
    const { QueueUrl } = await call('AmazonSQS.CreateQueue', { QueueName: 'q' })
    const script = `
      const headers = { 'X-Amz-Target': 'AmazonSQS.SendMessage' }
      const body = JSON.stringify({ QueueUrl: '${String(QueueUrl)}', MessageBody: 'last' })
      process.on('SIGTERM', async () => {
        const { status } = await fetch(process.env.AWS_ENDPOINT_URL, { method: 'POST', headers, body })
        console.log('settled ' + status)
        process.exit()
      })
      // Its first call takes longest: there are two seconds for the last one.
      await fetch(process.env.AWS_ENDPOINT_URL)
      console.log('running')
      setInterval(() => {}, 1000)`
    await call(ecs('CreateCluster'), { clusterName: 'c' })
    const container = {
      name: 'main',
      image: 'none',
      memory: 128,
      command: ['node', '--input-type=module', '-e', script],
    }
    await call(ecs('RegisterTaskDefinition'), { family: 'f', containerDefinitions: [container] })
    await call(ecs('CreateService'), { cluster: 'c', serviceName: 's', taskDefinition: 'f', desiredCount: 1 })
    await until('the task runs', () => output.some(({ line }) => line === 'running'))
    await aws.reset()
    expect(output.map(({ line }) => line)).toEqual(['running', 'settled 200'])
    expect(await remains()).toEqual(NOTHING)
  })

  it('answers receives that wait, and keeps their connections', async () => {
    const { QueueUrl } = await call('AmazonSQS.CreateQueue', { QueueName: 'q' })
    const socket = await openSocket(aws.port)
    const heard = readToEnd(socket)
    const poll = requestText('ReceiveMessage', { QueueUrl, WaitTimeSeconds: 20 })
    socket.write(poll)
    await until('it waits', () => receives === 1)
    await aws.reset()
    socket.write(poll)
    await until('both are answered', () => socket.bytesRead > 400)
    socket.end()
    const answers = await heard
    expect(answers.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 400'])
    expect(answers).toContain('QueueDoesNotExist')
  })

  it('may come twice at once, with nothing to do, and into a close', async () => {
    await aws.reset()
    await fill()
    await Promise.all([aws.reset(), aws.reset()])
    expect(await remains()).toEqual(NOTHING)
    await fill()
    await Promise.all([aws.reset(), aws.close()])
    await aws.reset()
    await expect(sqsCall(aws.endpoint, 'ListQueues', {})).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  })
})
