import { randomUUID } from 'node:crypto'
import { Admission } from './admit/admission.js'
import type { Standing } from './admit/share.js'
import type { Slots } from './admit/slots.js'
import type { AnyHandler } from './batch-handler.js'
import { isBatchHandler } from './batch-handler.js'
import type { BreakerOptions, BreakerState } from './breaker.js'
import { Breaker } from './breaker.js'
import type { Delivery, ReceivedMessage } from './delivery.js'
import type { Events } from './events.js'
import type { WorkerConfig } from './options.js'
import type { Outcome } from './outcome.js'
import type { GuardedPort } from './queue/guarded-port.js'
import type { QueueFacts } from './queue/port.js'
import { budgetsOf } from './rate-limit.js'
import { Caution } from './receive/caution.js'
import { Receiver } from './receive/receiver.js'
import type { Levels } from './stats.js'
import type { Tally } from './tally.js'
import { defaultPrefetch } from './worker-config.js'

/** What the intake is given by the pipeline. */
export interface IntakeParts {
  /** The queue's name. */
  readonly name: string
  readonly config: WorkerConfig
  readonly port: GuardedPort
  /** The worker's, which its other queues share. */
  readonly slots: Slots
  readonly standing: Standing
  readonly facts: QueueFacts
  readonly visibilitySeconds: number
  readonly handler: AnyHandler<never>
  readonly events: Events
  readonly tally: Tally
  /** True while nothing more may be taken. */
  readonly isBlocked: () => boolean
  /** How many handled messages wait to be settled. */
  readonly settling: () => number
  readonly onReceived: (messages: readonly ReceivedMessage[]) => void
  /** These must go back to the queue, unstarted. */
  readonly onRefused: (deliveries: readonly Delivery[]) => void
  /** Runs deliveries in one slot, which is free again when this ends. */
  readonly run: (unit: readonly Delivery[]) => Promise<void>
  readonly onFatal: (error: Error) => void
}

// Where messages are so close to the dead-letter queue that the next receive may be their last, each must find a slot.
const NEAR_THE_END = 1

// A FIFO queue hands out a group's messages together, up to ten: they lock one group, however many they are. Where
// budgets are spent as many wait aside, so that others may go ahead.
const GROUP_LENGTH = 10

const ONE_BY_ONE = { size: 1, maxWaitMs: 0 }

/** What comes in until it starts: receives as far as slots, prefetch places and the breaker allow; the wait for a slot. */
export class Intake {
  readonly #parts: IntakeParts
  readonly #admission: Admission<Delivery>
  readonly #receiver: Receiver
  readonly #breaker: Breaker | undefined
  readonly #caution: Caution | undefined

  constructor(parts: IntakeParts) {
    this.#parts = parts
    this.#admission = this.#newAdmission()
    this.#receiver = this.#newReceiver()
    this.#caution = newCaution(parts)
    this.#breaker = parts.config.breaker && this.#newBreaker(parts.config.breaker)
  }

  get breaker(): BreakerState {
    return this.#breaker?.state ?? 'off'
  }

  levels(): Omit<Levels, 'settling' | 'leases'> {
    return {
      running: this.#admission.running,
      stillStuck: this.#admission.givenUp,
      waiting: this.#admission.waiting,
      limited: this.#admission.limited,
      polling: this.#receiver.polling,
    }
  }

  start(): void {
    this.#receiver.start()
  }

  pump(): void {
    this.#receiver.pump()
  }

  /** Ends receiving; what had not started, and now never will. */
  stop(): Delivery[] {
    this.#receiver.stop()
    return this.#admission.withdrawAll()
  }

  /** Resolves when no receive is under way. */
  receivesClosed(): Promise<void> {
    return this.#receiver.whenClosed()
  }

  /** Takes deliveries in, to the slots; what the breaker does not let in goes back. */
  admit(deliveries: readonly Delivery[]): void {
    for (const { receiveCount } of deliveries) this.#caution?.received(receiveCount)
    if (this.#breaker === undefined || this.#breaker.state === 'closed')
      return this.#admission.admit(deliveries)
    const admitted = deliveries.filter((delivery) => this.#breaker?.admits(delivery))
    this.#parts.onRefused(deliveries.filter((delivery) => !admitted.includes(delivery)))
    this.#admission.admit(admitted)
  }

  /** Takes out what has not started: true if it now never will. */
  withdraw(delivery: Delivery): boolean {
    this.#breaker?.forget(delivery)
    return this.#admission.withdraw(delivery)
  }

  /** It is not handled after all, though it has a slot. */
  forget(delivery: Delivery): void {
    this.#breaker?.forget(delivery)
  }

  /** Takes out everything of the delivery's group that has not started. */
  withdrawGroupOf(delivery: Delivery): Delivery[] {
    const withdrawn = this.#admission.withdrawGroupOf(delivery)
    for (const each of withdrawn) this.#breaker?.forget(each)
    return withdrawn
  }

  /** A message that was handled goes back to the queue, to be received again after so long. */
  wentBack({ receiveCount }: Delivery, afterSeconds: number): void {
    this.#caution?.wentBack(receiveCount, afterSeconds * 1_000)
  }

  /** A handling has ended so. */
  ended(delivery: Delivery, outcome: Outcome): void {
    this.#breaker?.record(delivery, outcome)
  }

  /** Takes the slot away from what never ends. */
  giveUp(unit: readonly Delivery[]): void {
    this.#admission.giveUp(unit)
  }

  close(): void {
    this.#breaker?.close()
    this.#admission.close()
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
      // With an adaptive concurrency the buffer follows the slots, unless it was asked for.
      prefetch: () => {
        if (isNever) return 0
        return config.isPrefetchGiven ? most : Math.min(most, defaultPrefetch(slots.limit, batchSize))
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
      startsAlone: ({ receiveCount }) => receiveCount === redrive?.maxReceiveCount,
      asked: () => this.#receiver.asked,
      promised: () => this.#receiver.promised,
      promisedUntilMs: () => this.#receiver.promisedUntilMs,
      run: this.#parts.run,
      onRoom: () => this.#receiver.pump(),
    })
  }

  #demand(): number {
    if (this.#parts.isBlocked()) return 0
    const wanted = this.#admission.demand(this.#parts.settling())
    return this.#breaker === undefined ? wanted : this.#breaker.allows(wanted)
  }

  #newBreaker(options: BreakerOptions): Breaker {
    const { name: queue, config, events } = this.#parts
    return new Breaker({
      options,
      clock: config.clock,
      random: config.random,
      onOpened: (opening) => {
        events.emit('breaker:opened', { queue, ...opening })
        this.#receiver.giveUp()
        this.#parts.onRefused(this.#admission.withdrawAll())
      },
      onHalfOpened: () => {
        events.emit('breaker:half-opened', { queue })
        this.pump()
      },
      onClosed: () => {
        events.emit('breaker:closed', { queue })
        this.pump()
      },
    })
  }

  #newReceiver(): Receiver {
    const { name, config, port, events, tally, onReceived, onFatal, facts } = this.#parts
    const { visibilitySeconds: visibilityTimeoutSeconds } = this.#parts
    const { clock, random, maxPollers } = config
    return new Receiver({
      clock,
      random,
      maxPollers,
      lingerMs: config.receiveLingerMs,
      atMost: () => (this.#caution?.isDue === true ? 1 : Infinity),
      worthwhile: () => (this.breaker === 'halfOpen' ? 1 : this.#admission.worthwhile),
      demand: () => this.#demand(),
      newAttemptId: facts.isFifo ? randomUUID : undefined,
      receive: ({ maxMessages, attemptId, isLong }, stop) => {
        const waitSeconds = isLong ? config.waitSeconds : 0
        return port.receive({ maxMessages, waitSeconds, visibilityTimeoutSeconds, attemptId }, stop)
      },
      onReceived: (messages, { asked, elapsedMs }) => {
        tally.polled(asked, messages.length, elapsedMs)
        onReceived(messages)
      },
      onFailed: (error, failure) => events.emit('receive:failed', { queue: name, error, ...failure }),
      onFatal,
    })
  }
}

function newCaution({ config, facts, visibilitySeconds }: IntakeParts): Caution | undefined {
  if (!facts.isFifo || facts.redrive === undefined) return undefined
  return new Caution({
    clock: config.clock,
    maxReceiveCount: facts.redrive.maxReceiveCount,
    waitMs: config.waitSeconds * 1_000,
    visibilityMs: visibilitySeconds * 1_000,
  })
}
