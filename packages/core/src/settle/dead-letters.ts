import type { Backoff } from '../backoff.js'
import { backoffMs } from '../backoff.js'
import type { Clock } from '../clock.js'
import { sleep } from '../clock.js'
import type { Delivery, MessageAttribute } from '../delivery.js'
import { LongshoreError, QueueCallError } from '../errors.js'
import type { Failure } from './failure-note.js'
import { copyAttributes } from './failure-note.js'

// About half a minute: then the message itself is retried, and may find another outcome.
const ATTEMPTS = 10
const COPY_BACKOFF: Backoff = { baseMs: 200, capMs: 5_000 }

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
  sendBatch(copies: readonly Copy[]): Promise<{ readonly failures: readonly Refusal[] }>
}

interface Refusal {
  readonly code: string
  readonly message: string
  readonly isSenderFault?: boolean | undefined
}

/** What the dead letters are given by their owner. */
export interface DeadLettersParts {
  readonly clock: Clock
  readonly random: () => number
  /** Undefined for a queue without a RedrivePolicy. */
  readonly open: (() => Promise<DeadLetterQueue>) | undefined
  /** A FIFO queue's dead-letter queue is FIFO too. */
  readonly isFifo: boolean
  readonly sourceArn: string | undefined
  /** The ECS task that this is, as soon as that is known. */
  readonly taskArn: () => Promise<string | undefined>
  /** False when the message is no longer ours, so that a copy would be one too many. */
  readonly isHeld: (delivery: Delivery) => boolean
}

/** Copies messages to the dead-letter queue, whose connection is made with the first. */
export class DeadLetters {
  readonly #parts: DeadLettersParts
  readonly #stop = new AbortController()
  #queue: Promise<DeadLetterQueue> | undefined

  constructor(parts: DeadLettersParts) {
    this.#parts = parts
  }

  /**
   * Resolves once SQS has confirmed the copy: tries again what may pass, for as long as the message is ours.
   *
   * @throws Error when there is no dead-letter queue, or it does not take the message.
   */
  async copy(delivery: Delivery, given: Pick<Failure, 'reason' | 'error'>): Promise<void> {
    const { clock, random, sourceArn, taskArn, isHeld } = this.#parts
    const failure: Failure = { ...given, sourceArn, taskArn: await taskArn() }
    const copy = this.#copyOf(delivery, failure)
    for (let attempt = 1; ; attempt += 1) {
      const refused = await this.#attempt(copy)
      if (refused === undefined) return
      if (!refused.mayPass || attempt === ATTEMPTS || !isHeld(delivery)) throw refused.error
      await sleep(clock, backoffMs(COPY_BACKOFF, attempt, random()), this.#stop.signal)
    }
  }

  /** Waits for no further attempt. */
  close(): void {
    this.#stop.abort()
  }

  async #attempt(copy: Copy): Promise<{ error: Error; mayPass: boolean } | undefined> {
    try {
      const queue = await this.#open()
      const [refusal] = (await queue.sendBatch([copy])).failures
      if (refusal === undefined) return undefined
      const error = new LongshoreError(`${refusal.code}: ${refusal.message}`)
      return { error, mayPass: refusal.isSenderFault !== true }
    } catch (thrown) {
      const error = thrown instanceof Error ? thrown : new LongshoreError(String(thrown))
      return { error, mayPass: error instanceof QueueCallError && !error.isConfiguration }
    }
  }

  async #open(): Promise<DeadLetterQueue> {
    const { open } = this.#parts
    if (open === undefined) {
      throw new LongshoreError(
        'The queue has no RedrivePolicy, so there is no dead-letter queue to copy to; set one on the queue.',
      )
    }
    this.#queue ??= open()
    return await this.#queue.catch((error: unknown) => {
      // The next attempt asks again.
      this.#queue = undefined
      throw error
    })
  }

  #copyOf({ message }: Delivery, failure: Failure): Copy {
    return {
      body: message.body,
      attributes: copyAttributes(message, failure),
      groupId: message.groupId,
      deduplicationId: this.#parts.isFifo ? message.messageId : undefined,
      traceHeader: message.traceHeader,
    }
  }
}
