import type { Adaptive } from './adaptive.js'
import type { ProtectionConfig } from './attendant-options.js'
import type { Backoff } from './backoff.js'
import type { BreakerOptions } from './breaker.js'
import type { Clock } from './clock.js'
import type { Logger } from './log.js'
import type { QueuePort } from './queue/port.js'
import type { RateLimit } from './rate-limit.js'

/** The options of a worker, complete, in milliseconds. */
export interface WorkerConfig {
  /** The most slots. */
  readonly concurrency: number
  /** Undefined: there are always so many. */
  readonly adaptive: Adaptive | undefined
  /** The most that are fetched ahead. */
  readonly prefetch: number
  readonly isPrefetchGiven: boolean
  /** Infinity for no limit. */
  readonly maxPerGroup: number
  readonly rateLimit: RateLimit | undefined
  readonly breaker: BreakerOptions | undefined
  readonly maxPollers: number
  /** How many handled messages may wait for their settlement before fewer are received. */
  readonly settling: number
  readonly waitSeconds: number
  /** Undefined: the queue's own. */
  readonly visibilityTimeoutMs: number | undefined
  readonly handlerTimeoutMs: number
  readonly abortGraceMs: number
  readonly maxStuck: number
  readonly retry: Backoff
  readonly stopTimeoutMs: number
  /** Undefined: never. */
  readonly protection: ProtectionConfig | undefined
  /** Undefined: none is served. */
  readonly health: { readonly port: number; readonly host: string } | undefined
  readonly doctor: 'warn' | 'fail' | false
  readonly receiveLingerMs: number
  readonly settleLingerMs: number
  /** Whether a thread of their own extends leases too. */
  readonly hasLeaseThread: boolean
  readonly log: Logger
  readonly port: QueuePort | undefined
  readonly clock: Clock
  readonly random: () => number
}

const MOST_PREFETCH = 20

/** How many messages are fetched ahead of so many slots: with ten places free for a receive, the rest bridges its round trip. */
export function defaultPrefetch(slots: number, batchSize: number): number {
  return batchSize > 1 ? batchSize : Math.min(Math.floor(slots * 1.5), MOST_PREFETCH)
}
