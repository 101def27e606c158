import { alarmName, isScaleIn } from './alarm-name.js'
import { h } from './element.js'
import type { ElementNode } from './element.js'
import { number, span } from './format.js'
import { SHOWN_AT_MOST } from './limits.js'
import type { AlarmEntry, AlarmValue } from './page-state.js'
import { chip, empty, panel, shownOf } from './parts.js'
import { plotView } from './plot-view.js'
import type { Shown } from './shown.js'

const CHIPS: Readonly<Record<AlarmValue, readonly [tone: string, text: string]>> = {
  OK: ['good', 'OK'],
  ALARM: ['bad', 'ALARM'],
  INSUFFICIENT_DATA: ['plain', 'no data'],
}

export function alarmsView(shown: Shown): ElementNode {
  const alarms = Object.values(shown.state.alarms).sort((one, other) => (one.name < other.name ? -1 : 1))
  const firing = alarms.filter(({ state }) => state === 'ALARM').length
  if (alarms.length === 0) {
    const note = 'They come with a scaling policy (longshore apply) or with PutMetricAlarm.'
    return panel('Alarms', '', empty(h('p', {}, 'No alarm.'), h('p', { class: 'note' }, note)))
  }
  const note =
    firing === 0
      ? shownOf(alarms.length, SHOWN_AT_MOST.alarms, 'alarm')
      : `${number(firing)} of ${number(alarms.length)} in ALARM`
  return panel(
    'Alarms',
    note,
    h(
      'ul',
      { class: 'rows' },
      alarms.map((alarm) => alarmView(shown, alarm)),
    ),
  )
}

function alarmView(shown: Shown, alarm: AlarmEntry): ElementNode {
  const { name, state, reason, threshold } = alarm
  const { nowMs = 0 } = shown.state.view.clock ?? {}
  const series = shown.state.series[alarm.series]
  const [tone, text] = CHIPS[state]
  return h(
    'li',
    { key: name, class: 'alarm' },
    h(
      'div',
      { class: 'alarm-head' },
      chip(state === 'ALARM' && isScaleIn(name) ? 'busy' : tone, text),
      h('b', { title: name }, alarmName(name)),
      h('span', { class: 'note' }, span(nowMs - alarm.changedAtMs)),
    ),
    series !== undefined &&
      plotView(shown, {
        key: `plot alarm ${name}`,
        title: conditionOf(alarm),
        lines: [
          { name: series.metric, tone: 'first', points: series.points, gapMs: series.periodSeconds * 2_500 },
        ],
        rules: threshold === undefined ? [] : [{ name: 'threshold', tone: 'threshold', value: threshold }],
      }),
    h('p', { class: 'note reason', title: reason }, reason),
    !alarm.isActionsEnabled && h('p', { class: 'note' }, 'Its actions are disabled.'),
  )
}

function conditionOf(alarm: AlarmEntry): string {
  const { statistic, metric, comparison, threshold, datapointsToAlarm, evaluationPeriods, periodSeconds } =
    alarm
  const times =
    datapointsToAlarm === evaluationPeriods
      ? `${evaluationPeriods} ×`
      : `${datapointsToAlarm} of ${evaluationPeriods} ×`
  const what = [statistic, metric].filter((part) => part !== undefined).join(' ')
  return `${what} ${comparison} ${threshold === undefined ? '' : number(threshold)} for ${times} ${periodSeconds} s`
}
