/**
 * Traffic as a text: shapes with settings, joined by `+`.
 *
 *     constant:rate=5/s
 *     diurnal:low=1/s,high=20/s[,period=24h][,peak=15h]
 *     ramp:from=1/s,to=50/s,over=2h[,at=0s]
 *     square:low=1/s,high=50/s,period=1h[,share=0.5]
 *     burst:base=1/s,size=20000,over=1m,at=1h[,every=6h]
 *     batch:size=5000[,at=0s][,every=1h]
 *     noise:none | noise:cv=0.3
 *
 * Rates are messages per s, m, h or d (`300/m`); durations are as everywhere. Without `noise` arrivals are a Poisson
 * process; `cv` makes the rate of each minute vary by so much more.
 */
import { durationMs, isDuration } from '@longshore/core/time'
import { TrafficError } from './traffic-error.js'
import type { Traffic, TrafficPart } from './traffic.js'

const HOUR_MS = 3_600_000

/** A pattern of arrivals from a text. @throws TrafficError that says what was expected, and what was found. */
export function parseTraffic(text: string): Traffic {
  const terms = text.split('+').map((term) => readTerm(term.trim()))
  const parts = terms.flatMap((term) => (term.shape === 'noise' ? [] : partsOf(term)))
  if (parts.length === 0)
    throw new TrafficError(`no traffic in ${JSON.stringify(text)}; expected ${SHAPE_LIST}`)
  const noise = terms.find(({ shape }) => shape === 'noise')
  return { description: text, parts, noise: noise === undefined ? 0 : noiseOf(noise), recorded: undefined }
}

interface Term {
  readonly text: string
  readonly shape: string
  readonly settings: ReadonlyMap<string, string>
}

type Reader = (term: Term) => TrafficPart[]

/** Each with the settings that it takes. */
const SHAPES: Readonly<Record<string, { readonly settings: readonly string[]; readonly read: Reader }>> = {
  constant: { settings: ['rate'], read: (term) => [constant(term)] },
  diurnal: { settings: ['low', 'high', 'period', 'peak'], read: (term) => [diurnal(term)] },
  ramp: { settings: ['from', 'to', 'over', 'at'], read: (term) => [ramp(term)] },
  square: { settings: ['low', 'high', 'period', 'share'], read: (term) => [square(term)] },
  burst: { settings: ['base', 'size', 'over', 'at', 'every'], read: burst },
  batch: { settings: ['size', 'at', 'every'], read: (term) => [batch(term)] },
  noise: { settings: ['none', 'cv'], read: () => [] },
}

const SHAPE_LIST = `${Object.keys(SHAPES).slice(0, -1).join(', ')} or ${Object.keys(SHAPES).at(-1) ?? ''}`

function readTerm(text: string): Term {
  const [shape = '', rest = ''] = text.split(/:(.*)/s)
  const known = SHAPES[shape]
  if (known === undefined) throw new TrafficError(`expected ${SHAPE_LIST}, got ${JSON.stringify(shape)}`)
  const settings = new Map<string, string>()
  for (const setting of rest.split(',').filter((each) => each.trim() !== '')) {
    const [name = '', value = ''] = setting.split('=').map((each) => each.trim())
    if (!known.settings.includes(name)) {
      throw new TrafficError(`${shape} takes ${known.settings.join(', ')}; got ${JSON.stringify(name)}`)
    }
    settings.set(name, value)
  }
  return { text, shape, settings }
}

function partsOf(term: Term): TrafficPart[] {
  return SHAPES[term.shape]?.read(term) ?? []
}

function constant(term: Term): TrafficPart {
  const rate = perSecond(term, 'rate')
  return { kind: 'rate', perSecondAt: () => rate }
}

/** A day by a cosine, lowest half a period from its peak. */
function diurnal(term: Term): TrafficPart {
  const low = perSecond(term, 'low')
  const high = perSecond(term, 'high')
  if (high < low) throw new TrafficError(`diurnal: expected high to be at least low, got ${term.text}`)
  const periodMs = span(term, 'period', 24 * HOUR_MS)
  const peakMs = span(term, 'peak', (periodMs * 15) / 24, { isZeroRight: true })
  const perSecondAt = (atMs: number): number =>
    low + ((high - low) * (1 + Math.cos((2 * Math.PI * (atMs - peakMs)) / periodMs))) / 2
  return { kind: 'rate', perSecondAt }
}

function ramp(term: Term): TrafficPart {
  const from = perSecond(term, 'from')
  const to = perSecond(term, 'to')
  const overMs = span(term, 'over')
  const beginMs = span(term, 'at', 0, { isZeroRight: true })
  const perSecondAt = (atMs: number): number =>
    from + (to - from) * Math.min(1, Math.max(0, (atMs - beginMs) / overMs))
  return { kind: 'rate', perSecondAt }
}

/** Low first, then high for `share` of each period. */
function square(term: Term): TrafficPart {
  const low = perSecond(term, 'low')
  const high = perSecond(term, 'high')
  const periodMs = span(term, 'period')
  const share = number(term, 'share', { least: 0, most: 1, fallback: 0.5 })
  const perSecondAt = (atMs: number): number => ((atMs % periodMs) / periodMs < 1 - share ? low : high)
  return { kind: 'rate', perSecondAt }
}

function burst(term: Term): TrafficPart[] {
  const base = term.settings.has('base') ? perSecond(term, 'base') : 0
  const size = number(term, 'size', { least: 0, most: MOST_MESSAGES })
  const overMs = span(term, 'over')
  const beginMs = span(term, 'at', 0, { isZeroRight: true })
  const everyMs = span(term, 'every', Infinity)
  const extra = (size * 1_000) / overMs
  const perSecondAt = (atMs: number): number => {
    const sinceMs = everyMs === Infinity ? atMs - beginMs : (atMs - beginMs) % everyMs
    return base + (sinceMs >= 0 && sinceMs < overMs ? extra : 0)
  }
  return [{ kind: 'rate', perSecondAt }]
}

function batch(term: Term): TrafficPart {
  return {
    kind: 'batch',
    size: Math.round(number(term, 'size', { least: 1, most: MOST_MESSAGES })),
    firstMs: span(term, 'at', 0, { isZeroRight: true }),
    everyMs: span(term, 'every', Infinity),
  }
}

/** Far beyond what a simulation takes. */
const MOST_MESSAGES = 1e12

function noiseOf(term: Term): Traffic['noise'] {
  return term.settings.has('none') ? 'none' : number(term, 'cv', { least: 0, most: 10 })
}

const SECONDS = { s: 1, m: 60, h: 3_600, d: 86_400 } as const

function perSecond(term: Term, name: string): number {
  const text = term.settings.get(name)
  const [, amount, unit] = /^(\d+(?:\.\d+)?|\.\d+)\/(s|m|h|d)$/.exec(text ?? '') ?? []
  if (amount !== undefined && unit !== undefined)
    return Number(amount) / SECONDS[unit as keyof typeof SECONDS]
  throw wrong(term, name, "a rate, such as '5/s' or '300/m'")
}

function span(term: Term, name: string, fallback?: number, { isZeroRight = false } = {}): number {
  const text = term.settings.get(name)
  if (text === undefined && fallback !== undefined) return fallback
  const ms = isDuration(text) ? durationMs(text) : Number.NaN
  if (ms > 0 || (isZeroRight && ms === 0)) return ms
  throw wrong(term, name, `a duration${isZeroRight ? '' : ' above 0'}, such as '30s' or '2h'`)
}

function number(
  term: Term,
  name: string,
  { least, most, fallback }: { readonly least: number; readonly most: number; readonly fallback?: number },
): number {
  const text = term.settings.get(name)
  if (text === undefined && fallback !== undefined) return fallback
  const value = text === undefined || text === '' ? Number.NaN : Number(text)
  if (value >= least && value <= most) return value
  throw wrong(
    term,
    name,
    most >= MOST_MESSAGES ? `a number of at least ${least}` : `a number from ${least} to ${most}`,
  )
}

function wrong({ shape, settings }: Term, name: string, expected: string): TrafficError {
  const text = settings.get(name)
  return new TrafficError(
    `${shape}: expected ${name}=${expected}, got ${text === undefined ? 'nothing' : JSON.stringify(text)}`,
  )
}
