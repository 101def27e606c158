import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  defaultTraffic,
  expectedMessages,
  parseTraffic,
  readTrace,
  TrafficError,
} from '../../src/simulate/index.js'
import type { Traffic } from '../../src/simulate/index.js'
import { arrivalsOf } from '../../src/simulate/traffic/arrivals.js'
import { withoutBeginning } from '../../src/simulate/traffic/traffic.js'
import { serviceWith } from '../services.js'

const HOUR_MS = 3_600_000

function instants(traffic: Traffic, endMs: number, seed = 1): number[] {
  const arrivals = arrivalsOf(traffic, { seed, endMs })
  const all: number[] = []
  for (; arrivals.nextMs < Infinity; arrivals.take()) all.push(arrivals.nextMs)
  return all
}

/** How many come in each of so many equal parts of the time. */
function counted(traffic: Traffic, endMs: number, parts: number): number[] {
  const counts = Array.from({ length: parts }, () => 0)
  for (const atMs of instants(traffic, endMs)) {
    const part = Math.floor((atMs / endMs) * parts)
    counts[part] = (counts[part] ?? 0) + 1
  }
  return counts
}

const within = (value: number, wanted: number, share = 0.05): boolean =>
  Math.abs(value - wanted) <= share * wanted

describe('a pattern of traffic', () => {
  it.for([
    ['constant:rate=120/m', [7_200, 7_200, 7_200, 7_200]],
    ['diurnal:low=0/s,high=2/s,period=4h,peak=2h', [1_308, 5_892, 5_892, 1_308]],
    ['ramp:from=0/s,to=4/s,over=4h', [1_800, 5_400, 9_000, 12_600]],
    ['square:low=1/s,high=3/s,period=2h', [3_600, 10_800, 3_600, 10_800]],
    ['burst:base=1/s,size=5000,over=1m,at=1h,every=2h', [3_600, 8_600, 3_600, 8_600]],
    ['batch:size=900,at=30m,every=2h', [900, 0, 900, 0]],
    ['constant:rate=1/s + batch:size=1000,at=3h', [3_600, 3_600, 3_600, 4_600]],
  ] as const)('%s brings what it says, when it says', ([text, hours]) => {
    const traffic = parseTraffic(text)
    const counts = counted(traffic, 4 * HOUR_MS, 4)
    for (const [hour, wanted] of hours.entries()) {
      expect(within(counts[hour] ?? 0, wanted), `hour ${hour}: ${counts[hour]} of ${wanted}`).toBe(true)
    }
    const sum = hours.reduce((all: number, count) => all + count, 0)
    expect(within(expectedMessages(traffic, 4 * HOUR_MS), sum, 0.01)).toBe(true)
  })

  it('spreads evenly without noise', () => {
    const all = instants(parseTraffic('constant:rate=2.5/s + noise:none'), 60_000)
    expect(all.length).toBeGreaterThanOrEqual(149)
    const gaps = all.slice(1).map((atMs, index) => atMs - (all[index] ?? 0))
    expect(Math.max(...gaps) - Math.min(...gaps)).toBeLessThan(1)
  })

  it('is a Poisson process by default, and more uneven with noise', () => {
    const dispersion = (text: string): number => {
      const counts = counted(parseTraffic(text), 10 * HOUR_MS, 600)
      const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length
      return counts.reduce((sum, count) => sum + (count - mean) ** 2, 0) / counts.length / mean
    }
    expect(within(dispersion('constant:rate=1/s'), 1, 0.2)).toBe(true)
    expect(dispersion('constant:rate=1/s + noise:cv=0.5')).toBeGreaterThan(5)
  })

  it('comes in order, before its end, and the same for the same seed', () => {
    fc.assert(
      fc.property(
        fc.nat(1_000),
        fc.integer({ min: 1, max: 300 }),
        fc.integer({ min: 1, max: 50 }),
        (seed, rate, size) => {
          const traffic = parseTraffic(
            `constant:rate=${rate}/m + batch:size=${size},at=7s,every=50s + noise:cv=1`,
          )
          const all = instants(traffic, 600_000, seed)
          expect(all).toEqual(all.toSorted((one, other) => one - other))
          expect(all.at(-1)).toBeLessThan(600_000)
          expect(instants(traffic, 600_000, seed)).toEqual(all)
        },
      ),
      { numRuns: 30 },
    )
  })

  it('may go without its beginning', () => {
    const text = 'batch:size=10,at=30m,every=2h + batch:size=7,at=10m'
    const later = withoutBeginning(parseTraffic(text), HOUR_MS)
    expect(instants(later, 4 * HOUR_MS)).toEqual([
      ...Array.from({ length: 10 }, () => 1.5 * HOUR_MS),
      ...Array.from({ length: 10 }, () => 3.5 * HOUR_MS),
    ])
  })

  it.for([
    ['sine:rate=1/s', /expected constant, diurnal, .* got "sine"/],
    ['constant:rat=1/s', /constant takes rate; got "rat"/],
    ['constant:rate=5', /expected rate=a rate, such as '5\/s' or '300\/m', got "5"/],
    ['constant', /expected rate=a rate.*, got nothing/],
    ['ramp:from=1/s,to=2/s,over=0s', /expected over=a duration above 0.*got "0s"/],
    ['batch:size=many', /expected size=a number of at least 1, got "many"/],
    ['diurnal:low=5/s,high=1/s', /expected high to be at least low/],
    ['noise:none', /no traffic/],
    ['', /expected constant/],
  ] as const)('that is wrong says so: %s', ([text, message]) => {
    expect(() => parseTraffic(text)).toThrow(TrafficError)
    expect(() => parseTraffic(text)).toThrow(message)
  })

  it('by default asks for up to half of what all tasks can do, and for more three times', () => {
    const service = serviceWith({ tasks: { min: 0, max: 4, concurrency: 5 } })
    const most = (service.tasks.max * service.tasks.concurrency * 86_400_000) / service.handling.meanMs
    const share = expectedMessages(defaultTraffic(service).traffic, 24 * HOUR_MS) / most
    expect(share).toBeGreaterThan(0.25)
    expect(share).toBeLessThan(0.5)
  })
})

describe('a record of traffic', () => {
  it.for([
    ['CSV with a heading', 'minute,count\n2026-01-05 09:00,3\n2026-01-05 09:01,0\n2026-01-05 09:03,2\n'],
    ['CSV without one, out of order', '1767603780,2\n1767603600,3\n1767603660,0'],
    ['CSV with milliseconds', 'timestamp;value\n1767603600000;3\n1767603780000;2\n1767603660000;0'],
    [
      'a list',
      JSON.stringify([
        { timestamp: '2026-01-05T09:00:00Z', count: 3 },
        { timestamp: '2026-01-05T09:03:00+00:00', count: 2 },
        { timestamp: 1767603660, count: 0 },
      ]),
    ],
    [
      'what CloudWatch answers, newest first',
      JSON.stringify({
        MetricDataResults: [
          {
            Id: 'sent',
            Timestamps: ['2026-01-05T09:03:00Z', '2026-01-05T09:01:00Z', '2026-01-05T09:00:00Z'],
            Values: [2, 0, 3],
          },
        ],
      }),
    ],
  ] as const)('is read from %s', ([, text]) => {
    const traffic = readTrace(text, 'a file')
    expect(traffic.recorded).toEqual({ startMs: Date.UTC(2026, 0, 5, 9), lengthMs: 4 * 60_000 })
    expect(counted(traffic, 4 * 60_000, 4)).toEqual([3, 0, 0, 2])
  })

  it('counts messages that are listed one by one', () => {
    const text =
      'TIMESTAMP,Tokens,Length\n2026-01-05 09:00:01.5,3,4\n2026-01-05 09:00:01.7,5,6\n2026-01-05 09:00:04,1,1'
    const traffic = readTrace(text, 'a file')
    expect(counted(traffic, 4_000, 4)).toEqual([2, 0, 0, 1])
  })

  it('says which line cannot be read', () => {
    expect(() => readTrace('minute,count\n2026-01-05 09:00,3\nyesterday,4', 'a file')).toThrow(
      /line 3: .*"yesterday,4"/,
    )
    expect(() => readTrace('{"a":1}', 'a file')).toThrow(/MetricDataResults/)
    expect(() => readTrace('[{"timestamp":"now","count":1}]', 'a file')).toThrow(/entry 0/)
    expect(() => readTrace('{', 'a file')).toThrow(/no JSON/)
    expect(() => readTrace('minute,count\n', 'a file')).toThrow(/no counts/)
    expect(() => readTrace('100000000,1\n100000001,1\n1767603600,1', 'a file')).toThrow(
      /spans 1,667,603,601 stretches/,
    )
  })
})
