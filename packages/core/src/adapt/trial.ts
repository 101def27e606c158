import { Throughput } from './load.js'

/** Which way a trial goes from the limit that holds. */
export type Way = 'more' | 'fewer'

/** What a trial has shown: it pays to stay there, it does not, or that cannot be told yet. */
export type Verdict = 'pays' | 'no' | 'open'

// The elasticity of the throughput, its relative change ÷ that of the slots, is 1 where slots are all that is missing and 0
// where something else is. More slots pay from the first of these on (15 % for twice as many), fewer up to the second. The
// gap between them keeps the limit from walking about on a curve that flattens slowly.
const PAYING_ELASTICITY = { more: 0.15, fewer: 0.1 } as const

// Elasticities this far apart have to be told from each other, or a trial is in vain.
const TOLD_APART = 0.1

// So many standard errors away, chance is out of it. Trials are looked at after every beat, which favours chance; at the last
// look the likelier of both is taken.
const ERRORS = 3
const LAST_ERRORS = 1.5

// What no number of handlings takes away: other work in the same task, and elsewhere.
const LEAST_ERROR = 0.005

/**
 * What a trial must show for its step to be taken. Climbing, what is likely; resting, what is sure, or one lucky trial in so
 * many would move a limit that stands where it should; wary, nothing but that it does no harm: its steps are too small to show.
 */
export type Mood = 'climbing' | 'resting' | 'wary'

/** Some slots more, or fewer, for as long as it takes to see what they do to the throughput. */
export class Trial {
  readonly way: Way
  readonly limit: number
  readonly throughput: Throughput = new Throughput()
  readonly #mood: Mood

  constructor(way: Way, limit: number, mood: Mood) {
    this.way = way
    this.limit = limit
    this.#mood = mood
  }

  /** Compares with the throughput of the limit that holds. */
  verdict(held: Throughput, heldLimit: number, isLast: boolean): Verdict {
    const { throughput: tried } = this
    const [less, more] = this.way === 'more' ? [held, tried] : [tried, held]
    const [fewer, many] = this.way === 'more' ? [heldLimit, this.limit] : [this.limit, heldLimit]
    const growth = many / fewer - 1
    if (less.perMs === 0 || tried.elapsedMs < tried.meanMs) return 'open'
    if (tried.handled < handledFor(growth, held) / 2) return 'open'
    const gain = more.perMs / less.perMs - 1
    const paying = PAYING_ELASTICITY[this.way] * growth
    const error = Math.hypot(errorOf(held), errorOf(tried), LEAST_ERROR) * (1 + paying)
    const errors = this.#errors(growth, isLast)
    const isMoreBetter = gain - error * errors.forMore >= paying
    const isFewerBetter = gain + error * errors.forFewer <= paying
    if (!isMoreBetter && !isFewerBetter) return 'open'
    return isMoreBetter === (this.way === 'more') ? 'pays' : 'no'
  }

  #errors(growth: number, isLast: boolean): { forMore: number; forFewer: number } {
    const forMore = isLast ? LAST_ERRORS : errorsFor(growth)
    const forFewer = isLast ? LAST_ERRORS : ERRORS
    if (this.#mood === 'wary') return { forMore: isLast ? 0 : forMore, forFewer }
    if (this.#mood === 'climbing') return { forMore, forFewer }
    return this.way === 'more' ? { forMore: ERRORS, forFewer } : { forMore, forFewer: ERRORS }
  }
}

/** True when the throughput is no longer what it was, beyond chance: what was learned of the neighbours is void. */
export function hasShifted(from: Throughput, to: Throughput): boolean {
  if (from.perMs === 0 || to.handled < 20) return false
  const shift = Math.abs(to.perMs / from.perMs - 1)
  return shift > Math.max(0.2, 4 * Math.hypot(errorOf(from), errorOf(to)))
}

/** How many handlings it takes on either side to tell a step that pays in full from one that does not pay. */
export function handledFor(step: number, { dispersion }: Throughput): number {
  return 2 * dispersion * (errorsFor(step) / ((1 - PAYING_ELASTICITY.more) * step)) ** 2
}

/** The smallest step whose trial can show anything when so many handlings are seen on either side. */
export function finestStep({ dispersion }: Throughput, handled: number): number {
  const chance = Math.sqrt((2 * dispersion) / Math.max(1, handled))
  return (LAST_ERRORS * Math.hypot(chance, LEAST_ERROR)) / TOLD_APART
}

// To climb too far by a large step costs little and is taken back; not to climb costs half of what could be done.
function errorsFor(step: number): number {
  return ERRORS + (LAST_ERRORS - ERRORS) * Math.min(1, step)
}

/** The relative standard error of the throughput. */
function errorOf({ dispersion, handled }: Throughput): number {
  return Math.sqrt(dispersion / Math.max(1, handled))
}
