import type { Delivery } from './delivery.js'
import { LongshoreError, QueueCallError } from './errors.js'
import type { LeaseLostError } from './errors.js'
import type { Events } from './events.js'
import type { WorkerConfig } from './options.js'
import type { Outcome } from './outcome.js'
import { retry } from './outcome.js'
import type { GuardedPort } from './queue/guarded-port.js'
import type { QueueFacts } from './queue/port.js'
import { DeadLetters } from './settle/dead-letters.js'
import { settlementOf } from './settle/ending.js'
import type { Ending } from './settle/lease.js'
import type { SettleFailure } from './settle/calls.js'
import type { Keeper } from './settle/keeper.js'
import { Settler } from './settle/settler.js'
import type { Tally } from './tally.js'

/** What the settlements are given by the pipeline. */
export interface SettlementsParts {
  /** The queue's name. */
  readonly name: string
  readonly config: WorkerConfig
  readonly port: GuardedPort
  readonly facts: QueueFacts
  readonly visibilitySeconds: number
  /** How long the queue took to answer the first call. */
  readonly roundTripMs: number
  readonly events: Events
  /** Undefined: leases are extended on this thread alone. */
  readonly keeper: Keeper | undefined
  readonly tally: Tally
  /** The ECS task that this is, as soon as that is known. */
  readonly taskArn: () => Promise<string | undefined>
  readonly payloads: {
    /** The message is done, and gone from the queue. */
    removeAfter(delivery: Delivery): void
    whenRemoved(): Promise<void>
  }
  /** A message is settled, or lost: fewer are held. */
  readonly onFreed: () => void
  readonly onLost: (delivery: Delivery, error: LeaseLostError) => void
  readonly onOutOfTurn: (delivery: Delivery, error: LeaseLostError) => void
  /** The message goes back to the queue: on a FIFO queue nothing after it in its group may be handled. */
  readonly onBack: (delivery: Delivery, afterSeconds: number) => void
  /** Nothing can be settled unless somebody changes the configuration. */
  readonly onRefusedForGood: (error: QueueCallError) => void
}

// Long enough for a change of a role's policy to reach all of SQS.
const REFUSED_FOR_GOOD_MS = 15_000

/** From an outcome to SQS's word for it: leases, settlements, copies to the dead-letter queue. */
export class Settlements {
  readonly #parts: SettlementsParts
  readonly #settler: Settler
  readonly #deadLetters: DeadLetters
  /** Messages that are being copied to the dead-letter queue: handled, not settled yet. */
  #copying = 0
  /** Since when every settlement was refused for a reason that lies in the configuration. */
  #refusedSinceMs: number | undefined

  constructor(parts: SettlementsParts) {
    const { config, port, facts, taskArn } = parts
    this.#parts = parts
    this.#settler = this.#newSettler()
    const { redrive, isFifo, arn: sourceArn } = facts
    this.#deadLetters = new DeadLetters({
      clock: config.clock,
      random: config.random,
      open: redrive && (() => port.open(redrive.deadLetterQueueArn)),
      isFifo,
      sourceArn,
      taskArn,
      isHeld: ({ receiptHandle }) => this.#settler.holds(receiptHandle),
    })
  }

  /** Messages that are held, from their receive on. */
  get leases(): number {
    return this.#settler.size
  }

  /** Those of them that are handled. */
  get settling(): number {
    return this.#settler.settling + this.#copying
  }

  holds(receiptHandle: string): boolean {
    return this.#settler.holds(receiptHandle)
  }

  hold(delivery: Delivery): void {
    this.#settler.hold(delivery)
  }

  /**
   * True for a message that was handled not long ago and came again. It is deleted with the receipt that it came with:
   * to skip it and leave it in the queue would bring it again and again, until SQS took it for poison.
   */
  deleteRepeat(delivery: Delivery): boolean {
    const isRepeat = this.#settler.settleRepeat(delivery)
    if (isRepeat) this.#parts.tally.repeated(delivery)
    return isRepeat
  }

  /** Resolves when it is decided whether the message leaves the queue, and with that; not yet when SQS knows. */
  async settle(delivery: Delivery, outcome: Outcome): Promise<boolean> {
    const { config, onBack } = this.#parts
    const settlement = settlementOf(outcome, delivery, { backoff: config.retry, random: config.random })
    if (settlement.kind === 'copyThenDelete') return await this.#copyThenDelete(delivery, settlement)
    const isSpent = this.#isSpent(delivery)
    this.#settler.settle(delivery, isSpent ? atOnce(settlement) : settlement)
    if (settlement.kind === 'delete' || isSpent) return true
    onBack(delivery, settlement.afterSeconds)
    return false
  }

  /**
   * SQS will not hand it out again: at the next receive of its group it goes to the dead-letter queue. What was received
   * behind it goes on here, for that may have had its last receive too. Past that count the policy was changed meanwhile.
   */
  #isSpent({ receiveCount }: Delivery): boolean {
    const { isFifo, redrive } = this.#parts.facts
    return isFifo && receiveCount === redrive?.maxReceiveCount
  }

  /** For messages that no handler has started on. */
  handBack(delivery: Delivery): void {
    this.#parts.tally.handedBack(delivery)
    this.#settler.settle(delivery, { kind: 'makeVisible', outcome: 'release', afterSeconds: 0 })
  }

  /** Sends what lingers, now. */
  flush(): void {
    this.#settler.flush()
  }

  /** Resolves when SQS knows of every outcome, and the payloads of what is done are removed. */
  async whenSettled(): Promise<void> {
    this.#settler.flush()
    await this.#settler.whenEmpty()
    await this.#parts.payloads.whenRemoved()
  }

  /** Lets go of everything; how many messages were not settled. */
  close(): number {
    const unsettled = this.#settler.close().length
    this.#deadLetters.close()
    return unsettled
  }

  async #copyThenDelete(delivery: Delivery, failure: { reason: string; error: unknown }): Promise<boolean> {
    this.#copying += 1
    try {
      await this.#deadLetters.copy(delivery, failure)
      this.#copying -= 1
      this.#settler.settle(delivery, { kind: 'delete', outcome: 'deadLetter' })
      return true
    } catch (thrown) {
      this.#copying -= 1
      const error = thrown instanceof Error ? thrown : new LongshoreError(String(thrown))
      this.#parts.events.emit('deadLetter:failed', { queue: this.#parts.name, delivery, error })
      return await this.settle(delivery, retry())
    }
  }

  // A worker that may receive but not delete would handle the same messages over and over.
  #failed(failure: SettleFailure): void {
    const { name: queue, config, events, onRefusedForGood } = this.#parts
    const { error } = failure
    events.emit('settle:failed', { queue, ...failure })
    if (!(error instanceof QueueCallError && error.isConfiguration)) return
    const nowMs = config.clock.now()
    this.#refusedSinceMs ??= nowMs
    if (nowMs - this.#refusedSinceMs >= REFUSED_FOR_GOOD_MS) onRefusedForGood(error)
  }

  #newSettler(): Settler {
    const { config, port, visibilitySeconds, roundTripMs, tally, payloads, facts } = this.#parts
    const { onFreed, onLost, onOutOfTurn } = this.#parts
    const { name: queue, events } = this.#parts
    return new Settler({
      clock: config.clock,
      random: config.random,
      calls: port,
      visibilitySeconds,
      roundTripMs,
      lingerMs: Math.min(config.settleLingerMs, (visibilitySeconds * 1_000) / 3),
      keeper: this.#parts.keeper,
      isFifo: facts.isFifo,
      onOutOfTurn,
      onSettled: (delivery, { outcome }) => {
        this.#refusedSinceMs = undefined
        if (outcome !== 'repeat') tally.settled(delivery, outcome)
        if (outcome === 'done') payloads.removeAfter(delivery)
        onFreed()
      },
      onLost: (delivery, error) => {
        onLost(delivery, error)
        tally.lost(delivery, error)
        onFreed()
      },
      onAnswered: (call) => {
        if (events.has('settle:completed')) events.emit('settle:completed', { queue, ...call })
      },
      onFailed: (failure) => this.#failed(failure),
    })
  }
}

/** To wait before SQS moves it to the dead-letter queue would only hold up its group. */
function atOnce(ending: Ending): Ending {
  return ending.kind === 'delete' ? ending : { ...ending, afterSeconds: 0 }
}
