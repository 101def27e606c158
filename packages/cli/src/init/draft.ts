import type { Duration } from '@longshore/core/time'
import { durationMs } from '@longshore/core/time'

/** What a configuration file begins as. What is missing is filled in by the options of `init` and its defaults. */
export interface Draft {
  readonly cluster?: string | undefined
  readonly service?: string | undefined
  readonly queue?: string | undefined
  readonly region?: string | undefined
  readonly min?: number | undefined
  readonly max?: number | undefined
  readonly concurrency?: number | undefined
  /** Mean time of a handling. */
  readonly handling?: Duration | undefined
  /** How long 99 of 100 messages may wait. */
  readonly wait?: Duration | undefined
  /** Several in place of `queue`. */
  readonly queues?: readonly string[] | undefined
  /** Targets of policies beside the one that follows the queue, in percent. */
  readonly cpu?: number | undefined
  readonly memory?: number | undefined
}

/** A draft that is a configuration. */
export type CompleteDraft = {
  readonly [Key in Exclude<keyof Draft, Extra>]: NonNullable<Draft[Key]>
} & Pick<Draft, Extra>

/** What a configuration may be without; of `queue` and `queues` it has one. */
type Extra = 'region' | 'queue' | 'queues' | 'cpu' | 'memory'

/** What was read from another tool's file. */
export interface Migration {
  readonly draft: Draft
  /** What has no counterpart here, or needs a look: a sentence each. */
  readonly notes: readonly string[]
}

const UNITS = [
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
] as const

/** Milliseconds as a duration, in the largest unit that they are whole in. */
export function durationOf(ms: number): Duration {
  for (const [unit, size] of UNITS) if (ms >= size && ms % size === 0) return `${ms / size}${unit}`
  return `${Math.round(ms)}ms`
}

/** A duration as Go writes it, such as `1m30s` or `250ms`; undefined when it is none. */
export function goDuration(text: unknown): Duration | undefined {
  const part = /(\d+(?:\.\d+)?)(ms|h|m|s)/g
  if (typeof text !== 'string' || text === '' || text.replaceAll(part, '') !== '') return undefined
  let ms = 0
  for (const [piece] of text.matchAll(part)) ms += durationMs(piece as Duration)
  return ms > 0 ? durationOf(ms) : undefined
}
