import type { PublishDecision } from '@longshore/scaler'
import { formatCount, formatMs, formatNumber } from './text.js'

/** The backlog against its target: `250 of 3,000 messages per task`. */
export function renderBacklog({ backlogPerTask, target }: PublishDecision): string {
  return `${formatNumber(backlogPerTask)} of ${formatNumber(target)} messages per task`
}

/** What a decision was made from: counts, tasks, and the wait they mean. */
export function renderInputs(decision: PublishDecision): string {
  const { queue, service } = decision
  return [
    `${formatNumber(queue.visible)} visible, ${formatNumber(queue.inFlight)} in flight`,
    renderTasks(service),
    renderWait(decision),
  ].join('; ')
}

/** `2 tasks running`, and what is on its way to or from that. */
export function renderTasks({ running, pending, desired }: PublishDecision['service']): string {
  const parts = [`${formatCount(running, 'task')} running`]
  if (pending > 0) parts.push(`${formatNumber(pending)} pending`)
  if (desired !== running) parts.push(`${formatNumber(desired)} desired`)
  return parts.join(', ')
}

/** The wait of a message sent now. */
export function renderWait({ waitEstimateMs }: PublishDecision): string {
  if (waitEstimateMs === undefined) return 'nobody takes messages yet'
  return waitEstimateMs === 0 ? 'no wait' : `wait ${formatMs(waitEstimateMs)}`
}
