import { rateExceeded } from './errors.js'

// "FIFO queues support a quota of 300 transactions per second, per API method" (SQS quotas); in high-throughput mode
// "each partition supports up to 300 operations per second", and a message group is in one partition. A batch is one.
const CALLS_PER_SECOND = 300

export type LimitedAction = 'send' | 'receive' | 'delete' | 'changeVisibility'

/** Counts a FIFO queue's calls in each second of its clock. */
export class CallLimits {
  readonly #calls = new Map<string, number>()
  #second = Number.NEGATIVE_INFINITY

  /**
   * Counts one call for the queue, or for each of these groups.
   *
   * @throws ThrottlingException when any of them has had its calls in this second; then nothing is counted.
   */
  count(action: LimitedAction, groupIds: readonly string[], nowMs: number): void {
    const second = Math.floor(nowMs / 1_000)
    if (second !== this.#second) this.#calls.clear()
    this.#second = second
    const keys = [...new Set(groupIds.length === 0 ? [action] : groupIds.map((id) => `${action} ${id}`))]
    if (keys.some((key) => (this.#calls.get(key) ?? 0) >= CALLS_PER_SECOND)) throw rateExceeded()
    for (const key of keys) this.#calls.set(key, (this.#calls.get(key) ?? 0) + 1)
  }
}
