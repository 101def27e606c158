import {
  DeleteAlarmsCommand,
  DescribeAlarmsCommand,
  ListTagsForResourceCommand,
  paginateDescribeAlarms,
  PutMetricAlarmCommand,
} from '@aws-sdk/client-cloudwatch'
import type {
  CloudWatchClient,
  MetricAlarm,
  MetricDataQuery,
  PutMetricAlarmCommandInput,
} from '@aws-sdk/client-cloudwatch'
import type { LiveAlarm } from '../plan/live.js'
import { alarmForm } from '../plan/render/alarm-form.js'
import type { Statistic } from '../plan/resources.js'
import type { Calls } from './calls.js'
import { readDimensions, readMath } from './metric-forms.js'
import type { AlarmReading, ChangingCalls, ReadingCalls } from './port.js'

/** DescribeAlarms takes that many names (API reference). */
const MAX_NAMES = 100

type AlarmCalls = Pick<ReadingCalls, 'alarms' | 'alarmsWithPrefix' | 'alarmTags'> &
  Pick<ChangingCalls, 'putAlarm' | 'deleteAlarm'>

/** CloudWatch's alarms. */
export function alarmCalls(client: CloudWatchClient, calls: Calls): AlarmCalls {
  return { ...readingCalls(client, calls), ...changingCalls(client, calls) }
}

function readingCalls(
  client: CloudWatchClient,
  calls: Calls,
): Pick<AlarmCalls, 'alarms' | 'alarmsWithPrefix' | 'alarmTags'> {
  const site = { action: 'cloudwatch:DescribeAlarms', subject: 'the alarms of the scaling policies' }
  return {
    async alarms(names, signal) {
      const readings: AlarmReading[] = []
      for (let from = 0; from < names.length; from += MAX_NAMES) {
        const AlarmNames = names.slice(from, from + MAX_NAMES)
        const command = new DescribeAlarmsCommand({ AlarmNames, MaxRecords: MAX_NAMES })
        const { MetricAlarms = [] } = await calls.run(
          site,
          (abortSignal) => client.send(command, { abortSignal }),
          signal,
        )
        readings.push(...MetricAlarms.map(readAlarm))
      }
      return readings
    },

    async alarmsWithPrefix(prefix, signal) {
      const readAll = async (abortSignal: AbortSignal): Promise<AlarmReading[]> => {
        const readings: AlarmReading[] = []
        const input = { AlarmNamePrefix: prefix }
        for await (const page of paginateDescribeAlarms({ client }, input, { abortSignal })) {
          readings.push(...(page.MetricAlarms ?? []).map(readAlarm))
        }
        return readings
      }
      return calls.run({ ...site, subject: `the alarms under ${prefix}` }, readAll, signal)
    },

    async alarmTags(arn, signal) {
      const command = new ListTagsForResourceCommand({ ResourceARN: arn })
      const { Tags = [] } = await calls.run(
        { action: 'cloudwatch:ListTagsForResource', subject: arn },
        (abortSignal) => client.send(command, { abortSignal }),
        signal,
      )
      return Object.fromEntries(Tags.map(({ Key = '', Value = '' }) => [Key, Value]))
    },
  }
}

function changingCalls(client: CloudWatchClient, calls: Calls): Pick<AlarmCalls, 'putAlarm' | 'deleteAlarm'> {
  return {
    async putAlarm(alarm, { policyArn, tags }, signal) {
      const command = new PutMetricAlarmCommand({
        ...(alarmForm(alarm, tags) as unknown as PutMetricAlarmCommandInput),
        AlarmActions: [policyArn],
      })
      await calls.run(
        { action: 'cloudwatch:PutMetricAlarm', subject: `alarm "${alarm.name}"` },
        (abortSignal) => client.send(command, { abortSignal }),
        signal,
      )
    },

    // Deleting alarms that don't exist succeeds.
    async deleteAlarm(name, signal) {
      const command = new DeleteAlarmsCommand({ AlarmNames: [name] })
      await calls.run(
        { action: 'cloudwatch:DeleteAlarms', subject: `alarm "${name}"` },
        (abortSignal) => client.send(command, { abortSignal }),
        signal,
      )
    },
  }
}

/** An alarm as CloudWatch describes it. */
export function readAlarm(alarm: MetricAlarm): AlarmReading {
  return {
    ...readSettings(alarm),
    // An alarm without a state has not been evaluated.
    state: alarm.StateValue ?? 'INSUFFICIENT_DATA',
    reason: alarm.StateReason ?? '',
    changedAtMs: alarm.StateUpdatedTimestamp?.getTime(),
    direction: alarm.ComparisonOperator?.startsWith('Less') ? 'below' : 'above',
  }
}

function readSettings(alarm: MetricAlarm): LiveAlarm {
  const math = alarm.Metrics?.[0] === undefined ? undefined : alarm.Metrics
  return {
    name: alarm.AlarmName ?? '',
    arn: alarm.AlarmArn ?? '',
    description: alarm.AlarmDescription,
    watches: math === undefined ? readSingle(alarm) : readMath(math),
    unit: alarm.Unit ?? math?.find(({ MetricStat }) => MetricStat?.Unit)?.MetricStat?.Unit,
    periodSeconds: alarm.Period ?? (math && commonPeriod(math)),
    comparison: alarm.ComparisonOperator ?? '',
    threshold: alarm.Threshold,
    evaluationPeriods: alarm.EvaluationPeriods,
    datapointsToAlarm: alarm.DatapointsToAlarm ?? alarm.EvaluationPeriods,
    treatMissingData: readTreatment(alarm.TreatMissingData),
    isActionsEnabled: alarm.ActionsEnabled ?? true,
    actions: {
      alarm: alarm.AlarmActions ?? [],
      others: [...(alarm.OKActions ?? []), ...(alarm.InsufficientDataActions ?? [])],
    },
  }
}

/** The period of all members of metric math; undefined where they differ. */
function commonPeriod(members: readonly MetricDataQuery[]): number | undefined {
  const periods = new Set(members.flatMap(({ MetricStat, Period }) => MetricStat?.Period ?? Period ?? []))
  return periods.size === 1 ? [...periods][0] : undefined
}

function readSingle(alarm: MetricAlarm): LiveAlarm['watches'] {
  const statistic = alarm.Statistic ?? alarm.ExtendedStatistic
  if (alarm.MetricName === undefined || statistic === undefined) return undefined
  const metric = {
    namespace: alarm.Namespace ?? '',
    name: alarm.MetricName,
    dimensions: readDimensions(alarm.Dimensions),
  }
  return { kind: 'metric', metric, statistic: statistic as Statistic }
}

function readTreatment(text: string | undefined): LiveAlarm['treatMissingData'] {
  const treatments = ['breaching', 'notBreaching', 'ignore', 'missing'] as const
  return treatments.find((treatment) => treatment === text)
}
