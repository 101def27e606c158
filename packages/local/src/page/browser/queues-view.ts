import { h } from './element.js'
import type { ElementNode, PageNode } from './element.js'
import { count, number, rate, span } from './format.js'
import { SHOWN_AT_MOST } from './limits.js'
import type { QueueEntry } from './page-state.js'
import { button, commandLine, empty, panel, shownOf } from './parts.js'
import { sparkline } from './plot-view.js'
import { queueDetails } from './queue-view.js'
import { waitingPoints } from './backlog.js'
import { exportLine } from './exports.js'
import { sampleGapMs } from './shown.js'
import type { Shown } from './shown.js'

const COLUMNS = ['Queue', 'Waiting', 'In flight', 'Delayed', 'Oldest', 'In /s', 'Done /s', 'Waiting, lately']

export function queuesView(shown: Shown): ElementNode {
  const queues = Object.values(shown.state.queues).sort((one, other) => (one.name < other.name ? -1 : 1))
  if (queues.length === 0) return panel('Queues', '', noQueues(shown))
  const waiting = queues.reduce((sum, { visible }) => sum + visible, 0)
  return panel(
    'Queues',
    `${number(waiting)} waiting in ${shownOf(queues.length, SHOWN_AT_MOST.queues, 'queue')}`,
    h(
      'div',
      { class: 'scroller' },
      h(
        'table',
        { class: 'queues' },
        h(
          'thead',
          {},
          h(
            'tr',
            {},
            COLUMNS.map((name) => h('th', { scope: 'col' }, name)),
          ),
        ),
        h(
          'tbody',
          {},
          queues.flatMap((queue) => rowsOf(shown, queue)),
        ),
      ),
    ),
  )
}

function noQueues(shown: Shown): ElementNode {
  return empty(
    h('p', {}, 'No queue yet. Point a terminal at this AWS, then create one:'),
    commandLine(shown, exportLine(shown.state)),
    commandLine(shown, 'aws sqs create-queue --queue-name documents'),
    h(
      'p',
      { class: 'note' },
      'Or start with some: longshore dev --queues documents. It appears here by itself.',
    ),
  )
}

function rowsOf(shown: Shown, queue: QueueEntry): PageNode[] {
  const { state, ui, act, history } = shown
  const { name } = queue
  const isOpen = ui.look.queue === name
  const rates = history.rates(name)
  const { realNowMs = 0 } = state.view.clock ?? {}
  const { oldestEnteredAtMs } = queue
  const row = h(
    'tr',
    { key: `queue ${name}`, class: isOpen ? 'open' : '' },
    h(
      'th',
      { scope: 'row' },
      button(name, () => act.openQueue(isOpen ? undefined : name), {
        class: 'name',
        'aria-expanded': String(isOpen),
      }),
      relation(shown, queue),
    ),
    figure(
      'Waiting',
      number(queue.visible),
      isDeadLetters(shown, queue) && queue.visible > 0 ? 'warn' : 'strong',
    ),
    figure('In flight', number(queue.inFlight)),
    figure('Delayed', number(queue.delayed)),
    figure('Oldest', oldestEnteredAtMs === undefined ? '–' : span(realNowMs - oldestEnteredAtMs)),
    figure('In /s', rate(rates.sent)),
    figure('Done /s', rate(rates.deleted)),
    h(
      'td',
      { class: 'spark' },
      sparkline(shown, { points: waitingPoints(shown, name), gapMs: sampleGapMs(state), isFilled: true }),
    ),
  )
  return isOpen ? [row, queueDetails(shown, queue, COLUMNS.length)] : [row]
}

function figure(label: string, text: string, tone: string = ''): ElementNode {
  return h(
    'td',
    { class: `figure ${tone} ${text === '0' || text === '–' ? 'nothing' : ''}`, 'data-label': label },
    text,
  )
}

function relation({ state }: Shown, queue: QueueEntry): ElementNode | undefined {
  const { deadLetterQueue, maxReceiveCount } = queue
  if (deadLetterQueue !== undefined) {
    return h(
      'span',
      { class: 'note' },
      `after ${count(maxReceiveCount ?? 0, 'receive')} → ${deadLetterQueue}`,
    )
  }
  const sources = sourcesOf(state.queues, queue)
  return sources.length === 0
    ? undefined
    : h('span', { class: 'note' }, `dead letters of ${sources.join(', ')}`)
}

function isDeadLetters({ state }: Shown, queue: QueueEntry): boolean {
  return sourcesOf(state.queues, queue).length > 0
}

function sourcesOf(queues: Shown['state']['queues'], { name }: QueueEntry): string[] {
  return Object.values(queues)
    .filter(({ deadLetterQueue }) => deadLetterQueue === name)
    .map((source) => source.name)
}
