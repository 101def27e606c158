import type { ScheduledRun, Service, ServiceStatus } from '@longshore/scaler'
import type { Style } from '../style.js'
import { renderSummary } from './changes.js'
import { renderBacklog, renderTasks, renderWait } from './decision.js'
import { renderActivity, renderPolicies } from './policies.js'
import { renderTitle } from './proposals.js'
import { formatCount, formatInstant, formatNumber, formatMs } from './text.js'

const UNREAD = 'could not be read'
const SHOWN_ACTIVITIES = 3

/** What a service's status means in a sentence, the status as a table, and what could not be read. */
export function renderStatus(service: Service, status: ServiceStatus, style: Style): string {
  const title = `${renderTitle(service, style)}  ${style.faint(formatInstant(status.atMs))}`
  const notes = renderNotes(status, style).map((note) => `  ${note}`)
  if (!isAnythingRead(status)) return [title, ...notes].join('\n')
  const rows: [string, string][] = [
    ['queue', renderQueue(service, status)],
    ['tasks', renderServiceTasks(status)],
    ...renderRequired(status),
    ['backlog', renderDecision(status)],
    ...renderPolicies(status.everyPolicy, style),
    ...renderSchedules(status),
    ...renderActivities(status),
    ...renderEvent(status),
  ]
  return [
    title,
    `  ${status.explanation}`,
    '',
    ...rows.map(([name, text]) => `  ${style.faint(name.padEnd(8))}  ${text}`),
    ...(notes.length === 0 ? [] : ['', ...notes]),
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

function renderServiceTasks({ observation, target, protectedTasks }: ServiceStatus): string {
  const counts = observation.service.value
  const parts = [counts === undefined ? UNREAD : renderTasks(counts)]
  if (protectedTasks !== undefined) parts.push(`${formatNumber(protectedTasks)} protected`)
  if (counts?.isDeploying) parts.push('a deployment in progress')
  if (target) parts.push(`scaled from ${target.minCapacity} to ${target.maxCapacity}`)
  return parts.join(', ') + renderSuspensions(target)
}

function renderSuspensions(target: ServiceStatus['target']): string {
  if (!target) return ''
  const { scaleOut, scaleIn, scheduled } = target.suspended
  const names = [scaleOut && 'scaling out', scaleIn && 'scaling in', scheduled && 'schedules']
  const off = names.filter((name) => name !== false)
  return off.length === 0 ? '' : `; suspended: ${off.join(', ')}`
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

function renderSchedules({ schedules, target, atMs }: ServiceStatus): [string, string][] {
  if (schedules === undefined) return [['schedule', UNREAD]]
  const suspended = target?.suspended.scheduled ? '; suspended' : ''
  return schedules.map((action, index) => [
    index === 0 ? 'schedule' : '',
    `${action.name}: ${renderBounds(action)}, ${renderNext(action, atMs)}${suspended}`,
  ])
}

function renderBounds({ minCapacity: min, maxCapacity: max }: ScheduledRun): string {
  const bounds = [...(min === undefined ? [] : [`min ${min}`]), ...(max === undefined ? [] : [`max ${max}`])]
  return bounds.join(' and ')
}

/** When an action runs next, in the time of its zone and in UTC. */
function renderNext({ schedule, timezone = 'UTC', nextMs }: ScheduledRun, nowMs: number): string {
  if (nextMs === undefined) return `${schedule} ${timezone}, with no run ahead that is known`
  const utc = formatInstant(nextMs)
  const local = new Date(nextMs).toLocaleString('sv-SE', { timeZone: timezone })
  const when = timezone === 'UTC' ? utc : `${local} ${timezone} (${utc})`
  return `next ${when}, in ${formatMs(nextMs - nowMs)}`
}

function renderActivities({ activities }: ServiceStatus): [string, string][] {
  if (activities === undefined) return [['activity', UNREAD]]
  if (activities.length === 0) return [['activity', 'none yet']]
  return activities
    .slice(0, SHOWN_ACTIVITIES)
    .map((activity, index) => [index === 0 ? 'activity' : '', renderActivity(activity)])
}

function renderEvent({ lastEvent }: ServiceStatus): [string, string][] {
  return lastEvent === undefined ? [] : [['ecs', `${formatInstant(lastEvent.atMs)} ${lastEvent.message}`]]
}

function renderNotes({ changes, policy, target, problems }: ServiceStatus, style: Style): string[] {
  const isApplied = Boolean(policy) && Boolean(target)
  const drift =
    isApplied && changes !== undefined && changes.length > 0
      ? [`The account differs from the configuration (${renderSummary(changes)}): see \`longshore plan\`.`]
      : []
  return [...drift, ...problems.map((problem) => `${style.bad('Not read')}: ${problem}`)]
}
