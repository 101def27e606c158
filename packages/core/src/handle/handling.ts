import type { Clock } from '../clock.js'
import type { Delivery } from '../delivery.js'
import type { EnvelopeKind, EnvelopeOf } from '../envelope.js'
import {
  DrainDeadlineError,
  HandlerTimeoutError,
  LeaseLostError,
  PayloadError,
  PayloadStoreError,
} from '../errors.js'
import type { Handler } from '../handler.js'
import type { Logger } from '../log.js'
import type { Outcome } from '../outcome.js'
import { done, isOutcome, release, retry } from '../outcome.js'
import type { Timed } from '../timetable.js'
import { Timetable } from '../timetable.js'
import { DeliveryContext } from './context.js'

interface Decoded<Message> {
  readonly message: Message
  readonly envelope: EnvelopeOf<EnvelopeKind>
}

/** Who is told of what comes of a handling besides its outcome. */
export interface HandlingTally {
  /** It can never be read. */
  rejected(delivery: Delivery, error: PayloadError): void
  /** Its large payload cannot be fetched for now. */
  unfetched(delivery: Delivery, error: PayloadStoreError): void
  /** It tells of nothing: it is done, and no handler sees it. */
  skipped(delivery: Delivery): void
  failed(delivery: Delivery, error: unknown): void
  timedOut(delivery: Delivery, error: HandlerTimeoutError): void
}

/** What the handling room is given by its owner. */
export interface HandlingParts<Message> {
  readonly clock: Clock
  /** The message in a delivery; undefined when it tells of nothing. A {@link PayloadError} when it can never be read. */
  readonly decode: (
    delivery: Delivery,
  ) => Decoded<Message> | undefined | Promise<Decoded<Message> | undefined>
  readonly handler: Handler<Message>
  readonly log: Logger
  /** From the start of a handling to the abort of its signal; Infinity for none. */
  readonly timeoutMs: number
  /** From the abort of its signal, for whatever reason, to {@link onStuck}. */
  readonly graceMs: number
  readonly tally: HandlingTally
  /** The handler ignores its abort, and still runs. Neither its message nor its slot should wait for it. */
  readonly onStuck: (delivery: Delivery) => void
}

interface Handling extends Timed {
  readonly delivery: Delivery
  isAborted: boolean
}

/**
 * decode → validate → run, under a deadline. Always an {@link Outcome}, never a throw.
 *
 * Regimes of one handling: running → (deadline, lost lease) aborted → (grace) stuck. It can end in any of them.
 * All deadlines live on one timer.
 */
export class HandlingRoom<Message> {
  readonly #parts: HandlingParts<Message>
  readonly #deadlines: Timetable<Handling>
  readonly #running = new Map<Delivery, Handling>()

  constructor(parts: HandlingParts<Message>) {
    this.#parts = parts
    this.#deadlines = new Timetable(parts.clock, () => this.#ring())
  }

  async handle(delivery: Delivery): Promise<Outcome> {
    const { clock, decode, handler, log, timeoutMs } = this.#parts
    const handling: Handling = { delivery, isAborted: false, dueMs: 0, heapIndex: -1 }
    this.#running.set(delivery, handling)
    if (timeoutMs !== Infinity) this.#deadlines.set(handling, clock.now() + timeoutMs)
    let isRead = false
    try {
      const decoding = decode(delivery)
      const decoded = decoding instanceof Promise ? await decoding : decoding
      // Who was told to end while the message was fetched must not begin.
      if (delivery.interruption !== undefined) throw delivery.interruption
      isRead = true
      if (decoded === undefined) return this.#skipped(delivery)
      const context = new DeliveryContext(delivery, decoded.envelope, log)
      const returned: unknown = await handler(decoded.message, context)
      return isOutcome(returned) ? returned : done()
    } catch (thrown) {
      return isRead ? this.#outcomeOf(delivery, thrown) : this.#unreadable(delivery, thrown)
    } finally {
      this.#running.delete(delivery)
      this.#deadlines.remove(handling)
    }
  }

  /** Aborts the handling, if there is one, and gives it the grace to end. */
  interrupt(delivery: Delivery, reason: Error): void {
    const handling = this.#running.get(delivery)
    delivery.interrupt(reason)
    if (handling === undefined || handling.isAborted) return
    const { clock, graceMs } = this.#parts
    handling.isAborted = true
    this.#deadlines.set(handling, clock.now() + graceMs)
  }

  close(): void {
    this.#deadlines.clear()
  }

  #outcomeOf(delivery: Delivery, thrown: unknown): Outcome {
    if (isOutcome(thrown)) return thrown
    if (isTakenAway(delivery)) return release()
    this.#parts.tally.failed(delivery, thrown)
    return retry({ error: thrown })
  }

  #skipped(delivery: Delivery): Outcome {
    this.#parts.tally.skipped(delivery)
    return done()
  }

  // A schema may also throw for reasons of its own, which may pass. Either way the message stays in the queue.
  #unreadable(delivery: Delivery, thrown: unknown): Outcome {
    if (thrown instanceof PayloadError) this.#parts.tally.rejected(delivery, thrown)
    else if (isTakenAway(delivery)) return release()
    else if (thrown instanceof PayloadStoreError) this.#parts.tally.unfetched(delivery, thrown)
    else this.#parts.tally.failed(delivery, thrown)
    return retry({ error: thrown })
  }

  #ring(): void {
    const nowMs = this.#parts.clock.now()
    for (let due = this.#deadlines.take(nowMs); due !== undefined; due = this.#deadlines.take(nowMs)) {
      if (due.isAborted) this.#parts.onStuck(due.delivery)
      else this.#timeOut(due.delivery)
    }
  }

  #timeOut(delivery: Delivery): void {
    const { timeoutMs } = this.#parts
    const error = new HandlerTimeoutError(
      `The handling of message ${delivery.messageId} ran past its ${timeoutMs / 1_000} s (handlerTimeout).`,
    )
    this.interrupt(delivery, error)
    this.#parts.tally.timedOut(delivery, error)
  }
}

// To be interrupted so is no failure of the handler's: another task may have the message at once, or has it already.
function isTakenAway({ interruption }: Delivery): boolean {
  return interruption instanceof DrainDeadlineError || interruption instanceof LeaseLostError
}
