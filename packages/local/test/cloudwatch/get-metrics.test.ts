import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { MetricDataQuery } from '@aws-sdk/client-cloudwatch'

import type { LocalCloudWatch } from './local-cloudwatch.js'
import { startCloudWatch } from './local-cloudwatch.js'

let local: LocalCloudWatch
let startMs: number
beforeEach(async () => {
  local = await startCloudWatch()
  startMs = local.clock.now()
})
afterEach(() => local.close())

/** Publishes one value at each of so many seconds after the start. */
async function publish(MetricName: string, valuesBySecond: Record<number, number>, StorageResolution = 60) {
  const MetricData = Object.entries(valuesBySecond).map(([second, Value]) => ({
    MetricName,
    Value,
    StorageResolution,
    Timestamp: new Date(startMs + Number(second) * 1_000),
  }))
  await local.client.putMetricData({ Namespace: 'Shop', MetricData })
}

const range = (fromSecond: number, toSecond: number) => ({
  StartTime: new Date(startMs + fromSecond * 1_000),
  EndTime: new Date(startMs + toSecond * 1_000),
})
const seconds = (timestamps: readonly (Date | undefined)[] = []) =>
  timestamps.map((timestamp) => ((timestamp?.getTime() ?? NaN) - startMs) / 1_000)
const query = (Id: string, MetricName: string, Period = 60, Stat = 'Sum'): MetricDataQuery => ({
  Id,
  MetricStat: { Metric: { Namespace: 'Shop', MetricName }, Period, Stat },
})

describe('GetMetricStatistics', () => {
  const statistics = (fromSecond: number, toSecond: number, Period: number) =>
    local.client.getMetricStatistics({
      Namespace: 'Shop',
      MetricName: 'Orders',
      ...range(fromSecond, toSecond),
      Period,
      Statistics: ['Sum'],
    })

  it('aggregates by period, from StartTime rounded down to the minute, EndTime excluded', async () => {
    await publish('Orders', { 0: 1, 59: 2, 60: 4, 180: 8, 240: 16 })
    const { Datapoints = [], Label } = await statistics(30, 240, 120)
    expect(Label).toBe('Orders')
    expect(Datapoints.map((point) => point.Sum)).toEqual([7, 8])
    expect(seconds(Datapoints.map((point) => point.Timestamp))).toEqual([0, 120])
  })

  it('tells units apart', async () => {
    const MetricData = (['Count', 'Seconds'] as const).map((Unit, at) => ({
      MetricName: 'Orders',
      Unit,
      Value: at + 1,
    }))
    await local.client.putMetricData({ Namespace: 'Shop', MetricData })
    const { Datapoints = [] } = await statistics(0, 60, 60)
    expect(Datapoints.map((point) => [point.Unit, point.Sum])).toEqual([
      ['Count', 1],
      ['Seconds', 2],
    ])
  })

  it('refuses more than 1,440 datapoints, a broken period, and a range that ends before it begins', async () => {
    await expect(statistics(0, 2 * 86_400, 60)).rejects.toMatchObject({
      name: 'InvalidParameterCombinationException',
      message:
        'You have requested up to 2,880 datapoints, which exceeds the limit of 1,440. ' +
        'You may reduce the datapoints requested by increasing Period, or decreasing the time range.',
    })
    await expect(statistics(0, 60, 90)).rejects.toThrow('must be 1, 5, 10, 20, 30, or a multiple of 60')
    await expect(statistics(60, 60, 60)).rejects.toMatchObject({
      name: 'InvalidParameterValueException',
      message: 'The parameter StartTime must be less than the parameter EndTime.',
    })
  })
})

describe('GetMetricData', () => {
  const data = (MetricDataQueries: MetricDataQuery[], more = {}) =>
    local.client.getMetricData({ MetricDataQueries, ...range(0, 600), ...more })

  it('answers several queries, newest first, and oldest first when asked', async () => {
    await publish('Orders', { 0: 1, 60: 2, 120: 3 })
    await publish('Visits', { 60: 10 })
    const queries = [
      query('orders', 'Orders'),
      { ...query('visits', 'Visits', 60, 'Average'), Label: 'how many' },
      query('none', 'Nothing'),
    ]
    const { MetricDataResults = [] } = await data(queries)
    expect(
      MetricDataResults.map(({ Id, Label, Values, StatusCode }) => ({ Id, Label, Values, StatusCode })),
    ).toEqual([
      { Id: 'orders', Label: 'Orders', Values: [3, 2, 1], StatusCode: 'Complete' },
      { Id: 'visits', Label: 'how many', Values: [10], StatusCode: 'Complete' },
      { Id: 'none', Label: 'Nothing', Values: [], StatusCode: 'Complete' },
    ])
    expect(seconds(MetricDataResults[0]?.Timestamps)).toEqual([120, 60, 0])
    const ascending = await data(queries, { ScanBy: 'TimestampAscending' })
    expect(ascending.MetricDataResults?.[0]?.Values).toEqual([1, 2, 3])
  })

  it('pages through the points of all queries', async () => {
    await publish('Orders', { 0: 1, 60: 2, 120: 3 })
    await publish('Visits', { 0: 10, 60: 20 })
    const queries = [query('a', 'Orders'), query('b', 'Visits'), query('c', 'Nothing')]
    const pages: string[] = []
    let NextToken: string | undefined
    do {
      const page = await data(queries, { MaxDatapoints: 2, ScanBy: 'TimestampAscending', NextToken })
      pages.push(
        (page.MetricDataResults ?? [])
          .map((it) => `${it.Id}=${it.Values?.join(',')} ${it.StatusCode}`)
          .join('; '),
      )
      NextToken = page.NextToken
    } while (NextToken !== undefined)
    expect(pages).toEqual([
      'a=1,2 PartialData; c= Complete',
      'a=3 Complete; b=10 PartialData',
      'b=20 Complete',
    ])
  })

  it('leaves out what is not to be returned', async () => {
    await publish('Orders', { 0: 1 })
    const { MetricDataResults } = await data([{ ...query('a', 'Orders'), ReturnData: false }])
    expect(MetricDataResults).toEqual([])
  })

  it('tells metrics apart by their dimensions, in any order', async () => {
    const Dimensions = [
      { Name: 'Service', Value: 'thumbnails' },
      { Name: 'Cluster', Value: 'media' },
    ]
    await local.client.putMetricData({
      Namespace: 'Shop',
      MetricData: [{ MetricName: 'Orders', Dimensions, Value: 3 }],
    })
    const Metric = { Namespace: 'Shop', MetricName: 'Orders', Dimensions: Dimensions.toReversed() }
    const { MetricDataResults } = await data([
      { Id: 'with', MetricStat: { Metric, Period: 60, Stat: 'Sum' } },
      query('without', 'Orders'),
    ])
    expect(MetricDataResults?.map((result) => result.Values)).toEqual([[3], []])
  })

  it('goes on from the last point given, though others arrive between two pages', async () => {
    await publish('Orders', { 60: 1, 120: 2, 180: 3, 240: 4 })
    const page = async (NextToken?: string) => data([query('a', 'Orders')], { MaxDatapoints: 2, NextToken })
    const first = await page()
    await publish('Orders', { 0: 0, 300: 5 })
    const second = await page(first.NextToken)
    const third = await page(second.NextToken)
    expect([first, second, third].map(({ MetricDataResults: [result] = [] }) => result?.Values)).toEqual([
      [4, 3],
      [2, 1],
      [0],
    ])
    expect(third.NextToken).toBeUndefined()
  })

  it('refuses a broken or doubled id, an unknown statistic, a query of nothing or of both, and a false token', async () => {
    await expect(data([query('Upper', 'Orders')])).rejects.toThrow('not matching the expected pattern')
    await expect(data([query('a', 'Orders'), query('a', 'Visits')])).rejects.toThrow('are not unique')
    await expect(data([query('a', 'Orders', 60, 'p101')])).rejects.toMatchObject({
      name: 'ValidationException',
      message: 'The value p101 for parameter MetricDataQueries.member.1.MetricStat.Stat is not supported.',
    })
    await expect(data([{ Id: 'a' }])).rejects.toThrow('Period must not be null')
    await expect(data([{ ...query('a', 'Orders'), Expression: 'b' }])).rejects.toMatchObject({
      name: 'InvalidParameterCombinationException',
      message:
        'The parameters MetricDataQuery Expression and MetricStat are mutually exclusive and you have specified both.',
    })
    const foreign = Buffer.from('["b",0]').toString('base64url')
    for (const NextToken of ['nonsense', foreign]) {
      await expect(data([query('a', 'Orders')], { NextToken })).rejects.toMatchObject({
        name: 'InvalidNextToken',
      })
    }
    await expect(data([])).rejects.toThrow('The parameter MetricDataQueries is required.')
  })
})

describe('ListMetrics', () => {
  it('lists what was published, by namespace, name, dimensions and recent activity', async () => {
    const put = (Namespace: string, MetricName: string, Value: string) =>
      local.client.putMetricData({
        Namespace,
        MetricData: [{ MetricName, Value: 1, Dimensions: [{ Name: 'Service', Value }] }],
      })
    await put('Shop', 'Orders', 'web')
    await local.clock.advance(4 * 3_600_000)
    await put('Shop', 'Orders', 'worker')
    await put('Shop', 'Visits', 'web')
    await put('Other', 'Orders', 'web')

    const list = async (input: Parameters<typeof local.client.listMetrics>[0]) =>
      ((await local.client.listMetrics(input)).Metrics ?? []).map(
        (metric) => `${metric.Namespace} ${metric.MetricName} ${metric.Dimensions?.[0]?.Value}`,
      )
    expect(await list({ Namespace: 'Shop' })).toEqual([
      'Shop Orders web',
      'Shop Orders worker',
      'Shop Visits web',
    ])
    expect(await list({ MetricName: 'Orders', Dimensions: [{ Name: 'Service', Value: 'web' }] })).toEqual([
      'Shop Orders web',
      'Other Orders web',
    ])
    expect(await list({ Dimensions: [{ Name: 'Cluster' }] })).toEqual([])
    expect(await list({ Namespace: 'Shop', RecentlyActive: 'PT3H' })).toEqual([
      'Shop Orders worker',
      'Shop Visits web',
    ])
  })

  it('leaves out metrics without a point in two weeks', async () => {
    await publish('Orders', { 0: 1 })
    await local.clock.advance(14 * 86_400_000)
    expect((await local.client.listMetrics({})).Metrics).toHaveLength(1)
    await local.clock.advance(60_000)
    expect((await local.client.listMetrics({})).Metrics).toEqual([])
  })

  it('pages by five hundred', async () => {
    const MetricData = Array.from({ length: 501 }, (_, at) => ({ MetricName: `Metric${at}`, Value: 1 }))
    await local.client.putMetricData({ Namespace: 'Shop', MetricData })
    const first = await local.client.listMetrics({})
    await local.client.putMetricData({ Namespace: 'Shop', MetricData })
    const second = await local.client.listMetrics({ NextToken: first.NextToken })
    expect([first.Metrics?.length, second.Metrics?.length, second.NextToken]).toEqual([500, 1, undefined])
  })
})
