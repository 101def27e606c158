import type { Proposal, Service } from '@longshore/scaler'
import type { Style } from '../style.js'
import { renderChange, renderSummary } from './changes.js'
import { formatMs, formatNumber } from './text.js'

/** Everything that `plan` has to say: each service, why its target is what it is, its changes, and the sum. */
export function renderProposals(proposals: readonly Proposal[], style: Style): string {
  const changes = proposals.flatMap(({ changes }) => changes)
  const summary =
    changes.length === 0
      ? 'Nothing to do: the account is as the configuration says.'
      : `Plan: ${renderSummary(changes)}. \`longshore apply\` makes it so.`
  return [...proposals.map((proposal) => renderProposal(proposal, style)), summary].join('\n\n')
}

function renderProposal({ service, plan, changes }: Proposal, style: Style): string {
  const lines = changes.flatMap((change) => renderChange(change, style))
  return [
    renderTitle(service, style),
    style.faint(`  ${renderTarget(service, plan)}`),
    ...(lines.length === 0 ? ['  (no changes)'] : lines.map((line) => `  ${line}`)),
  ].join('\n')
}

/** `thumbnails in cluster media`. */
export function renderTitle({ service, cluster }: Service, style: Style): string {
  return `${style.strong(service)} in cluster ${cluster}`
}

function renderTarget({ objective, handling, tasks }: Service, plan: Proposal['plan']): string {
  const target = formatNumber(plan.acceptableBacklogPerTask)
  const wait = formatMs(objective.wait.p99Ms)
  return `${target} messages per task = ${wait} wait ÷ (${formatMs(handling.meanMs)} handling ÷ ${tasks.concurrency} at once)`
}
