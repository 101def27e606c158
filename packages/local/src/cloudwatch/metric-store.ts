import { aggregate } from '@longshore/model'
import type { PeriodGrid, StatisticSet, TimedSet } from '@longshore/model'

import type { MetricIdentity } from './metric-identity.js'
import { metricKey } from './metric-identity.js'
import { Series } from './series.js'

/** Samples of one metric, as PutMetricData or a service of this account reports them. */
export interface MetricDatum extends MetricIdentity {
  readonly timestampMs: number
  readonly set: StatisticSet
  /** One of CloudWatch's units; `None` when the publisher names none. */
  readonly unit: string
  /** 1 keeps seconds (for three hours), 60 minutes. */
  readonly resolutionSeconds: 1 | 60
}

interface StoredMetric {
  readonly identity: MetricIdentity
  readonly seriesByUnit: Map<string, Series>
}

const PRUNE_INTERVAL_MS = 300_000

/** The metrics of one account and region. Memory is bounded by CloudWatch's own retention. */
export class MetricStore {
  readonly #metrics = new Map<string, StoredMetric>()
  #nextPruneMs = -Infinity

  record(datum: MetricDatum, nowMs: number): void {
    const key = metricKey(datum)
    let metric = this.#metrics.get(key)
    if (metric === undefined) {
      const { namespace, metricName, dimensions } = datum
      metric = { identity: { namespace, metricName, dimensions }, seriesByUnit: new Map() }
      this.#metrics.set(key, metric)
    }
    let series = metric.seriesByUnit.get(datum.unit)
    if (series === undefined) metric.seriesByUnit.set(datum.unit, (series = new Series()))
    series.add(datum, datum.resolutionSeconds)
    if (nowMs >= this.#nextPruneMs) this.#prune(nowMs)
  }

  /** The periods that have samples, oldest first; of every unit together unless one is named. */
  read(identity: MetricIdentity, unit: string | undefined, grid: PeriodGrid): TimedSet[] {
    return aggregate(this.#samples(identity, unit, grid), grid)
  }

  unitsOf(identity: MetricIdentity): readonly string[] {
    return [...(this.#metrics.get(metricKey(identity))?.seriesByUnit.keys() ?? [])]
  }

  /** Every metric, with the start of its newest bucket. */
  *list(): Generator<{ readonly identity: MetricIdentity; readonly newestMs: number }> {
    for (const { identity, seriesByUnit } of this.#metrics.values()) {
      const newest = [...seriesByUnit.values()].map((series) => series.newestMs)
      yield { identity, newestMs: Math.max(...newest) }
    }
  }

  *#samples(identity: MetricIdentity, unit: string | undefined, grid: PeriodGrid): Generator<TimedSet> {
    const seriesByUnit = this.#metrics.get(metricKey(identity))?.seriesByUnit ?? []
    // The last period is whole, even where the range ends inside it.
    const endMs = grid.endMs + grid.periodSeconds * 1_000
    for (const [ofUnit, series] of seriesByUnit) {
      if (unit === undefined || unit === ofUnit) yield* series.between(grid.startMs, endMs)
    }
  }

  #prune(nowMs: number): void {
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
