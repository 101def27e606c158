import { STATISTICS } from '@longshore/model'
import type { AlarmState, ComparisonOperator, TreatMissingData } from '@longshore/model'

import type { AlarmConfig } from './alarm-config.js'
import { invalidValue, missingParameter, notSupported, validationError } from './errors.js'
import { checkSize } from './input.js'
import type { Input } from './input.js'
import { readDimensions } from './metric-identity.js'
import { UNITS } from './units.js'

const MAX_NAME = 255
const MAX_DESCRIPTION = 1_024
const MAX_ACTIONS = 5
const HOUR_SECONDS = 3_600
const DAY_SECONDS = 86_400
const SUB_MINUTE_PERIODS: ReadonlySet<number> = new Set([10, 20, 30])

const OPERATORS: readonly ComparisonOperator[] = [
  'GreaterThanOrEqualToThreshold',
  'GreaterThanThreshold',
  'LessThanThreshold',
  'LessThanOrEqualToThreshold',
]
const ANOMALY_OPERATORS: ReadonlySet<string> = new Set([
  'LessThanLowerOrGreaterThanUpperThreshold',
  'LessThanLowerThreshold',
  'GreaterThanUpperThreshold',
])
const TREATMENTS: readonly TreatMissingData[] = ['breaching', 'notBreaching', 'ignore', 'missing']

const UNSUPPORTED: readonly (readonly [member: string, what: string])[] = [
  ['Metrics', 'metric math in alarms'],
  ['ThresholdMetricId', 'anomaly detection'],
  ['EvaluationCriteria', 'PromQL'],
  ['ExtendedStatistic', 'percentiles'],
  ['WarmUpConfiguration', 'a warm-up period'],
  ['ActionConfiguration', 'the content of notifications'],
]

/** Reads and checks a PutMetricAlarm call: an alarm on one metric with a static threshold. */
export function readAlarmConfig(input: Input): AlarmConfig {
  const alarmName = input.requiredString('AlarmName', MAX_NAME)
  refuseUnsupported(input)
  const periodSeconds = readPeriodSeconds(input)
  const evaluationPeriods = readEvaluationPeriods(input, periodSeconds)
  return {
    alarmName,
    description: readDescription(input),
    isActionsEnabled: input.boolean('ActionsEnabled') ?? true,
    actions: readActions(input),
    metric: {
      namespace: input.requiredString('Namespace', MAX_NAME),
      metricName: input.requiredString('MetricName', MAX_NAME),
      dimensions: readDimensions(input),
    },
    statistic: input.requiredChoice('Statistic', STATISTICS),
    unit: input.choice('Unit', UNITS),
    periodSeconds,
    evaluationPeriods,
    datapointsToAlarm: readDatapointsToAlarm(input, evaluationPeriods),
    threshold: input.requiredNumber('Threshold'),
    comparisonOperator: input.requiredChoice('ComparisonOperator', OPERATORS),
    treatMissingData: readTreatment(input),
  }
}

function refuseUnsupported(input: Input): void {
  for (const [member, what] of UNSUPPORTED) {
    if (input.has(member)) throw notSupported(`PutMetricAlarm with ${member} (${what})`, 'Leave it out.')
  }
  const operator = input.string('ComparisonOperator') ?? ''
  if (ANOMALY_OPERATORS.has(operator)) {
    throw notSupported(`The ComparisonOperator ${operator}`, `Use one of ${OPERATORS.join(', ')}.`)
  }
  if (input.object('EvaluationWindow')?.has('WallClockWindow') === true) {
    throw notSupported('An EvaluationWindow on the wall clock', 'Leave it out for a sliding window.')
  }
}

function readDescription(input: Input): string | undefined {
  const description = input.string('AlarmDescription')
  if (description === undefined || description.length <= MAX_DESCRIPTION) return description
  throw invalidValue(`The value for parameter AlarmDescription is longer than ${MAX_DESCRIPTION} characters.`)
}

function readActions(input: Input): Record<AlarmState, readonly string[]> {
  const read = (member: string): readonly string[] => {
    const arns = input.strings(member) ?? []
    checkSize(arns, member, MAX_ACTIONS)
    const broken = arns.find((arn) => !/^arn:[^:]+:[^:]+:/.test(arn))
    if (broken !== undefined) throw validationError(`Invalid arn syntax: ${broken}`)
    return arns
  }
  return {
    OK: read('OKActions'),
    ALARM: read('AlarmActions'),
    INSUFFICIENT_DATA: read('InsufficientDataActions'),
  }
}

function readPeriodSeconds(input: Input): number {
  const period = input.requiredInteger('Period')
  if (SUB_MINUTE_PERIODS.has(period) || (period >= 60 && period % 60 === 0)) return period
  throw validationError(`Period must be 10, 20, 30 or a multiple of 60; got ${period}.`)
}

function readEvaluationPeriods(input: Input, periodSeconds: number): number {
  const periods = input.requiredInteger('EvaluationPeriods')
  if (periods < 1) throw invalidValue(`The parameter EvaluationPeriods must be 1 or more; got ${periods}.`)
  if (periodSeconds < HOUR_SECONDS && periods * periodSeconds > DAY_SECONDS) {
    throw validationError(
      'Metrics cannot be checked across more than a day (EvaluationPeriods * Period must be <= 86400).',
    )
  }
  if (periods * periodSeconds > 7 * DAY_SECONDS) {
    throw validationError(
      'Metrics cannot be checked across more than seven days (EvaluationPeriods * Period must be <= 604800).',
    )
  }
  return periods
}

function readDatapointsToAlarm(input: Input, evaluationPeriods: number): number | undefined {
  const datapoints = input.integer('DatapointsToAlarm')
  if (datapoints === undefined || (datapoints >= 1 && datapoints <= evaluationPeriods)) return datapoints
  throw validationError(
    `DatapointsToAlarm must be between 1 and EvaluationPeriods (${evaluationPeriods}); got ${datapoints}.`,
  )
}

function readTreatment(input: Input): TreatMissingData | undefined {
  const value = input.string('TreatMissingData')
  if (value === undefined) return undefined
  if (value === '') throw missingParameter('TreatMissingData')
  const treatment = TREATMENTS.find((candidate) => candidate === value)
  if (treatment !== undefined) return treatment
  const supported = `Supported values are [${TREATMENTS.join(', ')}].`
  throw validationError(`The value ${value} is unsupported for TreatMissingData parameter. ${supported}`)
}
