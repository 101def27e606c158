import type { Change, FieldChange } from '@longshore/scaler'
import type { Style } from '../style.js'

const KINDS: Record<Change['kind'], string> = {
  scalableTarget: 'scalable target',
  scalingPolicy: 'scaling policy',
}

/** A change as lines: `+ scalable target service/media/thumbnails`, and one for each setting that it touches. */
export function renderChange(change: Change, style: Style): string[] {
  const sign = change.action === 'create' ? style.added('+') : style.changed('~')
  const width = Math.max(...change.fields.map(({ field }) => field.length))
  return [
    `${sign} ${KINDS[change.kind]} ${style.strong(change.name)}`,
    ...change.fields.map(
      (field) => `    ${field.field.padEnd(width)}  ${renderValues(change, field, style)}`,
    ),
  ]
}

/** `2 to create, 1 to update`. */
export function renderSummary(changes: readonly Change[]): string {
  const creates = changes.filter(({ action }) => action === 'create').length
  const updates = changes.length - creates
  return [creates > 0 ? `${creates} to create` : '', updates > 0 ? `${updates} to update` : '']
    .filter((text) => text !== '')
    .join(', ')
}

function renderValues({ action }: Change, { before, after }: FieldChange, style: Style): string {
  if (action === 'create') return String(after)
  return `${before === undefined ? style.faint('(not set)') : before} → ${after === undefined ? '(not set)' : after}`
}
