import { RecentMap } from './recent-map.js'
import type { SentMessage } from './message.js'

/** How long a FIFO queue knows what was sent to it, even when that has been deleted (SQS developer guide: five minutes). */
const DEDUPLICATION_MS = 300_000

// "SequenceNumber is 128 bits" in the reference, twenty digits on the wire; AWS's go up by 256 at least.
const SEQUENCE_START = '188'
const SEQUENCE_DIGITS = 17
const SEQUENCE_STEP = 256

export type DeduplicationScope = 'queue' | 'messageGroup'

/** What the answer to a send says. */
export interface Admitted {
  readonly id: string
  readonly sequenceNumber: string
}

/** What a FIFO queue does with a message before it stores it: number it, or know it for a duplicate. */
export class FifoAdmission {
  readonly #sent = new RecentMap<Admitted>(DEDUPLICATION_MS)
  #lastNumber = 0

  /** Numbers a message, or answers the earlier one that it repeats. `nowMs` is when it is sent. */
  admit(sent: SentMessage, scope: DeduplicationScope): { sent: SentMessage } | { original: Admitted } {
    const { id, groupId = '', deduplicationId = '', sentAtMs } = sent
    // A group id holds no line break.
    const key = scope === 'messageGroup' ? `${groupId}\n${deduplicationId}` : deduplicationId
    const original = this.#sent.get(key, sentAtMs)
    if (original !== undefined) return { original }
    const numbered = this.#numbered(sent)
    this.#sent.set(key, { id, sequenceNumber: numbered.sequenceNumber }, sentAtMs)
    return { sent: numbered }
  }

  /**
   * What a message becomes that a redrive policy moves here: one sent now, whose message id is its deduplication id (SQS
   * developer guide, on FIFO dead-letter queues).
   */
  adopt(sent: SentMessage, nowMs: number): SentMessage {
    return this.#numbered({ ...sent, sentAtMs: nowMs, deduplicationId: sent.id })
  }

  /** What a message becomes that is moved here as a new one. */
  renew(sent: SentMessage): SentMessage {
    return this.#numbered(sent)
  }

  /** Forgets what was sent: a message of a purged queue may be sent again. */
  forget(): void {
    this.#sent.clear()
  }

  #numbered(sent: SentMessage): SentMessage & { readonly sequenceNumber: string } {
    this.#lastNumber++
    const digits = String(this.#lastNumber * SEQUENCE_STEP).padStart(SEQUENCE_DIGITS, '0')
    return { ...sent, sequenceNumber: SEQUENCE_START + digits }
  }
}
