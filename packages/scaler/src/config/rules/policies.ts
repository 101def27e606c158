import type { StepsConfig } from '../scaling-config.js'
import { HOLDS, itemsOf, readableMs, repeated } from './rule.js'
import type { BrokenRule, Loose, Rule } from './rule.js'

/** An alarm looks back a day at most when its period is below an hour, and a week beyond (PutMetricAlarm). */
const DAY_SECONDS = 86_400
const HOUR_SECONDS = 3_600

export const policyRules: readonly Rule[] = [
  (config) => {
    const { strategy = 'targetTracking' } = config
    return (['targetTracking', 'ladder', 'controller'] as const)
      .filter((kind) => kind !== strategy && config[kind] !== undefined)
      .map((kind) => ({ path: [kind], expected: `to be left out with strategy '${strategy}'` }))
  },
  ({ ladder }) => {
    const periodSeconds = (readableMs(ladder?.period) ?? 0) / 1_000
    const most = mostSecondsOf(periodSeconds)
    return (readableMs(ladder?.surplusFor) ?? 0) / 1_000 > most
      ? [
          {
            path: ['ladder', 'surplusFor'],
            expected: `at most ${most / HOUR_SECONDS}h, as far as an alarm looks back`,
          },
        ]
      : HOLDS
  },
  ({ policies }) => {
    const { metric, target, resourceLabel, buffer } = policies?.predictive ?? {}
    const path = ['policies', 'predictive']
    const broken: BrokenRule[] = []
    if (metric === 'requests' && resourceLabel === undefined) {
      broken.push({
        path: [...path, 'resourceLabel'],
        expected: "the load balancer's and target group's, with metric 'requests'",
      })
    }
    if (metric !== 'requests' && typeof target === 'number' && target > 100) {
      broken.push({ path: [...path, 'target'], expected: 'at most 100 percent' })
    }
    if ((readableMs(buffer) ?? 0) >= HOUR_SECONDS * 1_000) {
      broken.push({ path: [...path, 'buffer'], expected: 'less than an hour, which is what is forecast' })
    }
    return broken
  },
  ({ policies }) =>
    repeated(
      itemsOf(policies?.steps).map(({ name }) => name),
      (index) => ['policies', 'steps', String(index), 'name'],
    ),
  ({ policies }) =>
    itemsOf(policies?.steps).flatMap((steps, index) =>
      brokenSteps(steps).map(({ path, expected }) => ({
        path: ['policies', 'steps', String(index), ...path],
        expected,
      })),
    ),
]

function brokenSteps(config: Loose<StepsConfig> & object): BrokenRule[] {
  return [...brokenOrder(config), ...brokenChange(config), ...brokenWindow(config)]
}

function brokenOrder({ steps, when }: Loose<StepsConfig> & object): BrokenRule[] {
  const marks = itemsOf(steps).map(({ at }) => at)
  const sign = when === 'below' ? -1 : 1
  return marks.flatMap((at, index) => {
    const before = marks[index - 1]
    if (typeof at !== 'number' || typeof before !== 'number' || sign * (at - before) > 0) return []
    const expected = `${sign > 0 ? 'more' : 'less'} than the step before (${before}), with when '${when}'`
    return [{ path: ['steps', String(index), 'at'], expected }]
  })
}

function brokenChange({ steps, change, least }: Loose<StepsConfig> & object): BrokenRule[] {
  const negative = itemsOf(steps).findIndex(({ by }) => typeof by === 'number' && by < 0)
  const broken: BrokenRule[] = []
  if (change === 'exactly' && negative >= 0) {
    broken.push({
      path: ['steps', String(negative), 'by'],
      expected: "0 or more tasks, with change 'exactly'",
    })
  }
  if (least !== undefined && change !== 'percent') {
    broken.push({ path: ['least'], expected: "to be left out unless change is 'percent'" })
  }
  return broken
}

function brokenWindow({ datapoints, of, period }: Loose<StepsConfig> & object): BrokenRule[] {
  const broken: BrokenRule[] = []
  if (typeof of === 'number' && typeof datapoints === 'number' && of < datapoints) {
    broken.push({ path: ['of'], expected: `at least datapoints (${datapoints})` })
  }
  const periodSeconds = (readableMs(period) ?? 0) / 1_000
  const most = Math.floor(mostSecondsOf(periodSeconds) / periodSeconds)
  if ((of ?? datapoints ?? 0) > most) {
    const path = [of === undefined ? 'datapoints' : 'of']
    broken.push({ path, expected: `at most ${most} periods of ${period}` })
  }
  return broken
}

/** How far back an alarm may look. */
function mostSecondsOf(periodSeconds: number): number {
  return periodSeconds < HOUR_SECONDS ? DAY_SECONDS : 7 * DAY_SECONDS
}
