import { parseExtendedStatistic, STATISTICS } from '@longshore/model'

import type { Input } from '../server/input.js'
import { invalidCombination, invalidValue, missingParameter } from './errors.js'
import { checkSize } from './input.js'
import { readIdentity } from './metric-identity.js'
import { gridOf, readPeriodSeconds, readTimeRange } from './metric-range.js'
import type { MetricStore } from './metric-store.js'
import type { PeriodSamples, Stat } from './stat.js'
import { statOf } from './stat.js'
import { UNITS } from './units.js'

const MAX_DATAPOINTS = 1_440
const MAX_STATISTICS = 5
const MAX_EXTENDED_STATISTICS = 10

/** GetMetricStatistics: the statistics of one metric, unit by unit, oldest first. */
export function getMetricStatistics(input: Input, store: MetricStore, nowMs: number): unknown {
  const identity = readIdentity(input)
  const range = readTimeRange(input)
  const periodSeconds = readPeriodSeconds(input)
  const stats = readStats(input)
  const grid = gridOf(range, periodSeconds, nowMs)
  checkDatapoints((grid.endMs - grid.startMs) / (periodSeconds * 1_000))
  const unit = input.choice('Unit', UNITS)
  const units = unit === undefined ? store.unitsOf(identity) : [unit]
  const datapoints = units.flatMap((ofUnit) =>
    store.read(identity, ofUnit, grid).flatMap((samples) => writeDatapoint(samples, stats, ofUnit)),
  )
  return { Label: identity.metricName, Datapoints: datapoints }
}

function readStats(input: Input): readonly Stat[] {
  const simple = input.choices('Statistics', STATISTICS) ?? []
  const extended = input.strings('ExtendedStatistics') ?? []
  if (simple.length > 0 && extended.length > 0) {
    const which = 'The parameters Statistics and ExtendedStatistics are mutually exclusive'
    throw invalidCombination(`${which} and you have specified both.`)
  }
  if (simple.length + extended.length === 0) throw missingParameter('Statistics')
  checkSize(simple, 'Statistics', MAX_STATISTICS)
  checkSize(extended, 'ExtendedStatistics', MAX_EXTENDED_STATISTICS)
  return [...simple.map((name): Stat => ({ kind: 'simple', name })), ...extended.map(readExtended)]
}

function readExtended(name: string): Stat {
  const statistic = parseExtendedStatistic(name)
  if (statistic !== undefined) return { kind: 'extended', name, statistic }
  throw invalidValue(`The value ${name} for parameter ExtendedStatistics is not supported.`)
}

function checkDatapoints(requested: number): void {
  if (requested <= MAX_DATAPOINTS) return
  const [count, limit] = [Math.ceil(requested), MAX_DATAPOINTS].map((number) =>
    number.toLocaleString('en-US'),
  )
  throw invalidCombination(
    `You have requested up to ${count} datapoints, which exceeds the limit of ${limit}. ` +
      'You may reduce the datapoints requested by increasing Period, or decreasing the time range.',
  )
}

/** Nothing where no statistic has a value: percentiles of values that are hidden. */
function writeDatapoint(samples: PeriodSamples, stats: readonly Stat[], unit: string): readonly unknown[] {
  const simple = valuesOf(samples, stats, 'simple')
  const extended = valuesOf(samples, stats, 'extended')
  const hasExtended = Object.keys(extended).length > 0
  if (!hasExtended && Object.keys(simple).length === 0) return []
  const Timestamp = samples.timestampMs / 1_000
  return [{ Timestamp, ...simple, ...(hasExtended ? { ExtendedStatistics: extended } : {}), Unit: unit }]
}

function valuesOf(
  samples: PeriodSamples,
  stats: readonly Stat[],
  kind: Stat['kind'],
): Readonly<Record<string, number>> {
  const values: Record<string, number> = {}
  for (const stat of stats) {
    const value = stat.kind === kind ? statOf(samples, stat) : undefined
    if (value !== undefined) values[stat.name] = value
  }
  return values
}
