import { EFFECT_OPERATIONS } from './fault-options.js'
import type { FaultOptions } from './fault-options.js'
import type { StaleCounts } from './stale-counts.js'
import type { StruckCall } from '../server/strike.js'

/** A fault that has been added. */
export interface Fault {
  /** Names it in `list()` and over HTTP. */
  readonly id: number
  readonly options: FaultOptions
  /** What chose, or will choose, the calls that it strikes: give it as `seed` to repeat a run. */
  readonly seed: number
  /** Calls struck so far. */
  readonly hits: number
  /** No call is struck after this. May be called twice. */
  remove(): void
  /** One line for a test's output, seed included. */
  toString(): string
}

export interface ActiveFaultOptions {
  readonly id: number
  readonly options: FaultOptions
  readonly seed: number
  readonly random: () => number
  /** With effect `stale-counts`; stopped when the fault is removed. */
  readonly staleCounts: StaleCounts | undefined
  readonly onRemove: (fault: ActiveFault) => void
}

export class ActiveFault implements Fault {
  readonly id: number
  readonly options: FaultOptions
  readonly seed: number
  /** Draws that are no choice of a call: which duplicate. */
  readonly random: () => number
  readonly staleCounts: StaleCounts | undefined
  readonly #onRemove: (fault: ActiveFault) => void
  #hits = 0
  #isRemoved = false

  constructor({ id, options, seed, random, staleCounts, onRemove }: ActiveFaultOptions) {
    this.id = id
    this.options = options
    this.seed = seed
    this.random = random
    this.staleCounts = staleCounts
    this.#onRemove = onRemove
  }

  get hits(): number {
    return this.#hits
  }

  /** True for a call that is in scope and drawn. */
  chooses(call: StruckCall): boolean {
    if (this.#isSpent() || !this.#covers(call)) return false
    const { probability = 1 } = this.options
    return probability === 1 || this.random() < probability
  }

  /** Counts a hit; false when there have been enough. */
  hit(): boolean {
    if (this.#isSpent()) return false
    this.#hits++
    return true
  }

  remove(): void {
    if (this.#isRemoved) return
    this.#isRemoved = true
    this.staleCounts?.stop()
    this.#onRemove(this)
  }

  toString(): string {
    const options = Object.entries({ ...this.options, seed: this.seed })
    const text = options.map(([name, value]) => `${name}=${String(value)}`).join(' ')
    return `fault ${this.id}: ${text} (${this.#hits} ${this.#hits === 1 ? 'hit' : 'hits'})`
  }

  toJSON(): object {
    return { id: this.id, ...this.options, seed: this.seed, hits: this.#hits }
  }

  #isSpent(): boolean {
    return this.#isRemoved || this.#hits >= (this.options.count ?? Infinity)
  }

  #covers(call: StruckCall): boolean {
    const { effect, service, operation, queue, accountId } = this.options
    if (effect === 'duplicate' && call.queue?.endsWith('.fifo') === true) return false
    return (
      (EFFECT_OPERATIONS.get(effect) ?? call.operation) === call.operation &&
      (service ?? call.service) === call.service &&
      (operation ?? call.operation) === call.operation &&
      (queue ?? call.queue) === call.queue &&
      (accountId ?? call.accountId) === call.accountId
    )
  }
}
