import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { MetricDatum } from '@aws-sdk/client-cloudwatch'

import type { LocalCloudWatch } from './local-cloudwatch.js'
import { startCloudWatch } from './local-cloudwatch.js'

let local: LocalCloudWatch
beforeEach(async () => (local = await startCloudWatch()))
afterEach(() => local.close())

const put = (...data: MetricDatum[]) => local.client.putMetricData({ Namespace: 'Shop', MetricData: data })

async function read(MetricName = 'Orders') {
  const nowMs = local.clock.now()
  const { Datapoints = [] } = await local.client.getMetricStatistics({
    Namespace: 'Shop',
    MetricName,
    StartTime: new Date(nowMs - 60_000),
    EndTime: new Date(nowMs + 60_000),
    Period: 60,
    Statistics: ['SampleCount', 'Sum', 'Minimum', 'Maximum', 'Average'],
  })
  return Datapoints
}

describe('PutMetricData stores', () => {
  it('a value, at the time of the control clock when it names none', async () => {
    await put({ MetricName: 'Orders', Value: 4.5, Unit: 'Count' })
    expect(await read()).toEqual([
      {
        Timestamp: new Date(local.clock.now()),
        SampleCount: 1,
        Sum: 4.5,
        Minimum: 4.5,
        Maximum: 4.5,
        Average: 4.5,
        Unit: 'Count',
      },
    ])
  })

  it('values with their counts, and statistic sets, merged with what was there', async () => {
    await put({ MetricName: 'Orders', Values: [1, 10], Counts: [3, 1] })
    await put({ MetricName: 'Orders', Values: [2] })
    const StatisticValues = { SampleCount: 4, Sum: 100, Minimum: 20, Maximum: 30 }
    await put({ MetricName: 'Orders', StatisticValues })
    const [datapoint] = await read()
    expect(datapoint).toMatchObject({ SampleCount: 9, Sum: 115, Minimum: 1, Maximum: 30, Unit: 'None' })
  })

  it('at the time a datum names', async () => {
    const at = local.clock.now() - 30_000
    await put({ MetricName: 'Orders', Value: 1, Timestamp: new Date(at) })
    const [datapoint] = await read()
    expect(datapoint?.Timestamp).toEqual(new Date(at - 30_000))
  })

  it('a thousand metrics from a body that the client compressed', async () => {
    const data = Array.from({ length: 1_000 }, (_, at) => ({ MetricName: `Metric${at}`, Value: at }))
    await put(...data)
    const [datapoint] = await read('Metric999')
    expect(datapoint?.Sum).toBe(999)
  })

  it('metrics that come with an entity', async () => {
    await local.client.putMetricData({
      Namespace: 'Shop',
      EntityMetricData: [{ MetricData: [{ MetricName: 'Orders', Value: 7 }] }],
      StrictEntityValidation: false,
    })
    expect(await read()).toHaveLength(1)
  })

  it('nothing of a call in which one datum is wrong', async () => {
    await expect(put({ MetricName: 'Orders', Value: 1 }, { MetricName: 'Orders' })).rejects.toThrow()
    expect(await read()).toEqual([])
  })
})

describe('PutMetricData refuses', () => {
  const cases: readonly (readonly [string, MetricDatum, string, string])[] = [
    [
      'a datum without a name',
      { MetricName: '', Value: 1 },
      'MissingRequiredParameterException',
      'The parameter MetricData.member.1.MetricName is required.',
    ],
    [
      'a datum without a value',
      { MetricName: 'Orders' },
      'MissingRequiredParameterException',
      'The parameter MetricData.member.1.Value is required.',
    ],
    [
      'two kinds of value',
      { MetricName: 'Orders', Value: 1, Values: [1] },
      'InvalidParameterCombinationException',
      'The parameters MetricData.member.1.Value and MetricData.member.1.Values are mutually exclusive and you have specified both.',
    ],
    [
      'counts that do not match',
      { MetricName: 'Orders', Values: [1, 2], Counts: [1] },
      'InvalidParameterValueException',
      'The parameters MetricData.member.1.Values and MetricData.member.1.Counts must be of the same size.',
    ],
    [
      'NaN',
      { MetricName: 'Orders', Value: NaN },
      'InvalidParameterValueException',
      'The value NaN for parameter MetricData.member.1.Value is invalid.',
    ],
    [
      'a value out of range',
      { MetricName: 'Orders', Value: 1e200 },
      'InvalidParameterValueException',
      'The value 1e+200 for parameter MetricData.member.1.Value is invalid.',
    ],
    [
      'a resolution of 30',
      { MetricName: 'Orders', Value: 1, StorageResolution: 30 },
      'InvalidParameterValueException',
      'The parameter MetricData.member.1.StorageResolution must be 1 or 60; got 30.',
    ],
    [
      'an unknown unit',
      { MetricName: 'Orders', Value: 1, Unit: 'Furlongs' as 'Count' },
      'InvalidParameterValueException',
      'The value Furlongs for parameter MetricData.member.1.Unit is invalid',
    ],
    [
      'more than thirty dimensions',
      {
        MetricName: 'Orders',
        Value: 1,
        Dimensions: Array.from({ length: 31 }, (_, at) => ({ Name: `d${at}`, Value: 'x' })),
      },
      'InvalidParameterValueException',
      'The collection MetricData.member.1.Dimensions must not have a size greater than 30.',
    ],
    [
      'a dimension without a value',
      { MetricName: 'Orders', Value: 1, Dimensions: [{ Name: 'Queue', Value: '' }] },
      'MissingRequiredParameterException',
      'The parameter MetricData.member.1.Dimensions.member.1.Value is required.',
    ],
    [
      'more than 150 values',
      { MetricName: 'Orders', Values: Array.from({ length: 151 }, () => 1) },
      'InvalidParameterValueException',
      'The collection MetricData.member.1.Values must not have a size greater than 150.',
    ],
    [
      'an empty statistic set',
      { MetricName: 'Orders', StatisticValues: { SampleCount: 0, Sum: 0, Minimum: 0, Maximum: 0 } },
      'InvalidParameterValueException',
      'The parameter MetricData.member.1.StatisticValues.SampleCount must be greater than 0.',
    ],
  ]
  it.each(cases)('%s', async (_what, datum, name, message) => {
    await expect(put(datum)).rejects.toMatchObject({
      name,
      message: expect.stringContaining(message) as string,
    })
  })

  it('a time more than two weeks ago, or more than two hours ahead', async () => {
    const at = (offsetMs: number) => new Date(local.clock.now() + offsetMs)
    await expect(put({ MetricName: 'Orders', Value: 1, Timestamp: at(-15 * 86_400_000) })).rejects.toThrow(
      'no more than two weeks in the past',
    )
    await expect(put({ MetricName: 'Orders', Value: 1, Timestamp: at(3 * 3_600_000) })).rejects.toThrow(
      'no more than two hours in the future',
    )
  })

  it("the namespaces of AWS's services, no namespace, and no data", async () => {
    const MetricData = [{ MetricName: 'Orders', Value: 1 }]
    await expect(local.client.putMetricData({ Namespace: 'AWS/SQS', MetricData })).rejects.toThrow(
      'The value AWS/ for parameter Namespace is invalid.',
    )
    await expect(local.client.putMetricData({ Namespace: '', MetricData })).rejects.toThrow(
      'The parameter Namespace is required.',
    )
    await expect(put()).rejects.toThrow('The parameter MetricData is required.')
  })

  it('more than a thousand metrics', async () => {
    const data = Array.from({ length: 1_001 }, () => ({ MetricName: 'Orders', Value: 1 }))
    await expect(put(...data)).rejects.toThrow(
      'The collection MetricData must not have a size greater than 1000.',
    )
  })
})
