import type { Backoff } from '../backoff.js'
import type { Delivery } from '../delivery.js'
import { durationMs } from '../duration.js'
import { InvariantError } from '../errors.js'
import type { Outcome } from '../outcome.js'
import type { Ending } from './lease.js'
import { retryDelaySeconds } from './retry-delay.js'

/** What the worker must do for an outcome: settle with `ending`, or first copy the message. */
export type Settlement =
  Ending | { readonly kind: 'copyThenDelete'; readonly reason: string; readonly error: unknown }

/** Every outcome's settlement. An outcome without one does not compile. */
export function settlementOf(
  outcome: Outcome,
  delivery: Delivery,
  retries: { readonly backoff: Backoff; readonly random: () => number },
): Settlement {
  switch (outcome.kind) {
    case 'done':
      return { kind: 'delete', outcome: 'done' }
    case 'release':
      return { kind: 'makeVisible', outcome: 'release', afterSeconds: 0 }
    case 'deadLetter':
      return { kind: 'copyThenDelete', reason: outcome.reason, error: outcome.error }
    case 'retry': {
      const afterSeconds =
        outcome.after === undefined
          ? retryDelaySeconds(retries.backoff, delivery.receiveCount, retries.random())
          : Math.ceil(durationMs(outcome.after) / 1_000)
      return { kind: 'makeVisible', outcome: 'retry', afterSeconds }
    }
    default:
      return unsettled(outcome)
  }
}

function unsettled(outcome: never): never {
  throw new InvariantError(`An outcome has no settlement: ${JSON.stringify(outcome)}.`)
}
