import type { BeatResult } from './beat.js'
import type { AwsCallCode } from './errors.js'
import { AwsCallError } from './errors.js'

/** What the beats of a scaler have come to since it was made. */
export interface BeatCounts {
  readonly published: number
  readonly held: number
  readonly failed: number
  /** Beats that had a value while another scaler holds the lease. */
  readonly following: number
  /** Beats held, by the reading that was missing and why: `queue:ACCESS_DENIED`. */
  readonly holds: Readonly<Record<string, number>>
  /** What could not be done, by what and why: `publish:THROTTLED`, `capacity:ACCESS_DENIED`. */
  readonly failures: Readonly<Record<string, number>>
}

/** When beats ended, in epoch milliseconds of the scaler's clock, and what they came to. */
export interface BeatFigures {
  /** Undefined before the first beat has ended. */
  readonly lastResult: BeatResult | undefined
  readonly lastBeatAtMs: number | undefined
  /** The last beat that published, or could have while another scaler does. */
  readonly lastSuccessAtMs: number | undefined
  readonly counts: BeatCounts
}

/** Counts the beats of one scaler. */
export class BeatTally {
  readonly #outcomes = { published: 0, held: 0, failed: 0, following: 0 }
  readonly #holds = new Map<string, number>()
  readonly #failures = new Map<string, number>()
  #last: Omit<BeatFigures, 'counts'> = {
    lastResult: undefined,
    lastBeatAtMs: undefined,
    lastSuccessAtMs: undefined,
  }

  /** A beat has ended. One that was given up is none. */
  ended(result: BeatResult, nowMs: number): void {
    if (result.outcome === 'stopped') return
    this.#outcomes[result.outcome]++
    if (result.outcome === 'held') for (const cause of result.decision.causes) add(this.#holds, cause)
    if (result.outcome === 'failed') this.failed('publish', result.error)
    const isSuccess = result.outcome === 'published' || result.outcome === 'following'
    const lastSuccessAtMs = isSuccess ? nowMs : this.#last.lastSuccessAtMs
    this.#last = { lastResult: result, lastBeatAtMs: nowMs, lastSuccessAtMs }
  }

  failed(what: 'publish' | 'capacity', error: Error): void {
    const code: AwsCallCode = error instanceof AwsCallError ? error.code : 'CALL_FAILED'
    add(this.#failures, `${what}:${code}`)
  }

  figures(): BeatFigures {
    const counts = {
      ...this.#outcomes,
      holds: Object.fromEntries(this.#holds),
      failures: Object.fromEntries(this.#failures),
    }
    return { ...this.#last, counts }
  }
}

function add(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1)
}
