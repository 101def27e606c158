import { randomUUID } from 'node:crypto'

import { DEFAULTS } from '@longshore/model'
import type { QueueReading } from '@longshore/model'
import type { Clock } from '@longshore/core/time'

import { CallLimits } from './call-limits.js'
import type { LimitedAction } from './call-limits.js'
import { Deliveries } from './deliveries.js'
import type { Received, Take } from './deliveries.js'
import { purgeInProgress, queueDoesNotExist } from './errors.js'
import { FairOrder } from './fair-order.js'
import { FifoAdmission } from './fifo-admission.js'
import type { Admitted } from './fifo-admission.js'
import { FifoOrder } from './fifo-order.js'
import { LongPolls } from './long-polls.js'
import { MessageStore } from './message-store.js'
import { storedMessage } from './message.js'
import type { SentMessage, StoredMessage } from './message.js'
import { settingsOf } from './queue-attributes.js'
import type { QueueSettings } from './queue-attributes.js'
import { QueueCounters } from './queue-counters.js'
import type { QueueTotals } from './queue-counters.js'
import type { SqsOptions } from './sqs-options.js'

const PURGE_INTERVAL_MS = 60_000

export interface QueueOptions {
  readonly name: string
  readonly arn: string
  /** Tells this queue's receipt handles from those of others, one of the same name before it included. */
  readonly key: string
  readonly clock: Clock
  readonly attributes: ReadonlyMap<string, string>
  readonly tags: ReadonlyMap<string, string>
  readonly options: SqsOptions
  /** The queue that a redrive policy names, while it exists. */
  readonly findByArn: (arn: string) => Queue | undefined
}

/** A message on its way into a queue. */
export interface Sending {
  readonly sent: SentMessage
  readonly delayMs: number
}

export interface ReceiveRequest extends Take {
  readonly waitMs: number
  readonly signal: AbortSignal
}

/** How many messages are in each state. */
export interface QueueCounts {
  readonly visible: number
  readonly inFlight: number
  readonly delayed: number
}

/** What those see who only look on. */
export interface QueueGlance {
  /** When the longest-waiting message came, epoch milliseconds; undefined when there is none. */
  readonly oldestEnteredAtMs: number | undefined
  readonly totals: QueueTotals
}

/** A standard or FIFO queue: what its messages are doing, who waits for them, and how it is set up. */
export class Queue {
  readonly name: string
  readonly arn: string
  readonly key: string
  readonly isFifo: boolean
  readonly createdAtMs: number
  readonly tags: Map<string, string>
  readonly #clock: Clock
  readonly #findByArn: (arn: string) => Queue | undefined
  readonly #store: MessageStore
  readonly #deliveries: Deliveries
  readonly #options: SqsOptions
  /** Undefined where calls are not limited. */
  readonly #limits: CallLimits | undefined
  /** Undefined for a standard queue. */
  readonly #admission: FifoAdmission | undefined
  readonly #polls: LongPolls<Received[]>
  readonly #counters = new QueueCounters()
  #attributes: ReadonlyMap<string, string>
  #settings: QueueSettings
  #modifiedAtMs: number
  #purgedAtMs = Number.NEGATIVE_INFINITY

  constructor(options: QueueOptions) {
    this.name = options.name
    this.arn = options.arn
    this.key = options.key
    this.tags = new Map(options.tags)
    this.#clock = options.clock
    this.#findByArn = options.findByArn
    this.#options = options.options
    this.#attributes = options.attributes
    this.#settings = settingsOf(options.attributes)
    this.createdAtMs = options.clock.now()
    this.#modifiedAtMs = this.createdAtMs
    this.isFifo = this.#settings.fifo !== undefined
    this.#limits = options.options.fifoThroughputLimits === true ? new CallLimits() : undefined
    this.#admission = this.isFifo ? new FifoAdmission() : undefined
    const { sqsProcessingWindowSeconds } = options.options.parameters ?? DEFAULTS
    const order = this.isFifo ? new FifoOrder() : new FairOrder(sqsProcessingWindowSeconds * 1_000)
    this.#store = new MessageStore(order)
    this.#deliveries = new Deliveries(this.#store, this)
    this.#polls = new LongPolls(options.clock, () => this.#store.nextDueAtMs)
  }

  get attributes(): ReadonlyMap<string, string> {
    return this.#attributes
  }

  get settings(): QueueSettings {
    return this.#settings
  }

  get modifiedAtMs(): number {
    return this.#modifiedAtMs
  }

  configure(attributes: ReadonlyMap<string, string>): void {
    this.#modifiedAtMs = this.#advance()
    this.#attributes = attributes
    this.#settings = settingsOf(attributes)
    // "For FIFO queues, the per-queue delay setting is retroactive" (SQS developer guide, "Delay queues").
    if (this.isFifo) this.#store.delayAnew(this.#settings.delayMs)
    this.#advance()
    this.#polls.serve()
  }

  /** The three counts, exact at this instant. */
  counts(): QueueCounts {
    this.#advance()
    const { visible, inFlight, delayed } = this.#store
    return { visible, inFlight, delayed }
  }

  /** What those see who only look on: nothing is received, counted or delayed by it. */
  glance(): QueueGlance {
    this.#advance()
    return { oldestEnteredAtMs: this.#store.oldestEnteredAtMs(), totals: this.#counters.totals() }
  }

  /** Up to `limit` messages, longest in the queue first, without receiving them. */
  look(limit: number): readonly StoredMessage[] {
    this.#advance()
    return this.#store.firstEntered(limit)
  }

  /** See {@link CallLimits.count}. */
  countCall(action: LimitedAction, groupIds?: () => readonly string[]): void {
    this.#limits?.count({ action, groupIds, fifo: this.#settings.fifo, nowMs: this.#clock.now() })
  }

  /** What becomes of a message that is sent here: see {@link FifoAdmission.admit}. Standard queues take it as it is. */
  admit(sent: SentMessage): { sent: SentMessage } | { original: Admitted } {
    const { fifo } = this.#settings
    if (fifo === undefined || this.#admission === undefined) return { sent }
    const admission = this.#admission.admit(sent, fifo.deduplicationScope)
    if ('original' in admission) this.#counters.countDeduplicated()
    return admission
  }

  /** Adds messages, then serves the receives that wait: a batch reaches one of them together. */
  send(messages: readonly Sending[]): void {
    const nowMs = this.#advance()
    for (const { sent, delayMs } of messages) {
      this.#store.add(storedMessage(sent, nowMs), delayMs > 0 ? nowMs + delayMs : undefined)
      this.#counters.countSent(sent.sizeBytes)
    }
    this.#polls.serve()
  }

  /** Takes up to `maximum` messages, waiting for the first one up to `waitMs`. Empty when there was none. */
  async receive(request: ReceiveRequest): Promise<Received[]> {
    if (request.signal.aborted) return []
    const tryTake = (): Received[] | undefined => this.#take(request)
    const { waitMs, signal } = request
    const taken = tryTake() ?? (waitMs > 0 ? await this.#polls.wait({ tryTake, waitMs, signal }) : undefined)
    if (taken === undefined) this.#counters.countEmptyReceive()
    return taken ?? []
  }

  /** Puts messages back as they were before a receive whose answer reached nobody. */
  undoReceive(taken: readonly Received[]): void {
    this.#advance()
    this.#counters.countReceived(-this.#deliveries.undo(taken))
    this.#polls.serve()
  }

  /** See {@link Deliveries.delete}. */
  delete(handle: string): void {
    this.#advance()
    this.#deliveries.delete(handle)
    this.#counters.countDeleted()
    this.#polls.serve()
  }

  /** See {@link Deliveries.changeVisibility}. */
  changeVisibility(handle: string, seconds: number): void {
    this.#deliveries.changeVisibility(handle, seconds, this.#advance())
    this.#polls.serve()
  }

  /**
   * Moves the message that a receive would take first to another queue, where it is a new one with an id and a sending
   * time of its own (SQS developer guide, "Dead-letter queue redrive"). False when none is visible.
   */
  moveFirst(targetOf: (message: StoredMessage) => Queue): boolean {
    this.#advance()
    for (const message of this.#store.candidates()) {
      const target = targetOf(message)
      this.#store.remove(message)
      this.#polls.serve()
      target.#takeOver(message.sent)
      return true
    }
    return false
  }

  /** Drops every message, those in flight included. */
  purge(): void {
    const nowMs = this.#clock.now()
    const isTooSoon = nowMs - this.#purgedAtMs < PURGE_INTERVAL_MS
    if (isTooSoon && this.#options.strictTiming !== false) throw purgeInProgress(this.name)
    this.#purgedAtMs = nowMs
    this.#store.clear()
    this.#deliveries.forget()
    this.#admission?.forget()
  }

  takeReading(): QueueReading {
    const messages = this.#store.reading(this.#advance())
    return { queueName: this.name, ...messages, ...this.#counters.take() }
  }

  /** Answers the receives that wait: empty-handed, or with an error when the queue itself is deleted. */
  close(reason: 'deleted' | 'stopping'): void {
    this.#polls.endAll(reason === 'deleted' ? queueDoesNotExist() : undefined)
  }

  #advance(): number {
    const nowMs = this.#clock.now()
    this.#store.advance(nowMs, this.#settings.retentionMs)
    return nowMs
  }

  #take(request: ReceiveRequest): Received[] | undefined {
    const nowMs = this.#advance()
    const taken = this.#deliveries.take(request, nowMs, (message) => this.#redrive(message))
    this.#counters.countReceived(taken.length)
    return taken.length === 0 ? undefined : taken
  }

  /** Moves a message that has had its receives to the dead-letter queue. It stays here while that queue is gone. */
  #redrive(message: StoredMessage): boolean {
    const policy = this.#settings.redrivePolicy
    if (policy === undefined || message.receipt.receiveCountHere < policy.maxReceiveCount) return false
    const target = this.#findByArn(policy.deadLetterTargetArn)
    if (target === undefined || target === this) return false
    this.#store.remove(message)
    target.#adopt(message, this.arn)
    return true
  }

  #adopt({ sent, receipt }: StoredMessage, sourceArn: string): void {
    const nowMs = this.#advance()
    const adopted = this.#admission?.adopt(sent, nowMs) ?? sent
    this.#store.add(storedMessage(adopted, nowMs, { arn: sourceArn, receipt }))
    this.#polls.serve()
  }

  #takeOver(moved: SentMessage): void {
    const nowMs = this.#advance()
    const renewed = { ...moved, id: randomUUID(), sentAtMs: nowMs }
    const { delayMs } = this.#settings
    const sent = this.#admission?.renew(renewed) ?? renewed
    this.#store.add(storedMessage(sent, nowMs), delayMs > 0 ? nowMs + delayMs : undefined)
    this.#polls.serve()
  }
}
