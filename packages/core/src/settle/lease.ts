import type { Delivery } from '../delivery.js'
import type { Timed } from '../timetable.js'
import type { Kept } from './keeper.js'

// SQS holds no receipt longer than 12 hours from its receive; extensions do not move that, and asking beyond the
// remainder is an error: docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html
// Five seconds less, because SQS's receive was before ours by as much as its answer took.
const MAX_LEASE_MS = 43_200_000 - 5_000

/** How SQS is told of an outcome: the message is deleted, or becomes visible after so many seconds. */
export type Ending =
  | Deleted
  | { readonly kind: 'makeVisible'; readonly outcome: 'retry' | 'release'; readonly afterSeconds: number }

export const HAND_BACK: Ending = { kind: 'makeVisible', outcome: 'release', afterSeconds: 0 }

/** `repeat`: it was settled before, and SQS had confirmed it. */
export interface Deleted {
  readonly kind: 'delete'
  readonly outcome: 'done' | 'deadLetter' | 'repeat'
}

/**
 * Our hold on one delivery until its visibility timeout.
 *
 * held ──(due)──► a heartbeat is in flight ──► held, extended
 *   └──(settled)──► ending: waits for the heartbeat in flight, if any, then for its batch ──► confirmed, the end
 * any ──(expiry without a confirmed extension, or SQS disowns the receipt)──► lost, the end
 */
export interface Lease extends Timed {
  readonly delivery: Delivery
  /** Until when SQS hides the message from others, by the calls that it confirmed. */
  expiresAtMs: number
  /** What the next due time is for. `turn`: until its expiry its delete waits for others of its group. */
  dueFor: 'heartbeat' | 'expiry' | 'resend' | 'turn'
  /** A heartbeat is in flight. No other call about this receipt may be. */
  isBeating: boolean
  /** That heartbeat is the keeper's. */
  waitsForKeeper: boolean
  /** Undefined: only this thread extends it. */
  kept: Kept | undefined
  ending: Ending | undefined
  /** Its ending is in flight. */
  isSending: boolean
  /** An earlier message of its FIFO group was lost: whatever its handling came to, it must come again after that one. */
  isOutOfTurn: boolean
  /** How often its ending was sent. */
  attempts: number
  /** How many heartbeats have failed since the last that did not. */
  missedBeats: number
}

/**
 * SQS began to count when it sent the message, which was before it came in by up to a round trip; a share of a short
 * visibility timeout must be left, whatever the round trip.
 */
export function newLease(delivery: Delivery, visibilityMs: number, roundTripMs: number): Lease {
  return {
    delivery,
    expiresAtMs: delivery.receivedAtMs + visibilityMs - Math.min(roundTripMs, visibilityMs / 3),
    dueFor: 'heartbeat',
    isBeating: false,
    waitsForKeeper: false,
    kept: undefined,
    ending: undefined,
    isSending: false,
    isOutOfTurn: false,
    attempts: 0,
    missedBeats: 0,
    dueMs: 0,
    heapIndex: -1,
  }
}

/** Until when SQS lets anyone hold its receipt. */
export function mostUntilMs({ delivery }: Lease): number {
  return delivery.receivedAtMs + MAX_LEASE_MS
}

/** Whole seconds that may still be asked for, at most `seconds`: what is left of the 12 hours. */
export function grantableSeconds(lease: Lease, seconds: number, nowMs: number): number {
  const remainingMs = mostUntilMs(lease) - nowMs
  return Math.max(0, Math.min(seconds, Math.floor(remainingMs / 1_000)))
}

/**
 * How long before its expiry a lease is extended: time for two slow round trips, at least a third of the visibility
 * timeout. Never more than two thirds, or a short visibility timeout would make every heartbeat due at once.
 */
export function heartbeatLeadMs(visibilityMs: number, p99Ms: number): number {
  return Math.min(Math.max(2 * p99Ms, visibilityMs / 3), (visibilityMs * 2) / 3)
}

/** A delete that was sent before: when SQS disowns the receipt, only the answer to the first attempt was lost. */
export function isGoneAlready({ ending, attempts }: Lease): boolean {
  return ending?.kind === 'delete' && attempts > 1
}

export function visibleAfterSeconds({ ending }: Lease): number {
  return ending?.kind === 'makeVisible' ? ending.afterSeconds : 0
}
