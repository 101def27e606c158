import type { Clock } from '@longshore/core/time'
import { aggregate, distributionOf } from '@longshore/model'
import type { Distribution, PeriodGrid, StatisticSet, WeightedValue } from '@longshore/model'

import type { MetricIdentity } from './metric-identity.js'
import { metricKey } from './metric-identity.js'
import { isVisible, LISTED_MS } from './retention.js'
import { distributionOfSamples } from './sample-values.js'
import type { ValueCounts } from './sample-values.js'
import { Series } from './series.js'
import type { TimedSamples } from './series.js'
import type { PeriodSamples } from './stat.js'

/** Samples of one metric, as PutMetricData or a service of this account reports them. */
export interface MetricDatum extends MetricIdentity {
  readonly timestampMs: number
  readonly set: StatisticSet
  /** How many samples have which value, where the set does not tell; without it, percentiles are not to be had. */
  readonly values?: ValueCounts | undefined
  /** One of CloudWatch's units; `None` when the publisher names none. */
  readonly unit: string
  /** 1 keeps seconds (for three hours), 60 minutes. */
  readonly resolutionSeconds: 1 | 60
}

/** A metric that the store holds. */
export interface StoredMetric {
  readonly identity: MetricIdentity
  /** Counts up from metric to metric, in the order of their first samples. */
  readonly position: number
}

interface Metric extends StoredMetric {
  readonly seriesByUnit: Map<string, Series>
}

const PRUNE_INTERVAL_MS = 300_000

/** The metrics of one account and region. Memory is bounded by CloudWatch's own retention. */
export class MetricStore {
  readonly #clock: Clock
  readonly #metrics = new Map<string, Metric>()
  #nextPruneMs = -Infinity
  #nextPosition = 1

  constructor(clock: Clock) {
    this.#clock = clock
  }

  record(datum: MetricDatum): void {
    const { seriesByUnit } = this.#metricOf(datum)
    let series = seriesByUnit.get(datum.unit)
    if (series === undefined) seriesByUnit.set(datum.unit, (series = new Series()))
    const { timestampMs, set, values } = datum
    series.add({ timestampMs, set, values }, datum.resolutionSeconds)
    if (this.#clock.now() >= this.#nextPruneMs) this.#prune()
  }

  /** The periods that have samples, oldest first; of every unit together unless one is named. */
  read(identity: MetricIdentity, unit: string | undefined, grid: PeriodGrid): PeriodSamples[] {
    const visible = [...this.#samples(identity, unit, grid)]
    const inPeriods = groupByPeriod(visible, grid)
    return aggregate(visible, grid).map(({ timestampMs, set }) => ({
      timestampMs,
      set,
      distribution: () => distributionOfAll(inPeriods.get(timestampMs) ?? []),
    }))
  }

  unitsOf(identity: MetricIdentity): readonly string[] {
    return [...(this.#metrics.get(metricKey(identity))?.seriesByUnit.keys() ?? [])]
  }

  /** The metrics that had a sample in so many milliseconds, by position; two weeks unless said. */
  list(maxAgeMs: number = LISTED_MS): readonly StoredMetric[] {
    const sinceMs = this.#clock.now() - maxAgeMs
    return [...this.#metrics.values()].filter(({ seriesByUnit }) =>
      [...seriesByUnit.values()].some((series) => series.newestMs >= sinceMs),
    )
  }

  #metricOf({ namespace, metricName, dimensions }: MetricIdentity): Metric {
    const identity = { namespace, metricName, dimensions }
    const key = metricKey(identity)
    const known = this.#metrics.get(key)
    if (known !== undefined) return known
    const metric = { identity, position: this.#nextPosition++, seriesByUnit: new Map<string, Series>() }
    this.#metrics.set(key, metric)
    return metric
  }

  *#samples(identity: MetricIdentity, unit: string | undefined, grid: PeriodGrid): Generator<TimedSamples> {
    const seriesByUnit = this.#metrics.get(metricKey(identity))?.seriesByUnit ?? []
    const nowMs = this.#clock.now()
    // The last period is whole, even where the range ends inside it.
    const endMs = grid.endMs + grid.periodSeconds * 1_000
    for (const [ofUnit, series] of seriesByUnit) {
      if (unit !== undefined && unit !== ofUnit) continue
      for (const samples of series.between(grid.startMs, endMs)) {
        if (isVisible(nowMs - samples.timestampMs, grid.periodSeconds)) yield samples
      }
    }
  }

  #prune(): void {
    const nowMs = this.#clock.now()
    this.#nextPruneMs = nowMs + PRUNE_INTERVAL_MS
    for (const [key, { seriesByUnit }] of this.#metrics) {
      for (const [unit, series] of seriesByUnit) {
        series.prune(nowMs)
        if (series.isEmpty) seriesByUnit.delete(unit)
      }
      if (seriesByUnit.size === 0) this.#metrics.delete(key)
    }
  }
}

/** By the starts of their periods. */
function groupByPeriod(samples: readonly TimedSamples[], grid: PeriodGrid): Map<number, TimedSamples[]> {
  const groups = new Map<number, TimedSamples[]>()
  const periodMs = grid.periodSeconds * 1_000
  for (const one of samples) {
    const startMs = grid.startMs + Math.floor((one.timestampMs - grid.startMs) / periodMs) * periodMs
    const group = groups.get(startMs)
    if (group === undefined) groups.set(startMs, [one])
    else group.push(one)
  }
  return groups
}

function distributionOfAll(samples: readonly TimedSamples[]): Distribution | undefined {
  const known: WeightedValue[] = []
  for (const one of samples) {
    const distribution = distributionOfSamples(one)
    if (distribution === undefined) return undefined
    known.push(...distribution)
  }
  return distributionOf(known)
}
