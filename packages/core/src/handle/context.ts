import type { Delivery, MessageAttribute } from '../delivery.js'
import type { Logger } from '../log.js'
import { withFields } from '../log.js'

/**
 * Handles one message. Returning means done: the message is deleted. Throwing means retry, after a backoff. Anything
 * else is said with `retry()`, `deadLetter()` or `release()`, returned or thrown.
 */
export type Handler<Message> = (message: Message, context: HandlerContext) => unknown

/** What a handler knows besides the message itself. */
export interface HandlerContext {
  /**
   * Aborts when the handling should end. Its `reason` says why: `HandlerTimeoutError`, `LeaseLostError` (another worker
   * may have the message now), or `DrainDeadlineError` (the task is being stopped). Hand it to whatever can be aborted.
   */
  readonly signal: AbortSignal
  readonly messageId: string
  /** How often SQS has handed this message out, this time included; 1 on the first attempt. */
  readonly receiveCount: number
  readonly sentAt: Date
  readonly groupId: string | undefined
  /** The message's own attributes, by name. */
  readonly attributes: Readonly<Record<string, MessageAttribute>>
  /** The receipt itself, with its raw message. */
  readonly delivery: Delivery
  /** The worker's logger; every entry carries the message's id and receive count. */
  readonly log: Logger
}

/** Made for each handling; what costs something is made when first asked for. */
export class DeliveryContext implements HandlerContext {
  readonly delivery: Delivery
  readonly #workerLog: Logger
  #log: Logger | undefined

  constructor(delivery: Delivery, log: Logger) {
    this.delivery = delivery
    this.#workerLog = log
  }

  get signal(): AbortSignal {
    return this.delivery.signal
  }

  get messageId(): string {
    return this.delivery.messageId
  }

  get receiveCount(): number {
    return this.delivery.receiveCount
  }

  get sentAt(): Date {
    return new Date(this.delivery.message.sentAtMs)
  }

  get groupId(): string | undefined {
    return this.delivery.message.groupId
  }

  get attributes(): Readonly<Record<string, MessageAttribute>> {
    return this.delivery.message.attributes
  }

  get log(): Logger {
    const { messageId, receiveCount } = this
    this.#log ??= withFields(this.#workerLog, { messageId, receiveCount })
    return this.#log
  }
}
