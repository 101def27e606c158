import type { Alarm } from './alarm-config.js'
import type { Input } from './input.js'
import { pageOf } from './paging.js'

export type HistoryItemType = 'ConfigurationUpdate' | 'StateUpdate' | 'Action'

interface HistoryItem {
  readonly alarmName: string
  readonly timestampMs: number
  readonly type: HistoryItemType
  readonly summary: string
  /** JSON. */
  readonly content: string
}

/** CloudWatch keeps history for two weeks, also of alarms that are gone. */
const RETENTION_MS = 14 * 86_400_000
const MAX_RECORDS = 100
const TYPES: readonly HistoryItemType[] = ['ConfigurationUpdate', 'StateUpdate', 'Action']

export class AlarmHistory {
  /** Oldest first. */
  #items: HistoryItem[] = []

  addConfiguration(alarm: Alarm, timestampMs: number, what: 'created' | 'updated' | 'deleted'): void {
    const type = { created: 'Create', updated: 'Update', deleted: 'Delete' }[what]
    this.#add(alarm, timestampMs, {
      type: 'ConfigurationUpdate',
      summary: `Alarm "${alarm.config.alarmName}" ${what}`,
      content: { type },
    })
  }

  addTransition(
    alarm: Alarm,
    timestampMs: number,
    change: { readonly state: string; readonly reason: string },
  ): void {
    this.#add(alarm, timestampMs, {
      type: 'StateUpdate',
      summary: `Alarm updated from ${alarm.state} to ${change.state}`,
      content: {
        oldState: { stateValue: alarm.state, stateReason: alarm.stateReason },
        newState: { stateValue: change.state, stateReason: change.reason },
      },
    })
  }

  addAction(alarm: Alarm, timestampMs: number, actionArn: string): void {
    this.#add(alarm, timestampMs, {
      type: 'Action',
      summary: `Successfully executed action ${actionArn}`,
      content: { actionState: 'Succeeded', notificationResource: actionArn },
    })
  }

  /** DescribeAlarmHistory. */
  describe(input: Input): unknown {
    const alarmName = input.string('AlarmName')
    const type = input.choice('HistoryItemType', TYPES)
    const startMs = input.timestampMs('StartDate') ?? -Infinity
    const endMs = input.timestampMs('EndDate') ?? Infinity
    const isOfMetricAlarms = input.strings('AlarmTypes')?.includes('MetricAlarm') ?? true
    const matching = this.#items.filter(
      (item) =>
        isOfMetricAlarms &&
        (alarmName === undefined || item.alarmName === alarmName) &&
        (type === undefined || item.type === type) &&
        item.timestampMs >= startMs &&
        item.timestampMs <= endMs,
    )
    const order = input.choice('ScanBy', ['TimestampDescending', 'TimestampAscending'] as const)
    const ordered = order === 'TimestampAscending' ? matching : matching.toReversed()
    const page = pageOf(ordered, input, { member: 'MaxRecords', max: MAX_RECORDS })
    return { AlarmHistoryItems: page.items.map(writeItem), NextToken: page.nextToken }
  }

  #add(
    alarm: Alarm,
    timestampMs: number,
    entry: { readonly type: HistoryItemType; readonly summary: string; readonly content: object },
  ): void {
    const oldestMs = timestampMs - RETENTION_MS
    if ((this.#items[0]?.timestampMs ?? Infinity) < oldestMs) {
      this.#items = this.#items.filter((item) => item.timestampMs >= oldestMs)
    }
    const content = JSON.stringify({ version: '1.0', ...entry.content })
    this.#items.push({ ...entry, alarmName: alarm.config.alarmName, timestampMs, content })
  }
}

function writeItem(item: HistoryItem): unknown {
  return {
    AlarmName: item.alarmName,
    AlarmType: 'MetricAlarm',
    Timestamp: item.timestampMs / 1_000,
    HistoryItemType: item.type,
    HistorySummary: item.summary,
    HistoryData: item.content,
  }
}
