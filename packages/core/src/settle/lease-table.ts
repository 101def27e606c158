// Leases in memory that two threads share: the main one, and the lease keeper's.
//
// Each lease has a place, and each place a word: its generation, and who may call SQS about its receipt now.
//
//   free ──main: hold──► held ──main: take──► main ──main: give back──► held
//                          └──keeper: take──► keeper ──keeper: give back──► held
//   held, main, keeper ──main: free──► free, of the next generation
//
// Must hold: only who has taken the place makes a call about the receipt, so that no heartbeat is in flight together with
// another, or with a delete; only who has taken it writes the expiry, before giving it back, so that the word's atomic
// change publishes it. A generation that has ended can neither be taken nor given back.
// What is not a number (receipts, queues) goes to the keeper by message, before the handler starts.

const PHASE_BITS = 2
const PHASES = { free: 0, held: 1, main: 2, keeper: 3 } as const

type Owner = 'main' | 'keeper'

/** The memory itself, as one thread hands it to the other. */
export interface SharedLeases {
  readonly words: SharedArrayBuffer
  readonly expiries: SharedArrayBuffer
}

export function shareLeases(places: number): SharedLeases {
  return {
    words: new SharedArrayBuffer(places * Int32Array.BYTES_PER_ELEMENT),
    expiries: new SharedArrayBuffer(places * Float64Array.BYTES_PER_ELEMENT),
  }
}

export class LeaseTable {
  readonly #words: Int32Array
  readonly #expiries: Float64Array

  constructor({ words, expiries }: SharedLeases) {
    this.#words = new Int32Array(words)
    this.#expiries = new Float64Array(expiries)
  }

  get places(): number {
    return this.#words.length
  }

  /** For the main thread, on a free place; its generation. */
  hold(place: number, expiresAtMs: number): number {
    const generation = this.#generation(place)
    this.#expiries[place] = expiresAtMs
    Atomics.store(this.#words, place, word(generation, 'held'))
    return generation
  }

  /** False when the other thread has it, or the generation has ended. */
  take(place: number, generation: number, by: Owner): boolean {
    return this.#change(place, word(generation, 'held'), word(generation, by))
  }

  /** After a call; with the new expiry if the call has extended it. */
  giveBack(
    place: number,
    generation: number,
    { by, expiresAtMs }: { by: Owner; expiresAtMs?: number },
  ): void {
    if (!this.#isTaken(place, generation, by)) return
    if (expiresAtMs !== undefined) this.#expiries[place] = expiresAtMs
    this.#change(place, word(generation, by), word(generation, 'held'))
  }

  /** For the main thread: the lease is over. */
  free(place: number): void {
    Atomics.store(this.#words, place, word(this.#generation(place) + 1, 'free'))
  }

  /** False once the lease is over. */
  isOf(place: number, generation: number): boolean {
    return Atomics.load(this.#words, place) >> PHASE_BITS === generation
  }

  /** Whether nobody makes a call about it. */
  isHeld(place: number, generation: number): boolean {
    return Atomics.load(this.#words, place) === word(generation, 'held')
  }

  expiresAtMs(place: number): number {
    // Reading the word first makes the expiry that was written before it visible.
    Atomics.load(this.#words, place)
    return this.#expiries[place] ?? 0
  }

  #generation(place: number): number {
    return Atomics.load(this.#words, place) >> PHASE_BITS
  }

  #isTaken(place: number, generation: number, by: Owner): boolean {
    return Atomics.load(this.#words, place) === word(generation, by)
  }

  #change(place: number, from: number, to: number): boolean {
    return Atomics.compareExchange(this.#words, place, from, to) === from
  }
}

// Wraps around after half a billion leases of one place; the sign stays with the generation.
function word(generation: number, phase: keyof typeof PHASES): number {
  return (generation << PHASE_BITS) | PHASES[phase]
}
