import { z } from 'zod'
import { option, parseOptions, wholeNumber } from './parse-options.js'
import type { Pressure } from './pressure.js'

// Registered, so that two copies of this package in one process agree.
const ADAPTIVE: unique symbol = Symbol.for('longshore.adaptive') as never

/** Options of {@link adaptive}. */
export interface AdaptiveOptions {
  /** The fewest slots, whatever happens. 1–10,000; default 1. It begins with these: what certainly does no harm. */
  min?: number | undefined
  /** The most slots. 1–10,000, at least `min`. */
  max: number
  /**
   * What the task uses of its memory and CPU, asked twice a second. Default: read from its control group (version 1 or 2:
   * anonymous memory, CPU time against the quota), its task metadata, or this process.
   */
  pressure?: (() => Pressure | Promise<Pressure>) | undefined
}

/** Made by {@link adaptive}; for the option `concurrency`. */
export interface Adaptive {
  readonly [ADAPTIVE]: true
  readonly min: number
  readonly max: number
  readonly pressure: (() => Pressure | Promise<Pressure>) | undefined
}

const schema: z.ZodType<AdaptiveOptions> = z
  .strictObject({
    min: wholeNumber(1, 10_000),
    max: wholeNumber(1, 10_000).unwrap(),
    pressure: option<() => Pressure>('a function', (value) => typeof value === 'function'),
  })
  .superRefine(({ min = 1, max }, context) => {
    if (min > max) context.addIssue({ code: 'custom', path: ['min'], message: `at most max, ${max}` })
  })

/**
 * As many slots as are worth having, found out while the worker runs: for handlers of which nobody knows how many may
 * run at a time, or where that changes. It tries more and fewer, and keeps the fewest that bring the highest throughput;
 * refusals (`retry({ throttled: true })`), memory from 90 %, and an event loop a second late take slots away at once.
 *
 * @example
 * createWorker(queue, handler, { concurrency: adaptive({ min: 2, max: 100 }) })
 *
 * @throws OptionsError listing every problem.
 */
export function adaptive(options: AdaptiveOptions): Adaptive {
  const { min = 1, max, pressure } = parseOptions('adaptive', schema, options)
  return Object.freeze({ [ADAPTIVE]: true, min, max, pressure } as const)
}

/** So many slots, or as many as are worth having. */
export const concurrencyOption: z.ZodType<number | Adaptive | undefined> = option<number | Adaptive>(
  'a whole number from 1 to 10000, or adaptive({ max })',
  (value) => {
    if (typeof value === 'number') return Number.isInteger(value) && value >= 1 && value <= 10_000
    return typeof value === 'object' && value !== null && ADAPTIVE in value
  },
)
