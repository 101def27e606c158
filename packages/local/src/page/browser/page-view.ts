import { isScaleIn } from './alarm-name.js'
import { alarmsView } from './alarms-view.js'
import { h } from './element.js'
import type { ElementNode } from './element.js'
import { feedView } from './feed-view.js'
import { headerView } from './header-view.js'
import { metricsView } from './metrics-view.js'
import type { PageState } from './page-state.js'
import { queuesView } from './queues-view.js'
import { servicesView } from './services-view.js'
import type { Shown } from './shown.js'

/** The whole page. */
export function pageView(shown: Shown): readonly ElementNode[] {
  return [
    headerView(shown),
    notice(shown),
    h(
      'main',
      { key: 'main', class: shown.ui.isLive ? '' : 'stale' },
      h('div', { class: 'column' }, queuesView(shown), servicesView(shown), metricsView(shown)),
      h('div', { class: 'column' }, alarmsView(shown), feedView(shown)),
    ),
  ]
}

/** In a place of its own over the page's foot, so that nothing moves when it comes and goes. */
function notice({ ui, state }: Shown): ElementNode {
  const { problem } = state.view
  const said =
    problem === undefined ? ui.notice : { text: `The state could not be read: ${problem}`, isError: true }
  return h(
    'div',
    {
      key: 'notice',
      class: said === undefined ? 'notice' : said.isError ? 'notice shown error' : 'notice shown',
      role: 'status',
      'aria-live': 'polite',
    },
    said?.text,
  )
}

/** What the browser's tab says. */
export function titleOf({ alarms }: PageState): string {
  const firing = Object.values(alarms).filter(
    ({ state, name }) => state === 'ALARM' && !isScaleIn(name),
  ).length
  return firing === 0 ? 'Longshore local AWS' : `(${firing} in ALARM) Longshore local AWS`
}
