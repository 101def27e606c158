import type { Entries, FeedEntry } from './browser/page-state.js'
import type { Operations } from './operations.js'

const SHOWN = 80
// What the operations answer in one page.
const ACTIVITIES_READ = 50
const TRANSITIONS_READ = 50

interface Activity {
  readonly ActivityId: string
  readonly ResourceId: string
  readonly Description: string
  readonly Cause: string
  readonly StartTime: number
  readonly StatusCode: string
  readonly StatusMessage?: string
  readonly NotScaledReasons?: readonly NotScaledReason[]
}

interface NotScaledReason {
  readonly Code: string
  readonly CurrentCapacity?: number
  readonly MaxCapacity?: number
  readonly MinCapacity?: number
}

interface Transition {
  readonly AlarmName: string
  readonly Timestamp: number
  readonly HistorySummary: string
  /** JSON. */
  readonly HistoryData?: string
}

/** Scaling activities, alarms' changes of state and `others`, newest first. */
export async function readFeed(
  operations: Operations,
  others: Entries<FeedEntry>,
): Promise<Entries<FeedEntry>> {
  const entries = [
    ...(await readActivities(operations)),
    ...(await readTransitions(operations)),
    ...Object.entries(others),
  ]
  const newest = entries.sort(([, one], [, other]) => other.atMs - one.atMs).slice(0, SHOWN)
  return Object.fromEntries(newest)
}

async function readActivities(operations: Operations): Promise<[string, FeedEntry][]> {
  const { ScalingActivities: activities = [] } = await operations.call<{ ScalingActivities: Activity[] }>(
    'autoscaling',
    'DescribeScalingActivities',
    { ServiceNamespace: 'ecs', IncludeNotScaledActivities: true, MaxResults: ACTIVITIES_READ },
  )
  return activities.map((activity) => [`scaling ${activity.ActivityId}`, activityEntry(activity)])
}

function activityEntry(activity: Activity): FeedEntry {
  const { StatusCode: status, NotScaledReasons: reasons = [] } = activity
  const isNotScaled = reasons.length > 0
  // What is not scaled is called Failed by AWS; the reasons say it better.
  const details = isNotScaled ? [activity.Cause] : [status, activity.StatusMessage, activity.Cause]
  return {
    atMs: activity.StartTime * 1_000,
    kind: 'scaling',
    tone: toneOf(status, isNotScaled),
    subject: activity.ResourceId.replace(/^service\//, ''),
    title: isNotScaled ? `Not scaled: ${reasons.map(reasonText).join(', ')}` : activity.Description,
    detail: details.filter((text) => text !== undefined).join(' · '),
  }
}

/** `AlreadyAtMaxCapacity` with a maximum of 4 is `already at max capacity (4)`. */
function reasonText({ Code, MinCapacity, MaxCapacity, CurrentCapacity }: NotScaledReason): string {
  const words = Code.replaceAll(/(?<!^)[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
  const capacity = MaxCapacity ?? MinCapacity ?? CurrentCapacity
  const text = words.charAt(0).toLowerCase() + words.slice(1)
  return capacity === undefined ? text : `${text} (${capacity})`
}

function toneOf(status: string, isNotScaled: boolean): FeedEntry['tone'] {
  if (isNotScaled) return 'plain'
  if (status === 'Successful') return 'good'
  return status === 'Failed' || status === 'Unfulfilled' ? 'bad' : 'busy'
}

async function readTransitions(operations: Operations): Promise<[string, FeedEntry][]> {
  const { AlarmHistoryItems: items = [] } = await operations.call<{ AlarmHistoryItems: Transition[] }>(
    'cloudwatch',
    'DescribeAlarmHistory',
    { HistoryItemType: 'StateUpdate', MaxRecords: TRANSITIONS_READ },
  )
  return items.map((item) => [`alarm ${item.AlarmName} ${item.Timestamp}`, transitionEntry(item)])
}

function transitionEntry(item: Transition): FeedEntry {
  const [, from = '', to = ''] = / from (\w+) to (\w+)$/.exec(item.HistorySummary) ?? []
  return {
    atMs: item.Timestamp * 1_000,
    kind: 'alarm',
    tone: to === 'ALARM' ? 'bad' : to === 'OK' ? 'good' : 'plain',
    subject: item.AlarmName,
    title: to === '' ? item.HistorySummary : `${from} → ${to}`,
    detail: reasonIn(item.HistoryData),
  }
}

function reasonIn(historyData: string | undefined): string {
  if (historyData === undefined) return ''
  const { newState } = JSON.parse(historyData) as { newState?: { stateReason?: string } }
  return newState?.stateReason ?? ''
}
