import type { Backoff } from '../backoff.js'
import { backoffMs } from '../backoff.js'
import type { Clock } from '../clock.js'
import { sleep } from '../clock.js'
import { LeaseLostError } from '../errors.js'
import type { HandlerContext } from '../handler.js'
import type { CompletedOutcome, IdempotencyRecord, IdempotencyStore } from '../idempotency-store.js'

const STORE_BACKOFF: Backoff = { baseMs: 200, capMs: 5_000 }

/** What a lock is made of. */
export interface LockParts {
  readonly store: IdempotencyStore
  readonly clock: Clock
  readonly random: () => number
  /** How long a store that fails is asked again. */
  readonly patienceMs: number
  readonly key: string
  readonly holder: string
  readonly context: HandlerContext
}

/**
 * The hold of one receipt on one key. It ends with the receipt's lease and is extended by what heartbeats have won for
 * that, so that nobody waits for a crashed holder longer than SQS does, and nobody overtakes a slow one.
 *
 * free ──begin──► held ──(lease extended)──► held for longer ──complete──► completed; ──release──► free
 *                   └──(lapsed, and another began)──► lost: nothing that this holder writes is taken any more
 */
export class Lock {
  readonly #parts: LockParts
  readonly #over = new AbortController()
  #wantedUntilMs: number | undefined
  #isExtending = false
  #unfollow: (() => void) | undefined

  constructor(parts: LockParts) {
    this.#parts = parts
  }

  /**
   * Takes the key, and follows the lease from then on; answers with what stands in the way, if something does.
   *
   * @throws what the store throws, when it still does so after the patience; the signal's reason once that is aborted.
   */
  async begin(): Promise<IdempotencyRecord | undefined> {
    const { store, clock, key, holder, context } = this.#parts
    const { messageId, delivery } = context
    let untilMs = 0
    const inTheWay = await this.#patiently('asked', context.signal, () => {
      untilMs = delivery.leasedUntilMs
      return store.begin({ key, holder, messageId, nowMs: clock.now(), untilMs })
    })
    if (inTheWay !== undefined) return inTheWay
    this.#unfollow = delivery.onLeaseExtended((extendedMs) => this.#extend(extendedMs))
    // By a heartbeat while the store was asked.
    if (delivery.leasedUntilMs > untilMs) this.#extend(delivery.leasedUntilMs)
    return undefined
  }

  /** Records the outcome. False when another has the key, or the store cannot be reached: the outcome stands all the same. */
  async complete(outcome: CompletedOutcome, keepUntilMs: number): Promise<boolean> {
    const { store, key, holder } = this.#parts
    this.#end()
    return await this.#lastly(() => store.complete({ key, holder, outcome, keepUntilMs }))
  }

  /** Lets others have the key. When the store cannot be reached they have it when the lease is over. */
  async release(): Promise<void> {
    const { store, key, holder } = this.#parts
    this.#end()
    await this.#lastly(async () => {
      await store.release({ key, holder })
      return true
    })
  }

  #end(): void {
    this.#unfollow?.()
    this.#over.abort()
  }

  #extend(untilMs: number): void {
    this.#wantedUntilMs = untilMs
    if (!this.#isExtending) void this.#followLease()
  }

  // One write at a time, so that an older one cannot overtake a newer one.
  async #followLease(): Promise<void> {
    const { store, key, holder } = this.#parts
    this.#isExtending = true
    for (let failures = 0; this.#wantedUntilMs !== undefined && !this.#over.signal.aborted;) {
      const untilMs = this.#wantedUntilMs
      try {
        const isHeld = await store.extend({ key, holder, untilMs })
        failures = 0
        if (this.#wantedUntilMs === untilMs) this.#wantedUntilMs = undefined
        if (!isHeld) this.#lose()
      } catch (error) {
        failures += 1
        this.#tellFailure(error, 'extended')
        await this.#pause(failures, this.#over.signal)
      }
    }
    this.#isExtending = false
  }

  #lose(): void {
    if (this.#over.signal.aborted) return
    this.#end()
    const { delivery, messageId } = this.#parts.context
    const text = `The idempotency key of message ${messageId} was taken over: its store could not be told in time that it is held.`
    delivery.interrupt(new LeaseLostError(text))
  }

  async #lastly(write: () => Promise<boolean>): Promise<boolean> {
    try {
      return await this.#patiently('written', undefined, write)
    } catch {
      return false
    }
  }

  async #patiently<T>(what: string, signal: AbortSignal | undefined, run: () => Promise<T>): Promise<T> {
    const { clock, patienceMs } = this.#parts
    const untilMs = clock.now() + patienceMs
    for (let failures = 1; ; failures += 1) {
      if (signal?.aborted === true) throw signal.reason
      try {
        return await run()
      } catch (error) {
        this.#tellFailure(error, what)
        if (clock.now() >= untilMs) throw error
        await this.#pause(failures, signal)
      }
    }
  }

  async #pause(failures: number, signal: AbortSignal | undefined): Promise<void> {
    const { clock, random } = this.#parts
    await sleep(clock, backoffMs(STORE_BACKOFF, failures, random()), signal)
  }

  #tellFailure(err: unknown, what: string): void {
    this.#parts.context.log.warn({ err }, `The idempotency store could not be ${what}`)
  }
}
