import type { Mood, Way } from './trial.js'

const COARSEST = 1
const RESTART = 0.5
// The finest step moves a little with what is learned.
const NEAR = 1.5
const LEAST_REST_MS = 10_000
const LEAST_RESTS_PER_TRIAL = 2
const MOST_REST_MS = 120_000
const MOST_RESTS_PER_TRIAL = 8
const MOST_WARY_REST_MS = 60_000
const CALM_AFTER = 3
const MOST_CALM_AFTER = 12

/**
 * Which trial comes next, and when: a compass search. It goes on in the way that pays, from the second time on with steps
 * twice as large; where neither way pays it halves the step, down to the finest that can show anything. From there on it
 * rests before each trial, longer each time nothing comes of it: that is the steady state, in which the limit stands still
 * but for a trial every few minutes.
 *
 * A refusal by what the handlers call makes it wary: small steps upwards, with a rest before each, until three such in a row
 * were borne, and twice as many each time that it falls before. Whether more is refused shows only after a while, when what
 * was saved up is used up.
 */
export class Search {
  /** The next trial's. */
  way: Way = 'more'
  /** How many slots it changes ÷ the slots there are, unless the finest that can show anything is more. */
  step: number = COARSEST
  /** How long the limit holds before it, at least. */
  restMs = 0
  #refused = 0
  #paidInRow = 1
  #calmAfter = CALM_AFTER
  #borne = CALM_AFTER

  get mood(): Mood {
    if (this.#isWary) return 'wary'
    return this.restMs > 0 && this.step < COARSEST ? 'resting' : 'climbing'
  }

  /** The trial pays: its limit holds now. */
  paid(way: Way, finest: number): void {
    this.way = way
    this.#refused = 0
    if (way === 'more') this.#borne += 1
    this.#paidInRow += 1
    if (this.#isWary || this.#paidInRow < 2) return
    this.step = Math.min(COARSEST, 2 * Math.max(this.step, finest))
    if (this.step > 2 * finest || this.step === COARSEST) this.restMs = 0
  }

  /** The trial does not pay, or cannot be made. */
  refused(finest: number, tookMs: number): void {
    this.way = this.way === 'more' ? 'fewer' : 'more'
    this.#paidInRow = 0
    if (this.step <= NEAR * finest) return this.#rest(finest, tookMs)
    this.#refused += 1
    if (this.#refused < 2) return
    this.#refused = 0
    this.step = Math.max(finest, this.step / 2)
  }

  /** So many slots were too many. */
  fell(): void {
    this.restMs = this.#isWary ? Math.min(MOST_WARY_REST_MS, 2 * this.restMs) : LEAST_REST_MS
    this.#calmAfter = this.#isWary ? Math.min(MOST_CALM_AFTER, 2 * this.#calmAfter) : CALM_AFTER
    this.#borne = 0
    this.#refused = 0
    this.step = 0
    this.way = 'more'
  }

  /** So many slots were too many a short time ago. */
  get #isWary(): boolean {
    return this.#borne < this.#calmAfter
  }

  /** Things are not what they were. */
  restart(way: Way): void {
    this.way = way
    this.#refused = 0
    if (this.#isWary) return
    this.step = Math.max(RESTART, this.step)
    this.restMs = 0
  }

  #rest(finest: number, tookMs: number): void {
    this.step = finest
    const leastMs = Math.max(LEAST_REST_MS, LEAST_RESTS_PER_TRIAL * tookMs)
    const mostMs = Math.max(MOST_REST_MS, MOST_RESTS_PER_TRIAL * tookMs)
    this.restMs = Math.min(mostMs, Math.max(leastMs, 2 * this.restMs))
  }
}
