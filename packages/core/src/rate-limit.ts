import { z } from 'zod'
import type { BarrierRules } from './admit/barrier.js'
import { Rates } from './admit/rates.js'
import type { Delivery, ReceivedMessage } from './delivery.js'
import type { Duration } from './duration.js'
import { durationMs } from './duration.js'
import { duration, option, wholeNumber } from './parse-options.js'
import type { WorkerConfig } from './worker-config.js'

/** How often handlings may start, in this worker; see the option `rateLimit`. */
export interface RateLimit {
  /** So many handlings start in any stretch of `per`. 1–100,000. */
  limit: number
  /** 10 ms–1 h. */
  per: Duration
  /**
   * Whose budget a message needs, from what SQS says of it: a tenant, an account, an address. Undefined for none. Called
   * once for each message, before it is read. Default: all messages of the queue share one budget.
   */
  key?: ((message: ReceivedMessage) => string | undefined) | undefined
}

export const rateLimitOption: z.ZodOptional<z.ZodType<RateLimit>> = z
  .strictObject({
    limit: wholeNumber(1, 100_000).unwrap(),
    per: duration('10ms', '1h').unwrap(),
    key: option<RateLimit['key']>('a function of a received message', (value) => typeof value === 'function'),
  })
  .optional()

const ALL = ''

/** The budgets of one queue's messages; undefined where there is no limit. */
export function budgetsOf({ rateLimit, clock, log }: WorkerConfig): BarrierRules<Delivery> | undefined {
  if (rateLimit === undefined) return undefined
  const { limit, per, key = () => ALL } = rateLimit
  const keys = new WeakMap<Delivery, { readonly key: string | undefined }>()
  const findKey = ({ message, messageId, queue }: Delivery): string | undefined => {
    try {
      return key(message)
    } catch (error) {
      log.error(
        { queue, messageId, error },
        'The key of rateLimit threw: the message needs the budget of all',
      )
      return ALL
    }
  }
  const keyOf = (delivery: Delivery): string | undefined => {
    const known = keys.get(delivery) ?? { key: findKey(delivery) }
    keys.set(delivery, known)
    return known.key
  }
  return { rates: new Rates({ limit, perMs: durationMs(per) }), keyOf, nowMs: () => clock.now() }
}
