/**
 * The names of CloudWatch's statistics beside Average and its like:
 *
 *   p99 p99.9              the value below or at which so many percent of the samples are
 *   tm99 tc99 ts99 wm99    short for TM(:99%) and so on
 *   TM(10%:90%)            trimmed mean, between two percentiles; one of them may be left out
 *   TM(150:1000)           trimmed mean, of values above 150 and up to 1000; one bound may be left out
 *   TC TS WM               trimmed count, trimmed sum, winsorized mean, with the same bounds
 *   PR(100:2000)           percentile rank: the share of samples with values in a range, never by percentiles
 *   IQM                    TM(25%:75%)
 *
 * Source: CloudWatch user guide, "CloudWatch statistics definitions". That p100.5 is taken is measured by
 * badmintoncryer/cdk-preflight: only the whole part of a percentile is held to 100.
 */

export type TrimmedStatistic = 'TM' | 'TC' | 'TS' | 'WM'

export type ExtendedStatistic =
  | { readonly kind: 'percentile'; readonly percent: number }
  | { readonly kind: TrimmedStatistic | 'PR'; readonly bounds: Bounds }

/** Undefined: no bound on that side. */
export interface Bounds {
  readonly unit: 'percent' | 'value'
  readonly lower: number | undefined
  readonly upper: number | undefined
}

const PERCENT = String.raw`(?:100|\d{1,2})(?:\.\d{1,10})?`
const NUMBER = String.raw`\d+(?:\.\d{1,10})?`
const PERCENTILE = new RegExp(`^p(?<percent>${PERCENT})$`)
const SHORT = new RegExp(`^(?<kind>tm|tc|ts|wm)(?<percent>${PERCENT})$`)
const BY_PERCENT = new RegExp(
  `^(?<kind>TM|TC|TS|WM)\\((?:(?<lower>${PERCENT})%)?:(?:(?<upper>${PERCENT})%)?\\)$`,
)
const BY_VALUE = new RegExp(`^(?<kind>TM|TC|TS|WM|PR)\\((?<lower>${NUMBER})?:(?<upper>${NUMBER})?\\)$`)

/** Undefined for what is no such statistic. */
export function parseExtendedStatistic(name: string): ExtendedStatistic | undefined {
  if (name === 'IQM') return { kind: 'TM', bounds: { unit: 'percent', lower: 25, upper: 75 } }
  const percentile = PERCENTILE.exec(name)?.groups
  if (percentile !== undefined) return { kind: 'percentile', percent: percentOf(percentile['percent']) ?? 0 }
  const short = SHORT.exec(name)?.groups
  if (short !== undefined) {
    const bounds: Bounds = { unit: 'percent', lower: undefined, upper: percentOf(short['percent']) }
    return { kind: kindOf(short['kind']), bounds }
  }
  return ranged(BY_PERCENT.exec(name)?.groups, 'percent') ?? ranged(BY_VALUE.exec(name)?.groups, 'value')
}

type Groups = Readonly<Record<string, string | undefined>>

function ranged(groups: Groups | undefined, unit: Bounds['unit']): ExtendedStatistic | undefined {
  if (groups === undefined) return undefined
  const read = unit === 'percent' ? percentOf : numberOf
  const lower = read(groups['lower'])
  const upper = read(groups['upper'])
  if (lower === undefined && upper === undefined) return undefined
  if (lower !== undefined && upper !== undefined && lower >= upper) return undefined
  return { kind: kindOf(groups['kind']), bounds: { unit, lower, upper } }
}

function kindOf(text = ''): TrimmedStatistic | 'PR' {
  return text.toUpperCase() as TrimmedStatistic | 'PR'
}

function percentOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Math.min(100, Number(text))
}

function numberOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text)
}
