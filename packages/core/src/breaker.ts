import { z } from 'zod'
import type { Clock } from './clock.js'
import type { Delivery } from './delivery.js'
import type { Duration } from './duration.js'
import { durationMs } from './duration.js'
import { PayloadError } from './errors.js'
import type { Outcome } from './outcome.js'
import { duration, option, wholeNumber } from './parse-options.js'

/** When a queue is left alone because its handlings fail; see the option `breaker`. */
export interface BreakerOptions {
  /** Which part of the handlings must fail. Above 0, at most 1; default 0.5. */
  failures?: number | undefined
  /** How many must have ended at least. 1–10,000; default 20. */
  minimum?: number | undefined
  /** The time that is looked back on. 1 s–1 h; default '30s'. */
  window?: Duration | undefined
  /** True for an error that opens it at once: what the handler needs is down, and says so. Default: none. */
  opensOn?: ((error: unknown) => boolean) | undefined
  /** Until one message is tried; doubles each time that fails, up to `probeAtMost`, with jitter. 100 ms–1 h; default '10s'. */
  probeAfter?: Duration | undefined
  /** 100 ms–12 h; default '5m'. */
  probeAtMost?: Duration | undefined
}

export const breakerOption: z.ZodOptional<z.ZodType<BreakerOptions>> = z
  .strictObject({
    failures: option<number>(
      'a number above 0, at most 1',
      (value) => Number(value) > 0 && Number(value) <= 1,
    ),
    minimum: wholeNumber(1, 10_000),
    window: duration('1s', '1h'),
    opensOn: option<(error: unknown) => boolean>(
      'a function of an error',
      (value) => typeof value === 'function',
    ),
    probeAfter: duration('100ms', '1h'),
    probeAtMost: duration('100ms', '12h'),
  })
  .optional()

/** `closed` takes messages, `open` none, `halfOpen` one at a time; `off` without the option. */
export type BreakerState = 'off' | 'closed' | 'open' | 'halfOpen'

/** Why a breaker opened. */
export interface Opening {
  /** Handlings that failed, of those that ended in the window. */
  readonly failed: number
  readonly handled: number
  readonly error: unknown
  readonly probeInMs: number
}

/** What a breaker is given by its owner. */
export interface BreakerParts {
  readonly options: BreakerOptions
  readonly clock: Clock
  readonly random: () => number
  readonly onOpened: (opening: Opening) => void
  readonly onHalfOpened: () => void
  readonly onClosed: () => void
}

const BUCKETS = 10

/** What ended in a tenth of the window. */
interface Bucket {
  readonly number: number
  failed: number
  handled: number
}

/**
 * Stops taking messages while their handlings fail, so that an outage of what they need does not use up their receives.
 *
 * closed ──(failures in the window, or an error that says so)──► open ──(probeAfter)──► half-open: one message
 * half-open ──(it is handled)──► closed;  ──(it fails)──► open, for twice as long
 *
 * Only what the handler threw, or returned as the `error` of a retry, is a failure; unreadable messages say nothing.
 */
export class Breaker {
  readonly #parts: BreakerParts
  readonly #bucketMs: number
  #buckets: Bucket[] = []
  #state: Exclude<BreakerState, 'off'> = 'closed'
  /** The message that is tried while half-open. */
  #probe: Delivery | undefined
  /** How often it has opened since it was last closed. */
  #openings = 0
  #cancelProbing: (() => void) | undefined

  constructor(parts: BreakerParts) {
    this.#parts = parts
    this.#bucketMs = durationMs(parts.options.window ?? '30s') / BUCKETS
  }

  get state(): Exclude<BreakerState, 'off'> {
    return this.#state
  }

  /** How many of those that are wanted may be asked for. */
  allows(wanted: number): number {
    if (this.#state === 'closed') return wanted
    return this.#state === 'halfOpen' && this.#probe === undefined ? Math.min(wanted, 1) : 0
  }

  /** False for a message that came in and must go back. */
  admits(delivery: Delivery): boolean {
    if (this.#state === 'closed') return true
    if (this.#state === 'open' || this.#probe !== undefined) return false
    this.#probe = delivery
    return true
  }

  /** A handling has ended. */
  record(delivery: Delivery, outcome: Outcome): void {
    const isFailure = isFailed(outcome)
    if (this.#state === 'closed') return this.#count(isFailure, outcome)
    if (delivery !== this.#probe) return
    this.#probe = undefined
    if (isFailure === true) this.#open(outcome, { failed: 1, handled: 1 })
    else if (isFailure === false) this.#close()
  }

  /** It is here no longer, and was not handled. */
  forget(delivery: Delivery): void {
    if (delivery === this.#probe) this.#probe = undefined
  }

  close(): void {
    this.#cancelProbing?.()
  }

  #count(isFailure: boolean | undefined, outcome: Outcome): void {
    if (isFailure === undefined) return
    const number = Math.floor(this.#parts.clock.now() / this.#bucketMs)
    let bucket = this.#buckets.at(-1)
    if (bucket?.number !== number) {
      bucket = { number, failed: 0, handled: 0 }
      this.#buckets = [...this.#buckets.filter((each) => each.number > number - BUCKETS), bucket]
    }
    bucket.handled += 1
    if (!isFailure) return
    bucket.failed += 1
    const { failures = 0.5, minimum = 20, opensOn } = this.#parts.options
    const seen = { failed: this.#sum('failed'), handled: this.#sum('handled') }
    const isTooMany = seen.handled >= minimum && seen.failed >= failures * seen.handled
    if (isTooMany || opensOn?.(errorOf(outcome)) === true) this.#open(outcome, seen)
  }

  #sum(what: 'failed' | 'handled'): number {
    return this.#buckets.reduce((sum, bucket) => sum + bucket[what], 0)
  }

  #open(outcome: Outcome, seen: { readonly failed: number; readonly handled: number }): void {
    const { options, clock, random, onOpened } = this.#parts
    const firstMs = durationMs(options.probeAfter ?? '10s')
    const mostMs = Math.max(firstMs, durationMs(options.probeAtMost ?? '5m'))
    const waitMs = Math.min(firstMs * 2 ** this.#openings, mostMs)
    // Half of it by chance: the tasks of a service must not all try at once.
    const probeInMs = waitMs * (0.5 + random() / 2)
    this.#openings += 1
    this.#state = 'open'
    this.#buckets = []
    this.#cancelProbing = clock.schedule(probeInMs, () => this.#halfOpen())
    onOpened({ ...seen, error: errorOf(outcome), probeInMs })
  }

  #halfOpen(): void {
    this.#state = 'halfOpen'
    this.#parts.onHalfOpened()
  }

  #close(): void {
    this.#state = 'closed'
    this.#openings = 0
    this.#parts.onClosed()
  }
}

/** Undefined for an ending that says nothing of what the handler needs. */
function isFailed(outcome: Outcome): boolean | undefined {
  if (outcome.kind === 'done' || outcome.kind === 'deadLetter') return false
  const error = errorOf(outcome)
  return error === undefined || error instanceof PayloadError ? undefined : true
}

function errorOf(outcome: Outcome): unknown {
  return outcome.kind === 'retry' ? outcome.error : undefined
}
