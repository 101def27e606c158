import type { NamedEvent, ScalerEvents, Service } from '@longshore/scaler'
import type { Style } from '../style.js'
import { renderBacklog, renderInputs } from './decision.js'
import { formatInstant } from './text.js'

/** An event in one line. */
export function renderEvent({ service }: Service, event: NamedEvent, style: Style): string {
  const head = `${style.faint(formatInstant(event.atMs))} ${style.strong(service)}`
  if (event.name === 'decision:held') return `${head}  ${style.changed('hold')}: ${event.decision.reason}`
  if (event.name === 'capacity:set')
    return `${head}  ${renderCapacity(event.capacity, style)}  ${style.faint(`(${renderInputs(event.decision)})`)}`
  if (event.name === 'capacity:failed') return `${head}  ${style.bad('not set')}: ${event.error.message}`
  const said = renderBacklog(event.decision)
  if (event.name === 'publish:failed')
    return `${head}  ${style.bad('not published')}: ${event.error.message} (${said})`
  return `${head}  published ${said}  ${style.faint(`(${renderInputs(event.decision)})`)}`
}

function renderCapacity({ what, from, to }: ScalerEvents['capacity:set']['capacity'], style: Style): string {
  return `set ${what === 'min' ? 'the minimum' : 'tasks'} ${from} → ${style.strong(String(to))}`
}
