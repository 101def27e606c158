import type { Redeliver } from '../server/service.js'
import { Duplicates } from './duplicates.js'
import { invalidValue, messageNotInflight, receiptHandleHasExpired } from './errors.js'
import type { MessageStore } from './message-store.js'
import type { Receipt, StoredMessage } from './message.js'
import { readReceiptHandle, writeReceiptHandle } from './receipt-handle.js'
import { ReceiveAttempts } from './receive-attempts.js'

/** Messages in flight per queue (SQS quotas: 120,000 for standard and FIFO queues). */
export const MAX_IN_FLIGHT = 120_000

// A message may be in flight for 12 hours in all, counted from its receive; extensions do not start them anew.
const MAX_IN_FLIGHT_SECONDS = 43_200

/** What one receive asks for. */
export interface Take {
  readonly maximum: number
  readonly visibilityMs: number
  /** FIFO only: a receive with the id of an earlier one takes the same messages again, if they are as it left them. */
  readonly attemptId?: string | undefined
  /** One message to be delivered although a receiver holds it, or although it was deleted. */
  readonly redeliver?: Redeliver | undefined
}

/** A message as one receive saw it, with what it was before, so that the receive can be undone. */
export interface Received {
  readonly message: StoredMessage
  readonly receipt: Receipt
  readonly before: Receipt
  readonly handle: string
  /** A duplicate, or a repeated answer: undoing it would make visible what another receive holds. */
  readonly isDuplicate?: true
}

/** Who holds which message of a queue: its receives, the handles they gave, and what a handle is good for. */
export class Deliveries {
  readonly #store: MessageStore
  readonly #queueKey: string
  readonly #isFifo: boolean
  readonly #attempts = new ReceiveAttempts()
  readonly #duplicates = new Duplicates()
  #lastReceipt = 0

  constructor(store: MessageStore, queue: { readonly key: string; readonly isFifo: boolean }) {
    this.#store = store
    this.#queueKey = queue.key
    this.#isFifo = queue.isFifo
  }

  /** Takes what is visible now. `moveAway` is asked first: true when it has moved the message to another queue. */
  take(take: Take, nowMs: number, moveAway: (message: StoredMessage) => boolean): Received[] {
    const repeated = this.#repeat(take, nowMs)
    if (repeated !== undefined) return repeated
    const taken = this.#takeAgain(take, nowMs)
    const room = Math.min(take.maximum, MAX_IN_FLIGHT - this.#store.inFlight + taken.length)
    if (taken.length >= room) return taken
    for (const message of this.#store.candidates()) {
      if (moveAway(message)) continue
      taken.push(this.#receive(message, nowMs))
      this.#store.hide(message, nowMs + take.visibilityMs)
      if (taken.length === room) break
    }
    if (take.attemptId !== undefined && taken.length > 0) this.#attempts.note(take.attemptId, taken, nowMs)
    return taken
  }

  /** Puts messages back as they were before a receive whose answer reached nobody; answers how many. */
  undo(taken: readonly Received[]): number {
    let undone = 0
    // Last first, so that the front of the queue has them in their old order.
    for (const { message, receipt, before, isDuplicate } of taken.toReversed()) {
      if (isDuplicate || message.state === 'gone' || message.receipt !== receipt) continue
      message.receipt = before
      if (message.state === 'inFlight') this.#store.restore(message)
      undone++
    }
    return undone
  }

  /**
   * Deletes what the handle's receive took. When that receive is over, a FIFO queue refuses; a standard queue deletes
   * the message all the same, unless it was received again since: then nothing happens.
   */
  delete(handle: string): void {
    const { messageId, receipt } = readReceiptHandle(handle, this.#queueKey)
    const message = this.#store.find(messageId)
    if (message === undefined) return
    this.#refuseExpired(message, receipt, handle)
    if (message.receipt.number !== receipt) return
    this.#store.remove(message)
    this.#duplicates.noteDeleted(message)
  }

  /** A new visibility timeout, counted from now, for the receive that the handle names. */
  changeVisibility(handle: string, seconds: number, nowMs: number): void {
    const { messageId, receipt } = readReceiptHandle(handle, this.#queueKey)
    const message = this.#store.find(messageId)
    if (message === undefined) {
      const reason = 'Message does not exist or is not available for visibility timeout change.'
      throw invalidValue('ReceiptHandle', handle, reason)
    }
    this.#refuseExpired(message, receipt, handle)
    if (message.receipt.number !== receipt) throw messageNotInflight()
    // SQS answers 200 for a handle whose timeout is over, and changes nothing (recorded from AWS): the message stays visible.
    if (message.state !== 'inFlight') return
    const heldSeconds = Math.floor((nowMs - message.receipt.receivedAtMs) / 1_000)
    if (heldSeconds + seconds > MAX_IN_FLIGHT_SECONDS) {
      const reason = `Total VisibilityTimeout for the message is beyond the limit [${MAX_IN_FLIGHT_SECONDS} seconds]`
      throw invalidValue('VisibilityTimeout', seconds, reason)
    }
    this.#store.hide(message, nowMs + seconds * 1_000)
    // Another object of the same content: the receive's attempt id is no longer good for this message.
    if (this.#isFifo) message.receipt = { ...message.receipt }
  }

  /** Call when the queue has dropped its messages. */
  forget(): void {
    this.#duplicates.clear()
    this.#attempts.forget()
  }

  /** Deletes as recorded from AWS, visibility changes as reported of it (aws-sdk-java#1628). */
  #refuseExpired(message: StoredMessage, receipt: number, handle: string): void {
    const isHeld = message.state === 'inFlight' && message.receipt.number === receipt
    if (this.#isFifo && !isHeld) throw receiptHandleHasExpired(handle)
  }

  /** What an earlier receive with the same attempt id took, under the same handles, its visibility timeout anew. */
  #repeat({ attemptId, visibilityMs }: Take, nowMs: number): Received[] | undefined {
    const earlier = attemptId === undefined ? undefined : this.#attempts.find(attemptId, nowMs)
    if (earlier === undefined) return undefined
    for (const { message } of earlier) this.#store.hide(message, nowMs + visibilityMs)
    return earlier.map(({ message, receipt, before, handle }) => {
      return { message, receipt, before, handle, isDuplicate: true }
    })
  }

  /** A duplicate delivery, with a receipt of its own: the handles that others hold of the message are old then. */
  #takeAgain({ redeliver, visibilityMs }: Take, nowMs: number): Received[] {
    if (redeliver === undefined || this.#isFifo) return []
    const isDeleted = redeliver.of === 'deleted'
    const message = isDeleted ? this.#duplicates.lastDeleted : this.#store.anyInFlight()
    if (message === undefined || !redeliver.claim()) return []
    if (isDeleted) this.#store.add(this.#duplicates.forget(message))
    const received = this.#receive(message, nowMs)
    this.#store.hide(message, nowMs + visibilityMs)
    return [{ ...received, isDuplicate: true }]
  }

  #receive(message: StoredMessage, nowMs: number): Received {
    const before = message.receipt
    const receipt = {
      number: ++this.#lastReceipt,
      receivedAtMs: nowMs,
      receiveCount: before.receiveCount + 1,
      receiveCountHere: before.receiveCountHere + 1,
      firstReceivedAtMs: before.firstReceivedAtMs ?? nowMs,
    }
    message.receipt = receipt
    const name = { queueKey: this.#queueKey, messageId: message.id, receipt: receipt.number }
    return { message, receipt, before, handle: writeReceiptHandle(name) }
  }
}
