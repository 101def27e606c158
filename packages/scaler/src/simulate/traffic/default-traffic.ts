import type { Duration } from '@longshore/core/time'
import type { Service } from '../../config/service.js'
import { parseTraffic } from './parse-traffic.js'
import type { Traffic } from './traffic.js'

/** Of what all tasks can do: between waves, and at their height. */
const LOW = 0.05
const HIGH = 0.5
/** A burst brings, within a minute, what all tasks do in half of the wait that messages may have. */
const BURST_SHARE = 0.5
/** A large service has its day in fewer hours, so that a run takes seconds. */
const MOST_MESSAGES = 3_000_000
const HOURS = [24, 12, 6, 3, 1] as const

/** What a service is simulated with unless told otherwise, and for how long: a wave of half its capacity, and three bursts. */
export function defaultTraffic({
  tasks,
  handling,
  objective,
}: Pick<Service, 'tasks' | 'handling' | 'objective'>): {
  readonly traffic: Traffic
  readonly duration: Duration
} {
  const perSecond = (tasks.max * tasks.concurrency * 1_000) / handling.meanMs
  const mean = (perSecond * (LOW + HIGH)) / 2
  const hours = HOURS.find((each) => mean * each * 3_600 <= MOST_MESSAGES) ?? 1
  const size = Math.max(1, Math.round((perSecond * BURST_SHARE * objective.wait.p99Ms) / 1_000))
  const [low, high] = [LOW, HIGH].map((share) => rateText(perSecond * share))
  const text = `diurnal:low=${low},high=${high},period=${hours}h + burst:size=${size},over=1m,at=${hours * 7.5}m,every=${hours * 20}m`
  return { traffic: parseTraffic(text), duration: `${hours}h` }
}

function rateText(perSecond: number): string {
  const [amount, unit] = perSecond >= 1 ? [perSecond, 's'] : [perSecond * 3_600, 'h']
  return `${Number(amount.toPrecision(3))}/${unit}`
}
