/** What the slots ask of whoever shares them. */
export interface Claimant {
  /** Something could start at once. */
  readonly isReady: boolean
  /** How many slots it could fill with what waits. */
  readonly fillable: number
  /** How many slots it could fill with what waits or is asked for, its prefetch places left out. */
  readonly wanted: number
  /** Until when a receive under way may be believed to bring more; epoch milliseconds, 0 for no such. */
  readonly promisedUntilMs: number
  /** Takes the slot that is offered. */
  start(): void
  /** More may come in than before. */
  onRoom(): void
}

/** A claimant's standing among the others. */
export interface Standing {
  /** Whoever is of a higher one goes first. */
  readonly priority: number
  /** Its part of the slots when others of its priority want them too. */
  readonly weight: number
}

// Before the first handling has ended nobody knows how long they take.
const FIRST_GUESS_MS = 100
// Of the mean, how much the last handling counts: some twenty handlings are remembered.
const LATEST = 0.05

/**
 * What one claimant has had of the slots: slot time by weight, the measure by which turns are taken.
 *
 * virtual time = (slot time used + handlings that run × mean handling time) ÷ weight, in milliseconds
 *
 * What runs counts ahead with what it is expected to take yet, so that shares are right from moment to moment; what it
 * really took is what stays, so that they are right in the long run, however different the handling times.
 */
export class Share {
  readonly claimant: Claimant
  readonly priority: number
  readonly weight: number
  #running = 0
  #usedMs = 0
  #countedToMs = 0
  #usedAtLastEndMs = 0
  #meanMs: number | undefined

  constructor(claimant: Claimant, { priority, weight }: Standing) {
    this.claimant = claimant
    this.priority = priority
    this.weight = weight
  }

  get running(): number {
    return this.#running
  }

  begin(nowMs: number): void {
    this.#count(nowMs)
    this.#running += 1
  }

  end(nowMs: number): void {
    this.#count(nowMs)
    this.#running -= 1
    // Slot time per end is the mean handling time, whichever of them ended.
    const tookMs = this.#usedMs - this.#usedAtLastEndMs
    this.#usedAtLastEndMs = this.#usedMs
    this.#meanMs = this.#meanMs === undefined ? tookMs : this.#meanMs + (tookMs - this.#meanMs) * LATEST
  }

  virtualMs(nowMs: number): number {
    this.#count(nowMs)
    return (this.#usedMs + this.#running * (this.#meanMs ?? FIRST_GUESS_MS)) / this.weight
  }

  /** Forgets what it has not used in time: whoever had nothing to do has no claim to make up for it. */
  advanceTo(virtualMs: number, nowMs: number): void {
    const behindMs = virtualMs - this.virtualMs(nowMs)
    if (behindMs <= 0) return
    this.#usedMs += behindMs * this.weight
    this.#usedAtLastEndMs += behindMs * this.weight
  }

  #count(nowMs: number): void {
    this.#usedMs += this.#running * (nowMs - this.#countedToMs)
    this.#countedToMs = nowMs
  }
}
