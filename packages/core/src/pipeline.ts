import type { StandardSchemaV1 } from '@standard-schema/spec'
import { Admission } from './admit/admission.js'
import type { ReceivedMessage } from './delivery.js'
import { Delivery } from './delivery.js'
import { LongshoreError, QueueCallError } from './errors.js'
import type { Events } from './events.js'
import type { Handler } from './handle/context.js'
import { HandlingRoom } from './handle/handling.js'
import type { WorkerConfig } from './options.js'
import type { Outcome } from './outcome.js'
import { release, retry } from './outcome.js'
import type { GuardedPort } from './queue/guarded-port.js'
import type { QueueFacts } from './queue/port.js'
import { Receiver } from './receive/receiver.js'
import { DeadLetters } from './settle/dead-letters.js'
import { settlementOf } from './settle/ending.js'
import type { SettleFailure } from './settle/settler.js'
import { Settler } from './settle/settler.js'
import { Tally } from './tally.js'

/** What a pipeline is made of. */
export interface PipelineParts<Message> {
  readonly config: WorkerConfig
  readonly port: GuardedPort
  readonly facts: QueueFacts
  readonly visibilitySeconds: number
  /** How long the queue took to answer the first call. */
  readonly roundTripMs: number
  readonly schema: StandardSchemaV1<unknown, Message>
  readonly handler: Handler<Message>
  readonly events: Events
  /** Nothing can be received, or nothing settled, unless somebody changes the configuration. */
  readonly onFatal: (error: QueueCallError) => void
}

// Long enough for a change of a role's policy to reach all of SQS.
const REFUSED_FOR_GOOD_MS = 15_000

/**
 * receive → admit → handle → settle, from the first poll to the last settlement. The rooms know nothing of each other:
 * what one hands to the next passes through here.
 *
 * A delivery is, in this order: waiting (`#admission`), running (`#running`), settling (`#settler`); its lease spans all
 * three.
 */
export class Pipeline<Message> {
  readonly tally: Tally
  readonly #parts: PipelineParts<Message>
  readonly #settler: Settler
  readonly #handling: HandlingRoom<Message>
  readonly #admission: Admission<Delivery>
  readonly #receiver: Receiver
  readonly #deadLetters: DeadLetters
  /** Handlings whose message is still ours. One that was given up as stuck runs on, but nobody waits for it. */
  readonly #running = new Set<Delivery>()
  /** Messages that are being copied to the dead-letter queue: handled, not settled yet. */
  #copying = 0
  #onQuiet: (() => void)[] = []
  #isReceiving = true
  #isClosed = false
  /** Since when every settlement was refused for a reason that lies in the configuration. */
  #refusedSinceMs: number | undefined

  constructor(parts: PipelineParts<Message>) {
    const { port, facts, events } = parts
    this.#parts = parts
    this.tally = new Tally(events)
    this.#settler = this.#newSettler()
    this.#handling = this.#newHandling()
    this.#admission = this.#newAdmission()
    this.#receiver = this.#newReceiver()
    const { redrive } = facts
    this.#deadLetters = new DeadLetters(redrive && (() => port.open(redrive.deadLetterQueueArn)))
  }

  get running(): number {
    return this.#running.size
  }

  /** The numbers of this moment, for `worker.stats()`. */
  levels(): { running: number; waiting: number; settling: number; leases: number; polling: number } {
    return {
      running: this.#admission.running,
      waiting: this.#admission.waiting,
      settling: this.#settling,
      leases: this.#settler.size,
      polling: this.#receiver.polling,
    }
  }

  get #settling(): number {
    return this.#settler.settling + this.#copying
  }

  start(): void {
    this.#receiver.start()
  }

  /** Takes messages in: to the slots, or straight back while the worker drains. */
  accept(messages: readonly ReceivedMessage[]): void {
    for (const delivery of this.#held(messages)) {
      if (this.#isReceiving) this.#admission.admit(delivery)
      else this.#handBack(delivery)
    }
    if (!this.#isReceiving) this.#settler.flush()
  }

  /** Hands back what a receive brought after it was given up: how much of its lease is left, nobody knows. */
  refuse(messages: readonly ReceivedMessage[]): void {
    for (const delivery of this.#held(messages)) this.#handBack(delivery)
    this.#settler.flush()
  }

  /** Ends receiving and hands back what has not started. No handling starts after this. */
  closeIntake(): void {
    this.#isReceiving = false
    this.#receiver.stop()
    for (const delivery of this.#admission.withdrawAll()) this.#handBack(delivery)
    this.#settler.flush()
  }

  /** Resolves when nothing runs. */
  whenQuiet(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#running.size === 0) resolve()
      else this.#onQuiet.push(resolve)
    })
  }

  /** Resolves when SQS knows of every outcome. */
  async whenSettled(): Promise<void> {
    this.#settler.flush()
    await this.#settler.whenEmpty()
  }

  /** Aborts the signal of everything that runs. */
  interrupt(reason: Error): void {
    for (const delivery of this.#running) delivery.interrupt(reason)
  }

  /** Hands back the messages of what still runs; how many. */
  abandon(): number {
    const abandoned = this.#running.size
    for (const delivery of this.#running) this.#settle(delivery, release())
    this.#running.clear()
    return abandoned
  }

  /** Lets go of everything; how many messages were not settled. */
  close(): number {
    this.#isClosed = true
    this.#handling.close()
    return this.#settler.close().length
  }

  #held(messages: readonly ReceivedMessage[]): Delivery[] {
    // After the end of the drain nobody is left who could settle them: SQS brings them back.
    if (this.#isClosed) return []
    const nowMs = this.#parts.config.clock.now()
    return messages.map((message) => {
      const delivery = new Delivery(message, nowMs)
      this.#settler.hold(delivery)
      this.tally.received(delivery)
      return delivery
    })
  }

  async #run(delivery: Delivery): Promise<void> {
    const { clock } = this.#parts.config
    const startedMs = clock.now()
    this.#running.add(delivery)
    this.tally.started(delivery)
    const outcome = await this.#handling.handle(delivery)
    this.tally.handled(delivery, outcome, clock.now() - startedMs)
    this.#settle(delivery, outcome)
    this.#leave(delivery)
  }

  #leave(delivery: Delivery): void {
    if (!this.#running.delete(delivery) || this.#running.size > 0) return
    for (const resolve of this.#onQuiet.splice(0)) resolve()
  }

  #settle(delivery: Delivery, outcome: Outcome): void {
    const { config } = this.#parts
    const settlement = settlementOf(outcome, delivery, { backoff: config.retry, random: config.random })
    if (settlement.kind === 'copyThenDelete') void this.#copyThenDelete(delivery, settlement.reason)
    else this.#settler.settle(delivery, settlement)
  }

  async #copyThenDelete(delivery: Delivery, reason: string): Promise<void> {
    this.#copying += 1
    try {
      await this.#deadLetters.copy(delivery, reason)
      this.#copying -= 1
      this.#settler.settle(delivery, { kind: 'delete', outcome: 'deadLetter' })
    } catch (thrown) {
      this.#copying -= 1
      const error = thrown instanceof Error ? thrown : new LongshoreError(String(thrown))
      this.#parts.events.emit('deadLetter:failed', { delivery, error })
      this.#settle(delivery, retry())
    }
  }

  #handBack(delivery: Delivery): void {
    this.tally.handedBack(delivery)
    this.#settler.settle(delivery, { kind: 'makeVisible', outcome: 'release', afterSeconds: 0 })
  }

  // A worker that may receive but not delete would handle the same messages over and over.
  #settleFailed(failure: SettleFailure): void {
    const { config, events, onFatal } = this.#parts
    const { error } = failure
    events.emit('settle:failed', failure)
    if (!(error instanceof QueueCallError && error.isConfiguration)) return
    const nowMs = config.clock.now()
    this.#refusedSinceMs ??= nowMs
    if (this.#isReceiving && nowMs - this.#refusedSinceMs >= REFUSED_FOR_GOOD_MS) onFatal(error)
  }

  #newSettler(): Settler {
    const { config, port, visibilitySeconds, roundTripMs } = this.#parts
    return new Settler({
      clock: config.clock,
      random: config.random,
      calls: port,
      visibilitySeconds,
      roundTripMs,
      lingerMs: Math.min(config.settleLingerMs, (visibilitySeconds * 1_000) / 3),
      onSettled: (delivery, { outcome }) => {
        this.#refusedSinceMs = undefined
        this.tally.settled(delivery, outcome)
        this.#receiver.pump()
      },
      onLost: (delivery, error) => {
        this.#admission.withdraw(delivery)
        delivery.interrupt(error)
        this.tally.lost(delivery, error)
        this.#receiver.pump()
      },
      onFailed: (failure) => this.#settleFailed(failure),
    })
  }

  #newHandling(): HandlingRoom<Message> {
    const { config, schema, handler, facts } = this.#parts
    return new HandlingRoom({
      clock: config.clock,
      log: config.log,
      schema,
      handler,
      timeoutMs: config.handlerTimeoutMs,
      graceMs: config.abortGraceMs,
      onRejected: (delivery, error) => this.tally.rejected(delivery, error, facts.redrive?.maxReceiveCount),
      onFailed: (delivery, error) => this.tally.failed(delivery, error),
      onTimedOut: (delivery, error) => this.tally.timedOut(delivery, error),
      onStuck: (delivery) => {
        this.tally.stuck(delivery)
        this.#settle(delivery, retry())
        this.#leave(delivery)
      },
    })
  }

  #newAdmission(): Admission<Delivery> {
    const { concurrency, prefetch, settling } = this.#parts.config
    return new Admission<Delivery>({
      concurrency,
      prefetch,
      settling,
      run: (delivery) => this.#run(delivery),
      onRoom: () => this.#receiver.pump(),
    })
  }

  #newReceiver(): Receiver {
    const { config, port, visibilitySeconds: visibilityTimeoutSeconds, events, onFatal } = this.#parts
    const { clock, random, maxPollers, worthwhile, waitSeconds } = config
    return new Receiver({
      clock,
      random,
      maxPollers,
      worthwhile,
      demand: () => this.#admission.demand(this.#settling),
      receive: (maxMessages, stop) =>
        port.receive({ maxMessages, waitSeconds, visibilityTimeoutSeconds }, stop),
      onReceived: (messages, { asked, elapsedMs }) => {
        this.tally.polled(asked, messages.length, elapsedMs)
        this.accept(messages)
      },
      onFailed: (error, failure) => events.emit('receive:failed', { error, ...failure }),
      onFatal,
    })
  }
}
