import type { StandardSchemaV1 } from '@standard-schema/spec'
import { Admission } from './admit/admission.js'
import type { ReceivedMessage } from './delivery.js'
import { Delivery } from './delivery.js'
import type { HandlerTimeoutError, LeaseLostError, PayloadError, QueueCallError } from './errors.js'
import { LongshoreError } from './errors.js'
import type { Events } from './events.js'
import type { Handler } from './handle/context.js'
import { HandlingRoom } from './handle/handling.js'
import type { WorkerConfig } from './options.js'
import type { Outcome } from './outcome.js'
import { release, retry } from './outcome.js'
import type { GuardedPort } from './queue/guarded-port.js'
import type { QueueFacts } from './queue/port.js'
import type { PollReport } from './receive/receiver.js'
import { Receiver } from './receive/receiver.js'
import { DeadLetters } from './settle/dead-letters.js'
import { settlementOf } from './settle/ending.js'
import type { Ending } from './settle/lease.js'
import { Settler } from './settle/settler.js'
import type { Counts } from './stats.js'
import { newCounts } from './stats.js'

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
  readonly onFatal: (error: QueueCallError) => void
}

/**
 * receive → admit → handle → settle, from the first poll to the last settlement. The rooms know nothing of each other:
 * what one hands to the next passes through here.
 *
 * A delivery is, in this order: waiting (`#admission`), running (`#running`), settling (`#settler`); its lease spans all
 * three.
 */
export class Pipeline<Message> {
  readonly counts: Counts = newCounts()
  readonly #parts: PipelineParts<Message>
  readonly #settler: Settler
  readonly #handling: HandlingRoom<Message>
  readonly #admission: Admission<Delivery>
  readonly #receiver: Receiver
  readonly #deadLetters: DeadLetters
  /** Handlings whose message is still ours. One that was given up as stuck runs on, but nobody waits for it. */
  readonly #running = new Set<Delivery>()
  #onQuiet: (() => void)[] = []
  #isReceiving = true
  #handedBack = 0

  constructor(parts: PipelineParts<Message>) {
    this.#parts = parts
    this.#settler = this.#newSettler()
    this.#handling = this.#newHandling()
    this.#admission = this.#newAdmission()
    this.#receiver = this.#newReceiver()
    const { redrive } = parts.facts
    this.#deadLetters = new DeadLetters(redrive && (() => parts.port.open(redrive.deadLetterQueueArn)))
  }

  get running(): number {
    return this.#running.size
  }

  /** Messages handed back unstarted. */
  get handedBack(): number {
    return this.#handedBack
  }

  /** The numbers of this moment, for `worker.stats()`. */
  levels(): { running: number; waiting: number; settling: number; leases: number; polling: number } {
    return {
      running: this.#admission.running,
      waiting: this.#admission.waiting,
      settling: this.#settler.settling,
      leases: this.#settler.size,
      polling: this.#receiver.polling,
    }
  }

  start(): void {
    this.#receiver.start()
  }

  /** Takes messages in: to the slots, or straight back while the worker drains. */
  accept(messages: readonly ReceivedMessage[]): void {
    const { config, events } = this.#parts
    const nowMs = config.clock.now()
    for (const message of messages) {
      const delivery = new Delivery(message, nowMs)
      this.counts.received += 1
      this.#settler.hold(delivery)
      if (events.has('delivery:received')) events.emit('delivery:received', { delivery })
      if (this.#isReceiving) this.#admission.admit(delivery)
      else this.#handBack(delivery)
    }
    if (!this.#isReceiving) this.#settler.flush()
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
    this.#handling.close()
    return this.#settler.close().length
  }

  #received(messages: ReceivedMessage[], { asked, elapsedMs }: PollReport): void {
    const { events } = this.#parts
    if (messages.length === 0) this.counts.emptyReceives += 1
    if (events.has('receive:completed')) {
      events.emit('receive:completed', { asked, received: messages.length, elapsedMs })
    }
    this.accept(messages)
  }

  async #run(delivery: Delivery): Promise<void> {
    const { config, events } = this.#parts
    const startedMs = config.clock.now()
    this.#running.add(delivery)
    this.counts.started += 1
    if (events.has('delivery:started')) events.emit('delivery:started', { delivery })
    const outcome = await this.#handling.handle(delivery)
    const elapsedMs = config.clock.now() - startedMs
    this.counts.handled += 1
    this.counts.handlingMs += elapsedMs
    if (events.has('delivery:handled')) events.emit('delivery:handled', { delivery, outcome, elapsedMs })
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
    const { events } = this.#parts
    try {
      await this.#deadLetters.copy(delivery, reason)
      this.#settler.settle(delivery, { kind: 'delete', outcome: 'deadLetter' })
    } catch (thrown) {
      const error = thrown instanceof Error ? thrown : new LongshoreError(String(thrown))
      events.emit('deadLetter:failed', { delivery, error })
      this.#settle(delivery, retry())
    }
  }

  #handBack(delivery: Delivery): void {
    const { events } = this.#parts
    this.#handedBack += 1
    if (events.has('delivery:released')) events.emit('delivery:released', { delivery })
    this.#settler.settle(delivery, { kind: 'makeVisible', outcome: 'release', afterSeconds: 0 })
  }

  #settled(delivery: Delivery, { outcome }: Ending): void {
    const { events } = this.#parts
    this.counts[COUNTED_AS[outcome]] += 1
    if (events.has('delivery:settled')) events.emit('delivery:settled', { delivery, outcome })
    this.#receiver.pump()
  }

  #lost(delivery: Delivery, error: LeaseLostError): void {
    this.counts.lost += 1
    this.#admission.withdraw(delivery)
    delivery.interrupt(error)
    this.#parts.events.emit('lease:lost', { delivery, error })
    this.#receiver.pump()
  }

  #rejected(delivery: Delivery, error: PayloadError): void {
    const { events, facts } = this.#parts
    this.counts.rejected += 1
    const fate =
      facts.redrive === undefined
        ? 'It is retried until it expires: the queue has no dead-letter queue.'
        : `It is retried until SQS moves it to the dead-letter queue, after ${facts.redrive.maxReceiveCount} receives.`
    events.emit('payload:rejected', { delivery, error, fate })
  }

  #failed(delivery: Delivery, error: unknown): void {
    this.counts.failed += 1
    this.#parts.events.emit('handler:failed', { delivery, error })
  }

  #timedOut(delivery: Delivery, error: HandlerTimeoutError): void {
    this.counts.timedOut += 1
    this.#parts.events.emit('handler:timed-out', { delivery, error })
  }

  #stuck(delivery: Delivery): void {
    this.counts.stuck += 1
    this.#parts.events.emit('handler:stuck', { delivery })
    this.#settle(delivery, retry())
    this.#leave(delivery)
  }

  #newSettler(): Settler {
    const { config, port, visibilitySeconds, roundTripMs, events } = this.#parts
    return new Settler({
      clock: config.clock,
      random: config.random,
      calls: port,
      visibilitySeconds,
      roundTripMs,
      lingerMs: Math.min(config.settleLingerMs, (visibilitySeconds * 1_000) / 3),
      onSettled: (delivery, ending) => this.#settled(delivery, ending),
      onLost: (delivery, error) => this.#lost(delivery, error),
      onFailed: (failure) => events.emit('settle:failed', failure),
    })
  }

  #newHandling(): HandlingRoom<Message> {
    const { config, schema, handler } = this.#parts
    return new HandlingRoom({
      clock: config.clock,
      log: config.log,
      schema,
      handler,
      timeoutMs: config.handlerTimeoutMs,
      graceMs: config.abortGraceMs,
      onRejected: (delivery, error) => this.#rejected(delivery, error),
      onFailed: (delivery, error) => this.#failed(delivery, error),
      onTimedOut: (delivery, error) => this.#timedOut(delivery, error),
      onStuck: (delivery) => this.#stuck(delivery),
    })
  }

  #newAdmission(): Admission<Delivery> {
    const { concurrency, prefetch, settling } = this.#parts.config
    const onRoom = (): void => this.#receiver.pump()
    return new Admission<Delivery>({
      concurrency,
      prefetch,
      settling,
      run: (delivery) => this.#run(delivery),
      onRoom,
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
      demand: () => this.#admission.demand(this.#settler.settling),
      receive: (maxMessages, stop) =>
        port.receive({ maxMessages, waitSeconds, visibilityTimeoutSeconds }, stop),
      onReceived: (messages, poll) => this.#received(messages, poll),
      onFailed: (error, failure) => events.emit('receive:failed', { error, ...failure }),
      onFatal,
    })
  }
}

const COUNTED_AS = {
  done: 'done',
  retry: 'retried',
  deadLetter: 'deadLettered',
  release: 'released',
} as const
