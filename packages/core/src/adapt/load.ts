/**
 * What a worker did, and what its task had to bear, over a stretch of time: the whole input of an adaptive limit. Slots are
 * milliseconds of slots here, so that stretches add up.
 */
export interface Load {
  /** How long the stretch was. */
  readonly elapsedMs: number
  /** Handlings that ended in it, however. */
  readonly handled: number
  /** Those of them that ended because what they call has refused more. */
  readonly throttled: number
  /** How long all took, together. */
  readonly handlingMs: number
  /** How long the throttled ones took, together. */
  readonly throttledMs: number
  /** Slots in use × time. */
  readonly busyMs: number
  /** The time during which every slot was in use: more of them might have helped. */
  readonly fullMs: number
  /** The most slots in use at one time. */
  readonly peak: number
  /** How late the event loop's timers were, on average. */
  readonly lagMs: number
  /** Memory that cannot be reclaimed ÷ what the task may have, 0–1; undefined where there is no such limit. */
  readonly memory: number | undefined
  /** CPU time ÷ the task's quota of it, 0–1; undefined where nobody knows. */
  readonly cpu: number | undefined
}

// What is known of the dispersion before anything was measured: that of chance arrivals, worth so many stretches.
const PRIOR_DISPERSION = 1
const PRIOR_STRETCHES = 5

/** Handlings and slot time of one or more stretches at one limit. The counts fade, so that what is long past says little. */
export class Throughput {
  elapsedMs = 0
  #stretches = 0
  #handled = 0
  #throttled = 0
  #handlingMs = 0
  #throttledMs = 0
  #busyMs = 0
  // Of the throughput of each stretch, weighted by its handlings.
  #sum = 0
  #squares = 0

  /** How many handlings ended, however. */
  get handled(): number {
    return this.#handled
  }

  /** The share of them that was throttled, 0–1. */
  get throttledShare(): number {
    return this.#handled === 0 ? 0 : this.#throttled / this.#handled
  }

  /** The share of the slots' time that went into handlings that were not throttled, 0–1. */
  get acceptedShare(): number {
    return this.#handlingMs === 0 ? 1 : 1 - this.#throttledMs / this.#handlingMs
  }

  /** The mean handling time. */
  get meanMs(): number {
    return this.#handled === 0 ? 0 : this.#handlingMs / this.#handled
  }

  /**
   * Handlings a millisecond that were not throttled. By Little's law: slots in use ÷ mean handling time. Counting what
   * ended ÷ elapsed time would be off by what was under way at either end, which for slow handlings is most of it.
   */
  get perMs(): number {
    const accepted = this.#handled - this.#throttled
    return perMs({ accepted, busyMs: this.#busyMs, handlingMs: this.#handlingMs, elapsedMs: this.elapsedMs })
  }

  /**
   * The squared relative error of the throughput × handlings: 1 where they end as if by chance, less where all take
   * alike, more where few take long. Judged by how the stretches differ, since handlings that wait for each other vary
   * together.
   */
  get dispersion(): number {
    const mean = this.#handled === 0 ? 0 : this.#sum / this.#handled
    const spread = mean === 0 ? 0 : this.#squares / mean ** 2 - this.#handled
    const degrees = Math.max(0, this.#stretches - 1)
    return (Math.max(0, spread) + PRIOR_DISPERSION * PRIOR_STRETCHES) / (degrees + PRIOR_STRETCHES)
  }

  add(load: Load): void {
    const { elapsedMs, handled, throttled, handlingMs, throttledMs, busyMs } = load
    this.elapsedMs += elapsedMs
    this.#handled += handled
    this.#throttled += throttled
    this.#handlingMs += handlingMs
    this.#throttledMs += throttledMs
    this.#busyMs += busyMs
    if (handled === 0) return
    const rate = perMs({ ...load, accepted: handled - throttled })
    this.#stretches += 1
    this.#sum += handled * rate
    this.#squares += handled * rate ** 2
  }

  /** Halves what is known, so that what comes counts for more. */
  fade(): void {
    this.elapsedMs /= 2
    this.#stretches /= 2
    this.#handled /= 2
    this.#throttled /= 2
    this.#handlingMs /= 2
    this.#throttledMs /= 2
    this.#busyMs /= 2
    this.#sum /= 2
    this.#squares /= 2
  }
}

function perMs(
  of: Pick<Load, 'busyMs' | 'handlingMs' | 'elapsedMs'> & { readonly accepted: number },
): number {
  const { accepted, busyMs, handlingMs, elapsedMs } = of
  return handlingMs === 0 || elapsedMs === 0 ? 0 : (accepted * busyMs) / (handlingMs * elapsedMs)
}
