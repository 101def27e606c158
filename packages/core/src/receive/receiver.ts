import { backoffMs } from '../backoff.js'
import type { Clock } from '../clock.js'
import type { ReceivedMessage } from '../delivery.js'
import { QueueCallError } from '../errors.js'
import { Arrivals } from './arrivals.js'
import { Polls, PROMPT_ANSWER_MS } from './polls.js'

// SQS's own limit for one receive.
const MAX_MESSAGES = 10

// 1 s → 30 s, for every kind of failure: the SDK's own backoff for long polls only starts when its retry budget is empty.
const RECEIVE_BACKOFF = { baseMs: 1_000, capMs: 30_000 }

// A server that does not long-poll must not be asked in a tight loop.
const MIN_EMPTY_POLL_MS = 1_000

// SQS knows the id of a receive for five minutes (ReceiveRequestAttemptId in the API reference); less a slow call.
const ATTEMPT_MS = 270_000

// A queue that was there and is gone may be the lag of a re-creation; five answers over about half a minute are not.
const GONE_AFTER_FAILURES = 5
// Refused before the first success: nobody is going to change the policy while we wait.
const REFUSED_AFTER_FAILURES = 3

/** What the receiver is given by its owner. */
export interface ReceiverParts {
  readonly clock: Clock
  readonly random: () => number
  /** The most receives at one time. */
  readonly maxPollers: number
  /** How long a receive may wait for more messages than come at once. */
  readonly lingerMs: number
  /** The most messages that a receive may bring now: up to SQS's own limit. */
  readonly atMost: () => number
  /** The fewest messages worth a receive. */
  readonly worthwhile: () => number
  /** How many messages may come in, leaving out of account what is already asked for. */
  readonly demand: () => number
  /** Names a receive, so that it can be made again; undefined where the queue knows no such names. */
  readonly newAttemptId: (() => string) | undefined
  readonly receive: (ask: Ask, stop: AbortSignal) => Promise<ReceivedMessage[]>
  readonly onReceived: (messages: ReceivedMessage[], poll: PollReport) => void
  readonly onFailed: (error: unknown, failure: ReceiveFailure) => void
  /** No further receive will be made. */
  readonly onFatal: (error: QueueCallError) => void
}

export interface PollReport {
  readonly asked: number
  readonly elapsedMs: number
}

export interface ReceiveFailure {
  readonly elapsedMs: number
  /** How many receives have failed since the last success. */
  readonly failures: number
  readonly retryInMs: number
}

/** What a receive asks for. */
export interface Ask {
  readonly maxMessages: number
  readonly attemptId: string | undefined
  /** False: answers at once, with what an earlier receive of this id took. */
  readonly isLong: boolean
}

/** A receive, and whatever repeats it because its answer may have been lost. */
interface Attempt {
  readonly id: string | undefined
  readonly asked: number
  /** When it was first made, epoch milliseconds. */
  readonly madeAtMs: number
  readonly isRepeat: boolean
}

/**
 * Long-polls for what `demand()` allows.
 *
 * Pollers grow by one with each full receive, up to `maxPollers`, shrink by one when messages trickle, and go back to one with an empty receive, so that an idle
 * worker makes three calls a minute whatever its limit. All share one backoff: when one call fails, none follow it
 * until the wait is over. There is no loop: {@link pump} starts whatever is allowed, and is called whenever that may
 * have changed.
 */
export class Receiver {
  readonly #parts: ReceiverParts
  readonly #polls = new Polls()
  /** Failed receives to be made again under their ids: they may have taken messages. */
  #unanswered: Attempt[] = []
  #onClosed: (() => void)[] = []
  #pollers = 1
  readonly #arrivals: Arrivals
  #failures = 0
  #hasSucceeded = false
  #cancelPause: (() => void) | undefined
  #cancelWaking: (() => void) | undefined
  #isRunning = false

  constructor(parts: ReceiverParts) {
    this.#parts = parts
    this.#arrivals = new Arrivals(parts.lingerMs)
  }

  /** How many receives are under way. */
  get polling(): number {
    return this.#polls.size
  }

  /** How many messages they may bring. */
  get asked(): number {
    return this.#polls.asked
  }

  /** How many messages they may be believed to bring at once. */
  get promised(): number {
    return this.#polls.promised(this.#parts.clock.now())
  }

  /** Until when one of them may be believed to bring messages at once; epoch milliseconds, 0 for none. */
  get promisedUntilMs(): number {
    return this.#polls.promisedUntilMs
  }

  start(): void {
    this.#isRunning = true
    this.pump()
  }

  /** Starts the receives that demand, the number of pollers and the backoff allow. */
  pump(): void {
    if (!this.#isRunning || this.#cancelPause !== undefined) return
    while (this.#polls.size < this.#pollers) {
      const places = this.#parts.demand() - this.#polls.asked
      if (places < this.#parts.worthwhile()) return this.#awaitPromises(places)
      const asked = Math.min(places, this.#parts.atMost(), MAX_MESSAGES)
      void this.#poll(this.#again() ?? this.#newAttempt(asked))
    }
  }

  /** Resolves when no receive is under way; call it after {@link stop}. */
  whenClosed(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#polls.size === 0) resolve()
      else this.#onClosed.push(resolve)
    })
  }

  /**
   * Makes no more receives, and gives up those under way: at once where SQS would have answered by now if it had
   * messages, else when that is so. Giving up an answer that is on its way would leave its messages to nobody for a
   * whole visibility timeout. Settlements are other calls: they go on.
   */
  stop(): void {
    this.#isRunning = false
    this.#cancelPause?.()
    this.#cancelPause = undefined
    this.#cancelWaking?.()
    this.giveUp()
    this.#recover()
  }

  /** Gives up the receives under way, as {@link stop} does; others are made when there is demand again. */
  giveUp(): void {
    const { clock } = this.#parts
    for (const poll of this.#polls) {
      const waitMs = poll.startedMs + PROMPT_ANSWER_MS - clock.now()
      if (waitMs <= 0) poll.controller.abort()
      else poll.cancelGivingUp ??= clock.schedule(waitMs, () => poll.controller.abort())
    }
  }

  // What one of them was believed to bring may not come: then idle slots are worth another receive.
  #awaitPromises(places: number): void {
    const { clock } = this.#parts
    const waitMs = this.promisedUntilMs - clock.now()
    if (places <= 0 || waitMs <= 0) return
    this.#cancelWaking ??= clock.schedule(waitMs, () => {
      this.#cancelWaking = undefined
      this.pump()
    })
  }

  #newAttempt(asked: number): Attempt {
    const { clock, newAttemptId } = this.#parts
    return { id: newAttemptId?.(), asked, madeAtMs: clock.now(), isRepeat: false }
  }

  #again(): Attempt | undefined {
    const oldestMs = this.#parts.clock.now() - ATTEMPT_MS
    this.#unanswered = this.#unanswered.filter(({ madeAtMs }) => madeAtMs > oldestMs)
    const attempt = this.#unanswered.shift()
    return attempt && { ...attempt, isRepeat: true }
  }

  /** After the stop: fetches what unanswered receives may have taken, so that it is handed back and locks no group. */
  #recover(): void {
    for (let attempt = this.#again(); attempt !== undefined; attempt = this.#again()) void this.#poll(attempt)
  }

  async #poll(attempt: Attempt): Promise<void> {
    const { clock, receive, onReceived } = this.#parts
    const { id: attemptId, asked } = attempt
    const isLong = this.#isRunning
    const poll = this.#polls.add(asked, clock.now())
    const answer = await receive({ maxMessages: asked, attemptId, isLong }, poll.controller.signal).then(
      (messages) => ({ messages }),
      (error: unknown) => ({ error }),
    )
    this.#polls.end(poll, 'messages' in answer ? answer.messages.length : undefined)
    const elapsedMs = clock.now() - poll.startedMs
    if ('messages' in answer) {
      this.#succeeded(answer.messages.length, asked, elapsedMs)
      onReceived(answer.messages, { asked, elapsedMs })
    } else if (this.#isRunning) {
      this.#failed(attempt, { error: answer.error, elapsedMs })
    } else if (isLong && canRepeat(attempt, answer.error)) {
      this.#unanswered.push(attempt)
      this.#recover()
    }
    this.pump()
    if (this.#polls.size === 0) for (const resolve of this.#onClosed.splice(0)) resolve()
  }

  #succeeded(received: number, asked: number, elapsedMs: number): void {
    this.#failures = 0
    this.#hasSucceeded = true
    if (received === 0) this.#pollers = 1
    else if (received === asked) this.#pollers = Math.min(this.#pollers + 1, this.#parts.maxPollers)
    const waitMs = this.#arrivals.waitMs({ received, asked, nowMs: this.#parts.clock.now() })
    if (waitMs > 0) {
      // Polls beside this one would take the messages as they come, one by one.
      this.#pollers = Math.max(1, this.#pollers - 1)
      if (this.#cancelPause === undefined) this.#pause(waitMs)
    }
    if (received === 0 && elapsedMs < MIN_EMPTY_POLL_MS) this.#pause(MIN_EMPTY_POLL_MS - elapsedMs)
  }

  #failed(attempt: Attempt, { error, elapsedMs }: { error: unknown; elapsedMs: number }): void {
    if (canRepeat(attempt, error)) this.#unanswered.push(attempt)
    // SQS does not know this id any more: what it took is visible again, or settled.
    else if (attempt.isRepeat) return
    this.#failures += 1
    this.#pollers = 1
    if (error instanceof QueueCallError && this.#isFatal(error)) {
      this.#isRunning = false
      return this.#parts.onFatal(error)
    }
    const retryInMs = this.#retryInMs(error)
    this.#pause(retryInMs)
    this.#parts.onFailed(error, { elapsedMs, failures: this.#failures, retryInMs })
  }

  #pause(forMs: number): void {
    if (!this.#isRunning) return
    this.#cancelPause?.()
    this.#cancelPause = this.#parts.clock.schedule(forMs, () => {
      this.#cancelPause = undefined
      this.pump()
    })
  }

  #isFatal(error: QueueCallError): boolean {
    if (error.reason === 'notFound') return this.#failures >= GONE_AFTER_FAILURES
    return error.isConfiguration && !this.#hasSucceeded && this.#failures >= REFUSED_AFTER_FAILURES
  }

  #retryInMs(error: unknown): number {
    const isTimeout = error instanceof QueueCallError && error.reason === 'timeout'
    // A poll that hung has waited long enough: the next goes out at once, on a connection of its own.
    if (isTimeout && this.#failures === 1) return 0
    return backoffMs(RECEIVE_BACKOFF, this.#failures, this.#parts.random())
  }
}

function canRepeat({ id }: Attempt, error: unknown): boolean {
  return id !== undefined && !(error instanceof QueueCallError && error.isConfiguration)
}
