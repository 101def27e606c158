import { STATISTICS } from '@longshore/model'
import type { AlarmState } from '@longshore/model'

import type { Input } from '../server/input.js'
import type { Operation } from '../server/service.js'
import type { Alarm } from './alarm.js'
import { writeAlarm } from './alarm-description.js'
import { addTags } from './alarm-tags.js'
import type { Alarms } from './alarms.js'
import { notSupported, resourceNotFound, validationError } from './errors.js'
import { checkSize, inputOf } from './input.js'
import { metricKey, readIdentity } from './metric-identity.js'
import { pageFor } from './paging.js'
import { readAlarmConfig } from './put-metric-alarm.js'
import { pointsIn } from './reason-data.js'

const MAX_NAMES = 100
const PAGE_SIZE = { member: 'MaxRecords', max: 100, default: 50 }
const STATES: readonly AlarmState[] = ['OK', 'ALARM', 'INSUFFICIENT_DATA']

/** The operations on alarms and their states. */
export function alarmOperations(alarms: Alarms): Readonly<Record<string, Operation>> {
  const on =
    (run: (input: Input, alarms: Alarms) => unknown): Operation =>
    (members) =>
      run(inputOf(members), alarms)
  return {
    PutMetricAlarm: on(putMetricAlarm),
    PutCompositeAlarm: refuseCompositeAlarm,
    DescribeAlarms: on(describeAlarms),
    DescribeAlarmsForMetric: on(describeAlarmsForMetric),
    DescribeAlarmHistory: on((input) => alarms.history.describe(input)),
    DeleteAlarms: on((input) => alarms.delete(readNames(input))),
    SetAlarmState: on(setAlarmState),
    EnableAlarmActions: on((input) => setActionsEnabled(input, alarms, true)),
    DisableAlarmActions: on((input) => setActionsEnabled(input, alarms, false)),
  }
}

function refuseCompositeAlarm(): never {
  throw notSupported('PutCompositeAlarm', 'Combine the metrics of several alarms in one, with metric math.')
}

function putMetricAlarm(input: Input, alarms: Alarms): void {
  const config = readAlarmConfig(input)
  const isNew = alarms.get(config.alarmName) === undefined
  const alarm = alarms.put(config)
  // Tags given with an update are ignored, as on AWS.
  if (isNew) addTags(alarm, input)
}

function describeAlarms(input: Input, alarms: Alarms): unknown {
  const names = input.strings('AlarmNames')
  const prefix = input.string('AlarmNamePrefix')
  if (names !== undefined && prefix !== undefined) {
    throw validationError('AlarmNames and AlarmNamePrefix must not be used together.')
  }
  for (const member of ['ChildrenOfAlarmName', 'ParentsOfAlarmName']) {
    if (input.has(member)) throw notSupported(`${member} (composite alarms)`, 'Leave it out.')
  }
  checkSize(names ?? [], 'AlarmNames', MAX_NAMES)
  const state = input.choice('StateValue', STATES)
  const actionPrefix = input.string('ActionPrefix') ?? ''
  const isOfMetricAlarms = input.strings('AlarmTypes')?.includes('MetricAlarm') ?? true
  const matching = alarms
    .list()
    .filter(
      (alarm) =>
        isOfMetricAlarms &&
        (names === undefined || names.includes(alarm.config.alarmName)) &&
        alarm.config.alarmName.startsWith(prefix ?? '') &&
        (state === undefined || alarm.state === state) &&
        (actionPrefix === '' || hasAction(alarm, actionPrefix)),
    )
  const page = pageFor(matching, input, { keyOf: ({ config }) => config.alarmName, size: PAGE_SIZE })
  return {
    MetricAlarms: page.items.map(writeAlarm),
    CompositeAlarms: [],
    LogAlarms: [],
    NextToken: page.nextToken,
  }
}

function hasAction(alarm: Alarm, prefix: string): boolean {
  return Object.values(alarm.config.actions).some((arns) => arns.some((arn) => arn.startsWith(prefix)))
}

/** Alarms on metric math are of no single metric, and so never here. */
function describeAlarmsForMetric(input: Input, alarms: Alarms): unknown {
  const key = metricKey(readIdentity(input))
  const stat = input.choice('Statistic', STATISTICS) ?? input.string('ExtendedStatistic')
  const periodSeconds = input.integer('Period')
  const unit = input.string('Unit')
  const matching = alarms.list().filter(({ config: { source } }) => {
    if (source.kind !== 'metric') return false
    const { metricStat } = source
    return (
      metricKey(metricStat.metric) === key &&
      (stat === undefined || metricStat.stat === stat) &&
      (periodSeconds === undefined || metricStat.periodSeconds === periodSeconds) &&
      (unit === undefined || metricStat.unit === unit)
    )
  })
  return { MetricAlarms: matching.map(writeAlarm) }
}

function setAlarmState(input: Input, alarms: Alarms): void {
  const alarm = alarmNamed(input.requiredString('AlarmName'), alarms)
  const state = input.requiredChoice('StateValue', STATES)
  const reason = input.requiredString('StateReason', 1_023)
  const reasonData = input.string('StateReasonData')
  const points = reasonData === undefined ? undefined : pointsIn(reasonData)
  alarms.setState(alarm, { state, reason, reasonData }, points)
}

function setActionsEnabled(input: Input, alarms: Alarms, isEnabled: boolean): void {
  // Unknown names are passed over, as on AWS.
  for (const name of readNames(input)) {
    const alarm = alarms.get(name)
    if (alarm !== undefined) alarms.setActionsEnabled(alarm, isEnabled)
  }
}

function readNames(input: Input): readonly string[] {
  const names = input.requiredStrings('AlarmNames')
  checkSize(names, 'AlarmNames', MAX_NAMES)
  return names
}

function alarmNamed(alarmName: string, alarms: Alarms): Alarm {
  const alarm = alarms.get(alarmName)
  if (alarm === undefined) throw resourceNotFound(`There is no alarm named ${alarmName}.`)
  return alarm
}
