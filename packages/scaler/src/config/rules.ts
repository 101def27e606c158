import { durationMs, isDuration } from '@longshore/core/time'
import { DEFAULT_LAUNCH_TIME_MS, leastScaleOutCooldownSeconds, STALENESS_SECONDS } from './limits.js'
import type { ServiceConfig } from './service.js'

/** A rule between options that a configuration breaks. */
export interface BrokenRule {
  readonly path: readonly string[]
  readonly expected: string
}

/**
 * The rules between options that `config` breaks. It need not have the right shape: a rule whose options are missing or
 * wrong holds, since those are problems of their own, so that shape and rules are reported together.
 */
export function brokenRules(config: unknown): BrokenRule[] {
  return RULES.flatMap((rule) => rule((config ?? {}) as Loose<ServiceConfig>) ?? [])
}

// What a rule reads may be missing or of a wrong type, which is another problem's business.
type Loose<T> = T extends object ? { readonly [K in keyof T]?: Loose<T[K]> } : T | undefined

const RULES: readonly ((config: Loose<ServiceConfig>) => BrokenRule | undefined)[] = [
  ({ tasks }) => {
    const { min, max } = tasks ?? {}
    if (!Number.isInteger(min) || !Number.isInteger(max) || Number(min) <= Number(max)) return undefined
    return { path: ['tasks', 'min'], expected: `at most tasks.max (${max})` }
  },
  ({ handling, objective }) => {
    const meanMs = readableMs(handling?.mean)
    const waitMs = readableMs(objective?.wait?.p99)
    if (meanMs === undefined || waitMs === undefined || waitMs >= meanMs) return undefined
    return {
      path: ['objective', 'wait', 'p99'],
      expected: `at least handling.mean (${handling?.mean}): a message also waits while others are handled`,
    }
  },
  ({ cooldowns, launchTime }) => {
    const scaleOutMs = readableMs(cooldowns?.scaleOut)
    const launchTimeMs = launchTime === undefined ? DEFAULT_LAUNCH_TIME_MS : readableMs(launchTime)
    if (scaleOutMs === undefined || launchTimeMs === undefined) return undefined
    const leastSeconds = leastScaleOutCooldownSeconds(launchTimeMs)
    if (scaleOutMs >= leastSeconds * 1_000) return undefined
    return {
      path: ['cooldowns', 'scaleOut'],
      expected: `at least ${leastSeconds}s (${STALENESS_SECONDS}s until the metric shows a change, and ${launchTimeMs / 1_000}s launchTime)`,
    }
  },
]

function readableMs(value: unknown): number | undefined {
  return isDuration(value) ? durationMs(value) : undefined
}
