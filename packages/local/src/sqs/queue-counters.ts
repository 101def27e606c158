import type { QueueReading } from '@longshore/model'

type Counts = Pick<
  QueueReading,
  'sent' | 'received' | 'deleted' | 'emptyReceives' | 'sentBytes' | 'deduplicated'
>

/** Messages since the queue's creation: who looks on twice has a rate. */
export interface QueueTotals {
  readonly sent: number
  readonly received: number
  readonly deleted: number
}

/** What happened in a queue since the last reading, for the AWS/SQS metrics. */
export class QueueCounters {
  /** Of all readings so far. */
  #taken: QueueTotals = { sent: 0, received: 0, deleted: 0 }
  #sent = 0
  #bytes = { sum: 0, minimum: Number.POSITIVE_INFINITY, maximum: 0 }
  #received = 0
  #deleted = 0
  #emptyReceives = 0
  #deduplicated = 0

  countSent(bytes: number): void {
    this.#sent++
    this.#bytes.sum += bytes
    this.#bytes.minimum = Math.min(this.#bytes.minimum, bytes)
    this.#bytes.maximum = Math.max(this.#bytes.maximum, bytes)
  }

  /** Negative for messages whose answer did not reach its caller. */
  countReceived(messages: number): void {
    this.#received += messages
  }

  /** SQS counts every delete with a valid handle, repeated ones too. */
  countDeleted(): void {
    this.#deleted++
  }

  countEmptyReceive(): void {
    this.#emptyReceives++
  }

  countDeduplicated(): void {
    this.#deduplicated++
  }

  /** Since the creation; reading them changes nothing. */
  totals(): QueueTotals {
    return {
      sent: this.#taken.sent + this.#sent,
      received: this.#taken.received + this.#received,
      deleted: this.#taken.deleted + this.#deleted,
    }
  }

  /** The counts since the previous call; counting starts anew. */
  take(): Counts {
    this.#taken = this.totals()
    const counts = {
      sent: this.#sent,
      // An undone receive may fall into the reading after its own.
      received: Math.max(this.#received, 0),
      deleted: this.#deleted,
      emptyReceives: this.#emptyReceives,
      sentBytes: this.#sent === 0 ? undefined : this.#bytes,
      deduplicated: this.#deduplicated,
    }
    this.#sent = 0
    this.#bytes = { sum: 0, minimum: Number.POSITIVE_INFINITY, maximum: 0 }
    this.#received = 0
    this.#deleted = 0
    this.#emptyReceives = 0
    this.#deduplicated = 0
    return counts
  }
}
