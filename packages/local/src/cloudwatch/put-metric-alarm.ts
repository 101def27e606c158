import type { AlarmState, ComparisonOperator, TreatMissingData } from '@longshore/model'

import type { Input } from '../server/input.js'
import type { AlarmConfig } from './alarm-config.js'
import { readAlarmSource, readLowSampleTreatment } from './alarm-source.js'
import { watchOf } from './alarm-watch.js'
import { invalidValue, missingParameter, notSupported, validationError } from './errors.js'

const MAX_NAME = 255
const MAX_DESCRIPTION = 1_024
const MAX_ACTIONS = 5
const HOUR_SECONDS = 3_600
const DAY_SECONDS = 86_400

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
  ['ThresholdMetricId', 'anomaly detection'],
  ['EvaluationCriteria', 'PromQL'],
  ['WarmUpConfiguration', 'a warm-up period'],
  ['ActionConfiguration', 'the content of notifications'],
]

/** The services whose ARNs an alarm takes as actions. Of these, scaling policies act here. */
const ACTION_SERVICES: ReadonlySet<string> = new Set([
  'aiops',
  'automate',
  'autoscaling',
  'lambda',
  'sns',
  'ssm',
  'ssm-incidents',
])

/**
 * Reads and checks a PutMetricAlarm call: an alarm with a static threshold. Where AWS's words for a refusal are known
 * (badmintoncryer/cdk-preflight measures them), they are these.
 */
export function readAlarmConfig(input: Input): AlarmConfig {
  const alarmName = input.requiredString('AlarmName', MAX_NAME)
  refuseUnsupported(input)
  const source = readAlarmSource(input)
  const evaluationPeriods = readEvaluationPeriods(input, watchOf(source).periodSeconds)
  return {
    alarmName,
    description: readDescription(input),
    isActionsEnabled: input.boolean('ActionsEnabled') ?? true,
    actions: readActions(input),
    source,
    evaluationPeriods,
    datapointsToAlarm: readDatapointsToAlarm(input, evaluationPeriods),
    threshold: readThreshold(input),
    comparisonOperator: input.requiredChoice('ComparisonOperator', OPERATORS),
    treatMissingData: readTreatment(input),
    lowSampleTreatment: readLowSampleTreatment(input),
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
  return {
    OK: readActionArns(input, 'OKActions'),
    ALARM: readActionArns(input, 'AlarmActions'),
    INSUFFICIENT_DATA: readActionArns(input, 'InsufficientDataActions'),
  }
}

function readActionArns(input: Input, member: string): readonly string[] {
  const arns = input.strings(member) ?? []
  if (arns.length > MAX_ACTIONS) {
    const path = member.slice(0, 1).toLowerCase() + member.slice(1)
    throw validationError(
      `1 validation error detected: Value '[${arns.join(', ')}]' at '${path}' failed to satisfy constraint: ` +
        `Member must have length less than or equal to ${MAX_ACTIONS}`,
    )
  }
  for (const arn of arns) {
    const [, service] = /^arn:[^:]+:([^:]+):/.exec(arn) ?? []
    if (service === undefined) throw validationError(`Invalid arn syntax: ${arn}`)
    if (!ACTION_SERVICES.has(service)) throw validationError(`Unsupported AWS vendor ${service}`)
  }
  return arns
}

function readThreshold(input: Input): number {
  const threshold = input.number('Threshold')
  if (threshold !== undefined) return threshold
  throw validationError('PutMetricAlarm request should have valid Threshold parameter')
}

function readEvaluationPeriods(input: Input, periodSeconds: number): number {
  const periods = input.requiredInteger('EvaluationPeriods')
  if (periods < 1) throw invalidValue(`The parameter EvaluationPeriods must be 1 or more; got ${periods}.`)
  const windowSeconds = periods * periodSeconds
  if (periodSeconds < HOUR_SECONDS && windowSeconds > DAY_SECONDS) {
    throw validationError(
      'Metrics cannot be checked across more than a day (EvaluationPeriods * Period must be <= 86400).',
    )
  }
  if (windowSeconds > 7 * DAY_SECONDS) {
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
