import type { Capacity } from '../capacity.js'
import { squaredCvOf } from '../squared-cv.js'
import type { MutableTotals, Totals } from './totals.js'
import { newTotals } from './totals.js'

// The window is made of stretches: it moves on by one, so that what is in it is between five and six of them old.
const STRETCH_MS = 10_000
const STRETCHES = 6

const HALF_LIFE_MS = 300_000
const KEPT_PER_STRETCH = 2 ** (-STRETCH_MS / HALF_LIFE_MS)

/** How a handling ended: its message leaves the queue, or what the handler calls refuses more, or in some other way. */
export type Ending = 'completed' | 'throttled' | 'other'

/** What only the worker knows of its capacity. */
export type Standing = Pick<Capacity, 'waiting' | 'mostSlots' | 'protectedTasks' | 'blockedTasks'>

/**
 * Measures what a worker does: a few additions for each message, and no allocation. Time passes in it only with the
 * instants that it is given, which must not go back.
 */
export class Meter {
  readonly #totals: MutableTotals
  /** The totals at the beginning of each of the last stretches; the place of the oldest is written over next. */
  readonly #marks: MutableTotals[]
  /** The longest wait of each of these stretches. */
  readonly #waits: number[] = Array.from({ length: STRETCHES }, () => 0)
  #turn = 0
  #nextMarkMs: number
  #longestWaitMs = 0
  #slots: number
  #taken = 0
  #peak = 0
  // Of handlings, fading.
  #weight = 0
  #sumMs = 0
  #squareMs = 0

  constructor(nowMs: number, slots: number) {
    this.#totals = newTotals(nowMs)
    this.#marks = Array.from({ length: STRETCHES }, () => newTotals(nowMs))
    this.#nextMarkMs = nowMs + STRETCH_MS
    this.#slots = slots
  }

  /** From now on so many slots are taken of so many. */
  slotsChanged(nowMs: number, taken: number, slots: number): void {
    this.#passTo(nowMs)
    this.#taken = taken
    this.#slots = slots
    if (taken > this.#peak) this.#peak = taken
  }

  /** A handling begins. `sentAtMs` is by the clock of SQS: where ours is behind, nothing has waited. */
  began(nowMs: number, sentAtMs: number): void {
    this.#passTo(nowMs)
    const waitMs = nowMs - sentAtMs
    if (waitMs > this.#longestWaitMs) this.#longestWaitMs = waitMs
  }

  /** A handling ends, after so much of a slot's time. */
  ended(nowMs: number, elapsedMs: number, ending: Ending): void {
    this.#passTo(nowMs)
    const totals = this.#totals
    totals.handled += 1
    totals.handlingMs += elapsedMs
    if (ending === 'completed') totals.completions += 1
    if (ending === 'throttled') {
      totals.throttled += 1
      totals.throttledMs += elapsedMs
    }
    this.#weight += 1
    this.#sumMs += elapsedMs
    this.#squareMs += elapsedMs * elapsedMs
  }

  /** What was done up to now: a copy. */
  totals(nowMs: number): Totals {
    this.#passTo(nowMs)
    return { ...this.#totals }
  }

  /** The most slots that were taken at one time since this was last asked. */
  takePeak(): number {
    const peak = this.#peak
    this.#peak = this.#taken
    return peak
  }

  capacity(nowMs: number, standing: Standing): Capacity {
    this.#passTo(nowMs)
    const now = this.#totals
    const then = this.#marks[this.#turn] ?? now
    const meanMs = this.#weight === 0 ? 0 : this.#sumMs / this.#weight
    const square = this.#weight === 0 ? 0 : this.#squareMs / this.#weight
    return {
      tasks: 1,
      slots: this.#slots,
      mostSlots: standing.mostSlots,
      busySlots: this.#taken,
      waiting: standing.waiting,
      taskSeconds: (now.atMs - then.atMs) / 1_000,
      slotSeconds: (now.slotMs - then.slotMs) / 1_000,
      busySlotSeconds: (now.busyMs - then.busyMs) / 1_000,
      handled: now.handled - then.handled,
      completions: now.completions - then.completions,
      throttled: now.throttled - then.throttled,
      oldestWaitSeconds: this.#oldestWaitMs / 1_000,
      handlingMeanSeconds: meanMs / 1_000,
      handlingSquaredCv: squaredCvOf(meanMs, square),
      handlingWeight: this.#weight,
      protectedTasks: standing.protectedTasks,
      blockedTasks: standing.blockedTasks,
    }
  }

  get #oldestWaitMs(): number {
    let oldestMs = this.#longestWaitMs
    for (const [index, waitMs] of this.#waits.entries()) {
      // The oldest mark ends the stretch before the window.
      if (index !== this.#turn) oldestMs = Math.max(oldestMs, waitMs)
    }
    return oldestMs
  }

  #passTo(nowMs: number): void {
    if (nowMs >= this.#nextMarkMs) this.#passMarks(nowMs)
    this.#pass(nowMs)
  }

  #pass(nowMs: number): void {
    const totals = this.#totals
    const elapsedMs = nowMs - totals.atMs
    totals.atMs = nowMs
    totals.slotMs += this.#slots * elapsedMs
    totals.busyMs += this.#taken * elapsedMs
    if (this.#taken >= this.#slots) totals.fullMs += elapsedMs
  }

  #passMarks(nowMs: number): void {
    const missed = Math.floor((nowMs - this.#nextMarkMs) / STRETCH_MS)
    // After a long time without a message only the last marks are of any use.
    if (missed > STRETCHES) this.#nextMarkMs += (missed - STRETCHES) * STRETCH_MS
    for (; this.#nextMarkMs <= nowMs; this.#nextMarkMs += STRETCH_MS) {
      this.#pass(this.#nextMarkMs)
      this.#mark()
    }
  }

  #mark(): void {
    const mark = this.#marks[this.#turn]
    if (mark !== undefined) Object.assign(mark, this.#totals)
    this.#waits[this.#turn] = this.#longestWaitMs
    this.#longestWaitMs = 0
    this.#turn = (this.#turn + 1) % STRETCHES
    this.#weight *= KEPT_PER_STRETCH
    this.#sumMs *= KEPT_PER_STRETCH
    this.#squareMs *= KEPT_PER_STRETCH
  }
}
