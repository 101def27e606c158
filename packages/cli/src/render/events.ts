import type { ScalerEvents, Service } from '@longshore/scaler'
import type { Style } from '../style.js'
import { renderBacklog, renderInputs } from './decision.js'
import { formatInstant } from './text.js'

/** One of a scaler's events, with its short name. */
export type AnyScalerEvent =
  | ({ readonly name: 'published' } & ScalerEvents['decision:published'])
  | ({ readonly name: 'held' } & ScalerEvents['decision:held'])
  | ({ readonly name: 'failed' } & ScalerEvents['publish:failed'])

/** An event in one line. */
export function renderEvent({ service }: Service, event: AnyScalerEvent, style: Style): string {
  const head = `${style.faint(formatInstant(event.atMs))} ${style.strong(service)}`
  if (event.name === 'held') return `${head}  ${style.changed('hold')}: ${event.decision.reason}`
  const said = renderBacklog(event.decision)
  if (event.name === 'failed')
    return `${head}  ${style.bad('not published')}: ${event.error.message} (${said})`
  return `${head}  published ${said}  ${style.faint(`(${renderInputs(event.decision)})`)}`
}

/** An event for machines. */
export function eventJson({ cluster, service }: Service, event: AnyScalerEvent): Record<string, unknown> {
  const { name, atMs, decision } = event
  const error = name === 'failed' ? { error: event.error.message } : {}
  return { at: new Date(atMs).toISOString(), event: name, cluster, service, decision, ...error }
}
