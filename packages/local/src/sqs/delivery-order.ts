import type { QueueReading } from '@longshore/model'

import type { MessageState, StoredMessage } from './message.js'

/**
 * The order in which a queue's visible messages are received. The message store tells it of every step that a message
 * takes, and asks it what a receive may take.
 */
export interface DeliveryOrder {
  /** The instant of the steps that follow, epoch milliseconds; it never goes back. */
  elapse(nowMs: number): void
  /** `message.state` has just changed, from `from`. */
  moved(message: StoredMessage, from: MessageState): void
  /** A message in flight is visible again as if it had not been received: in the place that it was taken from. */
  restored(message: StoredMessage): void
  /** What one receive may take, best first. Each message must be taken, or leave the queue, before the next is asked for. */
  candidates(): Iterable<StoredMessage>
  /** Whether a visible or in-flight message can be the one that ApproximateAgeOfOldestMessage speaks of. */
  countsAge(message: StoredMessage): boolean
  groupReading(view: GroupReadingView): GroupReading
}

/** What the metrics say of a queue's message groups. */
export type GroupReading = Pick<QueueReading, 'groupsInFlight' | 'fairness'>

export interface GroupReadingView {
  readonly counts: { readonly visible: number; readonly inFlight: number; readonly delayed: number }
  /** The age of the oldest message that is not delayed, of those that count. */
  readonly ageSeconds: (counts: (message: StoredMessage) => boolean) => number | undefined
}
