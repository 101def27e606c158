/** A message attribute as SQS carries it. */
export interface MessageAttribute {
  /** `String`, `Number` or `Binary`, with an optional custom suffix: `String.uuid`. */
  readonly type: string
  /** A string for `String` and `Number`, bytes for `Binary`. */
  readonly value: string | Uint8Array
}

/** A message as a receive returned it. */
export interface ReceivedMessage {
  readonly messageId: string
  /** Names this receipt, and only this one: a redelivery of the same message has another. */
  readonly receiptHandle: string
  readonly body: string
  /** How often SQS has handed the message out, this time included. SQS may count a receive that nobody got. */
  readonly receiveCount: number
  /** When it was sent, epoch milliseconds. */
  readonly sentAtMs: number
  /** When it was first received, epoch milliseconds. */
  readonly firstReceivedAtMs: number
  readonly groupId?: string | undefined
  /** The X-Ray trace header, if the sender set one. */
  readonly traceHeader?: string | undefined
  readonly attributes: Readonly<Record<string, MessageAttribute>>
  /** On a dead-letter queue, if asked for: the ARN of the queue that SQS moved it from. */
  readonly sourceArn?: string | undefined
}

/**
 * One receipt of one message: what every room hands on. Its abort signal is made only when someone asks for it, since
 * most handlers never do.
 */
export class Delivery {
  readonly message: ReceivedMessage
  /** When the receive answered, epoch milliseconds by the worker's clock. */
  readonly receivedAtMs: number
  /** The name of its queue. */
  readonly queue: string
  #controller: AbortController | undefined
  #interruption: Error | undefined
  #leasedUntilMs: number
  #leaseListeners: ((untilMs: number) => void)[] | undefined

  constructor(message: ReceivedMessage, receivedAtMs: number, queue: string) {
    this.message = message
    this.receivedAtMs = receivedAtMs
    this.#leasedUntilMs = receivedAtMs
    this.queue = queue
  }

  get messageId(): string {
    return this.message.messageId
  }

  get receiptHandle(): string {
    return this.message.receiptHandle
  }

  get receiveCount(): number {
    return this.message.receiveCount
  }

  /** Until when SQS hides the message from others, by the calls that it confirmed; epoch milliseconds. */
  get leasedUntilMs(): number {
    return this.#leasedUntilMs
  }

  /** Calls `listener` whenever a heartbeat has moved {@link leasedUntilMs}. The returned function ends that. */
  onLeaseExtended(listener: (untilMs: number) => void): () => void {
    const own = (untilMs: number): void => listener(untilMs)
    this.#leaseListeners = [...(this.#leaseListeners ?? []), own]
    return () => {
      this.#leaseListeners = this.#leaseListeners?.filter((each) => each !== own)
    }
  }

  /** Notes what SQS has granted. For `settle/` alone, which is the only writer of leases. */
  leaseUntil(untilMs: number): void {
    this.#leasedUntilMs = untilMs
    for (const listener of this.#leaseListeners ?? []) listener(untilMs)
  }

  /** Aborts when the handling should end, with the reason; see `HandlerContext.signal`. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController()
      if (this.#interruption !== undefined) this.#controller.abort(this.#interruption)
    }
    return this.#controller.signal
  }

  /** Why the handling was told to end, if it was. The first reason stays. */
  get interruption(): Error | undefined {
    return this.#interruption
  }

  /** Tells the handling to end. */
  interrupt(reason: Error): void {
    if (this.#interruption !== undefined) return
    this.#interruption = reason
    this.#controller?.abort(reason)
  }
}
