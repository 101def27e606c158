import { rateExceeded } from './errors.js'
import type { FifoSettings } from './fifo-attributes.js'

// "FIFO queues support a quota of 300 transactions per second, per API method" (SQS quotas); in high-throughput mode
// "each partition supports up to 300 operations per second", and a message group is in one partition. A batch is one.
const CALLS_PER_SECOND = 300

export type LimitedAction = 'send' | 'receive' | 'delete' | 'changeVisibility'

export interface LimitedCall {
  readonly action: LimitedAction
  /** The message groups that a send names. */
  readonly groupIds: (() => readonly string[]) | undefined
  /** Undefined for a standard queue, which has no limits. */
  readonly fifo: FifoSettings | undefined
  readonly nowMs: number
}

/** Counts a queue's calls in each second of its clock. */
export class CallLimits {
  readonly #calls = new Map<string, number>()
  #second = Number.NEGATIVE_INFINITY

  /**
   * Counts a call: one of the whole queue or, in high-throughput mode, one of each message group that a send names. Which
   * partition any other call goes to then, AWS does not say: those are not counted.
   *
   * @throws ThrottlingException beyond the quota; then nothing is counted.
   */
  count({ action, groupIds, fifo, nowMs }: LimitedCall): void {
    if (fifo === undefined) return
    const second = Math.floor(nowMs / 1_000)
    if (second !== this.#second) this.#calls.clear()
    this.#second = second
    const groups = new Set(groupIds?.() ?? [])
    const keys = fifo.isHighThroughput ? Array.from(groups, (id) => `${action} ${id}`) : [action]
    if (keys.some((key) => (this.#calls.get(key) ?? 0) >= CALLS_PER_SECOND)) throw rateExceeded()
    for (const key of keys) this.#calls.set(key, (this.#calls.get(key) ?? 0) + 1)
  }
}
