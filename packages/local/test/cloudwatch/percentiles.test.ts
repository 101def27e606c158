import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'

import {
  extendedStatisticCases,
  INVALID_STATISTICS,
  statisticSetCases,
} from '../../../model/test/golden/extended-statistic-cases.js'
import type { LocalCloudWatch } from './local-cloudwatch.js'
import { startCloudWatch } from './local-cloudwatch.js'

let local: LocalCloudWatch

const range = () => ({
  StartTime: new Date(local.clock.now() - 60_000),
  EndTime: new Date(local.clock.now() + 60_000),
})
const metric = (MetricName: string) => ({ Namespace: 'Shop', MetricName })

async function valueOf(MetricName: string, Stat: string, Period = 60) {
  const { MetricDataResults: [result] = [] } = await local.client.getMetricData({
    MetricDataQueries: [{ Id: 'a', MetricStat: { Metric: metric(MetricName), Period, Stat } }],
    ...range(),
  })
  return result?.Values?.[0]
}

const publish = (MetricName: string, datum: object) =>
  local.client.putMetricData({
    Namespace: 'Shop',
    MetricData: [{ MetricName, Timestamp: new Date(local.clock.now()), ...datum }],
  })

describe("the server's statistics are those that the model defines", () => {
  beforeAll(async () => (local = await startCloudWatch()))
  afterAll(() => local.close())

  it.each(extendedStatisticCases())(
    '$rule: $statistic $name',
    async ({ values, statistic, expected, ...golden }) => {
      const MetricName = `${golden.rule} ${golden.name} ${statistic}`
      if (values.length > 0) {
        const [Values, Counts] = [values.map(({ value }) => value), values.map(({ count }) => count)]
        await publish(MetricName, { Values, Counts })
      }
      const value = await valueOf(MetricName, statistic)
      if (expected === undefined) expect(value).toBeUndefined()
      else expect(value).toBeCloseTo(expected, 9)
    },
  )

  it.each(statisticSetCases())('of a statistic set: $name', async ({ name, set, expected }) => {
    const { sampleCount: SampleCount, sum: Sum, minimum: Minimum, maximum: Maximum } = set
    await publish(name, { StatisticValues: { SampleCount, Sum, Minimum, Maximum } })
    expect(await valueOf(name, 'p50')).toBe(expected?.[0]?.value)
    expect(await valueOf(name, 'Sum')).toBe(Sum)
  })

  it.each(INVALID_STATISTICS.filter((name) => name !== 'Average'))('%s is refused', async (name) => {
    await expect(valueOf('Any', name)).rejects.toMatchObject({
      name: name === '' ? 'MissingRequiredParameterException' : 'ValidationException',
    })
  })
})

describe('percentiles', () => {
  beforeEach(async () => (local = await startCloudWatch()))
  afterEach(() => local.close())

  it('are of the samples of several calls, seconds and minutes together', async () => {
    for (const Value of [10, 20, 30]) await publish('Wait', { Value, StorageResolution: 1 })
    await publish('Wait', { Values: [40, 50], Counts: [1, 6] })
    expect([
      await valueOf('Wait', 'p10'),
      await valueOf('Wait', 'p30'),
      await valueOf('Wait', 'p40'),
    ]).toEqual([10, 30, 40])
  })

  it('are not to be had where one publisher sent a statistic set that hides its values', async () => {
    await publish('Wait', { Value: 10 })
    await publish('Wait', { StatisticValues: { SampleCount: 2, Sum: 30, Minimum: 10, Maximum: 20 } })
    await publish('Wait', { Value: 10 })
    expect(await valueOf('Wait', 'p50')).toBeUndefined()
    expect(await valueOf('Wait', 'Maximum')).toBe(20)
  })

  it('come beside each other from GetMetricStatistics, without the points that have none', async () => {
    const statistics = (ExtendedStatistics: string[], more = {}) =>
      local.client.getMetricStatistics({
        ...metric('Wait'),
        ...range(),
        Period: 60,
        ExtendedStatistics,
        ...more,
      })
    await publish('Wait', { Values: [1, 2, 3, 4] })
    expect((await statistics(['p50', 'tm50', 'IQM'])).Datapoints).toEqual([
      {
        Timestamp: new Date(local.clock.now()),
        ExtendedStatistics: { p50: 2, tm50: 1.5, IQM: 2.5 },
        Unit: 'None',
      },
    ])
    await publish('Wait', { Value: -1 })
    expect((await statistics(['p50'])).Datapoints).toEqual([])
    await expect(statistics(['p101'])).rejects.toMatchObject({ name: 'InvalidParameterValueException' })
    await expect(statistics([])).rejects.toMatchObject({ name: 'MissingRequiredParameterException' })
    await expect(statistics(['p50'], { Statistics: ['Sum'] })).rejects.toMatchObject({
      name: 'InvalidParameterCombinationException',
      message:
        'The parameters Statistics and ExtendedStatistics are mutually exclusive and you have specified both.',
    })
  })

  it('of old minutes and of busy seconds are off by five percent at most, too', async () => {
    const Values = Array.from({ length: 140 }, (_, at) => at + 1)
    await publish('Old', { Values })
    await publish('Fine', { Values, StorageResolution: 1 })
    await publish('Fine', { Value: 1, StorageResolution: 1 })
    const atStart = { StartTime: new Date(local.clock.now()), EndTime: new Date(local.clock.now() + 60_000) }
    const p90 = async (MetricName: string) => {
      const { Datapoints } = await local.client.getMetricStatistics({
        ...metric(MetricName),
        ...atStart,
        Period: 60,
        ExtendedStatistics: ['p90', 'p100'],
      })
      return Datapoints?.[0]?.ExtendedStatistics
    }
    expect(await p90('Old')).toEqual({ p90: 126, p100: 140 })
    const rounded = await p90('Fine')
    expect(Math.abs((rounded?.['p90'] ?? NaN) / 126 - 1)).toBeLessThan(0.05)
    await local.clock.advance(4 * 3_600_000)
    await publish('Other', { Value: 1 })
    expect(await p90('Old')).toEqual(rounded)
  })

  it('are exact for a thousand different values, and off by five percent at most for any more', async () => {
    const values = (count: number) => Array.from({ length: count }, (_, at) => at + 1)
    const send = async (name: string, all: readonly number[]) => {
      for (let at = 0; at < all.length; at += 150) await publish(name, { Values: all.slice(at, at + 150) })
    }
    await send('Few', values(1_000))
    expect(await valueOf('Few', 'p99')).toBe(990)
    await send('Many', values(6_000))
    for (const percent of [1, 10, 50, 90, 99]) {
      const value = (await valueOf('Many', `p${percent}`)) ?? NaN
      expect(Math.abs(value / (percent * 60) - 1), `p${percent}`).toBeLessThan(0.05)
    }
    expect([await valueOf('Many', 'p0'), await valueOf('Many', 'p100')]).toEqual([1, 6_000])
    expect(await valueOf('Many', 'TC(:1000000)')).toBe(6_000)
  })
})
