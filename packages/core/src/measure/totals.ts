/** What a worker has done since it was made. Slots and handlings in milliseconds. */
export interface Totals {
  /** Slots × time. */
  readonly slotMs: number
  /** Slots that were taken × time. */
  readonly busyMs: number
  /** The time during which every slot was taken. */
  readonly fullMs: number
  /** Handlings that ended, however. */
  readonly handled: number
  /** How long they took, together. */
  readonly handlingMs: number
  /** Those of them after which the message leaves the queue. */
  readonly completions: number
  /** Those of them that ended because what they call refuses more. */
  readonly throttled: number
  /** How long these took, together. */
  readonly throttledMs: number
  /** When that was, by the worker's clock. */
  readonly atMs: number
}

export type MutableTotals = { -readonly [Name in keyof Totals]: number }

export function newTotals(atMs: number): MutableTotals {
  return {
    slotMs: 0,
    busyMs: 0,
    fullMs: 0,
    handled: 0,
    handlingMs: 0,
    completions: 0,
    throttled: 0,
    throttledMs: 0,
    atMs,
  }
}
