import type { QueueReading } from '@longshore/model'
import type { Clock } from '@longshore/core/time'

import { invalidValue, messageNotInflight, purgeInProgress, queueDoesNotExist } from './errors.js'
import type { Redeliver } from '../server/service.js'
import { Duplicates } from './duplicates.js'
import { LongPolls } from './long-polls.js'
import { MessageStore } from './message-store.js'
import { storedMessage } from './message.js'
import type { Receipt, SentMessage, StoredMessage } from './message.js'
import { settingsOf } from './queue-attributes.js'
import type { QueueSettings } from './queue-attributes.js'
import { QueueCounters } from './queue-counters.js'
import type { QueueTotals } from './queue-counters.js'
import { readReceiptHandle, writeReceiptHandle } from './receipt-handle.js'

/** Messages in flight per queue (SQS quotas: 120,000 for standard queues). */
export const MAX_IN_FLIGHT = 120_000

// A message may be in flight for 12 hours in all, counted from its receive; extensions do not start them anew.
const MAX_IN_FLIGHT_SECONDS = 43_200
const PURGE_INTERVAL_MS = 60_000

export interface QueueOptions {
  readonly name: string
  readonly arn: string
  /** Tells this queue's receipt handles from those of others, one of the same name before it included. */
  readonly key: string
  readonly clock: Clock
  readonly attributes: ReadonlyMap<string, string>
  readonly tags: ReadonlyMap<string, string>
  /** The queue that a redrive policy names, while it exists. */
  readonly findByArn: (arn: string) => Queue | undefined
}

export interface ReceiveRequest {
  readonly maximum: number
  readonly visibilityMs: number
  readonly waitMs: number
  readonly signal: AbortSignal
  /** One message to be delivered although a receiver holds it, or although it was deleted. */
  readonly redeliver?: Redeliver | undefined
}

/** A message as one receive saw it, with what it was before, so that the receive can be undone. */
export interface Received {
  readonly message: StoredMessage
  readonly receipt: Receipt
  readonly before: Receipt
  readonly handle: string
  /** A duplicate: undoing its receive would make visible what another receiver holds. */
  readonly isDuplicate?: true
}

/** What a queue tells of itself besides its attributes. */
export interface QueueGlance {
  /** Epoch milliseconds; of the longest-waiting message, as ApproximateAgeOfOldestMessage counts it. */
  readonly oldestEnteredAtMs: number | undefined
  readonly totals: QueueTotals
}

/** A standard queue: what its messages are doing, who waits for them, and how it is set up. */
export class Queue {
  readonly name: string
  readonly arn: string
  readonly key: string
  readonly createdAtMs: number
  readonly tags: Map<string, string>
  readonly #clock: Clock
  readonly #findByArn: (arn: string) => Queue | undefined
  readonly #store = new MessageStore()
  readonly #polls: LongPolls<Received[]>
  readonly #counters = new QueueCounters()
  readonly #duplicates = new Duplicates()
  #attributes: ReadonlyMap<string, string>
  #settings: QueueSettings
  #modifiedAtMs: number
  #purgedAtMs = Number.NEGATIVE_INFINITY
  #lastReceipt = 0

  constructor(options: QueueOptions) {
    this.name = options.name
    this.arn = options.arn
    this.key = options.key
    this.tags = new Map(options.tags)
    this.#clock = options.clock
    this.#findByArn = options.findByArn
    this.#attributes = options.attributes
    this.#settings = settingsOf(options.attributes)
    this.createdAtMs = options.clock.now()
    this.#modifiedAtMs = this.createdAtMs
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
    this.#attributes = attributes
    this.#settings = settingsOf(attributes)
    this.#modifiedAtMs = this.#clock.now()
  }

  /** The three counts, exact at this instant. */
  counts(): { visible: number; inFlight: number; delayed: number } {
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

  /** Adds messages, then serves the receives that wait: a batch reaches one of them together. */
  send(messages: readonly { readonly sent: SentMessage; readonly delayMs: number }[]): void {
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
    // Last first, so that the front of the queue has them in their old order.
    for (const { message, receipt, before, isDuplicate } of taken.toReversed()) {
      if (isDuplicate || message.state === 'gone' || message.receipt !== receipt) continue
      message.receipt = before
      if (message.state === 'inFlight') this.#store.restore(message)
      this.#counters.countReceived(-1)
    }
    this.#polls.serve()
  }

  /** Deletes what the handle's receive took, unless the message was received again since: then nothing happens. */
  delete(handle: string): void {
    const message = this.#heldBy(handle)
    if (message !== undefined) {
      this.#store.remove(message)
      this.#duplicates.noteDeleted(message)
    }
    this.#counters.countDeleted()
    this.#polls.serve()
  }

  /** A new visibility timeout, counted from now, for the receive that the handle names. */
  changeVisibility(handle: string, seconds: number): void {
    const nowMs = this.#advance()
    const { messageId, receipt } = readReceiptHandle(handle, this.key)
    const message = this.#store.find(messageId)
    if (message === undefined) {
      const reason = 'Message does not exist or is not available for visibility timeout change.'
      throw invalidValue('ReceiptHandle', handle, reason)
    }
    if (message.receipt.number !== receipt) throw messageNotInflight()
    // SQS answers 200 for a handle whose timeout is over, and changes nothing (recorded from AWS): the message stays visible.
    if (message.state !== 'inFlight') return
    const heldSeconds = Math.floor((nowMs - message.receipt.receivedAtMs) / 1_000)
    if (heldSeconds + seconds > MAX_IN_FLIGHT_SECONDS) {
      const reason = `Total VisibilityTimeout for the message is beyond the limit [${MAX_IN_FLIGHT_SECONDS} seconds]`
      throw invalidValue('VisibilityTimeout', seconds, reason)
    }
    this.#store.hide(message, nowMs + seconds * 1_000)
    this.#polls.serve()
  }

  /** Drops every message, those in flight included. */
  purge(): void {
    const nowMs = this.#clock.now()
    if (nowMs - this.#purgedAtMs < PURGE_INTERVAL_MS) throw purgeInProgress(this.name)
    this.#purgedAtMs = nowMs
    this.#store.clear()
    this.#duplicates.clear()
  }

  takeReading(): QueueReading {
    const nowMs = this.#advance()
    const { visible, inFlight, delayed } = this.#store
    const oldestMs = this.#store.oldestEnteredAtMs()
    return {
      queueName: this.name,
      visible,
      inFlight,
      delayed,
      oldestAgeSeconds: oldestMs === undefined ? undefined : Math.floor((nowMs - oldestMs) / 1_000),
      ...this.#counters.take(),
    }
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

  #take({ maximum, visibilityMs, redeliver }: ReceiveRequest): Received[] | undefined {
    const nowMs = this.#advance()
    const room = Math.min(maximum, MAX_IN_FLIGHT - this.#store.inFlight)
    const taken = this.#takeAgain(redeliver, nowMs, visibilityMs)
    while (taken.length < room) {
      const message = this.#store.nextVisible
      if (message === undefined) break
      if (this.#redrive(message, nowMs)) continue
      taken.push(this.#receiveOne(message, nowMs))
      this.#store.hide(message, nowMs + visibilityMs)
    }
    this.#counters.countReceived(taken.length)
    return taken.length === 0 ? undefined : taken
  }

  /** A duplicate delivery, with a receipt of its own: the handles that others hold of the message are old then. */
  #takeAgain(redeliver: Redeliver | undefined, nowMs: number, visibilityMs: number): Received[] {
    if (redeliver === undefined) return []
    const isDeleted = redeliver.of === 'deleted'
    const message = isDeleted ? this.#duplicates.lastDeleted : this.#store.anyInFlight()
    if (message === undefined || !redeliver.claim()) return []
    if (isDeleted) this.#store.add(this.#duplicates.forget(message))
    const received = this.#receiveOne(message, nowMs)
    this.#store.hide(message, nowMs + visibilityMs)
    return [{ ...received, isDuplicate: true }]
  }

  #receiveOne(message: StoredMessage, nowMs: number): Received {
    const before = message.receipt
    const receipt = {
      number: ++this.#lastReceipt,
      receivedAtMs: nowMs,
      receiveCount: before.receiveCount + 1,
      receiveCountHere: before.receiveCountHere + 1,
      firstReceivedAtMs: before.firstReceivedAtMs ?? nowMs,
    }
    message.receipt = receipt
    const handle = writeReceiptHandle({ queueKey: this.key, messageId: message.id, receipt: receipt.number })
    return { message, receipt, before, handle }
  }

  /** Moves a message that has had its receives to the dead-letter queue. It stays here while that queue is gone. */
  #redrive(message: StoredMessage, nowMs: number): boolean {
    const policy = this.#settings.redrivePolicy
    if (policy === undefined || message.receipt.receiveCountHere < policy.maxReceiveCount) return false
    const target = this.#findByArn(policy.deadLetterTargetArn)
    if (target === undefined || target === this) return false
    this.#store.remove(message)
    target.#store.add(storedMessage(message.sent, nowMs, { arn: this.arn, receipt: message.receipt }))
    target.#polls.serve()
    return true
  }

  #heldBy(handle: string): StoredMessage | undefined {
    this.#advance()
    const { messageId, receipt } = readReceiptHandle(handle, this.key)
    const message = this.#store.find(messageId)
    return message?.receipt.number === receipt ? message : undefined
  }
}
