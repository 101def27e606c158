import { randomUUID } from 'node:crypto'
import { Admission } from './admit/admission.js'
import type { AnyHandler } from './batch-handler.js'
import { isBatchHandler } from './batch-handler.js'
import type { Standing } from './admit/share.js'
import type { Slots } from './admit/slots.js'
import type { Meter } from './measure/meter.js'
import type { ReceivedMessage } from './delivery.js'
import { Delivery } from './delivery.js'
import type { LeaseLostError } from './errors.js'
import { StuckHandlersError } from './errors.js'
import type { Events } from './events.js'
import type { Middleware } from './handler.js'
import { Handlings } from './handlings.js'
import type { WorkerConfig } from './options.js'
import type { Payloads } from './payloads.js'
import type { GuardedPort } from './queue/guarded-port.js'
import type { QueueFacts } from './queue/port.js'
import { budgetsOf } from './rate-limit.js'
import { Receiver } from './receive/receiver.js'
import type { Keeper } from './settle/keeper.js'
import { Settlements } from './settlements.js'
import type { Levels } from './stats.js'
import { Tally } from './tally.js'

/** What a pipeline is made of. */
export interface PipelineParts<Message> {
  /** The queue's name. */
  readonly name: string
  readonly config: WorkerConfig
  readonly port: GuardedPort
  /** The worker's, which its other queues share. */
  readonly slots: Slots
  /** The worker's, which measures its queues together. */
  readonly meter: Meter
  readonly standing: Standing
  readonly facts: QueueFacts
  readonly visibilitySeconds: number
  /** How long the queue took to answer the first call. */
  readonly roundTripMs: number
  readonly payloads: Payloads<Message>
  /** The ECS task that this is, as soon as that is known. */
  readonly taskArn: () => Promise<string | undefined>
  readonly handler: AnyHandler<Message>
  readonly use: readonly Middleware<Message>[]
  readonly events: Events
  /** Undefined: leases are extended on this thread alone. */
  readonly keeper: Keeper | undefined
  /** The worker cannot go on: the queue refuses us for good, or too many handlers are stuck. */
  readonly onFatal: (error: Error) => void
  /** True while nothing more may be taken; {@link Pipeline.pump} when that has passed. */
  readonly isBlocked: () => boolean
}

// Where messages are so close to the dead-letter queue that the next receive may be their last, each must find a slot.
const NEAR_THE_END = 1

// A FIFO queue hands out a group's messages together, up to ten: they lock one group, however many they are. Where
// budgets are spent as many wait aside, so that others may go ahead.
const GROUP_LENGTH = 10

const ONE_BY_ONE = { size: 1, maxWaitMs: 0 }

/**
 * receive → admit → handle → settle, from the first poll to the last settlement. The rooms know nothing of each other:
 * what one hands to the next passes through here.
 *
 * A delivery is, in this order: waiting (`#admission`), running (`#handlings`), settling (`#settlements`); its lease spans
 * all three.
 */
export class Pipeline<Message> {
  readonly tally: Tally
  readonly #parts: PipelineParts<Message>
  readonly #settlements: Settlements
  readonly #handlings: Handlings<Message>
  readonly #admission: Admission<Delivery>
  readonly #receiver: Receiver
  #isReceiving = true
  #isClosed = false

  constructor(parts: PipelineParts<Message>) {
    this.#parts = parts
    this.tally = new Tally(parts.events, parts.name, parts.facts.redrive?.maxReceiveCount)
    this.#settlements = this.#newSettlements()
    this.#handlings = this.#newHandlings()
    this.#admission = this.#newAdmission()
    this.#receiver = this.#newReceiver()
  }

  get running(): number {
    return this.#handlings.running.size
  }

  /** Since when the oldest message that runs is here; epoch milliseconds. */
  get runningSinceMs(): number | undefined {
    return this.#handlings.running.sinceMs
  }

  /** The numbers of this moment, for `worker.stats()`. */
  levels(): Levels {
    return {
      running: this.#admission.running,
      stillStuck: this.#admission.givenUp,
      waiting: this.#admission.waiting,
      limited: this.#admission.limited,
      settling: this.#settlements.settling,
      leases: this.#settlements.leases,
      polling: this.#receiver.polling,
    }
  }

  start(): void {
    this.#receiver.start()
  }

  pump(): void {
    this.#receiver.pump()
  }

  /** Takes messages in: to the slots, or straight back while the worker drains. */
  accept(messages: readonly ReceivedMessage[]): void {
    const fresh = this.#held(messages).filter((delivery) => !this.#settlements.deleteRepeat(delivery))
    if (this.#isReceiving) return this.#admission.admit(fresh)
    for (const delivery of fresh) this.#settlements.handBack(delivery)
    this.#settlements.flush()
  }

  /** Hands back what a receive brought after it was given up: how much of its lease is left, nobody knows. */
  refuse(messages: readonly ReceivedMessage[]): void {
    for (const delivery of this.#held(messages)) this.#settlements.handBack(delivery)
    this.#settlements.flush()
  }

  /** Ends receiving and hands back what has not started. No handling starts after this. */
  closeIntake(): void {
    this.#isReceiving = false
    this.#receiver.stop()
    for (const delivery of this.#admission.withdrawAll()) this.#settlements.handBack(delivery)
    this.#settlements.flush()
  }

  /** Resolves when no receive is under way. */
  receivesClosed(): Promise<void> {
    return this.#receiver.whenClosed()
  }

  /** Resolves when nothing runs. */
  whenQuiet(): Promise<void> {
    return this.#handlings.running.whenQuiet()
  }

  /** Resolves when SQS knows of every outcome. */
  whenSettled(): Promise<void> {
    return this.#settlements.whenSettled()
  }

  /** Aborts the signal of everything that runs. */
  interrupt(reason: Error): void {
    this.#handlings.running.interrupt(reason)
  }

  /** Hands back the messages of what still runs; how many. */
  abandon(): number {
    return this.#handlings.abandon()
  }

  /** Lets go of everything; how many messages were not settled. */
  close(): number {
    this.#isClosed = true
    this.#admission.close()
    this.#handlings.close()
    return this.#settlements.close()
  }

  #held(messages: readonly ReceivedMessage[]): Delivery[] {
    // After the end of the drain nobody is left who could settle them: SQS brings them back.
    if (this.#isClosed) return []
    const { name, config } = this.#parts
    const nowMs = config.clock.now()
    // A receive that is made again brings the receipts of the first one, should that have been answered after all.
    const unknown = messages.filter(({ receiptHandle }) => !this.#settlements.holds(receiptHandle))
    return unknown.map((message) => {
      const delivery = new Delivery(message, nowMs, name)
      this.#settlements.hold(delivery)
      this.tally.received(delivery)
      return delivery
    })
  }

  #gaveUp(unit: readonly Delivery[]): void {
    const { config, slots, onFatal } = this.#parts
    this.#admission.giveUp(unit)
    const { givenUp } = slots
    if (this.#isReceiving && givenUp > config.maxStuck)
      onFatal(new StuckHandlersError(givenUp, config.maxStuck))
  }

  #goneBack(delivery: Delivery): void {
    if (!this.#parts.facts.isFifo) return
    const successors = this.#admission.withdrawGroupOf(delivery)
    for (const successor of successors) this.#settlements.handBack(successor)
    if (successors.length > 0) this.#settlements.flush()
  }

  #outOfTurn(delivery: Delivery, error: LeaseLostError): void {
    if (this.#admission.withdraw(delivery)) this.#settlements.handBack(delivery)
    else this.#handlings.interrupt(delivery, error)
  }

  #newSettlements(): Settlements {
    const { onFatal, ...parts } = this.#parts
    return new Settlements({
      ...parts,
      tally: this.tally,
      onFreed: () => this.#receiver.pump(),
      onLost: (delivery, error) => {
        this.#admission.withdraw(delivery)
        this.#handlings.interrupt(delivery, error)
      },
      onOutOfTurn: (delivery, error) => this.#outOfTurn(delivery, error),
      onBack: (delivery) => this.#goneBack(delivery),
      onRefusedForGood: (error) => {
        if (this.#isReceiving) onFatal(error)
      },
    })
  }

  #newHandlings(): Handlings<Message> {
    return new Handlings({
      ...this.#parts,
      tally: this.tally,
      settlements: this.#settlements,
      onStuck: (unit) => this.#gaveUp(unit),
    })
  }

  #newAdmission(): Admission<Delivery> {
    const { config, facts, slots, standing, handler } = this.#parts
    const { clock, settling, maxPerGroup } = config
    const { size: batchSize, maxWaitMs } = isBatchHandler(handler) ? handler : ONE_BY_ONE
    const { isFifo, redrive } = facts
    const lastReceives = (redrive?.maxReceiveCount ?? Infinity) - NEAR_THE_END
    // What waits for a slot locks its group for the other tasks: no more groups than one receive, or a batch, may bring.
    const most = isFifo ? Math.min(config.prefetch, Math.max(GROUP_LENGTH, batchSize)) : config.prefetch
    const isNever = lastReceives <= 1
    return new Admission<Delivery>({
      clock,
      slots,
      standing,
      // With an adaptive concurrency the buffer is as large as the slots are many, unless it was asked for.
      prefetch: () => {
        if (isNever) return 0
        return config.isPrefetchGiven ? most : Math.min(most, slots.limit * batchSize)
      },
      batchSize,
      maxWaitMs,
      sinceMs: ({ receivedAtMs }) => receivedAtMs,
      heldPerPlace: isFifo || config.rateLimit !== undefined ? GROUP_LENGTH : 2,
      budgets: budgetsOf(config),
      settling,
      groupOf: ({ message }) => message.groupId,
      perGroup: isFifo ? 1 : maxPerGroup,
      isOrdered: isFifo,
      isUrgent: ({ receiveCount }) => receiveCount >= lastReceives,
      asked: () => this.#receiver.asked,
      promisedUntilMs: () => this.#receiver.promisedUntilMs,
      run: (unit) => this.#handlings.run(unit),
      onRoom: () => this.#receiver.pump(),
    })
  }

  #newReceiver(): Receiver {
    const {
      name,
      config,
      port,
      visibilitySeconds: visibilityTimeoutSeconds,
      events,
      onFatal,
      facts,
    } = this.#parts
    const { clock, random, maxPollers } = config
    return new Receiver({
      clock,
      random,
      maxPollers,
      lingerMs: config.receiveLingerMs,
      worthwhile: () => this.#admission.worthwhile,
      demand: () => (this.#parts.isBlocked() ? 0 : this.#admission.demand(this.#settlements.settling)),
      newAttemptId: facts.isFifo ? randomUUID : undefined,
      receive: ({ maxMessages, attemptId, isLong }, stop) => {
        const waitSeconds = isLong ? config.waitSeconds : 0
        return port.receive({ maxMessages, waitSeconds, visibilityTimeoutSeconds, attemptId }, stop)
      },
      onReceived: (messages, { asked, elapsedMs }) => {
        this.tally.polled(asked, messages.length, elapsedMs)
        this.accept(messages)
      },
      onFailed: (error, failure) => events.emit('receive:failed', { queue: name, error, ...failure }),
      onFatal,
    })
  }
}
