import type { Input } from '../server/input.js'
import type { Alarm } from './alarm.js'
import type { AlarmConfig } from './alarm-config.js'
import { writeAlarm, writeConfig } from './alarm-description.js'
import { pageFor } from './paging.js'

export type HistoryItemType = 'ConfigurationUpdate' | 'StateUpdate' | 'Action'

interface HistoryItem {
  /** Counts up from item to item. */
  readonly position: number
  readonly alarmName: string
  readonly timestampMs: number
  readonly type: HistoryItemType
  readonly summary: string
  /** JSON. */
  readonly content: string
}

type NewItem = Pick<HistoryItem, 'type' | 'summary'> & { readonly content: object }

/** CloudWatch keeps history for two weeks, also of alarms that are gone. */
const RETENTION_MS = 14 * 86_400_000
const PAGE_SIZE = { member: 'MaxRecords', max: 100 }
const TYPES: readonly HistoryItemType[] = ['ConfigurationUpdate', 'StateUpdate', 'Action']
const ORDERS = ['TimestampDescending', 'TimestampAscending'] as const

export class AlarmHistory {
  /** Oldest first. */
  #items: HistoryItem[] = []
  #lastPosition = 0

  addCreation(alarm: Alarm, timestampMs: number): void {
    this.#addConfiguration(alarm, timestampMs, 'created', { type: 'Create', createdAlarm: describe(alarm) })
  }

  addDeletion(alarm: Alarm, timestampMs: number): void {
    this.#addConfiguration(alarm, timestampMs, 'deleted', { type: 'Delete', deletedAlarm: describe(alarm) })
  }

  /** The alarm has its new configuration. */
  addUpdate(alarm: Alarm, timestampMs: number, before: AlarmConfig): void {
    this.#addConfiguration(alarm, timestampMs, 'updated', {
      type: 'Update',
      updatedAlarm: describe(alarm),
      originalUpdatedFields: changedMembers(before, alarm.config),
    })
  }

  /** The alarm has its old state. */
  addTransition(
    alarm: Alarm,
    timestampMs: number,
    change: { readonly state: string; readonly reason: string; readonly reasonData: string | undefined },
  ): void {
    this.#add(alarm, timestampMs, {
      type: 'StateUpdate',
      summary: `Alarm updated from ${alarm.state} to ${change.state}`,
      content: {
        oldState: writeState(alarm.state, alarm.stateReason, alarm.stateReasonData),
        newState: writeState(change.state, change.reason, change.reasonData),
      },
    })
  }

  addAction(alarm: Alarm, timestampMs: number, actionArn: string): void {
    this.#add(alarm, timestampMs, {
      type: 'Action',
      summary: `Successfully executed action ${actionArn}`,
      content: {
        actionState: 'Succeeded',
        stateUpdateTimestamp: alarm.stateUpdatedAtMs,
        notificationResource: actionArn,
        publishedMessage: null,
        error: null,
      },
    })
  }

  /** DescribeAlarmHistory. */
  describe(input: Input): unknown {
    const alarmName = input.string('AlarmName')
    const type = input.choice('HistoryItemType', TYPES)
    const startMs = input.timestampMs('StartDate') ?? -Infinity
    const endMs = input.timestampMs('EndDate') ?? Infinity
    const isOfMetricAlarms = input.strings('AlarmTypes')?.includes('MetricAlarm') ?? true
    const isAscending = input.choice('ScanBy', ORDERS) === 'TimestampAscending'
    const matching = this.#items.filter(
      (item) =>
        isOfMetricAlarms &&
        (alarmName === undefined || item.alarmName === alarmName) &&
        (type === undefined || item.type === type) &&
        item.timestampMs >= startMs &&
        item.timestampMs <= endMs,
    )
    const page = pageFor(isAscending ? matching : matching.toReversed(), input, {
      keyOf: ({ position }) => (isAscending ? position : -position),
      size: PAGE_SIZE,
    })
    return { AlarmHistoryItems: page.items.map(writeItem), NextToken: page.nextToken }
  }

  #addConfiguration(alarm: Alarm, timestampMs: number, what: string, content: object): void {
    const summary = `Alarm "${alarm.config.alarmName}" ${what}`
    this.#add(alarm, timestampMs, { type: 'ConfigurationUpdate', summary, content })
  }

  #add(alarm: Alarm, timestampMs: number, item: NewItem): void {
    const oldestMs = timestampMs - RETENTION_MS
    if ((this.#items[0]?.timestampMs ?? Infinity) < oldestMs) {
      this.#items = this.#items.filter((kept) => kept.timestampMs >= oldestMs)
    }
    const content = JSON.stringify({ version: '1.0', ...item.content })
    this.#lastPosition += 1
    const { alarmName } = alarm.config
    this.#items.push({ ...item, position: this.#lastPosition, alarmName, timestampMs, content })
  }
}

/** An alarm's members as history spells them: `alarmName`, `okactions`, times as text. */
function describe(alarm: Alarm): object {
  return spelled(
    Object.entries(writeAlarm(alarm)).map(([name, value]) => [
      name,
      name.endsWith('Timestamp')
        ? new Date(Number(value) * 1_000).toISOString().replace('Z', '+0000')
        : value,
    ]),
  )
}

/** What the members that an update changed had been; null for what was not set. */
function changedMembers(before: AlarmConfig, after: AlarmConfig): object {
  const now = writeConfig(after)
  const changed = Object.entries(writeConfig(before)).filter(
    ([name, value]) => JSON.stringify(value) !== JSON.stringify(now[name]),
  )
  return spelled(changed.map(([name, value]) => [name, value ?? null]))
}

function spelled(members: readonly (readonly [string, unknown])[]): object {
  return Object.fromEntries(
    members.map(([name, value]) => [
      name === 'OKActions' ? 'okactions' : name.slice(0, 1).toLowerCase() + name.slice(1),
      value,
    ]),
  )
}

function writeState(stateValue: string, stateReason: string, stateReasonData: string | undefined): object {
  const data: unknown = stateReasonData === undefined ? undefined : JSON.parse(stateReasonData)
  return { stateValue, stateReason, ...(data === undefined ? {} : { stateReasonData: data }) }
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
