import { aggregate } from '@longshore/model'
import type { PeriodGrid, StatisticSet, TimedSet } from '@longshore/model'
import type { MetricIdentity } from '../../plan/resources.js'

/** One name for equal metrics. */
export function metricKey({ namespace, name, dimensions }: MetricIdentity): string {
  // Neither a name nor a value has a line break.
  const sorted = Object.keys(dimensions).toSorted()
  return `${namespace}\n${name}\n${sorted.map((key) => `${key}\n${dimensions[key] ?? ''}`).join('\n')}`
}

interface Delayed {
  readonly showsAtMs: number
  readonly key: string
  readonly sample: TimedSet
}

/** Samples are kept for as long as any alarm looks back: a day and some. */
const KEPT = 4_096

/** CloudWatch's metrics: what was put, and when it shows. Only what somebody watches is kept. */
export class Metrics {
  readonly #watched: ReadonlySet<string>
  readonly #samples = new Map<string, TimedSet[]>()
  #delayed: Delayed[] = []

  constructor(watched: Iterable<MetricIdentity>) {
    this.#watched = new Set(Array.from(watched, metricKey))
  }

  isWatched(metric: MetricIdentity): boolean {
    return this.#watched.has(metricKey(metric))
  }

  /** A sample of `timestampMs` that shows from `showsAtMs` on. */
  put(
    metric: MetricIdentity,
    sample: { readonly timestampMs: number; readonly set: StatisticSet; readonly showsAtMs: number },
  ): void {
    const key = metricKey(metric)
    if (!this.#watched.has(key)) return
    const { showsAtMs, ...timed } = sample
    this.#delayed.push({ key, showsAtMs, sample: timed })
  }

  /** One set for each period of the grid that has samples by now. */
  periods(metric: MetricIdentity, grid: PeriodGrid, nowMs: number): TimedSet[] {
    this.#show(nowMs)
    const samples = this.#samples.get(metricKey(metric)) ?? []
    // Metrics come in order, each by its own delay: what is older than the grid lies before.
    let first = samples.length
    while (first > 0 && (samples[first - 1]?.timestampMs ?? 0) >= grid.startMs) first -= 1
    return aggregate(samples.slice(first), grid)
  }

  #show(nowMs: number): void {
    if (this.#delayed.length === 0) return
    const late: Delayed[] = []
    for (const each of this.#delayed) {
      if (each.showsAtMs > nowMs) late.push(each)
      else this.#append(each)
    }
    this.#delayed = late
  }

  #append({ key, sample }: Delayed): void {
    const samples = this.#samples.get(key)
    if (samples === undefined) this.#samples.set(key, [sample])
    else {
      if (samples.length >= 2 * KEPT) samples.splice(0, KEPT)
      samples.push(sample)
    }
  }
}
