import type { Duration } from '@longshore/core/time'

import type { ServiceName } from '../server/protocols/aws-services.js'

/** Which calls a fault strikes. What is left out does not matter. */
export interface FaultScope {
  readonly service?: ServiceName
  /** AWS's name, such as `ReceiveMessage`. */
  readonly operation?: string
  /** The name of the queue that a call to SQS is about. */
  readonly queue?: string
  /** Twelve digits: calls of one account, where test files share a server. */
  readonly accountId?: string
  /** The share of these calls that is struck: above 0, at most 1. Default 1. */
  readonly probability?: number
  /** The fault strikes so many calls and no more. Default: no end. */
  readonly count?: number
  /** Chooses which calls are struck where `probability` is below 1. Default: from the server's own seed. */
  readonly seed?: number
}

/** What happens to a struck call. */
export type FaultEffect =
  /** Refused as AWS throttles: SQS answers 403 RequestThrottled, the others 400 ThrottlingException. Not processed. */
  | { readonly effect: 'throttling' }
  /** Refused with 5xx. Not processed. `status`: 500 to 599, default 500. */
  | { readonly effect: 'server-error'; readonly status?: number }
  /** The connection is reset before the call is processed. */
  | { readonly effect: 'lost-request' }
  /** The connection is reset after the call is processed: what it did is done, and nobody is told. */
  | { readonly effect: 'lost-answer' }
  /** The connection stays open and nothing comes. Not processed. */
  | { readonly effect: 'half-open' }
  /** The call is processed `delay` after it came; its answer comes at `bytesPerSecond`. One of them at least. */
  | { readonly effect: 'slow'; readonly delay?: Duration; readonly bytesPerSecond?: number }
  /**
   * ReceiveMessage delivers, first of all, a message once more: one that a receiver holds, or one of the ten that were
   * deleted last. `of` says which; by default the seed does. Calls that find none are not struck. Standard queues only.
   */
  | { readonly effect: 'duplicate'; readonly of?: 'in-flight' | 'deleted' }
  /**
   * GetQueueAttributes answers with the three counts of `age` ago. No counts are older than the fault itself: they stand
   * still at first.
   */
  | { readonly effect: 'stale-counts'; readonly age: Duration }

/** A fault: which calls it strikes, and what happens to them. */
export type FaultOptions = FaultScope & FaultEffect

/** What belongs to which effect, beside the scope. In the order of the documentation. */
export const EFFECT_DETAILS: Readonly<Record<FaultEffect['effect'], readonly string[]>> = {
  throttling: [],
  'server-error': ['status'],
  'lost-request': [],
  'lost-answer': [],
  'half-open': [],
  slow: ['delay', 'bytesPerSecond'],
  duplicate: ['of'],
  'stale-counts': ['age'],
}

/** The one operation that an effect is about. */
export const EFFECT_OPERATIONS: ReadonlyMap<string, string> = new Map([
  ['duplicate', 'ReceiveMessage'],
  ['stale-counts', 'GetQueueAttributes'],
])
