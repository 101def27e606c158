import type { DeadLetterMessage, RedriveProgress, RedriveReport } from '@longshore/core'
import type { Style } from '../style.js'
import { formatCount, formatInstant, formatMs, formatNumber } from './text.js'

const SHOWN_FAILURES = 10
const SHOWN_CHARACTERS = 200

/** How far it has come, in one line. */
export function renderRedriveProgress({ looked, moved, approximately }: RedriveProgress): string {
  const about = approximately === undefined ? '' : ` of about ${formatNumber(approximately)}`
  return `${formatCount(looked, 'message')} looked at${about}, ${formatNumber(moved)} moved`
}

/** One message that matches: what is known of it, and its body if asked for. */
export function renderDeadLetter(message: DeadLetterMessage, style: Style, withBody: boolean): string {
  const { messageId, sentAtMs, receiveCount, groupId, reason, body } = message
  const facts = [
    formatInstant(sentAtMs),
    formatCount(receiveCount, 'receive'),
    ...(groupId === undefined ? [] : [`group ${groupId}`]),
    ...(reason === undefined ? [] : [reason]),
  ]
  const line = `  ${messageId}  ${style.faint(facts.join(', '))}`
  if (!withBody) return line
  const cut = body.length > SHOWN_CHARACTERS ? `${body.slice(0, SHOWN_CHARACTERS)}…` : body
  return `${line}\n      ${cut.replaceAll(/\s+/g, ' ')}`
}

/** What a redrive has done, and what it could not do. */
export function renderRedrive(report: RedriveReport, style: Style, isDryRun: boolean): string {
  const rows: [string, number][] = [
    ['looked at', report.looked],
    ['matched', report.matched],
    ['moved', report.moved],
    ['left', report.kept],
  ]
  return [
    `${report.from} ${style.faint('→')} ${report.to}`,
    ...rows.map(([name, count]) => `  ${style.faint(name.padEnd(9))}  ${formatNumber(count)}`),
    ...renderTroubles(report, style),
    '',
    isDryRun
      ? `Dry run: ${formatCount(report.matched, 'message')} would be moved.`
      : `${ENDED[report.endedBy]}${formatCount(report.moved, 'message')} moved in ${formatMs(report.elapsedMs)}.`,
  ].join('\n')
}

const ENDED: Record<RedriveReport['endedBy'], string> = {
  empty: 'Done: ',
  limit: 'Done, up to the limit: ',
  signal: 'Interrupted: ',
  'too-many-in-flight': 'Ended early, because SQS hands out no more at a time; run it again: ',
}

function renderTroubles({ failed, doubled, hidden, ofOtherQueues }: RedriveReport, style: Style): string[] {
  const troubles = failed.slice(0, SHOWN_FAILURES).map(({ messageId, why }) => `${messageId}: ${why}`)
  if (failed.length > SHOWN_FAILURES) {
    troubles.push(`and ${formatCount(failed.length - SHOWN_FAILURES, 'message')} more that the queue refused`)
  }
  if (doubled > 0) {
    troubles.push(
      `${formatCount(doubled, 'message')} moved, but not deleted from the dead-letter queue: a next redrive would send them again`,
    )
  }
  if (hidden > 0) {
    troubles.push(
      `${formatCount(hidden, 'message')} could not be handed back, and stay hidden for ten minutes`,
    )
  }
  const notes =
    ofOtherQueues > 0 ? [`  ${formatCount(ofOtherQueues, 'message')} left: they died in another queue`] : []
  return [...notes, ...troubles.map((trouble) => `  ${style.bad('!')} ${trouble}`)]
}
