import * as autoscaling from '@aws-sdk/client-application-auto-scaling'
import * as cloudwatch from '@aws-sdk/client-cloudwatch'
import * as ecs from '@aws-sdk/client-ecs'
import * as sqs from '@aws-sdk/client-sqs'
import { afterAll, beforeAll, expect, it } from 'vitest'

import { startLocalAws } from '../../src/index.js'
import type { LocalAws } from '../../src/index.js'
import { exchange, target } from './raw-http.js'
import type { RawAnswer } from './raw-http.js'

// What an operation answers with by AWS's own models, which the clients carry: nothing at all, or an object without members.
const MODELS: Readonly<Record<string, object>> = {
  AmazonSQS: sqs,
  GraniteServiceVersion20100801: cloudwatch,
  AnyScaleFrontendService: autoscaling,
  AmazonEC2ContainerServiceV20141113: ecs,
}

function modelledAnswer(service: string, operation: string): '' | '{}' | undefined {
  const shape = Reflect.get(MODELS[service] ?? {}, `${operation}$`) as unknown[] | undefined
  const output = typeof shape?.[5] === 'function' ? (shape[5] as () => unknown)() : shape?.[5]
  if (output === 'unit') return ''
  return Array.isArray(output) && (output[4] as unknown[]).length === 0 ? '{}' : undefined
}

let aws: LocalAws
beforeAll(async () => {
  aws = await startLocalAws({ accountId: '123456789012', strictTiming: false })
})
afterAll(() => aws.close())

const call = (service: string, operation: string, input: object): Promise<RawAnswer> =>
  exchange(aws.endpoint, { headers: target(`${service}.${operation}`), body: JSON.stringify(input) })

type Calls = readonly (readonly [operation: string, input: object])[]

/** Makes the calls in their order, and compares those without members with the models. */
async function expectModelled(service: string, calls: Calls): Promise<void> {
  const answered: Record<string, string> = {}
  const modelled: Record<string, string> = {}
  for (const [operation, input] of calls) {
    const { status, text } = await call(service, operation, input)
    expect(status, `${operation}: ${text}`).toBe(200)
    const expected = modelledAnswer(service, operation)
    if (expected === undefined) continue
    answered[operation] = text
    modelled[operation] = expected
  }
  expect(answered).toEqual(modelled)
  expect(Object.keys(modelled).length).toBeGreaterThan(1)
}

it('SQS answers with nothing where AWS does', async () => {
  const QueueUrl = `${aws.endpoint}/123456789012/q`
  await call('AmazonSQS', 'CreateQueue', { QueueName: 'q' })
  await call('AmazonSQS', 'SendMessage', { QueueUrl, MessageBody: 'x' })
  const { json } = await call('AmazonSQS', 'ReceiveMessage', { QueueUrl })
  const [{ ReceiptHandle = '' } = {}] = json.Messages as { ReceiptHandle?: string }[]
  const permission = { Label: 'l', AWSAccountIds: ['123456789012'], Actions: ['SendMessage'] }
  await expectModelled('AmazonSQS', [
    ['ChangeMessageVisibility', { QueueUrl, ReceiptHandle, VisibilityTimeout: 60 }],
    ['DeleteMessage', { QueueUrl, ReceiptHandle }],
    ['SetQueueAttributes', { QueueUrl, Attributes: { DelaySeconds: '1' } }],
    ['TagQueue', { QueueUrl, Tags: { a: 'b' } }],
    ['UntagQueue', { QueueUrl, TagKeys: ['a'] }],
    ['AddPermission', { QueueUrl, ...permission }],
    ['RemovePermission', { QueueUrl, Label: 'l' }],
    ['PurgeQueue', { QueueUrl }],
    ['DeleteQueue', { QueueUrl }],
  ])
})

it('CloudWatch answers with nothing, or an empty object, where AWS does', async () => {
  const ResourceARN = 'arn:aws:cloudwatch:us-east-1:123456789012:alarm:a'
  const alarm = {
    AlarmName: 'a',
    Namespace: 'N',
    MetricName: 'm',
    Statistic: 'Sum',
    Period: 60,
    EvaluationPeriods: 1,
    Threshold: 1,
    ComparisonOperator: 'GreaterThanThreshold',
  }
  await expectModelled('GraniteServiceVersion20100801', [
    ['PutMetricData', { Namespace: 'N', MetricData: [{ MetricName: 'm', Value: 1 }] }],
    ['PutMetricAlarm', alarm],
    ['SetAlarmState', { AlarmName: 'a', StateValue: 'OK', StateReason: 'test' }],
    ['DisableAlarmActions', { AlarmNames: ['a'] }],
    ['EnableAlarmActions', { AlarmNames: ['a'] }],
    ['TagResource', { ResourceARN, Tags: [{ Key: 'k', Value: 'v' }] }],
    ['UntagResource', { ResourceARN, TagKeys: ['k'] }],
    ['DeleteAlarms', { AlarmNames: ['a'] }],
  ])
})

it('ECS and Application Auto Scaling answer with an empty object where AWS does', async () => {
  const containerDefinitions = [{ name: 'c', image: 'i', memory: 8, command: ['true'] }]
  const service = { cluster: 'c', serviceName: 's', taskDefinition: 'f', desiredCount: 0 }
  const resourceArn = 'arn:aws:ecs:us-east-1:123456789012:service/c/s'
  await expectModelled('AmazonEC2ContainerServiceV20141113', [
    ['CreateCluster', { clusterName: 'c' }],
    ['RegisterTaskDefinition', { family: 'f', containerDefinitions }],
    ['CreateService', service],
    ['TagResource', { resourceArn, tags: [{ key: 'k', value: 'v' }] }],
    ['UntagResource', { resourceArn, tagKeys: ['k'] }],
  ])
  const resource = {
    ServiceNamespace: 'ecs',
    ResourceId: 'service/c/s',
    ScalableDimension: 'ecs:service:DesiredCount',
  }
  const { json } = await call('AnyScaleFrontendService', 'RegisterScalableTarget', {
    ...resource,
    MinCapacity: 0,
    MaxCapacity: 2,
  })
  const ResourceARN = json.ScalableTargetARN
  const action = { ...resource, ScheduledActionName: 'a' }
  const policy = { ...resource, PolicyName: 'p' }
  const StepScalingPolicyConfiguration = {
    AdjustmentType: 'ChangeInCapacity',
    StepAdjustments: [{ MetricIntervalLowerBound: 0, ScalingAdjustment: 1 }],
  }
  await expectModelled('AnyScaleFrontendService', [
    ['TagResource', { ResourceARN, Tags: { k: 'v' } }],
    ['UntagResource', { ResourceARN, TagKeys: ['k'] }],
    ['PutScheduledAction', { ...action, Schedule: 'rate(1 day)', ScalableTargetAction: { MinCapacity: 1 } }],
    ['DeleteScheduledAction', action],
    ['PutScalingPolicy', { ...policy, PolicyType: 'StepScaling', StepScalingPolicyConfiguration }],
    ['DeleteScalingPolicy', policy],
    ['DeregisterScalableTarget', resource],
  ])
})
