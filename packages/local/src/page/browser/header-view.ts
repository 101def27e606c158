import { h } from './element.js'
import type { Child, ElementNode } from './element.js'
import { clockTime, count, number } from './format.js'
import type { Shown } from './shown.js'

const WINDOWS: readonly (readonly [minutes: number, text: string])[] = [
  [15, '15 min'],
  [60, '1 hour'],
  [180, '3 hours'],
  [720, '12 hours'],
]

/** Which AWS this is, its time, and whether the page hears of it. */
export function headerView(shown: Shown): ElementNode {
  return h(
    'header',
    { key: 'header', class: 'bar' },
    h('h1', {}, 'Longshore', h('span', { class: 'muted' }, ' local AWS')),
    accountChoice(shown),
    h('div', { class: 'bar-end' }, faultsMark(shown), windowChoice(shown), clock(shown), live(shown)),
  )
}

function accountChoice({ state, act }: Shown): ElementNode {
  const { setup } = state.view
  const chosen = setup === undefined ? '' : `${setup.accountId}/${setup.region}`
  const keys = [...new Set([chosen, ...Object.keys(state.accounts)])].filter((key) => key !== '').sort()
  return h(
    'label',
    { class: 'choice' },
    h('span', { class: 'muted' }, 'Account'),
    h(
      'select',
      { value: chosen, onchange: ({ currentTarget }) => act.chooseAccount(chosenValue(currentTarget)) },
      keys.map((key) => h('option', { key, value: key }, key.replace('/', ' · '))),
    ),
  )
}

function windowChoice({ ui, act }: Shown): ElementNode {
  return h(
    'label',
    { class: 'choice' },
    h('span', { class: 'muted' }, 'Last'),
    h(
      'select',
      {
        value: String(ui.look.windowMinutes),
        onchange: ({ currentTarget }) => act.chooseWindow(Number(chosenValue(currentTarget))),
      },
      WINDOWS.map(([minutes, text]) => h('option', { key: minutes, value: String(minutes) }, text)),
    ),
  )
}

/** Calls that fail on purpose must not look like a riddle. */
function faultsMark({ state }: Shown): Child {
  const faults = state.view.faults ?? []
  if (faults.length === 0) return false
  return h('span', { class: 'chip bad faults', title: faults.join('\n') }, count(faults.length, 'fault'))
}

function chosenValue(select: object): string {
  return 'value' in select ? String(select.value) : ''
}

function clock({ state }: Shown): ElementNode {
  const { clock, setup } = state.view
  const scale = setup?.timeScale ?? 1
  const title =
    scale === 1
      ? 'The time of this AWS'
      : `The control plane (CloudWatch, scaling, launches) runs ${scale} times as fast as the wall; SQS runs in real time`
  return h(
    'div',
    { class: 'clock', title },
    h('time', {}, clock === undefined ? '--:--:--' : clockTime(clock.nowMs)),
    scale !== 1 && h('span', { class: 'scale' }, `×${number(scale)}`),
  )
}

function live({ ui }: Shown): ElementNode {
  return h(
    'span',
    { class: ui.isLive ? 'live on' : 'live off', role: 'status' },
    ui.isLive ? 'live' : 'waiting for the server',
  )
}
