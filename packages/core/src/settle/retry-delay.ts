import type { Backoff } from '../backoff.js'
import { backoffCeilingMs } from '../backoff.js'

/**
 * Full jitter (any delay up to the ceiling), doubling with each receive, in whole seconds because SQS counts visibility
 * in them. Never 0: a message that fails at once must not spend its receive count within a second.
 */
export function retryDelaySeconds(backoff: Backoff, receiveCount: number, random: number): number {
  const ceilingMs = backoffCeilingMs(backoff, receiveCount)
  return Math.max(1, Math.ceil((ceilingMs * random) / 1_000))
}
