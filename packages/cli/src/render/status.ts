import type { AlarmReading, LivePolicy, Service, ServiceStatus } from '@longshore/scaler'
import type { Paint, Style } from '../style.js'
import { renderSummary } from './changes.js'
import { renderBacklog, renderTasks, renderWait } from './decision.js'
import { renderTitle } from './proposals.js'
import { formatCount, formatInstant, formatNumber } from './text.js'

const UNREAD = 'could not be read'
const SHOWN_ACTIVITIES = 3

/** One service's status as a table, what it means in a sentence, and what could not be read. */
export function renderStatus(service: Service, status: ServiceStatus, style: Style): string {
  const title = `${renderTitle(service, style)}  ${style.faint(formatInstant(status.atMs))}`
  const notes = renderNotes(status, style).map((note) => `  ${note}`)
  if (!isAnythingRead(status)) return [title, ...notes].join('\n')
  const rows: [string, string][] = [
    ['queue', renderQueue(service, status)],
    ['tasks', renderServiceTasks(status)],
    ...renderRequired(status),
    ['backlog', renderDecision(status)],
    ['policy', renderPolicy(status)],
    ...renderAlarms(status, style),
    ...renderActivities(status),
    ...renderSchedule(status),
  ]
  return [
    title,
    ...rows.map(([name, text]) => `  ${style.faint(name.padEnd(8))}  ${text}`),
    '',
    `  ${status.explanation}`,
    ...notes,
  ].join('\n')
}

function isAnythingRead({ observation, target, policy, activities }: ServiceStatus): boolean {
  const readings = [observation.queue.value, observation.service.value, target, policy, activities]
  return readings.some((value) => value !== undefined)
}

function renderQueue({ queues }: Service, { observation }: ServiceStatus): string {
  const queue = queues.map(({ name }) => name).join(' + ')
  const counts = observation.queue.value
  if (counts === undefined) return `${queue}: ${UNREAD}`
  const { visible, inFlight, delayed } = counts
  return `${queue}: ${formatNumber(visible)} visible, ${formatNumber(inFlight)} in flight, ${formatNumber(delayed)} delayed`
}

function renderServiceTasks({ observation, target }: ServiceStatus): string {
  const counts = observation.service.value
  const bounds = target ? `, scaled from ${target.minCapacity} to ${target.maxCapacity}` : ''
  return (counts === undefined ? UNREAD : renderTasks(counts)) + bounds
}

function renderDecision({ decision }: ServiceStatus): string {
  if (decision.kind === 'hold') return 'unknown; the publisher holds'
  return `${renderBacklog(decision)}; ${renderWait(decision)}`
}

function renderRequired({ decision }: ServiceStatus): [string, string][] {
  if (decision.kind === 'hold') return []
  const { requiredTasks, deficit, service } = decision
  const missing = deficit > 0 ? `, ${formatNumber(deficit)} missing` : ''
  return [
    [
      'required',
      `${formatCount(requiredTasks, 'task')} required, ${formatNumber(service.running)} running${missing}`,
    ],
  ]
}

function renderSchedule({ nextAction }: ServiceStatus): [string, string][] {
  if (nextAction === undefined) return [['next', UNREAD]]
  if (nextAction === null) return []
  const { name, atMs, timezone, minCapacity, maxCapacity } = nextAction
  const bounds = [
    ...(minCapacity === undefined ? [] : [`min ${minCapacity}`]),
    ...(maxCapacity === undefined ? [] : [`max ${maxCapacity}`]),
  ]
  const local = new Date(atMs).toLocaleString('sv-SE', { timeZone: timezone })
  return [['next', `${name} at ${local} ${timezone}: ${bounds.join(', ')}`]]
}

function renderPolicy({ policy, otherPolicies }: ServiceStatus): string {
  const others = otherPolicies.length === 0 ? '' : `; others: ${otherPolicies.join(', ')}`
  if (policy === undefined) return UNREAD
  return (policy === null ? 'none' : renderTracking(policy)) + others
}

function renderTracking({ name, type, tracking }: LivePolicy): string {
  if (tracking === undefined) return `${name}, ${type}`
  const target = tracking.targetValue === undefined ? '' : `, target ${formatNumber(tracking.targetValue)}`
  const { scaleOutCooldownSeconds: out = 300, scaleInCooldownSeconds: into = 300 } = tracking
  return `${name}${target}, cooldowns ${out} s out and ${into} s in`
}

function renderAlarms({ alarms, policy }: ServiceStatus, style: Style): [string, string][] {
  if (policy === undefined || policy === null) return []
  if (alarms === undefined) return [['alarms', UNREAD]]
  if (alarms.length === 0) return [['alarms', 'none']]
  const paint = { ALARM: style.changed, INSUFFICIENT_DATA: style.bad, OK: (text: string) => text }
  return alarms.map((alarm, index) => [index === 0 ? 'alarms' : '', renderAlarm(alarm, paint[alarm.state])])
}

function renderAlarm(alarm: AlarmReading, paint: Paint): string {
  const { direction, threshold, datapointsToAlarm, periodSeconds, changedAtMs } = alarm
  // A ladder takes tasks away while a surplus is above its threshold.
  const way = direction === 'above' && !alarm.name.endsWith('/surplus') ? 'out' : 'in'
  const sense = `${way}, ${direction}`
  const level = threshold === undefined ? '?' : formatNumber(threshold)
  const since = changedAtMs === undefined ? '' : ` since ${formatInstant(changedAtMs)}`
  return `${sense} ${level} in ${datapointsToAlarm ?? '?'} × ${periodSeconds ?? '?'} s: ${paint(alarm.state)}${since}`
}

function renderActivities({ activities }: ServiceStatus): [string, string][] {
  if (activities === undefined) return [['activity', UNREAD]]
  if (activities.length === 0) return [['activity', 'none yet']]
  return activities.slice(0, SHOWN_ACTIVITIES).map((activity, index) => {
    const { startedAtMs, status, description, notScaled } = activity
    const reasons = notScaled.length === 0 ? '' : ` (${notScaled.join(', ')})`
    return [
      index === 0 ? 'activity' : '',
      `${formatInstant(startedAtMs)} ${status}: ${description}${reasons}`,
    ]
  })
}

function renderNotes({ changes, policy, target, problems }: ServiceStatus, style: Style): string[] {
  const isApplied = Boolean(policy) && Boolean(target)
  const drift =
    isApplied && changes !== undefined && changes.length > 0
      ? [`The account differs from the configuration (${renderSummary(changes)}): see \`longshore plan\`.`]
      : []
  return [...drift, ...problems.map((problem) => `${style.bad('Not read')}: ${problem}`)]
}
