import type { Clock } from '@longshore/core/time'
import { STATISTICS, statisticOf } from '@longshore/model'
import type { Statistic, TimedSet } from '@longshore/model'

import type { Operation } from '../server/service.js'
import { invalidCombination, missingParameter, notSupported } from './errors.js'
import { getMetricData } from './get-metric-data.js'
import { Input } from './input.js'
import { readDimensions, writeDimensions } from './metric-identity.js'
import type { MetricIdentity } from './metric-identity.js'
import { gridOf, readPeriodSeconds, readTimeRange } from './metric-range.js'
import type { MetricStore } from './metric-store.js'
import { pageOf } from './paging.js'
import { readMetricData } from './put-metric-data.js'
import { UNITS } from './units.js'

const MAX_STATISTICS_DATAPOINTS = 1_440
const LIST_PAGE_SIZE = 500
/** `RecentlyActive: PT3H` is the only value there is. */
const RECENTLY_ACTIVE_MS = 3 * 3_600_000

/** PutMetricData and the three ways to read what it stored. */
export function metricOperations(store: MetricStore, clock: Clock): Readonly<Record<string, Operation>> {
  return {
    PutMetricData: (members) => {
      const nowMs = clock.now()
      for (const datum of readMetricData(new Input(members), nowMs)) store.record(datum, nowMs)
    },
    GetMetricStatistics: (members) => getMetricStatistics(new Input(members), store),
    GetMetricData: (members) => getMetricData(new Input(members), store),
    ListMetrics: (members) => listMetrics(new Input(members), store, clock.now()),
  }
}

function getMetricStatistics(input: Input, store: MetricStore): unknown {
  const identity: MetricIdentity = {
    namespace: input.requiredString('Namespace'),
    metricName: input.requiredString('MetricName'),
    dimensions: readDimensions(input),
  }
  const range = readTimeRange(input)
  const periodSeconds = readPeriodSeconds(input)
  const statistics = readStatistics(input)
  const grid = gridOf(range, periodSeconds)
  checkDatapoints((grid.endMs - grid.startMs) / (periodSeconds * 1_000))
  const unit = input.choice('Unit', UNITS)
  const units = unit === undefined ? store.unitsOf(identity) : [unit]
  const datapoints = units.flatMap((ofUnit) =>
    store.read(identity, ofUnit, grid).map((timed) => writeDatapoint(timed, statistics, ofUnit)),
  )
  return { Label: identity.metricName, Datapoints: datapoints }
}

function readStatistics(input: Input): readonly Statistic[] {
  if (input.has('ExtendedStatistics')) {
    throw notSupported(
      'GetMetricStatistics with ExtendedStatistics',
      `Use Statistics: ${STATISTICS.join(', ')}.`,
    )
  }
  const names = input.strings('Statistics') ?? []
  if (names.length === 0) throw missingParameter('Statistics')
  return names.map((name) => new Input({ Statistics: name }).requiredChoice('Statistics', STATISTICS))
}

function checkDatapoints(requested: number): void {
  if (requested <= MAX_STATISTICS_DATAPOINTS) return
  const [count, limit] = [Math.ceil(requested), MAX_STATISTICS_DATAPOINTS].map((number) =>
    number.toLocaleString('en-US'),
  )
  throw invalidCombination(
    `You have requested up to ${count} datapoints, which exceeds the limit of ${limit}. ` +
      'You may reduce the datapoints requested by increasing Period, or decreasing the time range.',
  )
}

function writeDatapoint(timed: TimedSet, statistics: readonly Statistic[], unit: string): unknown {
  const values = statistics.map((statistic) => [statistic, statisticOf(timed.set, statistic)])
  return { Timestamp: timed.timestampMs / 1_000, ...Object.fromEntries(values), Unit: unit }
}

function listMetrics(input: Input, store: MetricStore, nowMs: number): unknown {
  const namespace = input.string('Namespace')
  const metricName = input.string('MetricName')
  const filters = (input.objects('Dimensions') ?? []).map((filter) => ({
    name: filter.requiredString('Name'),
    value: filter.string('Value'),
  }))
  const newestMs =
    input.choice('RecentlyActive', ['PT3H']) === undefined ? -Infinity : nowMs - RECENTLY_ACTIVE_MS
  const listed = [...store.list()].filter(
    ({ identity, newestMs: datapointMs }) =>
      (namespace === undefined || identity.namespace === namespace) &&
      (metricName === undefined || identity.metricName === metricName) &&
      datapointMs >= newestMs &&
      filters.every(({ name, value }) =>
        identity.dimensions.some((it) => it.name === name && (value === undefined || it.value === value)),
      ),
  )
  const page = pageOf(listed, input, { max: LIST_PAGE_SIZE })
  const metrics = page.items.map(({ identity }) => ({
    Namespace: identity.namespace,
    MetricName: identity.metricName,
    Dimensions: writeDimensions(identity.dimensions),
  }))
  return { Metrics: metrics, NextToken: page.nextToken }
}
