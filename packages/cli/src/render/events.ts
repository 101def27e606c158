import type { ScalerEvents, Service } from '@longshore/scaler'
import type { Style } from '../style.js'
import { renderBacklog, renderInputs } from './decision.js'
import { formatInstant } from './text.js'

/** One of a scaler's events, with its short name. */
export type AnyScalerEvent =
  | ({ readonly name: 'published' } & ScalerEvents['decision:published'])
  | ({ readonly name: 'held' } & ScalerEvents['decision:held'])
  | ({ readonly name: 'failed' } & ScalerEvents['publish:failed'])
  | ({ readonly name: 'set' } & ScalerEvents['capacity:set'])
  | ({ readonly name: 'notSet' } & ScalerEvents['capacity:failed'])

/** An event in one line. */
export function renderEvent({ service }: Service, event: AnyScalerEvent, style: Style): string {
  const head = `${style.faint(formatInstant(event.atMs))} ${style.strong(service)}`
  if (event.name === 'held') return `${head}  ${style.changed('hold')}: ${event.decision.reason}`
  if (event.name === 'set')
    return `${head}  ${renderCapacity(event.capacity, style)}  ${style.faint(`(${renderInputs(event.decision)})`)}`
  if (event.name === 'notSet') return `${head}  ${style.bad('not set')}: ${event.error.message}`
  const said = renderBacklog(event.decision)
  if (event.name === 'failed')
    return `${head}  ${style.bad('not published')}: ${event.error.message} (${said})`
  return `${head}  published ${said}  ${style.faint(`(${renderInputs(event.decision)})`)}`
}

function renderCapacity({ what, from, to }: ScalerEvents['capacity:set']['capacity'], style: Style): string {
  return `set ${what === 'min' ? 'the minimum' : 'tasks'} ${from} → ${style.strong(String(to))}`
}

/** An event for machines. */
export function eventJson({ cluster, service }: Service, event: AnyScalerEvent): Record<string, unknown> {
  const { name, atMs, decision } = event
  const error = 'error' in event ? { error: event.error.message } : {}
  const capacity = name === 'set' ? { capacity: event.capacity } : {}
  return { at: new Date(atMs).toISOString(), event: name, cluster, service, decision, ...capacity, ...error }
}
