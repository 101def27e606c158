import type { AlarmDatapoint, AlarmRule, AlarmState, ComparisonOperator } from './alarm.js'

const COMPARED: Readonly<Record<ComparisonOperator, string>> = {
  GreaterThanOrEqualToThreshold: 'greater than or equal to',
  GreaterThanThreshold: 'greater than',
  LessThanThreshold: 'less than',
  LessThanOrEqualToThreshold: 'less than or equal to',
}

export interface Transition {
  readonly from: AlarmState
  readonly to: 'OK' | 'ALARM'
  /** The real points that decided, newest first. */
  readonly considered: readonly AlarmDatapoint[]
  /** How many missing points stood in beside them. */
  readonly filled: number
}

/** "Threshold Crossed: …", as CloudWatch words it. */
export function alarmReason(rule: AlarmRule, transition: Transition): string {
  const { considered, filled } = transition
  const fill = filled === 0 ? '' : ` and ${missing(filled, rule.treatMissingData)}`
  if (considered.length === 0) {
    return `Threshold Crossed: no datapoints were received for ${count(rule.evaluationPeriods, 'period')}${fill}.`
  }
  return `Threshold Crossed: ${observed(rule, transition)}${fill} (minimum ${needed(rule, transition)}).`
}

export function insufficientDataReason(evaluationPeriods: number): string {
  return `Insufficient Data: ${count(evaluationPeriods, 'datapoint')} ${verb(evaluationPeriods)} unknown.`
}

function observed(rule: AlarmRule, { considered, to }: Transition): string {
  const list = considered.map((point) => `${decimal(point.value ?? NaN)} (${stamp(point.timestampMs)})`)
  const share = `${considered.length} out of the last ${count(rule.evaluationPeriods, 'datapoint')}`
  const not = to === 'ALARM' ? '' : ' not'
  const compared = `${COMPARED[rule.comparisonOperator]} the threshold (${decimal(rule.threshold)})`
  return `${share} [${list.join(', ')}] ${verb(considered.length)}${not} ${compared}`
}

function missing(filled: number, treatment: AlarmRule['treatMissingData']): string {
  const treated = {
    breaching: 'Breaching',
    notBreaching: 'NonBreaching',
    ignore: 'Ignore',
    missing: 'Missing',
  }
  return `${filled} missing ${plural(filled, 'datapoint')} ${verb(filled)} treated as [${treated[treatment]}]`
}

// To ALARM it takes M breaching points; back to OK, so many points within the threshold that M can no longer breach.
function needed(rule: AlarmRule, { from, to }: Transition): string {
  const points = to === 'ALARM' ? rule.datapointsToAlarm : rule.evaluationPeriods - rule.datapointsToAlarm + 1
  return `${count(points, 'datapoint')} for ${from} -> ${to} transition`
}

function count(number: number, noun: string): string {
  return `${number} ${plural(number, noun)}`
}

function plural(number: number, noun: string): string {
  return number === 1 ? noun : `${noun}s`
}

function verb(number: number): string {
  return number === 1 ? 'was' : 'were'
}

/** Numbers as Java prints doubles: 70 is `70.0`. */
function decimal(value: number): string {
  return Number.isInteger(value) ? value.toFixed(1) : String(value)
}

/** `22/11/26 16:30:00`: day, month and year in two digits each, UTC. */
function stamp(timestampMs: number): string {
  const [date = '', time = ''] = new Date(timestampMs).toISOString().split('T')
  const [year = '', month = '', day = ''] = date.split('-')
  return `${day}/${month}/${year.slice(2)} ${time.slice(0, 8)}`
}
