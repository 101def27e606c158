import type { Change, FieldChange } from '@longshore/scaler'
import type { Style } from '../style.js'

const KINDS: Record<Change['kind'], string> = {
  scalableTarget: 'scalable target',
  scalingPolicy: 'scaling policy',
  alarm: 'alarm',
  scheduledAction: 'scheduled action',
}

/** A change as lines: `+ scalable target service/media/thumbnails`, and one for each setting that it touches. */
export function renderChange(change: Change, style: Style): string[] {
  const signs: Record<Change['action'], string> = {
    create: style.added('+'),
    update: style.changed('~'),
    replace: style.changed('−/+'),
    remove: style.bad('−'),
  }
  const sign = signs[change.action]
  const width = Math.max(...change.fields.map(({ field }) => field.length))
  return [
    `${sign} ${KINDS[change.kind]} ${style.strong(change.name)}`,
    ...shownFields(change).map(
      (field) => `    ${field.field.padEnd(width)}  ${renderValues(change, field, style)}`,
    ),
  ]
}

/** `2 to create, 1 to update`. */
export function renderSummary(changes: readonly Change[]): string {
  return (['create', 'update', 'replace', 'remove'] as const)
    .map((action) => ({ action, count: changes.filter((change) => change.action === action).length }))
    .filter(({ count }) => count > 0)
    .map(({ action, count }) => `${count} to ${action}`)
    .join(', ')
}

function renderValues({ action }: Change, { before, after }: FieldChange, style: Style): string {
  if (action === 'create') return String(after)
  if (action === 'remove') return String(before)
  return `${before === undefined ? style.faint('(not set)') : before} → ${after === undefined ? '(not set)' : after}`
}

/** What is created has no need to show what it has nothing of. */
function shownFields({ action, fields }: Change): readonly FieldChange[] {
  return action === 'create' ? fields.filter(({ after }) => after !== undefined) : fields
}
