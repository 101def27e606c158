import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import type { LocalCloudWatch } from './local-cloudwatch.js'
import { startCloudWatch } from './local-cloudwatch.js'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

let local: LocalCloudWatch
let startMs: number
beforeEach(async () => {
  local = await startCloudWatch()
  startMs = local.clock.now()
})
afterEach(() => local.close())

/** A point at each of so many seconds after the start. */
async function publish(valuesBySecond: Record<number, number>, StorageResolution = 60) {
  const MetricData = Object.entries(valuesBySecond).map(([second, Value]) => ({
    MetricName: 'Orders',
    Value,
    StorageResolution,
    Timestamp: new Date(startMs + Number(second) * 1_000),
  }))
  await local.client.putMetricData({ Namespace: 'Shop', MetricData })
}

/** What the first hour comes to, by periods of so many seconds, when so much time has passed. */
async function firstHour(Period: number, EndMs = startMs + HOUR_MS) {
  const { MetricDataResults: [result] = [] } = await local.client.getMetricData({
    MetricDataQueries: [
      { Id: 'a', MetricStat: { Metric: { Namespace: 'Shop', MetricName: 'Orders' }, Period, Stat: 'Sum' } },
    ],
    StartTime: new Date(startMs),
    EndTime: new Date(EndMs),
    ScanBy: 'TimestampAscending',
  })
  return result?.Values
}

/** Passes time; a point somewhere else makes the store look after itself. */
async function pass(ms: number) {
  await local.clock.advance(startMs + ms - local.clock.now())
  await local.client.putMetricData({ Namespace: 'Other', MetricData: [{ MetricName: 'Any', Value: 1 }] })
}

describe('points', () => {
  it('of a second are seen by any period for three hours, then by periods of whole minutes', async () => {
    await publish({ 0: 1, 1: 2, 30: 4, 90: 8 }, 1)
    expect(await firstHour(1)).toEqual([1, 2, 4, 8])
    expect(await firstHour(30)).toEqual([3, 4, 8])
    await pass(3 * HOUR_MS + 120_000)
    expect([await firstHour(1), await firstHour(30), await firstHour(60)]).toEqual([[], [], [7, 8]])
  })

  it('of a minute are seen by short periods too, at the start of their minute', async () => {
    await publish({ 10: 1, 50: 2 })
    expect(await firstHour(10)).toEqual([3])
  })

  it('are kept by the minute for 15 days, by five minutes for 63, by the hour for 455, and no longer', async () => {
    await publish({ 0: 1, 60: 2, 299: 4, 300: 8, 3_599: 16 })
    const ages = [
      { days: 15, seen: [60, 300, 3_600] },
      { days: 16, seen: [300, 3_600] },
      { days: 63, seen: [300, 3_600] },
      { days: 64, seen: [3_600] },
      { days: 455, seen: [3_600] },
      { days: 456, seen: [] },
    ]
    const whole: Record<number, number[]> = { 60: [1, 2, 4, 8, 16], 300: [7, 8, 16], 3_600: [31] }
    for (const { days, seen } of ages) {
      await pass(days * DAY_MS)
      for (const period of [60, 300, 3_600]) {
        const expected = seen.includes(period) ? whole[period] : []
        expect(await firstHour(period), `${period} s after ${days} days`).toEqual(expected)
      }
    }
  })

  it('that come late go where their age belongs', async () => {
    await pass(4 * HOUR_MS)
    await publish({ 0: 1, 30: 2 }, 1)
    expect([await firstHour(30), await firstHour(60)]).toEqual([[], [3]])
  })

  it('of old ranges begin where their periods do: StartTime is rounded to what is kept', async () => {
    await publish({ 0: 1, 3_600: 2 })
    await pass(64 * DAY_MS)
    startMs += 25 * 60_000
    expect(await firstHour(3_600, startMs + HOUR_MS)).toEqual([1, 2])
  })
})
