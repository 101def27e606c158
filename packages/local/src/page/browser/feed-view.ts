import { alarmName, isScaleIn, withAlarmNames } from './alarm-name.js'
import { h } from './element.js'
import type { ElementNode } from './element.js'
import { clockTime } from './format.js'
import type { FeedEntry } from './page-state.js'
import { empty, panel } from './parts.js'
import type { Shown } from './shown.js'

/** What alarms, auto scaling and services did, newest first. */
export function feedView({ state }: Shown): ElementNode {
  const entries = Object.entries(state.feed).sort(
    ([a, one], [b, other]) => other.atMs - one.atMs || (a < b ? 1 : -1),
  )
  if (entries.length === 0) {
    const note =
      'Alarms that change state, scaling activities and what services report show here as they happen.'
    return panel('As it happens', '', empty(h('p', {}, 'Nothing yet.'), h('p', { class: 'note' }, note)))
  }
  return panel(
    'As it happens',
    'control-plane time',
    h(
      'ol',
      { class: 'rows feed', tabindex: 0, 'aria-label': 'What happened, newest first' },
      entries.map(([key, entry]) => row(key, entry)),
    ),
  )
}

function row(key: string, entry: FeedEntry): ElementNode {
  const { atMs, kind, title, detail } = entry
  const tone = entry.tone === 'bad' && isScaleIn(entry.subject) ? 'busy' : entry.tone
  const subject = kind === 'alarm' ? alarmName(entry.subject) : entry.subject
  return h(
    'li',
    { key, class: `happening ${tone}` },
    h('time', {}, clockTime(atMs)),
    h(
      'div',
      {},
      h('span', { class: 'kind' }, kind),
      ' ',
      h('b', { title: entry.subject }, subject),
      ' ',
      title,
      detail !== '' && h('p', { class: 'note detail', title: detail }, withAlarmNames(detail)),
    ),
  )
}
