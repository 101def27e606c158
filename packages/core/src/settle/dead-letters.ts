import type { Delivery, MessageAttribute } from '../delivery.js'
import { LongshoreError } from '../errors.js'

// SQS's limit for one message.
const MAX_ATTRIBUTES = 10
const MAX_REASON_CHARACTERS = 256

/** A message as it goes to the dead-letter queue. */
export interface Copy {
  readonly body: string
  readonly attributes: Readonly<Record<string, MessageAttribute>>
  readonly groupId: string | undefined
  /** For a FIFO queue: a copy that is sent again, because its answer was lost, is one copy. */
  readonly deduplicationId: string | undefined
  readonly traceHeader: string | undefined
}

/** What copying needs of the dead-letter queue. */
export interface DeadLetterQueue {
  sendBatch(copies: readonly Copy[]): Promise<{
    readonly failures: readonly { readonly code: string; readonly message: string }[]
  }>
}

/** Copies messages to the dead-letter queue, whose connection is made with the first. */
export class DeadLetters {
  readonly #open: (() => Promise<DeadLetterQueue>) | undefined
  readonly #isFifo: boolean
  #queue: Promise<DeadLetterQueue> | undefined

  /** `open` is undefined for a queue without a RedrivePolicy. A FIFO queue's dead-letter queue is FIFO too. */
  constructor(open: (() => Promise<DeadLetterQueue>) | undefined, isFifo: boolean) {
    this.#open = open
    this.#isFifo = isFifo
  }

  /** Resolves once SQS has confirmed the copy. */
  async copy(delivery: Delivery, reason: string): Promise<void> {
    if (this.#open === undefined) {
      throw new LongshoreError(
        'The queue has no RedrivePolicy, so there is no dead-letter queue to copy to; set one on the queue.',
      )
    }
    this.#queue ??= this.#open()
    const queue = await this.#queue.catch((error: unknown) => {
      // The next message tries again.
      this.#queue = undefined
      throw error
    })
    const [failure] = (await queue.sendBatch([copyOf(delivery, reason, this.#isFifo)])).failures
    if (failure !== undefined) throw new LongshoreError(`${failure.code}: ${failure.message}`)
  }
}

// The sender's attributes come first: ours only fill what room is left.
function copyOf({ message }: Delivery, reason: string, isFifo: boolean): Copy {
  const text = reason.slice(0, MAX_REASON_CHARACTERS)
  const ours: [string, MessageAttribute][] = [
    // SQS refuses an attribute with an empty value.
    ['longshore.reason', { type: 'String', value: text === '' ? 'none given' : text }],
    ['longshore.receiveCount', { type: 'Number', value: String(message.receiveCount) }],
  ]
  const theirs = Object.entries(message.attributes).filter(([name]) => !ours.some(([own]) => own === name))
  return {
    body: message.body,
    attributes: Object.fromEntries([...theirs, ...ours].slice(0, MAX_ATTRIBUTES)),
    groupId: message.groupId,
    deduplicationId: isFifo ? message.messageId : undefined,
    traceHeader: message.traceHeader,
  }
}
