import type { AwsCall } from '../aws/calls.js'

/** Calls of one kind that have ended. */
export interface CallCount {
  readonly count: number
  /** Milliseconds that they took together. */
  readonly tookMs: number
  /** How many of them failed, by the code of their failure. */
  readonly failed: Readonly<Record<string, number>>
}

/** Counts calls by their action: `cloudwatch:PutMetricData`. */
export class CallTally {
  readonly #byAction = new Map<string, CallCount>()

  ended({ action, code, tookMs }: AwsCall): void {
    const before = this.#byAction.get(action) ?? { count: 0, tookMs: 0, failed: {} }
    const failed =
      code === undefined ? before.failed : { ...before.failed, [code]: (before.failed[code] ?? 0) + 1 }
    this.#byAction.set(action, { count: before.count + 1, tookMs: before.tookMs + tookMs, failed })
  }

  /** In the order of their first calls. */
  counts(): ReadonlyMap<string, CallCount> {
    return new Map(this.#byAction)
  }
}
