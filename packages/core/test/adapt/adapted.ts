import type { LimitBounds } from '../../src/adapt/adaptive-limit.js'
import type { LimitReason } from '../../src/limit-reason.js'
import { AdaptiveLimit } from '../../src/adapt/adaptive-limit.js'
import type { Load } from '../../src/adapt/load.js'
import type { Beat, RunOptions } from './simulation.js'
import { run } from './simulation.js'

export const MINUTE_MS = 60_000

/** A run under an adaptive limit, and every change of it. */
export function adapt(bounds: LimitBounds, options: Omit<RunOptions, 'limit'>): Adapted {
  const adaptive = new AdaptiveLimit(bounds)
  const changes: Change[] = []
  let atMs = 0
  const limit = (load: Load | undefined): number => {
    if (load === undefined) return adaptive.limit
    atMs += load.elapsedMs
    const reason = adaptive.observe(load)
    if (reason !== undefined) changes.push({ atMs, reason, limit: adaptive.limit })
    return adaptive.limit
  }
  return { beats: run({ ...options, limit }), changes }
}

export interface Change {
  readonly atMs: number
  readonly reason: LimitReason
  readonly limit: number
}

export interface Adapted {
  readonly beats: readonly Beat[]
  readonly changes: readonly Change[]
}

/** What was done in a second, on average, from then on. */
export function perSecond(beats: readonly Beat[], fromMs: number, toMs = Infinity): number {
  const counted = beats.filter(({ atMs }) => atMs > fromMs && atMs <= toMs)
  return counted.reduce((sum, { done }) => sum + done, 0) / (counted.length * 0.5)
}
