import type { LimitReason } from '../limit-reason.js'
import type { Load } from './load.js'
import { Throughput } from './load.js'
import { pressureOf, roomFor } from './pressure.js'
import { Search } from './search.js'
import type { Verdict } from './trial.js'
import { finestStep, handledFor, hasShifted, Trial } from './trial.js'
import { Use } from './use.js'

export interface LimitBounds {
  /** At least 1. */
  readonly min: number
  readonly max: number
}

// A larger share of refused handlings than this is no accident.
const THROTTLED_SHARE = 0.02
const REMEMBERED_REFUSALS = 200

// After a refusal the limit falls to what was accepted, less a little, but never by more than half at once.
const MOST_KEPT = 0.98
const LEAST_KEPT = 0.5
const KEPT_UNDER_PRESSURE = 0.8

// Slots are what is missing when all are in use for that share of the time.
const FULL_SHARE = 0.8
const BUSY_SHARE = 0.5

// A change shows once the handlings that began before it have ended, but for a few long ones.
const SETTLING_MEANS = 1.5
const LONGEST_TRIAL_MS = 30_000
const LONGEST_TRIAL_MEANS = 5
const REMEMBERED_MS = 60_000
const RECENT_MS = 10_000
const FINEST_STEP = 0.08
// Whatever is beyond what can be borne is refused until that shows.
const WARY_STEP = 0.05

/**
 * How many slots are worth having: the fewest that bring (nearly) the highest throughput, found by trying.
 *
 * Regimes, and the reasons of the changes that they make:
 * - climbing: twice as many slots (`more`), for as long as that pays (see {@link Trial}); it starts at `min`.
 * - searching: a little more, a little fewer (`fewer`) around the best one so far; what does not pay is taken `back`.
 * - resting: the same, rarely. The steady state.
 * - falling: `throttled` (what the handlers call refuses more than 2 %), `memory` (90 % of the task's is in use) or `lag`
 *   (timers are a second late): fewer at once, and again once the effect of that is seen.
 * - following: `idle` (more than twice of what was used for half a minute) and, when work comes back, `busy`: to what held
 *   before, doubling at each beat without trials.
 *
 * Where not every slot is in use nothing is learned and nothing grows: slots are not what is missing.
 *
 * Throughput, not handling time, decides. Handling times tell of a queue only beside what they would be without one, which
 * a worker on a backlog never sees, and which moves with what the messages ask for: the ratio of both is what Vegas and
 * Gradient (TCP Vegas, Brakmo 1994; Netflix concurrency-limits) hold on to. Trying both sides of the limit and keeping what
 * delivers is BBR's idea (Cardwell 2016) and that of .NET's thread pool; it costs a comparison of noisy rates, for which
 * each trial runs until chance is out of it. Refusals are answered as in TCP, by a multiplicative decrease, to what was
 * accepted.
 *
 * Pure: time and chance come in with the {@link Load}. Units: slots, milliseconds, handlings.
 */
export class AdaptiveLimit {
  readonly #bounds: LimitBounds
  readonly #use = new Use()
  #search = new Search()
  /** The limit that holds; a trial's is another. */
  #held: number
  #throughput = new Throughput()
  /** The last few seconds of it. */
  #recent = new Throughput()
  #trial: Trial | undefined
  /** A trial was open for lack of knowing the limit that holds: first so many handlings there. */
  #wanted = 0
  #meanMs = 0
  #sinceChangeMs = 0
  #settlingMs = 0
  #hasFallen = false
  #refusals = new Throughput()
  /** The fewest slots that were too many for what the handlings call, as far as is known. */
  #ceiling = 0
  /** What held before there was less to do. */
  #before = 0

  constructor(bounds: LimitBounds) {
    this.#bounds = bounds
    this.#held = bounds.min
  }

  get limit(): number {
    return this.#trial?.limit ?? this.#held
  }

  /** Takes in a stretch at the present limit; says why, if the limit changes. */
  observe(load: Load): LimitReason | undefined {
    this.#sinceChangeMs += load.elapsedMs
    if (load.handled > 0) {
      const meanMs = load.handlingMs / load.handled
      this.#meanMs = this.#meanMs === 0 ? meanMs : (this.#meanMs + meanMs) / 2
    }
    const excess = this.#excess(load)
    return excess === undefined ? (this.#follow(load) ?? this.#learn(load)) : this.#yield(excess)
  }

  /** A stretch that began before the change has shown. */
  #isSettling({ elapsedMs }: Load): boolean {
    return this.#sinceChangeMs - elapsedMs < this.#settlingMs
  }

  get #longestTrialMs(): number {
    return Math.max(LONGEST_TRIAL_MS, LONGEST_TRIAL_MEANS * this.#meanMs)
  }

  get #step(): number {
    // So many were refused: the most that are not lie in between.
    if (this.#held < this.#ceiling) return Math.min(1, (this.#ceiling / this.#held - 1) / 2)
    if (this.#search.mood === 'wary' && this.#search.way === 'more')
      return Math.max(WARY_STEP, 1 / this.#held)
    return Math.max(this.#finest, this.#search.step)
  }

  get #finest(): number {
    const handled = this.#throughput.perMs * this.#longestTrialMs
    return Math.max(FINEST_STEP, 1 / this.#held, Math.min(1, finestStep(this.#throughput, handled)))
  }

  /** Too much for the task, or for what the handlings call. */
  #excess(load: Load): 'throttled' | 'memory' | 'lag' | undefined {
    // What began before the fall says nothing about what is left of it.
    if (this.#hasFallen && this.#isSettling(load)) return undefined
    const { handled, elapsedMs } = this.#refusals
    if (handled > REMEMBERED_REFUSALS || elapsedMs > RECENT_MS) this.#refusals.fade()
    this.#refusals.add(load)
    return pressureOf(load) ?? (this.#refusals.throttledShare >= THROTTLED_SHARE ? 'throttled' : undefined)
  }

  #yield(reason: 'throttled' | 'memory' | 'lag'): LimitReason | undefined {
    const { limit } = this
    const isTrial = this.#trial?.way === 'more'
    const to = reason === 'throttled' && isTrial ? this.#held : this.#lowered(reason)
    if (reason === 'throttled' && to < limit) this.#refused(limit)
    // Whatever was learned so far is of no use for what comes after this.
    else this.#search = new Search()
    if (to === limit) return undefined
    this.#before = 0
    if (to === this.#held) this.#return()
    else this.#hold(to)
    return reason
  }

  #lowered(reason: 'throttled' | 'memory' | 'lag'): number {
    const accepted = Math.min(MOST_KEPT, Math.max(LEAST_KEPT, this.#refusals.acceptedShare))
    const kept = reason === 'throttled' ? accepted : KEPT_UNDER_PRESSURE
    return Math.max(this.#bounds.min, Math.min(this.limit - 1, Math.floor(this.limit * kept)))
  }

  #refused(limit: number): void {
    const isSameFall = this.#hasFallen && this.#sinceChangeMs < this.#settlingMs + RECENT_MS
    if (!isSameFall) this.#search.fell()
    this.#ceiling = limit
  }

  #follow(load: Load): LimitReason | undefined {
    const useful = Math.max(this.#bounds.min, this.#use.useful(load, this.limit))
    if (useful < this.limit) {
      this.#before = Math.max(this.#before, this.#held)
      this.#hold(useful)
      return 'idle'
    }
    if (this.#before <= this.#held || load.fullMs < BUSY_SHARE * load.elapsedMs) return undefined
    this.#hold(Math.min(this.#before, 2 * this.#held))
    if (this.#held === this.#before) this.#before = 0
    return 'busy'
  }

  #learn(load: Load): LimitReason | undefined {
    if (this.#isSettling(load)) return undefined
    const isFull = load.fullMs >= FULL_SHARE * load.elapsedMs
    if (this.#trial === undefined) return isFull ? this.#rest(load) : undefined
    const trial = this.#trial
    if (isFull) trial.throughput.add(load)
    const isWorn = trial.throughput.handled > 2 * this.#throughput.handled + 10
    const isLast = isWorn || this.#sinceChangeMs >= this.#settlingMs + this.#longestTrialMs
    const verdict = trial.verdict(this.#throughput, this.#held, isLast)
    return verdict === 'open' && !isLast ? undefined : this.#end(trial, verdict)
  }

  /** A beat at the limit that holds. */
  #rest(load: Load): LimitReason | undefined {
    const held = this.#throughput
    held.add(load)
    if (held.elapsedMs > Math.max(REMEMBERED_MS, 2 * this.#longestTrialMs)) held.fade()
    this.#recent.add(load)
    if (this.#recent.elapsedMs >= Math.max(RECENT_MS, 3 * this.#meanMs)) this.#compareRecent()
    const isKnown =
      this.#throughput.elapsedMs >= this.#longestTrialMs ||
      (this.#throughput.handled >= Math.max(this.#wanted, handledFor(this.#step, this.#throughput)) &&
        this.#throughput.elapsedMs >= this.#meanMs)
    return isKnown && this.#sinceChangeMs >= this.#search.restMs ? this.#try(load) : undefined
  }

  #compareRecent(): void {
    const recent = this.#recent
    this.#recent = new Throughput()
    if (!hasShifted(this.#throughput, recent)) return
    if (recent.perMs < this.#throughput.perMs) this.#search.restart('fewer')
    else this.#search = new Search()
    this.#throughput = recent
  }

  #try(load: Load): LimitReason | undefined {
    const { way } = this.#search
    const step = this.#step
    const limit = way === 'more' ? this.#above(step, load) : this.#below(step)
    if (limit === this.#held) {
      this.#search.refused(this.#finest, 0)
      return undefined
    }
    this.#trial = new Trial(way, limit, this.#search.mood)
    this.#wanted = 0
    this.#settle(way === 'fewer')
    return way
  }

  #above(step: number, load: Load): number {
    const wanted = Math.max(this.#held + 1, Math.round(this.#held * (1 + step)))
    return Math.min(wanted, this.#bounds.max, roomFor(this.#held, load))
  }

  #below(step: number): number {
    return Math.max(this.#bounds.min, Math.min(this.#held - 1, Math.round(this.#held / (1 + step))))
  }

  #end(trial: Trial, verdict: Verdict): LimitReason | undefined {
    if (verdict === 'pays') {
      this.#adopt(trial)
      return undefined
    }
    const isUnknown = verdict === 'open' && this.#throughput.elapsedMs < this.#longestTrialMs
    if (isUnknown && trial.throughput.handled > 0) this.#wanted = 3 * this.#throughput.handled
    else {
      this.#search.refused(this.#finest, this.#sinceChangeMs)
      // It was not that which kept the throughput down.
      if (trial.way === 'more') this.#ceiling = 0
    }
    this.#return()
    return 'back'
  }

  #adopt({ limit, throughput, way }: Trial): void {
    this.#trial = undefined
    this.#held = limit
    this.#throughput = throughput
    // A trial that pays was lucky, too.
    throughput.fade()
    this.#search.paid(way, this.#finest)
    this.#sinceChangeMs = this.#settlingMs
  }

  /** From a trial to the limit that holds. */
  #return(): void {
    const hasFallen = this.#held < this.limit
    this.#trial = undefined
    this.#settle(hasFallen)
  }

  #hold(limit: number): void {
    const hasFallen = limit < this.limit
    this.#trial = undefined
    this.#held = limit
    this.#throughput = new Throughput()
    this.#settle(hasFallen)
  }

  /** The limit changes: what comes next still belongs to the one before. */
  #settle(hasFallen: boolean): void {
    this.#hasFallen = hasFallen
    this.#sinceChangeMs = 0
    this.#settlingMs = SETTLING_MEANS * this.#meanMs
    this.#refusals = new Throughput()
    this.#recent = new Throughput()
  }
}
