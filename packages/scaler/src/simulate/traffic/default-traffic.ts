import type { Service } from '../../config/service.js'
import { parseTraffic } from './parse-traffic.js'
import type { Traffic } from './traffic.js'

/** Of what all tasks can do: at night, at the peak of the day, and in the burst on top of it. */
const LOW = 0.05
const HIGH = 0.5
/** Minutes' worth of all tasks' work, within a minute, at eleven and every eight hours. */
const BURST_MINUTES = 5

/** What a service is simulated with unless told otherwise: a day of half its capacity, and three bursts. */
export function defaultTraffic({ tasks, handling }: Pick<Service, 'tasks' | 'handling'>): Traffic {
  const perSecond = (tasks.max * tasks.concurrency * 1_000) / handling.meanMs
  const size = Math.max(1, Math.round(perSecond * BURST_MINUTES * 60))
  const [low, high] = [LOW, HIGH].map((share) => rateText(perSecond * share))
  return parseTraffic(`diurnal:low=${low},high=${high} + burst:size=${size},over=1m,at=3h,every=8h`)
}

function rateText(perSecond: number): string {
  const [amount, unit] = perSecond >= 1 ? [perSecond, 's'] : [perSecond * 3_600, 'h']
  return `${Number(amount.toPrecision(3))}/${unit}`
}
