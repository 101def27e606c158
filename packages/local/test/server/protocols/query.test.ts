import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { startLocalAws } from '../../../src/index.js'
import type { LocalAws } from '../../../src/index.js'
import { exchange, queryCall, sqsCall } from '../raw-http.js'
import type { RawAnswer } from '../raw-http.js'

let aws: LocalAws
let queueUrl: string
let path: string

beforeAll(async () => {
  aws = await startLocalAws({ accountId: '123456789012' })
  queueUrl = String((await sqsCall(aws.endpoint, 'CreateQueue', { QueueName: 'q' })).json.QueueUrl)
  path = new URL(queueUrl).pathname
})
afterAll(() => aws.close())

const sqs = (Action: string, parameters: Record<string, string> = {}, at?: string): Promise<RawAnswer> =>
  queryCall(aws.endpoint, { Action, Version: '2012-11-05', ...parameters }, at)
const cloudwatch = (Action: string, parameters: Record<string, string> = {}): Promise<RawAnswer> =>
  queryCall(aws.endpoint, { Action, Version: '2010-08-01', ...parameters })

/** What stands in the one element of that name. */
function inside(name: string, { text }: RawAnswer): string {
  const [, inner] = new RegExp(`<${name}>(.*)</${name}>`, 's').exec(text) ?? []
  if (inner === undefined) throw new Error(`No <${name}> in ${text}`)
  return inner
}

describe('SQS by form', () => {
  it('answers XML in its namespace, with the request id of the header', async () => {
    const answer = await sqs('GetQueueUrl', { QueueName: 'q' })
    expect([answer.status, answer.headers['content-type']]).toEqual([200, 'text/xml'])
    const id = String(answer.headers['x-amzn-requestid'])
    expect(answer.text).toBe(
      '<?xml version="1.0"?><GetQueueUrlResponse xmlns="http://queue.amazonaws.com/doc/2012-11-05/">' +
        `<GetQueueUrlResult><QueueUrl>${queueUrl}</QueueUrl></GetQueueUrlResult>` +
        `<ResponseMetadata><RequestId>${id}</RequestId></ResponseMetadata></GetQueueUrlResponse>`,
    )
  })

  it('has no result where the operation has no output', async () => {
    const answer = await sqs('TagQueue', { QueueUrl: queueUrl, 'Tag.1.Key': 'k', 'Tag.1.Value': 'a<b' })
    expect(answer.text).not.toContain('TagQueueResult')
    const tags = await sqs('ListQueueTags', { QueueUrl: queueUrl })
    expect(inside('ListQueueTagsResult', tags)).toBe('<Tag><Key>k</Key><Value>a&lt;b</Value></Tag>')
    await sqs('UntagQueue', { QueueUrl: queueUrl, 'TagKey.1': 'k' })
    expect((await sqs('ListQueueTags', { QueueUrl: queueUrl })).text).toContain(
      '<ListQueueTagsResult></ListQueueTagsResult>',
    )
  })

  it('creates queues with attributes and tags, and gives attributes back', async () => {
    const created = await sqs('CreateQueue', {
      QueueName: 'created',
      'Attribute.1.Name': 'VisibilityTimeout',
      'Attribute.1.Value': '7',
      'Attribute.2.Name': 'DelaySeconds',
      'Attribute.2.Value': '1',
      'Tag.1.Key': 'team',
      'Tag.1.Value': 'docks',
    })
    const QueueUrl = inside('QueueUrl', created)
    const asked = { QueueUrl, 'AttributeName.1': 'DelaySeconds', 'AttributeName.2': 'VisibilityTimeout' }
    const attributes = inside('GetQueueAttributesResult', await sqs('GetQueueAttributes', asked))
    expect(attributes.match(/<Attribute>.*?<\/Attribute>/g)?.sort()).toEqual([
      '<Attribute><Name>DelaySeconds</Name><Value>1</Value></Attribute>',
      '<Attribute><Name>VisibilityTimeout</Name><Value>7</Value></Attribute>',
    ])
    expect(inside('Tag', await sqs('ListQueueTags', { QueueUrl }))).toBe(
      '<Key>team</Key><Value>docks</Value>',
    )
    await sqs('SetQueueAttributes', { QueueUrl, 'Attribute.Name': 'DelaySeconds', 'Attribute.Value': '0' })
    const one = await sqs('GetQueueAttributes', { QueueUrl, AttributeName: 'DelaySeconds' })
    expect(inside('Value', one)).toBe('0')
    expect(inside('ListQueuesResult', await sqs('ListQueues', { QueueNamePrefix: 'created' }))).toBe(
      `<QueueUrl>${QueueUrl}</QueueUrl>`,
    )
  })

  it('carries a message there and back: body, attributes, digests, numbers as numbers', async () => {
    const sent = await sqs('SendMessage', {
      QueueUrl: queueUrl,
      MessageBody: 'line\r\n<é> & "quoted" \t \u{1f680}',
      DelaySeconds: '0',
      'MessageAttribute.1.Name': 'text',
      'MessageAttribute.1.Value.DataType': 'String',
      'MessageAttribute.1.Value.StringValue': '7',
      'MessageAttribute.2.Name': 'bytes',
      'MessageAttribute.2.Value.DataType': 'Binary',
      'MessageAttribute.2.Value.BinaryValue': 'AQID',
    })
    const received = await sqs('ReceiveMessage', {
      QueueUrl: queueUrl,
      MaxNumberOfMessages: '1',
      WaitTimeSeconds: '1',
      'AttributeName.1': 'ApproximateReceiveCount',
      'MessageAttributeName.1': 'All',
    })
    expect(inside('Body', received)).toBe('line&#13;\n&lt;é&gt; &amp; &quot;quoted&quot; \t \u{1f680}')
    expect(inside('MD5OfBody', received)).toBe(inside('MD5OfMessageBody', sent))
    expect(inside('MD5OfMessageAttributes', received)).toBe(inside('MD5OfMessageAttributes', sent))
    expect(received.text).toContain(
      '<Attribute><Name>ApproximateReceiveCount</Name><Value>1</Value></Attribute>',
    )
    expect(received.text).toContain(
      '<MessageAttribute><Name>bytes</Name><Value><DataType>Binary</DataType><BinaryValue>AQID</BinaryValue></Value></MessageAttribute>',
    )
    const ReceiptHandle = inside('ReceiptHandle', received)
    const changed = await sqs('ChangeMessageVisibility', {
      QueueUrl: queueUrl,
      ReceiptHandle,
      VisibilityTimeout: '60',
    })
    expect(changed.status).toBe(200)
    expect((await sqs('DeleteMessage', { QueueUrl: queueUrl, ReceiptHandle })).status).toBe(200)
    const empty = await sqs('ReceiveMessage', { QueueUrl: queueUrl })
    expect(empty.text).toContain('<ReceiveMessageResult></ReceiveMessageResult>')
  })

  it('answers batches entry by entry, under each operation’s own names', async () => {
    const entry = 'SendMessageBatchRequestEntry'
    const sent = await sqs('SendMessageBatch', {
      QueueUrl: queueUrl,
      [`${entry}.1.Id`]: 'good',
      [`${entry}.1.MessageBody`]: 'one',
      [`${entry}.1.MessageAttribute.1.Name`]: 'a',
      [`${entry}.1.MessageAttribute.1.Value.DataType`]: 'String',
      [`${entry}.1.MessageAttribute.1.Value.StringValue`]: 'b',
      [`${entry}.2.Id`]: 'bad',
      [`${entry}.2.MessageBody`]: 'two',
      [`${entry}.2.DelaySeconds`]: '901',
      [`${entry}.10.Id`]: 'last',
      [`${entry}.10.MessageBody`]: 'three',
    })
    expect(inside('SendMessageBatchResult', sent).match(/<Id>\w+/g)).toEqual([
      '<Id>good',
      '<Id>last',
      '<Id>bad',
    ])
    const failed = inside('BatchResultErrorEntry', sent)
    expect(failed).toContain('<SenderFault>true</SenderFault><Code>InvalidParameterValue</Code>')
    const received = await sqs('ReceiveMessage', { QueueUrl: queueUrl, MaxNumberOfMessages: '10' })
    const handles = Array.from(received.text.matchAll(/<ReceiptHandle>(.*?)</g), ([, handle]) => handle ?? '')
    expect(handles).toHaveLength(2)
    const entries = (name: string, more: Record<string, string> = {}): Record<string, string> =>
      Object.fromEntries(
        handles.flatMap((handle, at) =>
          Object.entries({ Id: `e${at}`, ReceiptHandle: handle, ...more }).map(([key, value]) => [
            `${name}RequestEntry.${at + 1}.${key}`,
            value,
          ]),
        ),
      )
    const change = 'ChangeMessageVisibilityBatch'
    const changed = await sqs(change, { QueueUrl: queueUrl, ...entries(change, { VisibilityTimeout: '9' }) })
    expect(changed.text.match(/<ChangeMessageVisibilityBatchResultEntry>/g)).toHaveLength(2)
    const remove = 'DeleteMessageBatch'
    const removed = await sqs(remove, { QueueUrl: queueUrl, ...entries(remove) })
    expect(removed.text.match(/<DeleteMessageBatchResultEntry><Id>e\d<\/Id>/g)).toHaveLength(2)
  })

  it('takes the queue from the path when the form names none', async () => {
    expect((await sqs('SendMessage', { MessageBody: 'by path' }, path)).status).toBe(200)
    const received = await sqs('ReceiveMessage', { QueueUrl: queueUrl })
    expect(inside('Body', received)).toBe('by path')
    await sqs('PurgeQueue', {}, path)
  })

  it('may be asked by a link', async () => {
    const query = 'Action=GetQueueUrl&QueueName=q&Version=2012-11-05'
    const answer = await exchange(aws.endpoint, { method: 'GET', path: `/?${query}` })
    expect(inside('QueueUrl', answer)).toBe(queueUrl)
  })

  it('is known without a version by what the request is signed for', async () => {
    const scope = '123456789012/20260101/us-east-1/sqs/aws4_request'
    const headers = {
      'Content-Type': 'application/x-www-form-urlencoded',
      Authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=0`,
    }
    const answer = await exchange(aws.endpoint, { headers, body: 'Action=GetQueueUrl&QueueName=q' })
    expect(inside('QueueUrl', answer)).toBe(queueUrl)
  })
})

describe('errors in XML', () => {
  it('carry the query protocol’s code, and whose fault it is', async () => {
    const answer = await sqs('GetQueueUrl', { QueueName: 'missing' })
    expect([answer.status, answer.headers['content-type']]).toEqual([400, 'text/xml'])
    const id = String(answer.headers['x-amzn-requestid'])
    expect(answer.text).toBe(
      '<?xml version="1.0"?><ErrorResponse xmlns="http://queue.amazonaws.com/doc/2012-11-05/"><Error>' +
        '<Type>Sender</Type><Code>AWS.SimpleQueueService.NonExistentQueue</Code>' +
        '<Message>The specified queue does not exist for this wsdl version.</Message><Detail/></Error>' +
        `<RequestId>${id}</RequestId></ErrorResponse>`,
    )
  })

  it.each([
    [{ Action: 'NoSuchThing', Version: '2012-11-05' }, 'InvalidAction', "Amazon SQS's operation NoSuchThing"],
    [{ Action: 'constructor', Version: '2012-11-05' }, 'InvalidAction', "Amazon SQS's operation constructor"],
    [{ Action: 'Publish', Version: '2010-03-31' }, 'InvalidAction', 'Action Publish of version 2010-03-31'],
    [{ Action: 'Publish' }, 'InvalidAction', 'Action Publish of version (none)'],
    [{ Version: '2012-11-05' }, 'MissingAction', 'must contain the parameter Action'],
    [{}, 'MissingAction', 'must contain the parameter Action'],
    [
      { Action: 'ListQueues', Version: '2012-11-05', 'A.B': '1', A: '2' },
      'MalformedQueryString',
      'A has both',
    ],
    [
      { Action: 'ListQueues', Version: '2012-11-05', A: '1', 'A.B': '2' },
      'MalformedQueryString',
      'A.B is part of',
    ],
    [
      { Action: 'ListQueues', Version: '2012-11-05', ['x.'.repeat(30)]: '1' },
      'MalformedQueryString',
      'more than 24 parts',
    ],
  ])('say what is wrong with %o', async (parameters: Record<string, string>, code, what) => {
    const answer = await queryCall(aws.endpoint, parameters)
    expect(answer.status).toBe(400)
    expect(inside('Code', answer)).toBe(code)
    expect(answer.text).toContain(what)
  })

  it('name a parameter that is no number', async () => {
    const answer = await sqs('ReceiveMessage', { QueueUrl: queueUrl, MaxNumberOfMessages: 'ten' })
    expect([answer.status, inside('Message', answer)]).toEqual([
      400,
      'MaxNumberOfMessages: STRING_VALUE can not be converted to an Integer',
    ])
  })

  it('hold no character that XML cannot', async () => {
    const answer = await sqs('GetQueueUrl', { QueueName: 'a\u0000<\u0008' })
    expect(answer.status).toBe(400)
    expect(answer.text).not.toContain('\u0000')
    expect(answer.text).not.toContain('\u0008')
  })
})

describe('CloudWatch by form', () => {
  it('stores and reads metrics: numbers, lists and timestamps', async () => {
    const minute = new Date(Math.floor(Date.now() / 60_000) * 60_000)
    const at = minute.toISOString().replace('.000', '')
    const datum = 'MetricData.member.1'
    const put = await cloudwatch('PutMetricData', {
      Namespace: 'Query',
      [`${datum}.MetricName`]: 'm',
      [`${datum}.Timestamp`]: at,
      [`${datum}.Dimensions.member.1.Name`]: 'd',
      [`${datum}.Dimensions.member.1.Value`]: '1',
      [`${datum}.Values.member.1`]: '1.5',
      [`${datum}.Values.member.2`]: '2.5e0',
      [`${datum}.Counts.member.1`]: '3',
      [`${datum}.Counts.member.2`]: '1',
    })
    expect([put.status, put.text.includes('Result')]).toEqual([200, false])
    const read = await cloudwatch('GetMetricStatistics', {
      Namespace: 'Query',
      MetricName: 'm',
      'Dimensions.member.1.Name': 'd',
      'Dimensions.member.1.Value': '1',
      StartTime: at,
      EndTime: new Date(minute.getTime() + 60_000).toISOString(),
      Period: '60',
      'Statistics.member.1': 'Sum',
      'Statistics.member.2': 'SampleCount',
    })
    expect(inside('GetMetricStatisticsResult', read)).toBe(
      `<Label>m</Label><Datapoints><member><Timestamp>${minute.toISOString()}</Timestamp><Sum>7</Sum>` +
        '<SampleCount>4</SampleCount><Unit>None</Unit></member></Datapoints>',
    )
    const query = 'MetricDataQueries.member.1'
    const results = await cloudwatch('GetMetricData', {
      [`${query}.Id`]: 'q1',
      [`${query}.ReturnData`]: 'true',
      [`${query}.MetricStat.Metric.Namespace`]: 'Query',
      [`${query}.MetricStat.Metric.MetricName`]: 'm',
      [`${query}.MetricStat.Metric.Dimensions.member.1.Name`]: 'd',
      [`${query}.MetricStat.Metric.Dimensions.member.1.Value`]: '1',
      [`${query}.MetricStat.Period`]: '60',
      [`${query}.MetricStat.Stat`]: 'Maximum',
      StartTime: at,
      EndTime: new Date(minute.getTime() + 60_000).toISOString(),
    })
    expect(inside('Timestamps', results)).toBe(`<member>${minute.toISOString()}</member>`)
    expect(inside('Values', results)).toBe('<member>2.5</member>')
  })

  it('sets and describes alarms, with empty lists and booleans', async () => {
    const put = await cloudwatch('PutMetricAlarm', {
      AlarmName: 'a',
      MetricName: 'm',
      Namespace: 'Query',
      Statistic: 'Sum',
      Period: '60',
      EvaluationPeriods: '2',
      Threshold: '1.5',
      ComparisonOperator: 'GreaterThanThreshold',
      ActionsEnabled: 'false',
      AlarmActions: '',
      Dimensions: '',
      'OKActions.member.1': 'arn:aws:sns:us-east-1:1:t',
    })
    expect(put.text).toContain('<PutMetricAlarmResponse')
    const described = await cloudwatch('DescribeAlarms', { 'AlarmNames.member.1': 'a' })
    expect(described.text).toContain('<ActionsEnabled>false</ActionsEnabled>')
    expect(described.text).toContain('<OKActions><member>arn:aws:sns:us-east-1:1:t</member></OKActions>')
    expect(described.text).toContain('<AlarmActions></AlarmActions>')
    expect(inside('Threshold', described)).toBe('1.5')
    expect(new Date(inside('StateUpdatedTimestamp', described)).getTime()).toBeGreaterThan(1.7e12)
  })
})

describe('results without members', () => {
  it('are written where AWS writes them', async () => {
    const alarm = { ResourceARN: 'arn:aws:cloudwatch:us-east-1:123456789012:alarm:a' }
    const tags = { 'Tags.member.1.Key': 'k', 'Tags.member.1.Value': '1' }
    const tagged = await cloudwatch('TagResource', { ...alarm, ...tags })
    expect(tagged.text).toContain('<TagResourceResult></TagResourceResult>')
    const listed = await cloudwatch('ListTagsForResource', alarm)
    expect(inside('Tags', listed)).toBe('<member><Key>k</Key><Value>1</Value></member>')
  })
})

describe('STS by form', () => {
  it('says whose account it is', async () => {
    const answer = await queryCall(aws.endpoint, { Action: 'GetCallerIdentity', Version: '2011-06-15' })
    expect(inside('GetCallerIdentityResult', answer)).toBe(
      '<Arn>arn:aws:iam::123456789012:root</Arn><UserId>123456789012</UserId><Account>123456789012</Account>',
    )
    expect(answer.text).toContain('xmlns="https://sts.amazonaws.com/doc/2011-06-15/"')
  })
})
