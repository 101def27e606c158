import type { Standing } from './admit/share.js'
import type { Slots } from './admit/slots.js'
import type { Meter } from './measure/meter.js'
import type { AnyHandler } from './batch-handler.js'
import type { BreakerState } from './breaker.js'
import type { ReceivedMessage } from './delivery.js'
import { Delivery } from './delivery.js'
import type { LeaseLostError } from './errors.js'
import { StuckHandlersError } from './errors.js'
import type { Events } from './events.js'
import type { Middleware } from './handler.js'
import { Handlings } from './handlings.js'
import { Intake } from './intake.js'
import type { WorkerConfig } from './options.js'
import type { Payloads } from './payloads.js'
import type { GuardedPort } from './queue/guarded-port.js'
import type { QueueFacts } from './queue/port.js'
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

/**
 * receive → admit → handle → settle, from the first poll to the last settlement. The rooms know nothing of each other:
 * what one hands to the next passes through here.
 *
 * A delivery is, in this order: waiting (`#intake`), running (`#handlings`), settling (`#settlements`); its lease spans
 * all three.
 */
export class Pipeline<Message> {
  readonly tally: Tally
  readonly #parts: PipelineParts<Message>
  readonly #settlements: Settlements
  readonly #handlings: Handlings<Message>
  readonly #intake: Intake
  #isReceiving = true
  #isClosed = false

  constructor(parts: PipelineParts<Message>) {
    this.#parts = parts
    this.tally = new Tally(parts.events, parts.name, parts.facts.redrive?.maxReceiveCount)
    this.#settlements = this.#newSettlements()
    this.#handlings = this.#newHandlings()
    this.#intake = this.#newIntake()
  }

  get running(): number {
    return this.#handlings.running.size
  }

  /** Since when the oldest message that runs is here; epoch milliseconds. */
  get runningSinceMs(): number | undefined {
    return this.#handlings.running.sinceMs
  }

  get breaker(): BreakerState {
    return this.#intake.breaker
  }

  /** The numbers of this moment, for `worker.stats()`. */
  levels(): Levels {
    return {
      ...this.#intake.levels(),
      settling: this.#settlements.settling,
      leases: this.#settlements.leases,
    }
  }

  start(): void {
    this.#intake.start()
  }

  pump(): void {
    this.#intake.pump()
  }

  /** Takes messages in: to the slots, or straight back while the worker drains. */
  accept(messages: readonly ReceivedMessage[]): void {
    const fresh = this.#held(messages).filter((delivery) => !this.#settlements.deleteRepeat(delivery))
    if (this.#isReceiving) this.#intake.admit(fresh)
    else this.#handBack(fresh)
  }

  /** Hands back what a receive brought after it was given up: how much of its lease is left, nobody knows. */
  refuse(messages: readonly ReceivedMessage[]): void {
    this.#handBack(this.#held(messages))
  }

  /** Ends receiving and hands back what has not started. No handling starts after this. */
  closeIntake(): void {
    this.#isReceiving = false
    this.#handBack(this.#intake.stop())
  }

  /** Resolves when no receive is under way. */
  receivesClosed(): Promise<void> {
    return this.#intake.receivesClosed()
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
    this.#intake.close()
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
    this.#intake.giveUp(unit)
    const { givenUp } = slots
    if (this.#isReceiving && givenUp > config.maxStuck)
      onFatal(new StuckHandlersError(givenUp, config.maxStuck))
  }

  #goneBack(delivery: Delivery, afterSeconds: number): void {
    if (!this.#parts.facts.isFifo) return
    this.#intake.wentBack(delivery, afterSeconds)
    const successors = this.#intake.withdrawGroupOf(delivery)
    if (successors.length > 0) this.#handBack(successors)
  }

  #handBack(deliveries: readonly Delivery[]): void {
    for (const delivery of deliveries) this.#settlements.handBack(delivery)
    this.#settlements.flush()
  }

  #outOfTurn(delivery: Delivery, error: LeaseLostError): void {
    if (this.#intake.withdraw(delivery)) this.#settlements.handBack(delivery)
    else this.#handlings.interrupt(delivery, error)
  }

  #run(unit: readonly Delivery[]): Promise<void> {
    const fresh = unit.filter((delivery) => !this.#isRepeat(delivery))
    return fresh.length > 0 ? this.#handlings.run(fresh) : Promise.resolve()
  }

  /** What came twice may have been handled while it waited here. */
  #isRepeat(delivery: Delivery): boolean {
    if (!this.#settlements.deleteRepeat(delivery)) return false
    this.#intake.forget(delivery)
    return true
  }

  #newIntake(): Intake {
    return new Intake({
      ...this.#parts,
      tally: this.tally,
      settling: () => this.#settlements.settling,
      onReceived: (messages) => this.accept(messages),
      onRefused: (deliveries) => this.#handBack(deliveries),
      run: (unit) => this.#run(unit),
    })
  }

  #newSettlements(): Settlements {
    const { onFatal, ...parts } = this.#parts
    return new Settlements({
      ...parts,
      tally: this.tally,
      onFreed: () => this.#intake.pump(),
      onLost: (delivery, error) => {
        this.#intake.withdraw(delivery)
        this.#handlings.interrupt(delivery, error)
      },
      onOutOfTurn: (delivery, error) => this.#outOfTurn(delivery, error),
      onBack: (delivery, afterSeconds) => this.#goneBack(delivery, afterSeconds),
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
      onEnded: (delivery, outcome) => this.#intake.ended(delivery, outcome),
      onStuck: (unit) => this.#gaveUp(unit),
    })
  }
}
