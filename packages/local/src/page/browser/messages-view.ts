import { h } from './element.js'
import type { ElementNode } from './element.js'
import { bytes, count, span } from './format.js'
import { SHOWN_AT_MOST } from './limits.js'
import type { MessageEntry, QueueEntry } from './page-state.js'
import { button, chip } from './parts.js'
import type { Shown } from './shown.js'

const STATES: Readonly<Record<MessageEntry['state'], readonly [tone: string, text: string]>> = {
  visible: ['plain', 'waiting'],
  inFlight: ['busy', 'in flight'],
  delayed: ['plain', 'delayed'],
}

/** The messages of the queue that is looked at, in a place that stays as large as it is while they come and go. */
export function messagesView(shown: Shown, queue: QueueEntry): ElementNode {
  const { state, ui, act } = shown
  const { withBodies } = ui.look
  const isRead = state.view.setup?.queue === queue.name
  const messages = isRead ? Object.values(state.messages) : []
  messages.sort((one, other) => one.enteredAtMs - other.enteredAtMs)
  return h(
    'div',
    { class: 'messages' },
    h(
      'div',
      { class: 'messages-head' },
      h('span', { class: 'note' }, isRead ? noteOf(messages.length) : 'Reading…'),
      button(withBodies ? 'Hide bodies' : 'Show bodies', () => act.showBodies(!withBodies), {
        class: 'small',
        'aria-pressed': String(withBodies),
      }),
    ),
    h(
      'ul',
      { class: 'rows' },
      messages.map((message) => messageRow(shown, message)),
    ),
  )
}

function noteOf(found: number): string {
  if (found === 0) return 'No message. What is sent shows here, and is not received by being looked at.'
  if (found < SHOWN_AT_MOST.messages) return count(found, 'message')
  return `The ${SHOWN_AT_MOST.messages} messages that are here longest`
}

function messageRow({ state }: Shown, message: MessageEntry): ElementNode {
  const { realNowMs = 0 } = state.view.clock ?? {}
  const { id, receiveCount, dueAtMs, groupId, movedFrom, body, isCut } = message
  const [tone, text] = STATES[message.state]
  return h(
    'li',
    { key: id },
    h(
      'div',
      { class: 'message' },
      chip(tone, text),
      h('code', { title: id }, id.slice(0, 8)),
      h('span', {}, `sent ${span(realNowMs - message.sentAtMs)} ago`),
      h('span', { class: receiveCount > 1 ? 'warn' : '' }, count(receiveCount, 'receive')),
      h('span', {}, bytes(message.sizeBytes)),
      dueAtMs !== undefined && h('span', {}, `visible in ${span(dueAtMs - realNowMs)}`),
      groupId !== undefined && h('span', {}, `group ${groupId}`),
      movedFrom !== undefined && h('span', {}, `from ${movedFrom}`),
    ),
    body !== undefined && h('pre', {}, body, isCut === true && h('span', { class: 'note' }, ' … (cut)')),
  )
}
