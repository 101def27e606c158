import { waitingPoints } from './backlog.js'
import { h } from './element.js'
import type { ElementNode } from './element.js'
import { count, number, span } from './format.js'
import { messagesView } from './messages-view.js'
import type { QueueEntry } from './page-state.js'
import { askingButton } from './parts.js'
import { plotView } from './plot-view.js'
import type { PlotLine } from './plot-view.js'
import { can, sampleGapMs } from './shown.js'
import type { Shown } from './shown.js'

/** What opens under a queue: its plots, what can be done with it, and its messages. */
export function queueDetails(shown: Shown, queue: QueueEntry, columns: number): ElementNode {
  return h(
    'tr',
    { key: `details ${queue.name}`, class: 'details' },
    h(
      'td',
      { colspan: columns },
      h('div', { class: 'plots' }, backlogPlot(shown, queue), ratePlot(shown, queue)),
      h(
        'p',
        { class: 'note' },
        `${queue.isFifo ? 'FIFO' : 'Standard'} · visibility timeout ${span(queue.visibilityTimeoutSeconds * 1_000)} · kept ${span(queue.retentionSeconds * 1_000)} · `,
        h('code', {}, queue.arn),
      ),
      actions(shown, queue),
      messagesView(shown, queue),
    ),
  )
}

function backlogPlot(shown: Shown, { name }: QueueEntry): ElementNode {
  const { history, state } = shown
  const gapMs = sampleGapMs(state)
  const lines: PlotLine[] = [
    { name: 'waiting', tone: 'first', points: waitingPoints(shown, name), gapMs, isFilled: true },
    { name: 'in flight', tone: 'second', points: history.line(`${name} in flight`), gapMs },
    { name: 'delayed', tone: 'third', points: history.line(`${name} delayed`), gapMs },
  ]
  return plotView(shown, { key: `plot ${name} messages`, title: 'Messages', lines })
}

function ratePlot(shown: Shown, { name }: QueueEntry): ElementNode {
  const gapMs = sampleGapMs(shown.state)
  const line = (label: string, tone: string, key: string): PlotLine => ({
    name: label,
    tone,
    gapMs,
    points: shown.history.line(`${name} ${key}`),
  })
  const lines = [line('in', 'first', 'sent'), line('done', 'second', 'deleted')]
  return plotView(shown, {
    key: `plot ${name} rates`,
    title: 'Messages per second',
    note: 'real time',
    lines,
  })
}

function actions(shown: Shown, queue: QueueEntry): ElementNode {
  const { name, url, arn, redrive } = queue
  const all = queue.visible + queue.inFlight + queue.delayed
  const isDeadLetterQueue = Object.values(shown.state.queues).some(
    ({ deadLetterQueue }) => deadLetterQueue === name,
  )
  return h(
    'div',
    { class: 'actions' },
    can(shown, 'sqs:SendMessage') && sendForm(shown, queue),
    h(
      'div',
      { class: 'buttons' },
      can(shown, 'sqs:StartMessageMoveTask') &&
        isDeadLetterQueue &&
        askingButton(shown, 'Redrive', `Move ${count(queue.visible, 'message')} back?`, {
          key: `redrive ${name}`,
          feature: 'sqs:StartMessageMoveTask',
          input: { SourceArn: arn },
          done: `Moving the messages of ${name} to where they came from`,
        }),
      can(shown, 'sqs:PurgeQueue') &&
        askingButton(shown, 'Purge', `Drop ${count(all, 'message')}?`, {
          key: `purge ${name}`,
          feature: 'sqs:PurgeQueue',
          input: { QueueUrl: url },
          done: `Purged ${name}`,
        }),
      redrive !== undefined && h('span', { class: 'note' }, redriveText(redrive)),
    ),
  )
}

function redriveText({ status, moved, toMove, failure }: NonNullable<QueueEntry['redrive']>): string {
  const of = toMove === undefined ? '' : ` of ${number(toMove)}`
  return `Redrive ${status.toLowerCase()}: ${number(moved)}${of} moved${failure === undefined ? '' : ` (${failure})`}`
}

function sendForm({ ui, act }: Shown, { name, url, isFifo }: QueueEntry): ElementNode {
  const [body, group] = [`body ${name}`, `group ${name}`]
  const key = `send ${name}`
  const send = (): void => {
    const grouped = { MessageGroupId: act.written(group), MessageDeduplicationId: crypto.randomUUID() }
    const input = { QueueUrl: url, MessageBody: act.written(body), ...(isFifo ? grouped : {}) }
    act.do({ key, feature: 'sqs:SendMessage', input, done: `Sent a message to ${name}` })
  }
  return h(
    'form',
    {
      class: 'send',
      onsubmit: (event) => {
        event.preventDefault()
        send()
      },
      onkeydown: ({ key, ctrlKey, metaKey }) =>
        key === 'Enter' && (ctrlKey === true || metaKey === true) && send(),
    },
    h('textarea', {
      rows: 2,
      'aria-label': `Body of a message to ${name}`,
      placeholder: 'Message body',
      value: act.written(body),
      oninput: ({ currentTarget }) => act.write(body, fieldText(currentTarget)),
    }),
    isFifo &&
      h('input', {
        'aria-label': 'Message group',
        placeholder: 'Message group',
        value: act.written(group),
        oninput: ({ currentTarget }) => act.write(group, fieldText(currentTarget)),
      }),
    h(
      'button',
      { type: 'submit', 'aria-busy': ui.busy.has(key), title: 'Ctrl+Enter in the text sends, too' },
      'Send',
    ),
  )
}

function fieldText(field: object): string {
  return 'value' in field ? String(field.value) : ''
}
