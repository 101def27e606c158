import { extendedStatisticOf, parseExtendedStatistic, statisticOf, STATISTICS } from '@longshore/model'
import type { Distribution, ExtendedStatistic, Statistic, StatisticSet } from '@longshore/model'

/** A statistic by its name: `Average`, `p99`, `TM(10%:90%)`. */
export type Stat =
  | { readonly kind: 'simple'; readonly name: Statistic }
  | { readonly kind: 'extended'; readonly name: string; readonly statistic: ExtendedStatistic }

/** What a metric's samples in one period come to. */
export interface PeriodSamples {
  /** Start of the period, epoch milliseconds. */
  readonly timestampMs: number
  readonly set: StatisticSet
  /** Their values; undefined where a publisher hid them. */
  readonly distribution: () => Distribution | undefined
}

/** Undefined for what is no statistic. */
export function parseStat(name: string): Stat | undefined {
  const simple = STATISTICS.find((candidate) => candidate === name)
  if (simple !== undefined) return { kind: 'simple', name: simple }
  const statistic = parseExtendedStatistic(name)
  return statistic && { kind: 'extended', name, statistic }
}

/** Undefined where CloudWatch has no such data point: a percentile of hidden or of negative values. */
export function statOf(samples: PeriodSamples, stat: Stat): number | undefined {
  return stat.kind === 'simple'
    ? statisticOf(samples.set, stat.name)
    : extendedStatisticOf(samples.distribution(), stat.statistic)
}
