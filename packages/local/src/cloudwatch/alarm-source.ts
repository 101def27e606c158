import { alarmMetricsProblem, STATISTICS } from '@longshore/model'

import type { Input } from '../server/input.js'
import type { AlarmConfig, AlarmSource } from './alarm-config.js'
import { invalidCombination, validationError } from './errors.js'
import { readIdentity } from './metric-identity.js'
import { readQueries } from './metric-query.js'
import { parseStat } from './stat.js'
import { UNITS } from './units.js'

const SUB_MINUTE_PERIODS: ReadonlySet<number> = new Set([10, 20, 30])

/** What names a metric beside `Metrics`, and so against it. */
const METRIC_MEMBERS = [
  'MetricName',
  'Namespace',
  'Dimensions',
  'Period',
  'Unit',
  'Statistic',
  'ExtendedStatistic',
] as const

/** Reads what an alarm watches: one metric, or metric math in `Metrics`. */
export function readAlarmSource(input: Input): AlarmSource {
  const members = input.objects('Metrics') ?? []
  if (members.length === 0) return readMetric(input)
  const other = METRIC_MEMBERS.find((member) => input.has(member))
  if (other !== undefined) throw bothGiven('Metrics', other)
  const queries = readQueries(members, { path: 'Metrics', readPeriodSeconds })
  const problem = alarmMetricsProblem(queries)
  if (problem !== undefined) throw validationError(problem)
  return { kind: 'math', queries }
}

function readMetric(input: Input): AlarmSource {
  const metric = readIdentity(input)
  const stat = readStat(input)
  const periodSeconds = readPeriodSeconds(input)
  return { kind: 'metric', metricStat: { metric, stat, unit: input.choice('Unit', UNITS), periodSeconds } }
}

function readStat(input: Input): string {
  const extended = input.string('ExtendedStatistic')
  if (extended === undefined) return input.requiredChoice('Statistic', STATISTICS)
  if (input.has('Statistic')) throw bothGiven('Statistic', 'ExtendedStatistic')
  if (parseStat(extended)?.kind === 'extended') return extended
  throw validationError(`The value ${extended} for parameter ExtendedStatistic is not supported.`)
}

/** EvaluateLowSampleCountPercentile. */
export function readLowSampleTreatment(input: Input): AlarmConfig['lowSampleTreatment'] {
  const treatment = input.choice('EvaluateLowSampleCountPercentile', ['evaluate', 'ignore'])
  const statistic = input.string('Statistic')
  if (treatment === undefined || statistic === undefined) return treatment
  throw validationError(
    `Option evaluateLowSampleCountPercentile can not be applied with statistic ${statistic}.`,
  )
}

function readPeriodSeconds(input: Input): number {
  const period = input.requiredInteger('Period')
  if (SUB_MINUTE_PERIODS.has(period) || (period >= 60 && period % 60 === 0)) return period
  throw validationError('Period must be 10, 20, 30 or a multiple of 60')
}

function bothGiven(one: string, other: string): Error {
  return invalidCombination(
    `The parameters ${one} and ${other} are mutually exclusive and you have specified both.`,
  )
}
