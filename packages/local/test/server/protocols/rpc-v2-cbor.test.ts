import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { startLocalAws } from '../../../src/index.js'
import type { LocalAws } from '../../../src/index.js'
import { decodeCbor } from '../../../src/server/protocols/cbor-reader.js'
import { CborTimestamp, encodeCbor } from '../../../src/server/protocols/cbor-writer.js'
import { exchange } from '../raw-http.js'
import type { RawAnswer } from '../raw-http.js'

let aws: LocalAws
beforeAll(async () => {
  aws = await startLocalAws()
})
afterAll(() => aws.close())

const headers = { 'smithy-protocol': 'rpc-v2-cbor', 'Content-Type': 'application/cbor' }
const pathOf = (operation: string, service = 'GraniteServiceVersion20100801'): string =>
  `/service/${service}/operation/${operation}`

const call = (operation: string, input: unknown): Promise<RawAnswer> =>
  exchange(aws.endpoint, { path: pathOf(operation), headers, body: encodeCbor(input) })

describe('CloudWatch in RPC v2 CBOR', () => {
  it('has neither body nor content type where the operation has no output', async () => {
    const MetricData = [{ MetricName: 'm', Value: 2.5, Timestamp: new CborTimestamp(Date.now() / 1_000) }]
    const put = await call('PutMetricData', { Namespace: 'Cbor', MetricData })
    expect([put.status, put.bytes.byteLength, put.headers['content-type']]).toEqual([200, 0, undefined])
    expect(put.headers['smithy-protocol']).toBe('rpc-v2-cbor')
  })

  it('writes doubles, whole numbers and timestamps as their shapes say', async () => {
    await call('PutMetricAlarm', {
      AlarmName: 'a',
      MetricName: 'm',
      Namespace: 'Cbor',
      Statistic: 'Sum',
      Period: 60,
      EvaluationPeriods: 2,
      Threshold: 3,
      ComparisonOperator: 'GreaterThanThreshold',
    })
    const { status, headers, bytes } = await call('DescribeAlarms', { AlarmNames: ['a'] })
    expect([status, headers['content-type']]).toEqual([200, 'application/cbor'])
    const hex = bytes.toString('hex')
    const text = (name: string): string => encodeCbor(name).toString('hex')
    expect(hex).toContain(`${text('Threshold')}fb4008000000000000`)
    expect(hex).toContain(`${text('Period')}183c`)
    expect(hex).toContain(`${text('StateUpdatedTimestamp')}c1fb`)
    expect(decodeCbor(bytes)).toMatchObject({ MetricAlarms: [{ AlarmName: 'a', ActionsEnabled: true }] })
  })

  it('reads gzipped bodies', async () => {
    const body = gzipSync(encodeCbor({ Namespace: 'Cbor', MetricData: [{ MetricName: 'z', Value: 1 }] }))
    const zipped = { ...headers, 'Content-Encoding': 'gzip' }
    const put = await exchange(aws.endpoint, { path: pathOf('PutMetricData'), headers: zipped, body })
    expect(put.status).toBe(200)
    expect(decodeCbor((await call('ListMetrics', { MetricName: 'z' })).bytes)).toMatchObject({
      Metrics: [{ Namespace: 'Cbor', MetricName: 'z' }],
    })
  })

  it('names errors by shape in the body and by their older code in the header', async () => {
    const answer = await call('SetAlarmState', { AlarmName: 'no', StateValue: 'OK', StateReason: 'r' })
    expect([answer.status, answer.headers['content-type']]).toEqual([404, 'application/cbor'])
    expect(decodeCbor(answer.bytes)).toEqual({
      __type: 'com.amazonaws.cloudwatch#ResourceNotFound',
      message: 'There is no alarm named no.',
    })
    expect(answer.headers['x-amzn-query-error']).toBe('ResourceNotFound;Sender')
    expect(answer.headers['smithy-protocol']).toBe('rpc-v2-cbor')
  })

  it.each([NaN, Infinity, -Infinity])('refuses the value %d as in JSON', async (Value) => {
    const answer = await call('PutMetricData', {
      Namespace: 'Cbor',
      MetricData: [{ MetricName: 'm', Value }],
    })
    expect(decodeCbor(answer.bytes)).toMatchObject({
      message: `The value ${Value} for parameter MetricData.member.1.Value is invalid.`,
    })
  })

  it.each([
    ['ff', 'not valid CBOR. A break outside of an indefinite length at byte 0.'],
    ['80', 'must be a CBOR map'],
    ['00', 'must be a CBOR map'],
  ])('refuses the body %s', async (hex, message) => {
    const body = Buffer.from(hex, 'hex')
    const answer = await exchange(aws.endpoint, { path: pathOf('ListMetrics'), headers, body })
    expect(answer.status).toBe(400)
    const error = decodeCbor(answer.bytes) as { __type: string; message: string }
    expect(error.__type).toBe('com.amazon.coral.service#SerializationException')
    expect(error.message).toContain(message)
  })

  it.each([
    [pathOf('NoSuchThing'), "Amazon CloudWatch's operation NoSuchThing"],
    [pathOf('__proto__'), "Amazon CloudWatch's operation __proto__"],
    [pathOf('ListQueues', 'AmazonSQS'), 'RPC v2 CBOR on the path /service/AmazonSQS/operation/ListQueues'],
    ['/', 'RPC v2 CBOR on the path /'],
  ])('refuses %s by name', async (path, what) => {
    const answer = await exchange(aws.endpoint, { path, headers, body: encodeCbor({}) })
    expect(answer.status).toBe(400)
    expect(decodeCbor(answer.bytes)).toEqual({
      __type: 'com.amazon.coral.service#UnknownOperationException',
      message: `@longshore/local does not implement ${what}.`,
    })
  })
})
