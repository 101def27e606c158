import type { Input } from '../server/input.js'
import { invalidCombination, validationError } from './errors.js'
import type { MetricIdentity } from './metric-identity.js'
import { readIdentity } from './metric-identity.js'
import { parseStat } from './stat.js'
import { UNITS } from './units.js'

/** One statistic of one metric. */
export interface MetricStat {
  readonly metric: MetricIdentity
  /** `Average`, `p99`, `TM(10%:90%)`: what `parseStat` reads. */
  readonly stat: string
  /** Undefined: samples of every unit together. */
  readonly unit: string | undefined
  readonly periodSeconds: number
}

/** A MetricDataQuery, of GetMetricData or of an alarm: a metric, or an expression over others. */
export interface MetricQuery {
  readonly id: string
  readonly label: string | undefined
  readonly isReturned: boolean
  readonly expression: string | undefined
  readonly metricStat: MetricStat | undefined
  /** Of an expression over no metric; where there are metrics, theirs counts. */
  readonly periodSeconds: number | undefined
  readonly accountId: string | undefined
}

const ID_FORM = /^[a-z][a-zA-Z0-9_]*$/

/** Reads queries; the periods they may have differ between queries and alarms. */
export function readQueries(
  members: readonly Input[],
  list: { readonly path: string; readonly readPeriodSeconds: (input: Input) => number },
): MetricQuery[] {
  const queries = members.map((member) => readQuery(member, list.readPeriodSeconds))
  const ids = new Set(queries.map((query) => query.id))
  if (ids.size < queries.length) {
    throw validationError(`The values for parameter Id in ${list.path} are not unique.`)
  }
  return queries
}

function readQuery(member: Input, readPeriodSeconds: (input: Input) => number): MetricQuery {
  const expression = member.string('Expression')
  const metricStat = member.object('MetricStat')
  if (expression !== undefined && metricStat !== undefined) {
    const both = 'MetricDataQuery Expression and MetricStat'
    throw invalidCombination(`The parameters ${both} are mutually exclusive and you have specified both.`)
  }
  const id = readId(member)
  // The words of PutMetricAlarm for a query that is neither.
  if (expression === undefined && metricStat === undefined) throw validationError('Period must not be null')
  return {
    id,
    label: member.string('Label'),
    isReturned: member.boolean('ReturnData') ?? true,
    expression,
    metricStat: metricStat === undefined ? undefined : readMetricStat(metricStat, readPeriodSeconds),
    periodSeconds: member.has('Period') ? readPeriodSeconds(member) : undefined,
    accountId: member.string('AccountId'),
  }
}

function readId(member: Input): string {
  const id = member.requiredString('Id', 255)
  if (ID_FORM.test(id)) return id
  throw validationError(
    `The value ${id} for parameter ${member.pathOf('Id')} is not matching the expected pattern ^[a-z][a-zA-Z0-9_]*$.`,
  )
}

function readMetricStat(metricStat: Input, readPeriodSeconds: (input: Input) => number): MetricStat {
  const metric = metricStat.object('Metric')
  if (metric === undefined) throw validationError(`The parameter ${metricStat.pathOf('Metric')} is required.`)
  const stat = metricStat.requiredString('Stat')
  if (parseStat(stat) === undefined) {
    throw validationError(`The value ${stat} for parameter ${metricStat.pathOf('Stat')} is not supported.`)
  }
  return {
    metric: readIdentity(metric),
    stat,
    unit: metricStat.choice('Unit', UNITS),
    periodSeconds: readPeriodSeconds(metricStat),
  }
}
